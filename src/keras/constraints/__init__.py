"""Projections that weights go through after each update."""

from keras._core import lookup, registry
from keras._core.serialization import serialize as _serialize
from keras.constraints._constraint import Constraint
from keras.constraints._norms import MaxNorm, MinMaxNorm, UnitNorm
from keras.constraints._sign import NonNeg

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]

registry.register_built_ins(
    "keras.constraints",
    {"Constraint": Constraint, "MaxNorm": MaxNorm, "MinMaxNorm": MinMaxNorm, "NonNeg": NonNeg, "UnitNorm": UnitNorm},
)


def get(identifier):
    """The constraint that `identifier` means.

    Args:
        identifier: a name such as 'max_norm' or 'NonNeg', a class, an instance, a config, a function
            `weight -> weight`, or None.

    Raises:
        ValueError: it means no constraint.

    >>> get("non_neg")([-1.0, 2.0])
    Array([0., 2.], dtype=float32)
    """
    return lookup.get(identifier, "keras.constraints", "constraint")


def serialize(constraint):
    """The config that describes a constraint."""
    return _serialize(constraint)


def deserialize(config, custom_objects=None):
    """The constraint that a name or config describes."""
    return lookup.get(config, "keras.constraints", "constraint", custom_objects)
