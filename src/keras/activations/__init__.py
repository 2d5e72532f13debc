"""Functions applied to a layer's output, element by element or along an axis."""

from keras._core import lookup, registry
from keras._core.configurable import plain as _plain
from keras.activations._gated import gelu, glu, hard_silu, mish, silu
from keras.activations._linear import linear
from keras.activations._rectifiers import celu, elu, leaky_relu, relu, relu6, selu, threshold
from keras.activations._shrink import hard_shrink, soft_shrink, tanh_shrink
from keras.activations._sigmoids import hard_sigmoid, hard_tanh, log_sigmoid, sigmoid, softsign, sparse_sigmoid, tanh
from keras.activations._softmax import log_softmax, softmax, sparsemax
from keras.activations._softplus import exponential, softplus, sparse_plus, squareplus

hard_swish = hard_silu
swish = silu

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]

_FUNCTIONS = (
    celu, elu, exponential, gelu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_tanh, leaky_relu, linear, log_sigmoid,
    log_softmax, mish, relu, relu6, selu, sigmoid, silu, soft_shrink, softmax, softplus, softsign, sparse_plus,
    sparse_sigmoid, sparsemax, squareplus, tanh, tanh_shrink, threshold,
)  # fmt: skip

registry.register_built_ins("keras.activations", {f.__name__: f for f in _FUNCTIONS})
registry.register_built_ins("keras.activations", {"hard_swish": hard_silu, "swish": silu})
# the module that Keras 3 writes for functions
registry.register_built_ins("builtins", {f.__name__: f for f in _FUNCTIONS})


def get(identifier):
    """The activation that `identifier` means; `linear` for None.

    Args:
        identifier: a name such as 'relu', a function, a layer, a config, or None.

    Raises:
        ValueError: it means no activation.

    >>> get("relu")([-1.0, 2.0])
    Array([0., 2.], dtype=float32)
    """
    if identifier is None:
        return linear
    return lookup.get(identifier, "keras.activations", "activation")


def serialize(activation):
    """The name of a built-in activation; the config of anything else.

    >>> serialize(relu)
    'relu'
    """
    return _plain(activation)


def deserialize(config, custom_objects=None):
    """The activation that a name or config describes."""
    return lookup.get(config, "keras.activations", "activation", custom_objects)
