"""What tf.keras says about networks that Keras 3 has no more: run with tf_keras; tests/golden/older_networks.json.

    python tools/golden/tf_keras_applications.py [NAME ...]

Digests of layers that have weights, numbers of weights, and a few outputs of small variants; no weights.
"""

import json
import sys
from pathlib import Path

import tf_keras as keras

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

path = GOLDEN / "older_networks.json"
found = json.loads(path.read_text()) if path.exists() else {}
for name in sys.argv[1:] or [n for n in dir(keras.applications) if n.startswith(("RegNet", "ResNetRS"))]:
    make = getattr(keras.applications, name)
    model = make(weights=None)
    found[name] = {
        "name": model.name,
        "count": model.count_params(),
        "digest": asked.digest(asked.weighted_layers(model)),
    }
    if name in asked.OLDER_RUNS:
        small = make(weights=None, **asked.OLDER_RUNS[name])
        named = [(w.name.rpartition("/")[2].partition(":")[0], tuple(w.shape)) for w in small.weights]
        small.set_weights(asked.values(named))
        outputs = small.predict(asked.image(small.input_shape[1:]), verbose=0).ravel()[:8]
        found[name]["outputs"] = [float(x) for x in outputs]
    print(name, found[name], flush=True)
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    keras.backend.clear_session()
