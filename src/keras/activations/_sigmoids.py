"""S-shaped activations, and the logarithm of one."""

from keras import ops


def sigmoid(x):
    """`1 / (1 + exp(-x))`.

    >>> sigmoid([0.0])
    Array([0.5], dtype=float32)
    """
    return ops.sigmoid(x)


def hard_sigmoid(x):
    """`relu6(x + 3) / 6`: straight lines near `sigmoid`.

    >>> hard_sigmoid([-4.0, 0.0, 1.5])
    Array([0., 0.5, 0.75], dtype=float32)
    """
    return ops.hard_sigmoid(x)


def sparse_sigmoid(x):
    """`(x + 1) / 2`, kept between 0 and 1.

    >>> sparse_sigmoid([-2.0, 0.0, 0.5])
    Array([0., 0.5, 0.75], dtype=float32)
    """
    return ops.sparse_sigmoid(x)


def log_sigmoid(x):
    """`-log(1 + exp(-x))`, without overflow.

    >>> log_sigmoid([0.0])
    Array([-0.693], dtype=float32)
    """
    return ops.log_sigmoid(x)


def tanh(x):
    """The hyperbolic tangent, `(exp(x) - exp(-x)) / (exp(x) + exp(-x))`.

    >>> tanh([0.0, 1.0])
    Array([0., 0.762], dtype=float32)
    """
    return ops.tanh(x)


def hard_tanh(x):
    """`x`, kept between -1 and 1.

    >>> hard_tanh([-2.0, 0.5])
    Array([-1., 0.5], dtype=float32)
    """
    return ops.hard_tanh(x)


def softsign(x):
    """`x / (1 + |x|)`.

    >>> softsign([-1.0, 3.0])
    Array([-0.5, 0.75], dtype=float32)
    """
    return ops.softsign(x)
