"""What Keras 1.2.2 says about its network that tags music: writes tests/golden/music_tagger.json.

    KERAS_BACKEND=tensorflow python tools/golden/keras1_music_tagger.py

How its files of weights are laid out in both orders of axes, and what it makes of a sound; no weights.
"""

import json
import sys
from pathlib import Path

import keras
from keras.applications.music_tagger_crnn import MusicTaggerCRNN

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

assert keras.__version__ == "1.2.2", keras.__version__
found = {}
for order in ("tf", "th"):
    keras.backend.set_image_dim_ordering(order)
    model = MusicTaggerCRNN(weights=None)
    rows = []
    for layer in model.layers:
        names = [w.name.partition(":")[0].rpartition("/")[2] for w in layer.weights]
        rows.append([layer.name, [[n, [int(size) for size in v.shape]] for n, v in zip(names, layer.get_weights())]])
    weights = [(asked.older_weight_name(n), tuple(shape)) for _, row in rows for n, shape in row]
    model.set_weights(asked.values(weights))
    outputs = model.predict(asked.image(model.input_shape[1:]))[0, :8]
    found[order] = {"count": int(model.count_params()), "layers": rows, "outputs": [float(x) for x in outputs]}
    print(order, found[order])
(GOLDEN / "music_tagger.json").write_text(json.dumps(found) + "\n")
