"""Penalties on weights and outputs, added to the loss."""

from keras._core import lookup, registry
from keras._core.serialization import serialize as _serialize
from keras.regularizers._norms import L1, L1L2, L2
from keras.regularizers._orthogonal import OrthogonalRegularizer
from keras.regularizers._regularizer import Regularizer

l1 = L1
l1_l2 = L1L2
l2 = L2
orthogonal_regularizer = OrthogonalRegularizer

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]

registry.register_built_ins("keras", {"Regularizer": Regularizer})
registry.register_built_ins(
    "keras.regularizers",
    {
        "L1": L1,
        "L1L2": L1L2,
        "L2": L2,
        "OrthogonalRegularizer": OrthogonalRegularizer,
        "Regularizer": Regularizer,
        "l1_l2": L1L2,
    },
)


def get(identifier):
    """The regularizer that `identifier` means.

    Args:
        identifier: a name such as 'l2' or 'L1L2', a class, an instance, a config, a function `x -> number`, or None.

    Raises:
        ValueError: it means no regularizer.

    >>> get("l2")([1.0, 2.0])
    Array(0.05, dtype=float32)
    """
    return lookup.get(identifier, "keras.regularizers", "regularizer")


def serialize(regularizer):
    """The config that describes a regularizer."""
    return _serialize(regularizer)


def deserialize(config, custom_objects=None):
    """The regularizer that a name or config describes."""
    return lookup.get(config, "keras.regularizers", "regularizer", custom_objects)
