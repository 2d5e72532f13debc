"""How weights start."""

from keras._core import lookup, registry
from keras._core.serialization import serialize as _serialize
from keras.initializers._constant import Constant, Identity, Ones, Zeros
from keras.initializers._initializer import Initializer
from keras.initializers._orthogonal import Orthogonal
from keras.initializers._random import RandomNormal, RandomUniform, TruncatedNormal
from keras.initializers._stft import STFT
from keras.initializers._variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

IdentityInitializer = identity = Identity
OrthogonalInitializer = orthogonal = Orthogonal
STFTInitializer = stft = STFT
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

__all__ = [
    "STFT",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "STFTInitializer",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

_CLASSES = (
    Constant, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, LecunNormal, LecunUniform, Ones, Orthogonal,
    RandomNormal, RandomUniform, STFT, TruncatedNormal, VarianceScaling, Zeros,
)  # fmt: skip
_SHORT_NAMES = {
    "IdentityInitializer": Identity, "OrthogonalInitializer": Orthogonal, "STFTInitializer": STFT,
    "normal": RandomNormal, "uniform": RandomUniform, "one": Ones, "zero": Zeros,
}  # fmt: skip

registry.register_built_ins("keras", {"Initializer": Initializer})
registry.register_built_ins("keras.initializers", {"Initializer": Initializer})
registry.register_built_ins("keras.initializers", {cls.__name__: cls for cls in _CLASSES})
registry.register_built_ins("keras.initializers", _SHORT_NAMES)


def get(identifier):
    """The initializer that `identifier` means.

    Args:
        identifier: a name such as 'he_normal' or 'HeNormal', a class, an instance, a config, a function
            `(shape, dtype) -> array`, an array to start from, or None.

    Raises:
        ValueError: it means no initializer.

    >>> get("zeros")((2,))
    Array([0., 0.], dtype=float32)
    """
    if hasattr(identifier, "shape") and not callable(identifier):
        return Constant(identifier)
    return lookup.get(identifier, "keras.initializers", "initializer")


def serialize(initializer):
    """The config that describes an initializer."""
    return _serialize(initializer)


def deserialize(config, custom_objects=None):
    """The initializer that a name or config describes."""
    return lookup.get(config, "keras.initializers", "initializer", custom_objects)
