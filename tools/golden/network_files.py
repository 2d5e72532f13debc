"""Files of weights of networks, as other releases wrote them: run with Keras 1.2.2, 2.2.4, 2.3.1, tf_keras or Keras 3.

    python tools/golden/network_files.py FOLDER [NAME ...]

Writes `FOLDER/NAME.h5` for a small variant of each network (Keras 3 `NAME.weights.h5`), and into
`FOLDER/networks.json` what the release makes of an image with these weights, and the digest of its layers. Keras 1.2.2
writes in the order of axes of Theano if KERAS_IMAGE_DIM_ORDERING is 'th'. The files are large and not kept, but
MobileNet's of 2.3.1.
`tests/applications/test_older_files.py` reads the others from the folders that KERATA_NETWORK_FILES names.
"""

import json
import os
import sys
from pathlib import Path

try:
    import tf_keras as keras
except ImportError:
    import keras
    import keras.applications

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

backend = keras.backend
OF_3 = keras.__version__.startswith("3.")
OF_1 = keras.__version__.startswith("1.")
ENDING = ".weights.h5" if OF_3 else ".h5"
CHANNELS_FIRST = OF_1 and os.environ.get("KERAS_IMAGE_DIM_ORDERING") == "th"
if CHANNELS_FIRST:
    backend.set_image_dim_ordering("th")


def last_name(weight):
    """The last part of a weight's name, as `values` knows it."""
    if OF_3:
        return asked.weight_name(weight)
    name = (weight.name or "").partition(":")[0].rpartition("/")[2]
    return asked.older_weight_name(name) if OF_1 else name


def described(model):
    return {
        "count": int(model.count_params()),
        "digest": None if CHANNELS_FIRST else asked.digest(asked.weighted_layers(model)),
    }


def size_of(weight):
    """The shape of a weight; that of Theano knows its value alone."""
    return tuple(int(n) for n in (backend.get_value(weight).shape if CHANNELS_FIRST else weight.shape))


def write(name, settings, folder):
    model = getattr(keras.applications, name)(weights=None, **settings)
    weights = [w for layer in model.layers for w in layer.weights]
    arrays = asked.values([(last_name(w), size_of(w)) for w in weights])
    if OF_3:
        for weight, array in zip(weights, arrays):
            weight.assign(array)
    else:
        backend.batch_set_value(list(zip(weights, arrays)))
    model.save_weights(str(Path(folder) / (name + ENDING)))
    outputs = model.predict(asked.image(settings["input_shape"])).ravel()[:8]
    release = ("tf" if keras.__name__ == "tf_keras" else "") + keras.__version__
    return {
        "release": release,
        "channels_first": CHANNELS_FIRST,
        "settings": settings,
        "outputs": [float(x) for x in outputs],
        "small": described(model),
    }


folder = sys.argv[1]
path = Path(folder) / "networks.json"
found = json.loads(path.read_text()) if path.exists() else {}
here = [n for n in (asked.LARGE_FILES if OF_3 else {}) if hasattr(keras.applications, n)]
here = [*(n for n in asked.FILES if hasattr(keras.applications, n)), *here]
for name in sys.argv[2:] or here:
    getattr(backend, "clear_session", bool)()  # which Theano has not in 1.2.2
    settings = dict({**asked.FILES, **asked.LARGE_FILES}[name])
    if OF_1:
        settings.pop("pooling", None)
        if settings["input_shape"][0] < 224:  # its classifiers take whole photographs
            settings.pop("classes", None)
            settings["include_top"] = False
            settings["input_shape"] = (200, 200, 3)  # and the networks without them nothing small
    if CHANNELS_FIRST:
        height, width, channels = settings["input_shape"]
        settings["input_shape"] = (channels, height, width)
    if keras.__version__.startswith("2.2."):  # whose classifier does not run on the TensorFlow of 1.2.2
        settings["include_top"] = False
    found[name] = write(name, settings, folder)
    print(name, found[name], flush=True)
    path.write_text(json.dumps(found, indent=1, sort_keys=True))
