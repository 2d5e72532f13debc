"""`python -m keras SCRIPT`: other packages' names answered for one program, where the packages are missing."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src"
without_tensorflow = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is not None, reason="the real tensorflow is installed"
)


def run(*arguments, cwd=None, input=""):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, cwd=cwd, input=input, timeout=300
    )


def run_script(folder, code, *arguments):
    script = folder / "program.py"
    script.write_text(code)
    return run("-m", "keras", str(script), *arguments, cwd=folder)


@without_tensorflow
def test_tensorflow_keras_is_this_package(tmp_path):
    code = """
import tensorflow as tf
import tensorflow.keras as k
import tensorflow.keras.layers as L
from tensorflow import keras as tk
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.python.keras.layers import Dropout
from tensorflow.keras.layers import *
import keras
assert Dense is keras.layers.Dense is tf.keras.layers.Dense is L.Dense is k.layers.Dense is tk.layers.Dense
assert Sequential is keras.Sequential and Dropout is keras.layers.Dropout and Flatten is keras.layers.Flatten
assert to_categorical is keras.utils.to_categorical and pad_sequences is keras.utils.pad_sequences
assert keras.layers.__name__ == keras.layers.__spec__.name == "keras.layers"
from tensorflow.python.framework import ops
from tensorflow.python.ops.init_ops import Zeros
assert Zeros is keras.initializers.Zeros
ops.reset_default_graph()
tf.random.set_seed(3)
print("done", tf.__version__)
"""
    done = run_script(tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("done 2.16")
    assert done.stderr.count("\n") == 1
    assert "tensorflow is not installed" in done.stderr


def test_packages_that_hold_keras_or_held_a_part_of_it_are_answered(tmp_path):
    code = """
import keras
import keras_core
import tf_keras
from keras_applications.mobilenet_v2 import MobileNetV2
from keras_core import ops
from keras_preprocessing.image import ImageDataGenerator
from keras_preprocessing.sequence import pad_sequences
from tf_keras.layers import Dense
assert Dense is keras.layers.Dense and ops is keras.ops and pad_sequences is keras.utils.pad_sequences
modules = {name: getattr(keras, name) for name in ("backend", "layers", "models", "utils")}
import keras_applications
assert keras_applications.get_submodules_from_kwargs({}) == tuple(modules.values())
assert keras_applications._KERAS_LAYERS is keras.layers
assert MobileNetV2(weights=None, input_shape=(32, 32, 3), alpha=0.35, classes=2, **modules).output_shape == (None, 2)
try:
    MobileNetV2(weights=None, backend="theano")
except ValueError as error:
    print(error)
"""
    done = run_script(tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "MobileNetV2: `backend` must be keras.backend. Got 'theano'.\n"


def told(code):
    """Lines of a program that print what goes wrong when `code` runs."""
    return f"try:\n    {code}\nexcept Exception as error:\n    print(type(error).__name__, error, sep=': ')\n"


@without_tensorflow
def test_the_rest_of_tensorflow_is_missing_and_says_so(tmp_path):
    uses = ("import tensorflow as tf; tf.contrib()", "import tensorflow.lite", "from tensorflow import contrib")
    done = run_script(tmp_path, "".join(map(told, uses)) + "import tensorflow.keras.no_such")
    contrib, lite, imported = (line for line in done.stdout.splitlines() if line.partition(":")[0].endswith("Error"))
    assert contrib.startswith("AttributeError: tensorflow is not installed")
    assert "tensorflow.contrib" in done.stdout
    assert lite.startswith("ModuleNotFoundError: tensorflow is not installed")
    assert "tensorflow.lite" in done.stdout
    assert imported.startswith("ImportError: cannot import name 'contrib'")
    assert done.returncode == 1
    assert "No module named 'tensorflow.keras.no_such'" in done.stderr


@pytest.mark.skipif(importlib.util.find_spec("theano") is not None, reason="the real theano is installed")
def test_an_import_of_theano_that_nothing_uses_is_answered_and_a_use_is_not(tmp_path):
    imports = "from theano.tensor.shared_randomstreams import RandomStreams\nimport theano.tensor as T\n"
    done = run_script(tmp_path, f"{imports}print('on we go')\n{told('RandomStreams(1)')}{told('T.ivector()')}")
    assert done.stdout.startswith("on we go\nImportError: theano is not installed"), done.stderr
    assert "AttributeError: theano is not installed" in done.stdout
    assert "theano.tensor.ivector" in done.stdout


@without_tensorflow
def test_processes_that_a_program_starts_have_its_names_and_its_year(tmp_path):
    code = """
import multiprocessing
from tensorflow.keras import config
from keras.layers import Merge

def year(_):
    return config.era()

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(year, [0]))
"""
    done = run_script(tmp_path, code)
    assert done.stdout == "['1']\n", done.stderr


def test_a_plain_import_of_keras_stands_for_no_other_package():
    done = run("-c", "import keras; import tensorflow.keras")
    assert "No module named 'tensorflow'" in done.stderr


def test_a_script_runs_as_if_python_had_been_given_it(tmp_path):
    (tmp_path / "beside.py").write_text("value = 5")
    code = "import sys, beside; print(__name__, sys.argv[1:], beside.value, sys.path[0]); sys.exit(3)"
    done = run_script(tmp_path, code, "--epochs", "2", "-v")
    assert done.stdout == f"__main__ ['--epochs', '2', '-v'] 5 {tmp_path}\n", done.stderr
    assert done.returncode == 3


def test_a_missing_script_is_told(tmp_path):
    done = run("-m", "keras", "missing.py", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no file 'missing.py'" in done.stderr


def test_info_tells_versions_and_settings(tmp_path):
    done = run("-m", "keras", "info", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in ("Python", "jax", "numpy", "computes on   cpu", "float32", "channels_last"):
        assert word in done.stdout
