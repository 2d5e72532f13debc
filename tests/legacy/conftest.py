"""What several files of these tests share."""

import importlib.util
import sys

import pytest

from keras.legacy import packages


@pytest.fixture
def tf(monkeypatch):
    """TensorFlow as a program gets it where it is not installed."""
    if importlib.util.find_spec("tensorflow"):
        pytest.skip("the real package is installed")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    packages.answer_missing_packages()
    yield importlib.import_module("tensorflow")
    for name in [n for n in sys.modules if n.partition(".")[0] == "tensorflow"]:
        del sys.modules[name]
