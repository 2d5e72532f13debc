"""Dtype policies: what layers compute in, what their variables are kept in, and how weights are quantised."""

from keras._core import registry
from keras._core.dtype_policy import DTypePolicy, FloatDTypePolicy
from keras._core.dtype_policy import policy_from as _policy_from
from keras._core.policy_map import DTypePolicyMap
from keras._core.quantized_policy import (
    AWQDTypePolicy,
    GPTQDTypePolicy,
    Int4DTypePolicy,
    QuantizedDTypePolicy,
    QuantizedFloat8DTypePolicy,
)
from keras._core.serialization import deserialize as _deserialize
from keras._core.serialization import serialize as _serialize
from keras.config import dtype_policy as _global_policy

__all__ = [
    "AWQDTypePolicy",
    "DTypePolicy",
    "DTypePolicyMap",
    "FloatDTypePolicy",
    "GPTQDTypePolicy",
    "Int4DTypePolicy",
    "QuantizedDTypePolicy",
    "QuantizedFloat8DTypePolicy",
    "deserialize",
    "get",
    "serialize",
]


def get(identifier):
    """The policy that a policy, a name, a dtype or a config means; the global policy for None.

    Raises:
        ValueError: there is no such policy.

    >>> keras.dtype_policies.get("int8_from_mixed_bfloat16").quantization_mode
    'int8'
    """
    return _global_policy() if identifier is None else _policy_from(identifier)


def serialize(dtype_policy):
    """A config from which `deserialize` makes the same policy."""
    return _serialize(dtype_policy)


def deserialize(config, custom_objects=None):
    """The policy that a config describes.

    Raises:
        ValueError: what it describes is no policy.
    """
    found = _deserialize(config, custom_objects, "keras.dtype_policies")
    if not isinstance(found, DTypePolicy):
        raise ValueError(f"The config does not describe a dtype policy. Got {config!r}.")
    return found


registry.register_built_ins(
    "keras.dtype_policies", {name: _thing for name in __all__ if isinstance(_thing := globals()[name], type)}
)
