"""`%load_ext keras`: the cells that follow run as `python -m keras` runs a script; and whose lines tracebacks show."""

import sys
import traceback
from types import SimpleNamespace

import numpy as np
import pytest

import keras
from keras.legacy import era
from legacy.test_packages import run_script


class Shell:
    """As much of IPython's shell as an extension sees."""

    def __init__(self):
        self.hooks, self.shown, self.handler = [], [], None
        self.events = SimpleNamespace(
            register=lambda event, hook: self.hooks.append((event, hook)),
            unregister=lambda event, hook: self.hooks.remove((event, hook)),
        )

    def transform_cell(self, text):
        return text.replace("%matplotlib inline", "magic('matplotlib inline')")

    def set_custom_exc(self, kinds, handler):
        self.handler = handler if kinds else None

    def showtraceback(self, error, tb_offset=None):
        self.shown.append([frame.filename for frame in traceback.extract_tb(error[2])])

    def run_cell(self, text):
        for event, hook in self.hooks:
            assert event == "pre_run_cell"
            hook(SimpleNamespace(raw_cell=text))
        try:
            exec(compile(self.transform_cell(text), "<cell>", "exec"), {"magic": str, "keras": keras, "np": np})
        except Exception as error:
            self.handler(self, type(error), error, error.__traceback__)


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delenv("KERAS_ERA", raising=False)
    era.set_era("3")
    found = Shell()
    keras.load_ipython_extension(found)
    keras.load_ipython_extension(found)  # a second time does nothing
    assert len(found.hooks) == 1
    yield found
    keras.unload_ipython_extension(found)
    assert found.hooks == []
    assert found.handler is None
    era.set_era("3")


def test_the_year_is_looked_for_in_all_cells_together(shell, capsys):
    shell.run_cell("%matplotlib inline\nfrom keras.models import Sequential")
    assert keras.config.era() == "3"
    shell.run_cell("def fit(model):\n    model.fit(x, y, nb_epoch=2)")
    assert keras.config.era() == "1"
    shell.run_cell("x = 1")
    assert capsys.readouterr().err == "keras: this notebook is written for Keras 1 (nb_epoch).\n"
    keras.config.set_era("2")
    shell.run_cell("from keras.layers import Merge")
    assert keras.config.era() == "2"  # said by the user


def test_errors_show_the_lines_of_the_cells(shell):
    wrong = "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\nmodel(np.ones((1, 4)))"
    shell.run_cell(wrong)
    assert shell.shown[0][-1] == "<cell>"
    keras.config.disable_traceback_filtering()
    try:
        shell.run_cell(wrong)
    finally:
        keras.config.enable_traceback_filtering()
    assert shell.shown[1][-1] != "<cell>"


PROGRAM = """
import keras, sys
import numpy as np
def wrong(x):
    raise KeyError(input())
model = keras.Sequential([keras.layers.Lambda(wrong, input_shape=(3,))])
"""


def test_errors_of_scripts_show_the_lines_of_the_script_even_where_keras_is_between(tmp_path):
    done = run_script(tmp_path, PROGRAM.replace("input()", "'here'"))
    assert done.returncode == 1
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip().startswith("File ")]
    assert [line.rpartition(" line ")[2] for line in lines if "program.py" in line][:2] == [
        "6, in <module>",
        "5, in wrong",
    ]
    assert all("program.py" in line for line in lines)
    assert "JAX_TRACEBACK_FILTERING" not in done.stderr
