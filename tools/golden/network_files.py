"""Files of weights of networks, as earlier releases wrote them: run with Keras 1.2.2, 2.2.4, 2.3.1 or tf_keras.

    python tools/golden/network_files.py FOLDER [NAME ...]

Writes `FOLDER/NAME.h5` for a small variant of each network, and into `FOLDER/networks.json` what the release makes of
an image with these weights, and the digest of its layers. The files are large and not kept, but MobileNet's of 2.3.1.
`tests/applications/test_older_files.py` reads the others from the folders that KERATA_NETWORK_FILES names.
"""

import json
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


def last_name(weight):
    """The last part of a weight's name, as `values` knows it."""
    name = weight.name.partition(":")[0].rpartition("/")[2]
    return asked.older_weight_name(name) if keras.__version__.startswith("1.") else name


def described(model):
    return {
        "count": int(model.count_params()),
        "digest": asked.digest(asked.weighted_layers(model)),
    }


def write(name, settings, folder):
    model = getattr(keras.applications, name)(weights=None, **settings)
    weights = [w for layer in model.layers for w in layer.weights]
    arrays = asked.values([(last_name(w), tuple(int(n) for n in w.shape)) for w in weights])
    backend.batch_set_value(list(zip(weights, arrays)))
    model.save_weights(str(Path(folder) / (name + ".h5")))
    outputs = model.predict(asked.image(settings["input_shape"])).ravel()[:8]
    release = ("tf" if keras.__name__ == "tf_keras" else "") + keras.__version__
    return {
        "release": release,
        "settings": settings,
        "outputs": [float(x) for x in outputs],
        "small": described(model),
    }


folder = sys.argv[1]
path = Path(folder) / "networks.json"
found = json.loads(path.read_text()) if path.exists() else {}
here = [n for n in asked.FILES if hasattr(keras.applications, n)]
for name in sys.argv[2:] or here:
    backend.clear_session()
    settings = dict(asked.FILES[name])
    if keras.__version__.startswith("1."):
        settings.pop("pooling", None)
    if keras.__version__.startswith("2.2."):  # whose classifier does not run on the TensorFlow of 1.2.2
        settings["include_top"] = False
    found[name] = write(name, settings, folder)
    print(name, found[name], flush=True)
    path.write_text(json.dumps(found, indent=1, sort_keys=True))
