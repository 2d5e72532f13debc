"""Import paths of older releases: each row of the table gives today's objects, and nothing else is answered."""

import importlib
import subprocess
import sys

import pytest

import keras
from keras.legacy import modules
from legacy.test_packages import run

ROWS = [pytest.param(row, id=f"{row.old}-{row.today}") for row in modules.ROWS]


@pytest.mark.parametrize("row", ROWS)
def test_an_older_module_has_todays_objects(row):
    old, today = importlib.import_module(row.old), importlib.import_module(row.today)
    names = modules.names_of(row)
    assert names
    for name in names:
        assert getattr(old, name) is getattr(today, name)
        assert name in old.__all__


@pytest.mark.parametrize("row", ROWS)
def test_todays_modules_stay_what_they_are(row):
    importlib.import_module(row.old)
    today = importlib.import_module(row.today)
    assert today.__name__ == today.__spec__.name == row.today
    assert row.old not in dir(today)


@pytest.mark.parametrize("row", ROWS)
def test_no_row_hides_a_module_of_today(row):
    parent, _, name = row.old.rpartition(".")
    spec = importlib.machinery.PathFinder.find_spec(row.old, importlib.import_module(parent).__path__)
    assert spec is None, f"{name} is a module of today"


def test_older_modules_are_attributes_of_those_they_were_in():
    code = (
        "import keras; print(keras.utils.np_utils.to_categorical is keras.utils.to_categorical, keras.engine.topology)"
    )
    source = str(modules.__file__).rpartition("/keras/")[0]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": source})
    assert done.stdout.startswith("True <module 'keras.engine.topology'"), done.stderr


@pytest.mark.parametrize(
    "name", ["keras.layers.no_such", "keras.engine.no_such", "keras.no_such", "keras.utils.np_utils.more"]
)
def test_what_is_in_no_row_is_not_answered(name):
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)


def test_unknown_names_are_told_as_python_tells_them():
    with pytest.raises(AttributeError, match=r"module 'keras\.utils' has no attribute 'no_such'"):
        keras.utils.no_such  # noqa: B018
    with pytest.raises(ImportError, match="no_such"):
        from keras.layers.core import no_such  # noqa: F401


def test_installing_twice_changes_nothing():
    before = list(sys.meta_path)
    modules.install()
    assert sys.meta_path == before


def test_older_modules_are_in_the_report():
    code = (
        "import keras.layers.core, keras.utils.np_utils, keras.initializations\n"
        "print(*[f'{used.old}={used.today}' for used in keras.config.legacy_report()])"
    )
    wanted = "keras.layers.core=keras.layers keras.utils.np_utils=keras.utils keras.initializations=(left out)\n"
    assert run("-c", code).stdout == wanted
