"""Files of Keras 1.2.2 and 2.3.1, written here again and opened by genuine releases: 1.2.2, 2.3.1 and 3.

The readers are found by `KERATA_KERAS1`, `KERATA_KERAS2` and `KERATA_KERAS3`: the Python interpreters of environments
that hold the release.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import layers
from keras.legacy.merging import Merge
from saving.test_older_files import CASES, CUSTOM, SHARED, answers_of, needs_files

READERS = {era: os.environ.get(f"KERATA_KERAS{era}") for era in "123"}
SCRIPT = Path(__file__).parents[1] / "golden" / "older_readers.py"
# what an era had no layers for, by the year and the name of the file
REFUSED = {
    ("2", "keras-1.2.2", "highway_maxout_tensorflow"): "Keras 2.3.1 had no such layers",
    ("1", "keras-2.3.1", "conv1d_tensorflow"): "Keras 1.2.2 had no such layers",  # SeparableConv1D
    ("3", "keras-1.2.2", "merge_seq_tensorflow"): "begins with a `Merge` of other models",
}
# Keras 3 has no `Merge`, `Highway` and `MaxoutDense`, and takes code for a lambda, which files of ours do not hold
NOT_OF_3 = {
    ("keras-1.2.2", "nested_tensorflow"), ("keras-1.2.2", "highway_maxout_tensorflow"),
    ("keras-2.3.1", "nested_tensorflow"),
}  # fmt: skip


def written_again(era, year, name):
    """The path of a file for an era, or None where it is refused as it should be."""
    model = keras.models.load_model(SHARED / year / f"{name}.h5", custom_objects=CUSTOM)
    if hasattr(model, "reset_states") and "stateful" in name:
        model.reset_states()
    path = f"{year}-{name}" + (".keras" if era == "3" else ".h5")
    kwargs = {} if era == "3" else {"era": era}
    if (era, year, name) in REFUSED:
        with pytest.raises(ValueError, match=REFUSED[era, year, name]):
            model.save(path, **kwargs)
        return None
    model.save(path, **kwargs)
    return path


@needs_files
@pytest.mark.parametrize("era", "123")
def test_a_genuine_release_opens_what_is_written_from_the_files_of_others(era, in_folder):
    if not READERS[era]:
        pytest.skip(f"needs KERATA_KERAS{era}, the interpreter of an environment with that release")
    made = {}
    for year, name in CASES:
        if era == "3" and (year, name) in NOT_OF_3:
            continue
        path = written_again(era, year, name)
        if path is not None:
            inputs, made[path] = answers_of(year, name)
            np.savez(Path(path).with_suffix(".npz"), **{f"x{i}": x for i, x in enumerate(inputs)})
    engine = "jax" if era == "3" else "tensorflow"
    surroundings = {**os.environ, "KERAS_BACKEND": engine, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": ""}
    ending = ".keras" if era == "3" else ".h5"
    done = subprocess.run(
        [READERS[era], SCRIPT, ".", ending], capture_output=True, text=True, env=surroundings, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for path, expected in made.items():
        found = np.load(Path(path).with_suffix(".out.npz"))["out0"]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5, err_msg=path)


def merged():
    """A model of 1.x that begins with a `Merge`, a dilated convolution and an initializer by its numbers in it."""
    scaled = keras.initializers.VarianceScaling(1.0, "fan_avg", "uniform")
    left = keras.Sequential([keras.Input((6, 2)), layers.Conv1D(3, 2, dilation_rate=2, name="wide"), layers.Flatten()])
    right = keras.Sequential([keras.Input((4,)), layers.Dense(12, kernel_initializer=scaled, name="right")])
    model = keras.Sequential([Merge([left, right], mode="mul"), layers.Dense(1, name="last")])
    model.compile(keras.optimizers.Adagrad(0.1, initial_accumulator_value=0.0), "mse")
    return model


def test_a_model_that_begins_with_several_is_written_for_the_eras_that_had_it_and_refused_elsewhere(in_folder):
    model = merged()
    inputs = [np.linspace(-1, 1, 24, dtype="float32").reshape(2, 6, 2), np.ones((2, 4), "float32")]
    expected = model(inputs)
    for era in "12":
        model.save("older.h5", era=era)
        again = keras.models.load_model("older.h5")
        np.testing.assert_allclose(again(inputs), expected, rtol=1e-6)
        assert again.optimizer.initial_accumulator_value == 0.0
    for name in ("today.keras", "today.h5", "today.safetensors"):
        with pytest.raises(ValueError, match=r"begins with a `Merge`[^$]*era='2'"):
            model.save(name)
    assert os.listdir() == ["older.h5"]
    config = merged().to_json(era="1")
    assert '"AtrousConvolution1D"' in config
    assert '"atrous_rate": 2' in config
    assert '"init": "glorot_uniform"' in config


def test_a_function_of_a_lambda_goes_by_its_name(in_folder):
    x = keras.Input((2,))
    model = keras.Model(x, layers.Lambda(lambda x: x * 2, name="twice")(x))
    for era in "12":
        model.save("older.h5", era=era)
        with pytest.raises(ValueError, match="twice"):
            keras.models.load_model("older.h5")
        again = keras.models.load_model("older.h5", custom_objects={"twice": lambda x: x * 3})
        np.testing.assert_array_equal(again(np.ones((1, 2))), [[3.0, 3.0]])
    masked = keras.Model(x, layers.Lambda(abs, mask=lambda x, m: m, name="masked")(x))
    with pytest.raises(ValueError, match=r"masked \(Lambda\).*function as `mask`"):
        masked.save("older.h5", era="2")
