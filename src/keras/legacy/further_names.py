"""Methods whose first argument has had other names."""

from __future__ import annotations

import functools
from collections.abc import Callable


def further_names(*names: str) -> Callable:
    """Lets the first argument of a method be called otherwise, and `training` be called `train`."""

    def decorate(function):
        @functools.wraps(function)
        def older(self, *args, **kwargs):
            for name in names:
                if name in kwargs:
                    args = (kwargs.pop(name), *args)
            if "train" in kwargs:
                kwargs["training"] = kwargs.pop("train")
            return function(self, *args, **kwargs)

        taken = {"train"} if "training" in function.__code__.co_varnames else set()
        older.__keras_legacy_arguments__ = {*names, *taken}
        return older

    return decorate
