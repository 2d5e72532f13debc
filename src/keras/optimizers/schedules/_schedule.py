"""The base class of learning-rate schedules."""

from __future__ import annotations

from typing import Any

from keras import config as settings
from keras import ops
from keras._core.configurable import Configurable
from keras._jax.number import Numbered, declared


class LearningRateSchedule(Numbered, Configurable):
    """A learning rate that depends on the step: an object called with the step count.

    Subclasses write `__call__(self, step)` and compute with `keras.ops`, since the step may be a traced value.

    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 * 0.5 ** keras.ops.floor(step / 1000)
    """

    def __call__(self, step):
        raise NotImplementedError(f"{type(self).__name__} needs a `__call__(self, step)` that returns the rate.")

    def __fingerprint__(self, of):
        described = {*declared(type(self)), "name"}
        return (
            self.number_kinds(),
            tuple((k, of(v)) for k, v in sorted(vars(self).items()) if k not in described),
        )


def wide_float() -> str:
    """The dtype of learning rates and step counts: float32, or float64 where that is the default."""
    return "float64" if settings.floatx() == "float64" else "float32"


def as_float(step: Any) -> Any:
    """The step count as a float, to divide it without rounding."""
    return ops.cast(ops.convert_to_tensor(step), wide_float())
