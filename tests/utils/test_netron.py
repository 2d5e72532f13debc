"""Netron reads our files as it reads those of the releases: it is run without its window, where it is installed."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import keras
from keras import layers

NETRON = importlib.util.find_spec("netron")
READER = Path(__file__).with_name("netron_reads.mjs")


@pytest.fixture(scope="module")
def model():
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(2)], name="inner")
    both = layers.Concatenate(name="both")([inner(left), inner(right)])
    return keras.Model([left, right], layers.Dense(1, name="out")(both), name="siamese")


@pytest.mark.skipif(NETRON is None or shutil.which("node") is None, reason="netron or node is not installed")
@pytest.mark.parametrize(
    ("ending", "era", "format"),
    [(".keras", None, "Keras v3.15.1"), (".h5", None, "Keras v3.15.1"), (".h5", "2", "Keras v2.3.1")],
    ids=["keras", "h5", "h5 of 2.3"],
)
def test_netron_shows_layers_their_sources_and_weights(model, tmp_path, ending, era, format):
    model.save(tmp_path / f"model{ending}", **({"era": era} if era else {}))
    folder = Path(NETRON.origin).parent
    run = subprocess.run(
        ["node", READER, folder, tmp_path / f"model{ending}"], capture_output=True, text=True, check=True
    )
    found = json.loads(run.stdout)
    assert found["format"] == format
    nodes = {node["name"].partition("[")[0]: node for node in found["nodes"]}
    assert {name: node["kind"] for name, node in nodes.items()} == {
        "inner": "inner", "both": "Concatenate", "out": "Dense",
    }  # fmt: skip
    assert [source.partition("[")[0] for source in nodes["both"]["sources"]] == ["inner", "inner"]
    assert nodes["out"]["sources"] == ["both[0][0]"]
    assert nodes["out"]["weights"] == ["float32[4,1]", "float32[1]"]
