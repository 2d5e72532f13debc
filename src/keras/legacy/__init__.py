"""Everything older than today's API, and only here: the rest of the package knows of no other."""

import importlib

from keras._core import registry
from keras.legacy import backend, modules

__all__ = ["install"]


def install() -> None:
    """Makes older spellings work; called once, when everything else is there."""
    modules.install()
    registry.offer_older_names("keras.backend", backend.functions)
    registry.offer_translation(lambda: importlib.import_module("keras.legacy.configs"))
