"""`python -m keras SCRIPT`: runs a program written for Keras, of whatever year and package."""

import argparse
import importlib.metadata
import os
import platform
import runpy
import sys

import keras
from keras import config
from keras._core.home import keras_home
from keras._jax import devices
from keras.legacy.packages import answer_missing_packages

_PACKAGES = ("kerata", "jax", "jaxlib", "numpy", "h5py", "rich", "safetensors", "scikit-learn", "pillow")


def main(arguments: list[str]) -> None:
    """Does what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m keras",
        usage="python -m keras SCRIPT [arguments of the script]\n       python -m keras info",
        description="Runs a program written for Keras. Where TensorFlow or Theano are not installed, its imports of "
        "tensorflow.keras, and imports of Theano that it does not use, are answered.",
    )
    parser.add_argument("script", metavar="SCRIPT", help="a Python file; or `info`, for versions and devices")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script finds in sys.argv")
    chosen = parser.parse_args(arguments)
    if chosen.script == "info" and not os.path.exists("info"):
        print_info()
    elif not os.path.isfile(chosen.script):
        parser.error(f"there is no file {chosen.script!r}")
    else:
        run(chosen.script, chosen.arguments)


def run(script: str, arguments: list[str]) -> None:
    """Runs a script as `python SCRIPT` would, with the missing packages answered."""
    answer_missing_packages()
    sys.argv = [script, *arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    runpy.run_path(script, run_name="__main__")


def print_info() -> None:
    """Prints versions, devices and settings: what a report of a problem should hold."""
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    for package in _PACKAGES:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = keras.__version__ + " (not installed, run from its folder)" if package == "kerata" else "missing"
        print(f"{package:13} {version}")
    print(f"{'computes on':13} {devices.platform()}")
    print(f"{'settings':13} {config.floatx()}, {config.image_data_format()}, epsilon {config.epsilon()}")
    print(f"{'home':13} {keras_home()}")


if __name__ == "__main__":
    main(sys.argv[1:])
