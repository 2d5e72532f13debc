"""What keras_applications 1.0.8 says about ResNeXt: run with Keras 2.3 on TensorFlow; writes tests/golden/resnext.json.

    python tools/golden/keras_applications_resnext.py

Digest of layers that have weights, number of weights, and a few outputs of a small variant; no weights.
"""

import json
import sys
from pathlib import Path

from keras_applications import resnext

import keras

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

parts = {"backend": keras.backend, "layers": keras.layers, "models": keras.models, "utils": keras.utils}
model = resnext.ResNeXt50(weights=None, **asked.OLDER_RUNS["ResNeXt50"], **parts)
weights = [w for layer in model.layers for w in layer.weights]
named = [(w.name.rpartition("/")[2].partition(":")[0], tuple(map(int, w.shape))) for w in weights]
arrays = iter(asked.values(named))
for layer in model.layers:
    layer.set_weights([next(arrays) for _ in layer.weights])
outputs = model.predict(asked.image((32, 32, 3))).ravel()[:8]
found = {
    "name": model.name,
    "count": int(model.count_params()),
    "digest": asked.digest(asked.weighted_layers(model)),
    "outputs": [float(x) for x in outputs],
}
(GOLDEN / "resnext.json").write_text(json.dumps(found) + "\n")
