"""The programs below `programs`, each run as `python -m keras` runs it: with the defaults of the year its names tell.

They are in the manner of the example collections of their years, with small data that they make themselves, and assert
what should come out. A folder says for which package they were written. Beside some lies what the genuine release
printed, 1.2.2 for `keras1` and 2.3.1 for `keras2`, both on TensorFlow: these set their weights and do not shuffle.
"""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import keras
from keras.legacy import detect, era, packages

FOLDER = Path(__file__).parent / "programs"
# programs whose names are those of today as well have its defaults
ERAS = {"keras1": ("1",), "keras2": ("2", "2.2", "2.3", "3"), "tfkeras": ("tf2", "3")}
PROGRAMS = sorted(FOLDER.glob("*/*.py"))


@pytest.fixture
def tensorflow_answered(monkeypatch):
    """Imports of TensorFlow are answered as long as the test runs."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    packages.answer_missing_packages()
    yield
    for name in [n for n in sys.modules if n.partition(".")[0] in packages.LEFTOVERS]:
        if isinstance(sys.modules[name].__spec__.loader, packages.MissingPackages):
            del sys.modules[name]


@pytest.mark.usefixtures("in_folder", "tensorflow_answered")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_whole_program_runs_as_it_stands(path, capsys):
    source = path.read_text(encoding="utf-8")
    found = detect.detect(source).era
    assert found in ERAS[path.parent.name]
    keras.utils.clear_session()
    np.random.seed(7)
    era.set_era(found)
    try:
        exec(compile(source, str(path), "exec"), {"__name__": "__main__", "__file__": str(path)})
    finally:
        era.set_era(era.TODAY)
    printed = path.with_suffix(".txt")
    if printed.exists():
        assert_same_text(capsys.readouterr().out, printed.read_text(encoding="utf-8"))


NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]?\d+)?|\bnan\b")


def assert_same_text(found, wanted):
    """The same words, and numbers with a point that are nearly the same."""
    lines = [" ".join(line.split()) for line in found.splitlines()]
    others = [" ".join(line.split()) for line in wanted.splitlines()]
    assert [NUMBER.sub("#", line) for line in lines] == [NUMBER.sub("#", line) for line in others]
    for line, other in zip(lines, others):
        numbers = [[float(n) for n in NUMBER.findall(x)] for x in (line, other)]
        np.testing.assert_allclose(*numbers, rtol=2e-3, atol=2e-4, err_msg=other)
