"""Arguments of 1.x that had other names and values in 2.x."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from keras import config, ops
from keras.legacy import era

# of 1.x: shapes that Theano liked to know beforehand, and what has them
_HINTS = {"image_shape": "x", "volume_shape": "x", "filter_shape": "kernel"}
_NAMES = {
    "border_mode": "padding", "dim_ordering": "data_format", "std": "stddev", "low": "minval", "high": "maxval",
    "dim": "axis", "nb_classes": "num_classes", "filter_dilation": "dilation_rate", "stride": "strides", "X": "x",
    "variable": "x", "broatcastable": "broadcastable", "rate": "dilation_rate", "xs": "ops", "tensors": "ops",
}  # fmt: skip
_ORDERS = {"th": "channels_first", "tf": "channels_last", "default": None}


def spelled_as_before(function: Callable) -> Callable:
    """Lets the arguments of a function have the names they had in 1.x, and 'th', 'tf' and 'default' mean orders."""
    signature = inspect.signature(function)
    known = frozenset(signature.parameters)
    hints = {name: of for name, of in _HINTS.items() if "kernel" in known and of in known}

    @functools.wraps(function)
    def run(*args, **kwargs):
        given: dict[str, Any] = {}
        hinted: dict[str, Any] = {}
        for name, value in kwargs.items():
            today = name if name in known else _NAMES.get(name, name)
            if today not in known and name in hints:
                hinted[name] = value
                continue
            if today in given:
                raise TypeError(f"K.{function.__name__}: `{name}` is another name of `{today}`; give one of them.")
            given[today] = value
        bound = signature.bind(*args, **given)
        for name, shape in hinted.items():
            _check_hint(f"K.{function.__name__}: `{name}`", shape, bound.arguments[hints[name]])
        order = bound.arguments.get("data_format")
        if order in _ORDERS:
            bound.arguments["data_format"] = _ORDERS[order]
            if "kernel" in bound.arguments and (order == "th" or (order == "default" and _wants_first())):
                bound.arguments["kernel"] = _kernel_of_today(bound.arguments["kernel"])
        elif "kernel" in bound.arguments and order is None and "data_format" in known and _wants_first():
            bound.arguments["kernel"] = _kernel_of_today(bound.arguments["kernel"])
        return function(*bound.args, **bound.kwargs)

    older = {name for name, today in _NAMES.items() if today in known and name not in known}
    run.__keras_legacy_arguments__ = older | set(hints)  # type: ignore[attr-defined]
    return run


def _check_hint(what: str, shape: Any, tensor: Any) -> None:
    """Refuses a shape that a tensor does not have; None stands for any size, or says nothing at all."""
    if shape is None:
        return
    found = tuple(tensor.shape)
    if len(shape) != len(found) or any(a != b for a, b in zip(shape, found) if None not in (a, b)):
        raise ValueError(f"{what} is {tuple(shape)}, but the tensor has shape {found}.")


def _wants_first() -> bool:
    return era.before("2.0") and config.image_data_format() == "channels_first"


def _kernel_of_today(kernel: Any) -> Any:
    """1.x kept kernels of the order 'th' as (filters, channels, rows, columns)."""
    axes = len(kernel.shape)
    return ops.transpose(kernel, (*range(2, axes), 1, 0)) if axes > 3 else kernel


def order_of(data_format: str | None) -> str:
    """'channels_first' or 'channels_last', from None, today's and older names.

    Raises:
        ValueError: it is none of them.
    """
    if data_format in _ORDERS:
        data_format = _ORDERS[data_format]
    if data_format is None:
        return config.image_data_format()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"`data_format` must be 'channels_first' or 'channels_last'. Got {data_format!r}.")
    return data_format
