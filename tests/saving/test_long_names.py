"""Names beyond what one attribute of HDF5 holds, which Keras 2 and 3 spread over `layer_names0`, `layer_names1`, ..."""

import os
import subprocess

import h5py
import numpy as np
import pytest

import keras
from keras import layers

READER = os.environ.get("KERATA_KERAS2")


def model_with_names_of(length):
    """Three layers that are called so, and a model of three more inside."""
    called = iter(f"{letter:x<{length}}" for letter in "abcdef")
    inner = keras.Sequential([keras.Input((2,)), *(layers.Dense(2, name=next(called)) for _ in range(3))], name="inner")
    model = keras.Sequential([keras.Input((2,)), inner, *(layers.Dense(2, name=next(called)) for _ in range(3))])
    model.set_weights([np.full(w.shape, i + 1.0) / 9 for i, w in enumerate(model.get_weights())])
    return model


@pytest.mark.parametrize("era", [None, "1", "2"])
def test_lists_of_long_names_are_written_in_parts_and_read(era, in_folder):
    model = model_with_names_of(21_000 if era else 12_000)
    model.save("long.h5", include_optimizer=False, **({"era": era} if era else {}))
    with h5py.File("long.h5") as file:
        group = file["model_weights"]
        inner = group["inner"].attrs if "inner" in group else None
        if era == "2":
            assert ("layer_names" in group.attrs, len(group.attrs["layer_names0"])) == (False, 2)
        if inner is not None:
            parts = [inner[f"weight_names{i}"] for i in range(len(inner))]
            assert sum(map(len, parts)) == 6
    again = keras.models.load_model("long.h5")
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_no_part_is_too_long_and_a_name_that_is_so_is_told(in_folder):
    model = keras.Sequential([keras.Input((2,)), *(layers.Dense(2, name=f"{c:x<40000}") for c in "abc")])
    model.save("long.h5", era="2")  # no two of these fit into one attribute
    assert keras.models.load_model("long.h5").layers[2].name == model.layers[2].name
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2, name="x" * 64_001)])
    with pytest.raises(ValueError, match=r"names of at most 64,000 bytes. Got one of 64,\d+, which begins with 'xxxx"):
        model.save("longer.h5", era="2")
    assert os.listdir() == ["long.h5"]


def test_the_genuine_release_reads_the_parts(in_folder):
    if not READER:
        pytest.skip("needs KERATA_KERAS2, the interpreter of an environment with that release")
    model = model_with_names_of(21_000)
    model.save("long.h5", era="2", include_optimizer=False)
    program = (
        "import keras, numpy as np; m = keras.models.load_model('long.h5')\n"
        "m.save('back.h5'); np.save('out.npy', m.predict(np.ones((1, 2))))"
    )
    surroundings = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": ""}
    surroundings.pop("KERAS_HOME", None)
    done = subprocess.run([READER, "-c", program], capture_output=True, text=True, env=surroundings, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    np.testing.assert_allclose(np.load("out.npy"), model(np.ones((1, 2))), rtol=1e-5)
    back = keras.models.load_model("back.h5")  # what the release itself writes in parts
    np.testing.assert_allclose(back(np.ones((1, 2))), model(np.ones((1, 2))), rtol=1e-6)
