"""The exponential, and smooth or piecewise forms of `max(x, 0)`."""

from keras import ops


def exponential(x):
    """`exp(x)`.

    >>> exponential([0.0, 1.0])
    Array([1., 2.718], dtype=float32)
    """
    return ops.exp(x)


def softplus(x):
    """`log(1 + exp(x))`, without overflow.

    >>> softplus([0.0])
    Array([0.693], dtype=float32)
    """
    return ops.softplus(x)


def sparse_plus(x):
    """0 up to -1, `(x + 1) ** 2 / 4` up to 1, then `x`.

    >>> sparse_plus([-2.0, 0.0, 3.0])
    Array([0., 0.25, 3.], dtype=float32)
    """
    return ops.sparse_plus(x)


def squareplus(x, b=4):
    """`(x + sqrt(x ** 2 + b)) / 2` (Barron, 2021).

    >>> squareplus([0.0, 3.0])
    Array([1., 3.303], dtype=float32)
    """
    return ops.squareplus(x, b=b)
