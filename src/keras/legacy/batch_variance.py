"""What `BatchNormalization` took the variance of a batch for when it moved its average.

Keras 2.2 and 2.3 made it that of the population, from which the batch is a sample, and TensorFlow's fused kernel for
images did so too: there it was done twice. tf.keras left it to the kernel. Values were compared with 2.3.1 and 2.1 of
TensorFlow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from keras.legacy import era
from keras.legacy.wrapping import wrap


def teach(cls: type) -> None:
    """Lets layers that are made in those years move their averages as they did."""
    wrap(cls, "__init__", _init)
    wrap(cls, "call", _call)
    wrap(cls, "_move_statistics", _move_statistics)


def _init(function: Callable, self, *args, **kwargs) -> None:
    function(self, *args, **kwargs)
    if era.before("3") and not era.before("2.2"):
        self._population_of = "2" if era.before("tf2.0") else "tf2"


def _call(function: Callable, self, inputs, *args, **kwargs):
    if "_population_of" not in vars(self):
        return function(self, inputs, *args, **kwargs)
    object.__setattr__(self, "_batch_shape_now", tuple(inputs.shape))
    try:
        return function(self, inputs, *args, **kwargs)
    finally:
        object.__delattr__(self, "_batch_shape_now")


def _move_statistics(function: Callable, self, mean, variance) -> None:
    shape = vars(self).get("_batch_shape_now")
    function(self, mean, variance if shape is None else variance * _share(self, shape))


def _share(layer: Any, shape: tuple) -> float:
    """What the variance of a batch is multiplied by."""
    axis = layer.axis % len(shape)
    count = math.prod(size for i, size in enumerate(shape) if i != axis)
    # on a CPU the kernel took images in one layout; tf.keras turned the others round
    is_fused = len(shape) == 4 and axis in ((3,) if layer._population_of == "2" else (1, 3)) and not layer.renorm
    share = count / max(count - 1, 1) if is_fused else 1.0
    return share if layer._population_of == "tf2" else share * count / (count - (1.0 + layer.epsilon))
