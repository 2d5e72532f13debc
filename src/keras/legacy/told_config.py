"""Configs of layers that answer to the names of 1.x, `layer.get_config()['output_dim']`, while its defaults hold."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from keras.legacy import era
from keras.legacy.written import Writer
from keras.legacy.written_rows import LAYERS_OF_1


class Told(dict):
    """A config of today that also finds names of former years, by its `__missing__`; copies and pickles are plain."""

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name of any year."""
        try:
            return self[name]
        except KeyError:
            return default

    def __reduce__(self) -> tuple:
        return dict, (dict(self),)


class ToldConfig(Told):
    """A config of today; what is looked up in it under a name of 1.x has the value that 1.x gave it."""

    def __init__(self, found: dict, class_name: str):
        super().__init__(found)
        self._class_name = class_name

    def __missing__(self, name: str) -> Any:
        return Writer("1").argument(self._class_name, dict(self), name)


def told(get_config: Callable) -> Callable:
    """`Layer.get_config`, whose result knows the names of 1.x in programs of that time."""

    @functools.wraps(get_config)
    def get_config_of_any_year(self):
        found = get_config(self)
        if not era.before("2.0"):
            return found
        known = next((c.__name__ for c in type(self).__mro__ if c.__name__ in LAYERS_OF_1), None)
        return found if known is None else ToldConfig(found, known)

    return get_config_of_any_year
