"""Older classes of layers that take the arguments which today's classes took."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras.legacy import arguments, values
from keras.legacy.arguments import Order, Row

_ORDER_OF_ATROUS_1D = (
    "nb_filter filter_length init activation weights border_mode subsample_length atrous_rate W_regularizer "
    "b_regularizer activity_regularizer W_constraint b_constraint bias"
)
_ORDER_OF_ATROUS_2D = (
    "nb_filter nb_row nb_col init activation weights border_mode subsample atrous_rate dim_ordering W_regularizer "
    "b_regularizer activity_regularizer W_constraint b_constraint bias"
)
ATROUS = Row("AtrousConvolution1D AtrousConvolution2D", "atrous_rate", "dilation_rate", "1.x 2.x")


def _numbers(places: tuple[int, ...]) -> Callable[[tuple], bool]:
    return lambda args: all(len(args) > i and values.is_number(args[i]) for i in places)


# older class -> the class of today whose entries hold for it too, and what decides how positional arguments are read
_LIKE: dict[str, tuple[str, Any]] = {
    "Convolution1D": ("Conv1D", None),
    "Convolution2D": ("Conv2D", _numbers((1, 2))),
    "Convolution3D": ("Conv3D", _numbers((1, 2, 3))),
    "SeparableConvolution2D": ("SeparableConv2D", _numbers((1, 2))),
    "Deconvolution2D": ("Conv2DTranspose", _numbers((1, 2))),
    "TimeDistributedDense": ("Dense", None),
    "ConvRecurrent2D": ("ConvLSTM2D", None),
    "LocallyConnected1D": ("Conv1D", None),
    "LocallyConnected2D": ("Conv2D", None),
    "AtrousConvolution1D": ("Conv1D", Order("", _ORDER_OF_ATROUS_1D, _numbers((1,)))),
    "AtrousConvolution2D": ("Conv2D", Order("", _ORDER_OF_ATROUS_2D, _numbers((1, 2)))),
}


def class_of_today(name: str) -> str | None:
    """The class of today whose entries hold for an older class too; None where there is no such class."""
    return _LIKE[name][0] if name in _LIKE else None


def orders_of(name: str) -> list[Order]:
    """How the arguments without a name of one of these classes are read."""
    like, how = _LIKE[name]
    if isinstance(how, Order):
        return [how]
    orders = arguments.entries_for(like, arguments.ORDERS)
    if how is None:
        return orders
    # numbers are sizes of kernels
    return [order._replace(when=_either(order.when, how)) if order.before else order for order in orders]


def _either(first: Callable | None, second: Callable) -> Callable[[tuple], bool]:
    return lambda args: (first is not None and first(args)) or second(args)


def teach(module: ModuleType) -> None:
    """Lets these classes, those of `keras.legacy.layers`, take the arguments of their year."""
    for name, (like, _) in _LIKE.items():
        cls = getattr(module, name, None) or getattr(importlib.import_module("keras.legacy.recurrent"), name)
        rows = [*arguments.entries_for(like, arguments.LAYERS), *arguments.entries_for(name, [ATROUS])]
        defaults = arguments.entries_for(like, arguments.DEFAULTS) if like == "Conv1D" else []
        translator = arguments.Translator(name, cls.__init__, rows, orders_of(name), defaults)
        cls.__init__ = arguments.translated(cls.__init__, translator)
