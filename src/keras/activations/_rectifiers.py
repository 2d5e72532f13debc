"""Activations that let positive values through and hold negative ones back."""

from keras import ops


def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Positive values as they are, zero for the others.

    `x` where `x > threshold`, at most `max_value`; `negative_slope * (x - threshold)` elsewhere.

    Args:
        x: a tensor.
        negative_slope: the slope below the threshold.
        max_value: the largest value let through; None lets everything through.
        threshold: where the positive part begins.

    Raises:
        ValueError: `max_value` is negative.

    >>> relu([-2.0, 3.0])
    Array([0., 3.], dtype=float32)
    """
    if max_value is not None and max_value < 0:
        raise ValueError(f"relu: `max_value` must be a number of at least 0, or None. Got {max_value!r}.")
    if threshold == 0 and max_value is None:
        return ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)
    if threshold == 0 and max_value == 6 and not negative_slope:
        return ops.relu6(x)
    x = ops.convert_to_tensor(x)
    passed = x if max_value is None else ops.minimum(x, max_value)
    held = negative_slope * (x - threshold) if negative_slope else ops.zeros_like(x)
    return ops.where(ops.greater(x, threshold), passed, held)


def leaky_relu(x, negative_slope=0.2):
    """`x` where positive, `negative_slope * x` elsewhere (Maas et al., 2013).

    >>> leaky_relu([-2.0, 3.0])
    Array([-0.4, 3.], dtype=float32)
    """
    return ops.leaky_relu(x, negative_slope=negative_slope)


def relu6(x):
    """`min(max(x, 0), 6)`.

    >>> relu6([-2.0, 3.0, 8.0])
    Array([0., 3., 6.], dtype=float32)
    """
    return ops.relu6(x)


def threshold(x, threshold, default_value):
    """`x` where it is larger than `threshold`, `default_value` elsewhere.

    >>> threshold([0.2, 3.0], 1.0, -1.0)
    Array([-1., 3.], dtype=float32)
    """
    return ops.threshold(x, threshold, default_value)


def elu(x, alpha=1.0):
    """`x` where positive, `alpha * (exp(x) - 1)` elsewhere (Clevert et al., 2015).

    >>> elu([-1.0, 3.0])
    Array([-0.632, 3.], dtype=float32)
    """
    return ops.elu(x, alpha=alpha)


def celu(x, alpha=1.0):
    """`max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)` (Barron, 2017).

    >>> celu([-1.0, 3.0])
    Array([-0.632, 3.], dtype=float32)
    """
    return ops.celu(x, alpha=alpha)


def selu(x):
    """`1.0507 * elu(x, 1.6733)`: keeps mean 0 and variance 1 through a deep network (Klambauer et al., 2017).

    Goes with the initializer `lecun_normal` and the layer `AlphaDropout`.

    >>> selu([-1.0, 1.0])
    Array([-1.111, 1.051], dtype=float32)
    """
    return ops.selu(x)
