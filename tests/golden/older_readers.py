"""Opens files with an older release and writes what the models in them predict; runs inside that release.

PYTHON older_readers.py FOLDER [ENDING]   FOLDER holds NAME.h5 (or of another ending) and NAME.npz with inputs x0, x1,
                                          ...; makes NAME.out.npz. An ENDING asks for predictions alone, else there is
                                          a step of training too, and the weights go into a model from NAME.json.
"""

import glob
import sys
import traceback

import numpy as np

from keras.models import load_model, model_from_json


def difference(pair):
    """What `l1` of the files of earlier releases computes, by operators alone, which tensors of all engines have."""
    return ((pair[0] - pair[1]) ** 2) ** 0.5


def hard_sigmoid_of_then(x):
    """`0.2 x + 0.5` from 0 to 1, which Keras 3 computes otherwise, by operators alone."""
    y = 0.2 * x + 0.5
    return (abs(y) - abs(y - 1.0) + 1.0) / 2.0


ENDING = sys.argv[2] if len(sys.argv) > 2 else ".h5"
CUSTOM = {"l1": difference, "legacy>hard_sigmoid": hard_sigmoid_of_then}
CUSTOM["hard_sigmoid_of_then"] = hard_sigmoid_of_then  # as layers of Keras 3 call it when they copy one another
failed = 0
for path in sorted(glob.glob(sys.argv[1] + "/*" + ENDING)):
    base = path[: -len(ENDING)]
    try:
        model = load_model(path, custom_objects=CUSTOM)
        saved = np.load(base + ".npz")
        inputs = [saved[k] for k in sorted(saved.files)]
        found = model.predict(inputs if len(inputs) > 1 else inputs[0])
        found = found if isinstance(found, list) else [found]
        answers = {"out%d" % i: x for i, x in enumerate(found)}
        if len(sys.argv) < 3 and getattr(model, "optimizer", None) is not None:
            answers["loss"] = np.ravel(
                model.train_on_batch(inputs if len(inputs) > 1 else inputs[0], [x * 0 for x in found])
            )[:1]
            again = model.predict(inputs if len(inputs) > 1 else inputs[0])
            answers["after"] = again[0] if isinstance(again, list) else again
        if len(sys.argv) < 3:
            with open(base + ".json") as text:
                model_from_json(text.read(), custom_objects=CUSTOM).load_weights(path)
        np.savez(base + ".out.npz", **answers)
    except Exception:
        failed += 1
        print("FAILED", base)
        traceback.print_exc()
sys.exit(failed > 0)
