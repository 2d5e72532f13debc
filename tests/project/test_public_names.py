"""The public names are listed by hand in every module's `__all__`; the lists and the modules must agree."""

import importlib
import pkgutil
import tomllib
import types
from pathlib import Path

import pytest

import keras

PUBLIC = ["keras"] + sorted(
    f"keras.{found.name}" for found in pkgutil.iter_modules(keras.__path__) if not found.name.startswith("_")
)


def below(name):
    """The module and the public modules below it."""
    module = importlib.import_module(name)
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", [])) if name != "keras" else []:
        if not found.name.startswith("_"):
            yield from below(f"{name}.{found.name}")


MODULES = [module for name in PUBLIC if name != "keras.legacy" for module in below(name)]


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_the_list_names_nothing_twice(module):
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_every_listed_name_is_there(module):
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert not missing


@pytest.mark.parametrize("module", [m for m in MODULES if hasattr(m, "__path__")], ids=lambda m: m.__name__)
def test_a_public_folder_holds_no_other_public_names(module):
    other = [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and name not in module.__all__ and not isinstance(thing, types.ModuleType)
    ]
    assert not other


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_every_public_class_and_function_says_what_it_is(module):
    silent = [
        name
        for name in module.__all__
        if isinstance(getattr(module, name), (type, types.FunctionType)) and not getattr(module, name).__doc__
    ]
    assert not silent


def test_the_version_is_that_of_the_project():
    project = Path(__file__).parent.parent.parent / "pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == keras.version().partition("+kerata.")[2]
