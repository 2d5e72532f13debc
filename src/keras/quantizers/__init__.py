"""Weights and inputs in fewer bits."""

from keras._core import lookup, registry
from keras._core.serialization import serialize as _serialize
from keras.quantizers._abs_max import abs_max_quantize, abs_max_quantize_grouped_with_zero_point
from keras.quantizers._config import (
    AWQConfig,
    Float8QuantizationConfig,
    GPTQConfig,
    Int4QuantizationConfig,
    Int8QuantizationConfig,
    QuantizationConfig,
)
from keras.quantizers._fake_quant import fake_quant_with_min_max_vars
from keras.quantizers._float8 import compute_float8_amax_history, compute_float8_scale, quantize_and_dequantize
from keras.quantizers._int4 import pack_int4, unpack_int4
from keras.quantizers._quantizer import AbsMaxQuantizer, Quantizer

__all__ = [
    "AWQConfig",
    "AbsMaxQuantizer",
    "Float8QuantizationConfig",
    "GPTQConfig",
    "Int4QuantizationConfig",
    "Int8QuantizationConfig",
    "QuantizationConfig",
    "Quantizer",
    "abs_max_quantize",
    "abs_max_quantize_grouped_with_zero_point",
    "compute_float8_amax_history",
    "compute_float8_scale",
    "deserialize",
    "fake_quant_with_min_max_vars",
    "get",
    "pack_int4",
    "quantize_and_dequantize",
    "serialize",
    "unpack_int4",
]

registry.register_built_ins(
    "keras.quantizers", {name: _thing for name in __all__ if isinstance(_thing := globals().get(name), type)}
)


def get(identifier, **kwargs):
    """The quantizer that a name such as 'abs_max_quantizer', a class, a config or a function means; None for None.

    Args:
        identifier: what means one.
        kwargs: arguments of the constructor, where a name or a class is given.

    Raises:
        ValueError: it means no quantizer.
    """
    if kwargs and isinstance(identifier, str):
        identifier = type(lookup.get(identifier, "keras.quantizers", "quantizer"))
    if kwargs and isinstance(identifier, type):
        return identifier(**kwargs)
    return lookup.get(identifier, "keras.quantizers", "quantizer")


def serialize(initializer):
    """The config that describes a quantizer."""
    return _serialize(initializer)


def deserialize(config, custom_objects=None):
    """The quantizer that a name or config describes."""
    return lookup.get(config, "keras.quantizers", "quantizer", custom_objects)
