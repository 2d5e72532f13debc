"""What Keras 3 says about its networks: run with Keras 3.15, writes tests/golden/applications.json.

    python tools/golden/keras3_applications.py [NAME ...]

Digests of all layers, numbers of weights, and a few outputs of small variants; no weights.
"""

import json
import math
import sys
from pathlib import Path

import keras

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

assert keras.__version__.startswith("3.15"), keras.__version__


def without_draws():
    """New weights are zeros: networks of hundreds of megabytes are made for their shapes only."""
    add_weight = keras.layers.Layer.add_weight

    def zeros(self, *args, **kwargs):
        if kwargs.get("initializer") != "ones":
            kwargs["initializer"] = "zeros"
        return add_weight(self, *args, **kwargs)

    keras.layers.Layer.add_weight = zeros


without_draws()
path = GOLDEN / "applications.json"
found = json.loads(path.read_text()) if path.exists() else {}
for name in sys.argv[1:] or [*(n for n in dir(keras.applications) if n[0].isupper()), *asked.VARIANTS]:
    network, settings = asked.VARIANTS.get(name, (name, {}))
    make = getattr(keras.applications, network)
    model = make(weights=None, **settings)
    trainable = sum(math.prod(w.shape) for w in model.trainable_weights)
    found[name] = {
        "name": model.name,
        "count": model.count_params(),
        "trainable": trainable,
        "layers": len(model.layers),
        "digest": asked.digest(asked.description(model)),
    }
    if name in asked.RUNS:
        small = make(weights=None, **asked.RUNS[name])
        found[name]["outputs"] = [float(x) for x in asked.outputs(small)]
    print(name, found[name], flush=True)
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
