"""Kernels that make a convolution compute a short-time Fourier transform."""

import math

import numpy as np

from keras._core import draws
from keras._core.checks import one_of
from keras.initializers._initializer import BuiltInInitializer


class STFT(BuiltInInitializer):
    """The real or the imaginary part of windowed Fourier waves, for a kernel of shape (frame, channels, bins).

    `w[t] * cos(2 pi f t / n)` or `-w[t] * sin(2 pi f t / n)`, with `n = 2 * (bins - 1)`, the same for every channel.

    Args:
        side: 'real' or 'imag'.
        window: the window `w`: a name that `scipy.signal.get_window` knows, an array, or None for none.
        scaling: 'density' divides by `sqrt(sum(w ** 2))`, 'spectrum' by `abs(sum(w))`, None by nothing.
        periodic: whether the window is periodic rather than symmetric.

    Raises:
        ValueError: an argument is none of these; at the call, if the kernel does not have three axes.

    >>> STFT("real")((64, 1, 33)).shape
    (64, 1, 33)
    """

    def __init__(self, side="real", window="hann", scaling="density", periodic=False):
        self.side = one_of("side", side, ("real", "imag"), "STFT")
        if isinstance(window, str):
            _named_window(window, 8, periodic)
        self.window = window
        self.scaling = one_of("scaling", scaling, ("density", "spectrum", None), "STFT")
        self.periodic = periodic

    def values(self, shape, dtype):
        if len(shape) != 3 or shape[2] < 2:
            raise ValueError(
                f"STFT: the kernel must have the shape (frame, channels, bins) with at least 2 bins. Got {shape}."
            )
        frame, _, bins = shape
        window = self._window(frame)
        turns = np.outer(np.arange(frame), np.arange(bins)) / (2 * (bins - 1))
        waves = np.cos(2 * math.pi * turns) if self.side == "real" else -np.sin(2 * math.pi * turns)
        kernel = (window[:, None] * waves)[:, None, :]  # (frame, bins) -> (frame, 1, bins)
        return draws.as_dtype(np.array(np.broadcast_to(kernel, shape)), dtype)

    def _window(self, frame: int) -> np.ndarray:
        if self.window is None:
            return np.ones(frame)  # without a window there is nothing to scale by
        if isinstance(self.window, str):
            window = _named_window(self.window, frame, self.periodic)
        else:
            window = np.asarray(self.window, "float64")
            if window.shape != (frame,):
                raise ValueError(f"STFT: the window must have shape ({frame},), like the frame. Got {window.shape}.")
        if self.scaling == "density":
            return window / math.sqrt(np.sum(window**2))
        return window / abs(np.sum(window)) if self.scaling == "spectrum" else window


def _named_window(name: str, frame: int, periodic: bool) -> np.ndarray:
    from scipy.signal import get_window  # slow to import, and few programs need it

    try:
        return get_window(name, frame, fftbins=periodic)
    except ValueError:
        raise ValueError(f"STFT: `window` must be a name that scipy.signal.get_window knows. Got {name!r}.") from None
