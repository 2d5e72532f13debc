"""What is done to a module of today as soon as it is loaded, so that it understands older programs."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from keras import config
from keras._core import release
from keras.legacy import backend, era, layer_names, teachers
from keras.legacy import names as older_names

_FURTHER = {
    "keras.backend": " ".join(backend.NAMES.values()).split(),
    "keras.layers": ["merge"],  # a function, and later a module that can be called like it: no row can say both
}


def _offer_to_star(module: ModuleType) -> None:
    """`from keras.layers import *` gave the names of its year."""
    today = module.__dict__.setdefault("_names_of_today", list(module.__all__))
    older = [name for name in older_names.names_of(module.__name__) if not name.startswith("_")]
    older += _FURTHER.get(module.__name__, [])
    module.__all__ = today if era.is_today() else list(dict.fromkeys([*today, *older]))


def _offer_all_to_star(release: str) -> None:
    for name in older_names.modules() | _FURTHER.keys():
        if name in sys.modules and hasattr(sys.modules[name], "__all__"):
            _offer_to_star(sys.modules[name])


def after_loading(module: ModuleType) -> None:
    """Does what the table says about a module."""
    if module.__name__ in older_names.modules() | _FURTHER.keys() and hasattr(module, "__all__"):
        _offer_to_star(module)
    for teacher in teachers.of(module.__name__):
        home, _, function = teacher.partition(".")
        getattr(importlib.import_module(f"keras.legacy.{home}"), function)(module)


def _note_meaning(name: str) -> None:
    release.meant = name


def _order_axes(name: str) -> None:
    """Images had their channels first until 1.0, where neither `keras.json` nor the program said otherwise."""
    config._Settings.image_data_format = "channels_first" if name in ("0.3", "1.0") else "channels_last"


era.on_change(_note_meaning)
era.on_change(_order_axes)
era.on_change(layer_names.follow)
era.on_change(_offer_all_to_star)
