"""Random draws on the host: the same values for the same seed on every device, and nothing to compile.

The functions take their arguments as those of `keras.random` do.
"""

import contextlib
import math
import threading
from collections.abc import Iterator

import numpy as np

from keras._core.dtype_policy import is_float_name

_LARGE = 1 << 14  # elements


class _Drawing(threading.local):
    left_out = False


_drawing = _Drawing()


@contextlib.contextmanager
def large_ones_left_out() -> Iterator[None]:
    """Inside, large draws of this thread are zeros, for weights that are about to be read from a file.

    Drawing them takes twice as long as reading them.
    """
    before, _drawing.left_out = _drawing.left_out, True
    try:
        yield
    finally:
        _drawing.left_out = before


def is_left_out(shape: tuple[int, ...]) -> bool:
    """Whether a draw of this shape is zeros now."""
    return _drawing.left_out and math.prod(shape) >= _LARGE


def _zeros_instead(shape: tuple[int, ...], dtype: str) -> np.ndarray | None:
    return as_dtype(np.zeros(shape, _width(dtype)), dtype) if is_left_out(shape) else None


def fresh_seed() -> int:
    """A seed nobody chose. It comes from NumPy's generator, so `numpy.random.seed(n)` makes a whole run repeatable."""
    return int(np.random.randint(1, 2**31 - 1))


def uniform(shape: tuple[int, ...], minval: float, maxval: float, dtype: str, seed: int) -> np.ndarray:
    """Values spread evenly from `minval` to `maxval`."""
    zeros = _zeros_instead(shape, dtype)
    return (
        zeros
        if zeros is not None
        else as_dtype(_generator(seed).random(shape, _width(dtype)) * (maxval - minval) + minval, dtype)
    )


def normal(shape: tuple[int, ...], mean: float, stddev: float, dtype: str, seed: int) -> np.ndarray:
    """Values from a normal distribution."""
    zeros = _zeros_instead(shape, dtype)
    return (
        zeros
        if zeros is not None
        else as_dtype(_generator(seed).standard_normal(shape, _width(dtype)) * stddev + mean, dtype)
    )


def truncated_normal(shape: tuple[int, ...], mean: float, stddev: float, dtype: str, seed: int) -> np.ndarray:
    """Values from a normal distribution without those more than two standard deviations from the mean."""
    zeros = _zeros_instead(shape, dtype)
    if zeros is not None:
        return zeros
    generator = _generator(seed)
    values = generator.standard_normal(math.prod(shape), _width(dtype))
    beyond = np.flatnonzero(np.abs(values) > 2)
    while beyond.size:
        values[beyond] = generator.standard_normal(beyond.size, values.dtype)
        beyond = beyond[np.abs(values[beyond]) > 2]
    return as_dtype(values.reshape(shape) * stddev + mean, dtype)


def as_dtype(values: np.ndarray, dtype: str) -> np.ndarray:
    """`values` in the dtype of that name; the 16- and 8-bit floats that NumPy lacks come from `ml_dtypes`."""
    return values.astype(numpy_dtype(dtype), copy=False)


def numpy_dtype(name: str) -> np.dtype:
    """NumPy's dtype of that name."""
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes  # arrives with jax; only these dtypes need it

        return np.dtype(getattr(ml_dtypes, name))


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed % 2**64))


def _width(dtype: str) -> type:
    if not is_float_name(dtype):
        raise ValueError(f"Random initial values need a float dtype. Got {dtype!r}.")
    return np.float64 if dtype == "float64" else np.float32
