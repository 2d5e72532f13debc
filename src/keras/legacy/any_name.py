"""Files of models under names without an ending, which every release before 3 wrote."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from keras._core import processes
from keras.legacy import era
from keras.legacy import foreign_checkpoints as checkpoints
from keras.legacy.waiting import Waiting
from keras.saving._weights import ask_to_replace

_KNOWN = (".keras", ".h5", ".hdf5", ".safetensors", ".weights.json")


def says_nothing(path: Any) -> bool:
    """Whether a file's name does not tell its format, in a year when it need not."""
    return isinstance(path, (str, os.PathLike)) and not os.fspath(path).endswith(_KNOWN) and era.before("3")


def save(function: Callable, self, filepath, overwrite=True, *args, **kwargs):
    """`Model.save`: HDF5 under any name, or in tf.keras a folder."""
    if kwargs.get("save_format") == "tf" and era.before("3"):
        del kwargs["save_format"]
    if not says_nothing(filepath) or args or {"save_format", "zipped", "era"} & kwargs.keys():
        return function(self, filepath, overwrite, *args, **kwargs)
    if not era.before("tf2.0"):
        _make_folder(filepath)
        kwargs.pop("include_optimizer", None)  # a folder holds it in any case
        return function(self, filepath, overwrite, zipped=False, **kwargs)
    return function(self, filepath, overwrite, save_format="h5", **kwargs)


def save_weights(function: Callable, self, filepath, overwrite=True, *args, **kwargs):
    """`Model.save_weights`: HDF5 under any name; tf.keras wrote what its own `load_weights` reads, as this is.

    It noted its files as checkpoints, which `tf.train.latest_checkpoint` finds. Parts go by attributes in them, not by
    names, which several may have alike: the layout of today.
    """
    if not says_nothing(filepath):
        return function(self, filepath, overwrite, *args, **kwargs)
    if era.before("tf2.0") or kwargs.get("save_format") not in (None, "tf"):
        return function(self, filepath, overwrite, *args, **{"save_format": "h5", **kwargs})
    kwargs.pop("save_format", None)
    path = os.fspath(filepath)
    _make_folder(path)
    if not overwrite and os.path.exists(path):
        ask_to_replace(path)
    function(self, f"{path}.weights.h5", True, *args, **kwargs)
    if processes.is_first():  # the one that writes
        os.replace(f"{path}.weights.h5", path)
    return checkpoints.note(path)


def load_weights(function: Callable, self, filepath, *args, **kwargs):
    """`Model.load_weights`; of a checkpoint tf.keras returned what could be asked whether all of it was used.

    A model that has no weights yet takes those of a checkpoint when it makes them.
    """
    if not says_nothing(filepath) or era.before("tf2.0"):
        function(self, filepath, *args, **kwargs)
        return None
    if self.built or self.weights or not os.path.isfile(filepath):
        function(self, filepath, *args, **kwargs)
        return checkpoints.Restored()

    def take() -> bool:
        function(self, filepath, *args, **kwargs)
        return True

    waiting = Waiting(self.name, [self], take)
    waiting.listen()
    return checkpoints.Restored([waiting])


def _make_folder(filepath: Any) -> None:
    os.makedirs(os.path.dirname(os.fspath(filepath)) or ".", exist_ok=True)
