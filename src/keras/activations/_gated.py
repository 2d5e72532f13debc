"""Activations that multiply their input by a gate computed from it."""

from keras import ops


def silu(x):
    """`x * sigmoid(x)`, also called swish (Ramachandran et al., 2017).

    >>> silu([0.0, 1.0])
    Array([0., 0.731], dtype=float32)
    """
    return ops.silu(x)


def hard_silu(x):
    """`x * hard_sigmoid(x)`, also called hard swish (Howard et al., 2019).

    >>> hard_silu([-4.0, 3.0])
    Array([-0., 3.], dtype=float32)
    """
    return ops.hard_silu(x)


def gelu(x, approximate=False):
    """`x * P(X <= x)` for a standard normal X (Hendrycks and Gimpel, 2016).

    Args:
        x: a tensor.
        approximate: use `0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))`, which is a little faster.

    >>> gelu([0.0, 1.0])
    Array([0., 0.841], dtype=float32)
    """
    return ops.gelu(x, approximate=approximate)


def mish(x):
    """`x * tanh(softplus(x))` (Misra, 2019).

    >>> mish([0.0, 1.0])
    Array([0., 0.865], dtype=float32)
    """
    x = ops.convert_to_tensor(x)
    return x * ops.tanh(ops.softplus(x))


def glu(x, axis=-1):
    """`a * sigmoid(b)` for the two halves of `x` along `axis` (Dauphin et al., 2016).

    >>> glu([3.0, 0.0])
    Array([1.5], dtype=float32)
    """
    return ops.glu(x, axis=axis)
