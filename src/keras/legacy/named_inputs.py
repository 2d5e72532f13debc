"""Inputs given by name, and class weights of outputs: before Keras 3, what a dict held beside them was left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from keras._data import PyDataset
from keras._data.class_weights import OfOutputs
from keras.legacy import era


def source(function: Callable, self, x, *settings):
    """`Runs._source` of the inputs that the model has; a generator may yield others, text among them, for callbacks."""
    settings = tuple(_of_outputs(one, self) for one in settings)
    names = self.input_names if era.before("3") else []
    if not names:
        return function(self, x, *settings)
    if hasattr(x, "__next__") and not isinstance(x, PyDataset):
        return function(self, _each(x, names), *settings)
    return function(self, _named(x, names), *settings)


def _of_outputs(setting: Any, model: Any) -> Any:
    """Class weights by the names of outputs, for targets in a list too; any other argument as it is."""
    if not isinstance(setting, dict) or not setting or not all(isinstance(one, dict) for one in setting.values()):
        return setting
    names = getattr(model, "output_names", None)
    return OfOutputs(setting, list(names)) if names and set(setting) <= set(names) else setting


def _named(x: Any, names: list[str]) -> Any:
    """The entries of these names, if it is a dict that has them all and more."""
    return {name: x[name] for name in names} if isinstance(x, dict) and x.keys() > set(names) else x


def _each(batches: Iterator, names: list[str]) -> Iterator:
    for batch in batches:
        if isinstance(batch, tuple) and batch and isinstance(batch[0], dict):
            batch = (_named(batch[0], names), *batch[1:])
        yield batch
