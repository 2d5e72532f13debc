"""How the recurrent kernels of earlier years started."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from keras import initializers, ops
from keras.legacy import era


def teach(module: ModuleType) -> None:
    """Gives the cells of `keras.layers` the starts of their year."""
    for cell in (module.LSTMCell, module.GRUCell):
        cell.recurrent_start = _recurrent_start


def _recurrent_start(self: Any) -> Any:
    """The identity for every gate; tf.keras and Keras 3 have it for the first gate and zeros for the others."""
    start = self.recurrent_initializer
    if not era.before("tf2.0") or type(start) is not initializers.Identity:
        return start

    def gates(shape: tuple, dtype: Any = None) -> Any:
        return ops.tile(start((shape[0], shape[0]), dtype=dtype), (1, shape[1] // shape[0]))

    return gates
