"""Files with weights of networks as other releases wrote them (tools/golden/network_files.py)."""

import gzip
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import applications

GOLDEN = Path(__file__).parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

sys.path.remove(str(GOLDEN))

# the folders that the program was given, separated as in PATH: their files take hundreds of megabytes
FOLDERS = [Path(folder) for folder in os.environ.get("KERATA_NETWORK_FILES", "").split(os.pathsep) if folder]
FILES = [path for folder in FOLDERS for path in sorted(folder.glob("*.h5"))]


def test_a_file_of_2_3_gives_the_outputs_it_gave_there_by_order_and_by_name(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_bytes(gzip.decompress((GOLDEN / "files" / "mobilenet_of_2_3.h5.gz").read_bytes()))
    settings = asked.FILES["MobileNet"]
    model = applications.MobileNet(weights=str(path), **settings)
    outputs = model.predict(asked.image(settings["input_shape"]), verbose=0)[0]
    wanted = [0.17562614381313324, 0.1888619214296341, 0.20481543242931366, 0.21561585366725922, 0.2150806337594986]
    np.testing.assert_allclose(outputs, wanted, rtol=1e-5)
    weights = model.get_weights()
    model.set_weights([np.zeros_like(w) for w in weights])
    model.load_weights(path, by_name=True)
    for found, one in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(found, one)


@pytest.fixture
def in_its_year(request):
    """The entry about a file, and the defaults of the release that wrote it."""
    answers = json.loads((request.param.parent / "networks.json").read_text())[network(request.param)]
    before = keras.config.era()
    keras.backend.clear_session()
    keras.config.set_era("3" if answers["release"].startswith("3.") else answers["release"])
    if answers.get("channels_first"):
        keras.config.set_image_data_format("channels_first")
    yield request.param, answers
    keras.config.set_image_data_format("channels_last")
    keras.config.set_era(before)


def network(path):
    """The name of the network whose weights a file has: of 'VGG16.h5', or 'VGG16.weights.h5' of Keras 3."""
    return path.name.partition(".")[0]


@pytest.mark.skipif(not FILES, reason="KERATA_NETWORK_FILES names no folders")
@pytest.mark.parametrize("in_its_year", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES], indirect=True)
def test_large_files_give_the_outputs_they_gave_by_order_and_by_name(in_its_year):
    path, answers = in_its_year
    make = getattr(applications, network(path))
    model = make(weights=str(path), **answers["settings"])
    if not network(path).startswith(("DenseNet", "MobileNetV2", "MobileNetV3")) and answers["small"]["digest"]:
        # those have names of today in programs of every year
        assert asked.digest(asked.weighted_layers(model)) == answers["small"]["digest"]
    outputs = model.predict(asked.image(model.input_shape[1:]), verbose=0).ravel()[:8]
    np.testing.assert_allclose(outputs, answers["outputs"], rtol=2e-3, atol=1e-4)
    if path.name.endswith(".weights.h5"):  # Keras 3 reads these by their structure alone
        return
    weights = model.get_weights()
    keras.backend.clear_session()  # layers without a name are counted from the start again
    other = make(weights=None, **answers["settings"])
    other.load_weights(path, by_name=True)
    for found, one in zip(other.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(found, one)
