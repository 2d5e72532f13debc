"""Learning rates that depend on the step."""

from keras._core import registry
from keras._core.serialization import deserialize as _deserialize
from keras._core.serialization import serialize as _serialize
from keras.optimizers.schedules._cosine import CosineDecay, CosineDecayRestarts
from keras.optimizers.schedules._decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from keras.optimizers.schedules._schedule import LearningRateSchedule

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

_MODULE = "keras.optimizers.schedules"


def serialize(learning_rate_schedule):
    """A config from which `deserialize` makes the same schedule."""
    return _serialize(learning_rate_schedule)


def deserialize(config, custom_objects=None):
    """The schedule that a config describes."""
    return _deserialize(config, custom_objects, _MODULE)


registry.register_built_ins(
    _MODULE,
    {
        cls.__name__: cls
        for cls in (
            CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, LearningRateSchedule,
            PiecewiseConstantDecay, PolynomialDecay,
        )
    },
)  # fmt: skip
