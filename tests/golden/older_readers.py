"""Opens files with an older release and writes what the models in them predict; runs inside that release.

PYTHON older_readers.py FOLDER        FOLDER holds NAME.h5 and NAME.npz with inputs x0, x1, ...; makes NAME.out.npz
"""

import glob
import sys
import traceback

import numpy as np

from keras.models import load_model, model_from_json

failed = 0
for path in sorted(glob.glob(sys.argv[1] + "/*.h5")):
    base = path[:-3]
    try:
        model = load_model(path)
        saved = np.load(base + ".npz")
        inputs = [saved[k] for k in sorted(saved.files)]
        found = model.predict(inputs if len(inputs) > 1 else inputs[0])
        found = found if isinstance(found, list) else [found]
        answers = {"out%d" % i: x for i, x in enumerate(found)}
        if getattr(model, "optimizer", None) is not None:
            answers["loss"] = np.ravel(
                model.train_on_batch(inputs if len(inputs) > 1 else inputs[0], [x * 0 for x in found])
            )[:1]
            again = model.predict(inputs if len(inputs) > 1 else inputs[0])
            answers["after"] = again[0] if isinstance(again, list) else again
        with open(base + ".json") as text:
            model_from_json(text.read()).load_weights(path)
        np.savez(base + ".out.npz", **answers)
    except Exception:
        failed += 1
        print("FAILED", base)
        traceback.print_exc()
sys.exit(failed > 0)
