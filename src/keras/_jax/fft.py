"""Fourier transforms of whole signals, and of windows that move along them.

Complex tensors are pairs here: a tensor of real parts and one of imaginary parts.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras._core import limits
from keras._core.checks import positive_integer
from keras._core.errors import WrongTypeError
from keras._core.types import Tensor, Tensors
from keras._jax.dtypes import common_floats, floats
from keras._jax.op import op


def _complex(x: Any, who: str) -> jax.Array:
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"{who}: `x` must be a pair of tensors: the real parts and the imaginary parts.")
    real, imaginary = common_floats(*x)
    if real.shape != imaginary.shape:
        raise ValueError(f"{who}: both parts must have one shape. Got {real.shape} and {imaginary.shape}.")
    return lax.complex(_wide(real), _wide(imaginary))


def _wide(x: jax.Array) -> jax.Array:
    """`x` in at least 32 bits: there are no complex numbers of 16."""
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))


def _pair(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    return jnp.real(x), jnp.imag(x)


@op
def fft(x: Tensors) -> tuple:
    """The discrete Fourier transform along the last axis: `y[k] = sum over n of x[n] exp(-2 pi i k n / N)`.

    Args:
        x: real parts and imaginary parts. The result is such a pair, too.
    """
    return _pair(jnp.fft.fft(_complex(x, "fft")))


@op
def fft2(x: Tensors) -> tuple:
    """The discrete Fourier transform along the last two axes, of pairs as in `fft`."""
    return _pair(jnp.fft.fft2(_complex(x, "fft2")))


@op
def ifft2(x: Tensors) -> tuple:
    """The way back from `fft2`."""
    return _pair(jnp.fft.ifft2(_complex(x, "ifft2")))


@op
def rfft(x: Tensor, fft_length=None) -> tuple:
    """The first half of the Fourier transform of a real signal; the second half mirrors it.

    Args:
        x: real signals along the last axis.
        fft_length: the length to which they are cut or filled up with zeros; their own if None.

    Returns:
        Real parts and imaginary parts, of length `fft_length // 2 + 1`.
    """
    return _pair(jnp.fft.rfft(_wide(floats(x)), fft_length))


@op
def irfft(x: Tensors, fft_length=None) -> Tensor:
    """The way back from `rfft`: a real signal of length `fft_length`, `2 * (n - 1)` if None."""
    return jnp.fft.irfft(_complex(x, "irfft"), fft_length)


# --- windows that move along a signal


@op
def extract_sequences(x: Tensor, sequence_length, sequence_stride) -> Tensor:
    """Pieces of the last axis, each beginning `sequence_stride` after the one before.

    >>> extract_sequences([1, 2, 3, 4, 5], 3, 2)
    Array([[1, 2, 3],
           [3, 4, 5]], dtype=int32)
    """
    x = jnp.asarray(x)
    sequence_stride = positive_integer("sequence_stride", sequence_stride, "extract_sequences")
    if x.ndim < 1:
        raise ValueError(f"extract_sequences: there must be at least 1 axis. Got shape {x.shape}.")
    count = (x.shape[-1] - sequence_length) // sequence_stride + 1
    if count < 1:
        raise ValueError(
            f"extract_sequences: pieces of {sequence_length}, {sequence_stride} apart, cannot be cut from {x.shape}."
        )
    return x[..., jnp.arange(count)[:, None] * sequence_stride + jnp.arange(sequence_length)]


def _window(window: Any, sequence_length: int, fft_length: int, dtype: Any, who: str) -> jax.Array:
    """The window's numbers, with zeros around them up to the length of the transform."""
    if not 0 < sequence_length <= fft_length:
        raise ValueError(
            f"{who}: `fft_length` must be at least `sequence_length`. Got {fft_length} and {sequence_length}."
        )
    if window is None:
        return jnp.ones(fft_length, dtype)  # Keras 3 fills the whole transform then
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError(f"{who}: `window` must be 'hann', 'hamming', a tensor or None. Got {window!r}.")
        limits.take("window", (sequence_length,), 4 * 8)  # with what is computed on the way
        # one period without its last point, so that shifted windows add up evenly
        turn = 2 * np.pi * np.arange(sequence_length) / sequence_length
        share = 0.5 if window == "hann" else 0.54
        numbers = jnp.asarray(share - (1 - share) * np.cos(turn), dtype)
    else:
        numbers = jnp.asarray(window, dtype)
        if numbers.shape != (sequence_length,):
            raise ValueError(f"{who}: `window` must have shape ({sequence_length},). Got {numbers.shape}.")
    before = (fft_length - sequence_length) // 2
    return jnp.pad(numbers, (before, fft_length - sequence_length - before))


@op
def stft(x: Tensor, sequence_length, sequence_stride, fft_length, window="hann", center=True) -> tuple:
    """Fourier transforms of windows that move along real signals.

    Args:
        x: real signals along the last axis.
        sequence_length: the length of the window.
        sequence_stride: how far it moves.
        fft_length: the length of the transform, at least that of the window.
        window: factors inside the window: 'hann', 'hamming', a tensor, or None for ones along the whole transform.
        center: whether the first window is centred at the first element, the signal mirrored before and after it.

    Returns:
        Real parts and imaginary parts, of shape (..., windows, fft_length // 2 + 1).
    """
    if not jnp.issubdtype(jnp.asarray(x).dtype, jnp.inexact):
        raise WrongTypeError(f"stft: `x` must hold floats. Got {jnp.asarray(x).dtype}.")
    x = _wide(floats(x))
    sequence_stride = positive_integer("sequence_stride", sequence_stride, "stft")
    factors = _window(window, sequence_length, fft_length, x.dtype, "stft")
    if center:
        half = fft_length // 2
        limits.check_repeats(
            "fft_length / length of the signal", half // max(x.shape[-1] - 1, 1)
        )  # pieces that mirror the signal
        x = jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(half, half)], mode="reflect")
    return _pair(jnp.fft.rfft(extract_sequences(x, fft_length, sequence_stride) * factors))


@op
def istft(x: Tensors, sequence_length, sequence_stride, fft_length, length=None, window="hann", center=True) -> Tensor:
    """The way back from `stft`: the signal that fits the transforms of its windows best (Griffin and Lim, 1984).

    Without a window the result is `fft_length / sequence_stride` times that signal, as in Keras 3.

    Args:
        x: real parts and imaginary parts of shape (..., windows, fft_length // 2 + 1).
        sequence_length, sequence_stride, fft_length, window, center: as they were given to `stft`.
        length: the length of the signal; all that the windows cover if None.
    """
    spectrum = _complex(x, "istft")
    sequence_stride = positive_integer("sequence_stride", sequence_stride, "istft")
    if spectrum.ndim < 2:
        raise ValueError(f"istft: parts have the shape (..., windows, frequencies). Got {spectrum.shape}.")
    pieces = jnp.fft.irfft(spectrum, fft_length)
    factors = _window(window, sequence_length, fft_length, pieces.dtype, "istft")
    count = pieces.shape[-2]
    places = jnp.arange(count)[:, None] * sequence_stride + jnp.arange(fft_length)
    total = (count - 1) * sequence_stride + fft_length
    signal = jnp.zeros((*pieces.shape[:-2], total), pieces.dtype).at[..., places].add(pieces * factors)
    weight = jnp.zeros(total, pieces.dtype).at[places].add(jnp.broadcast_to(factors**2, places.shape))
    signal = signal / jnp.where(weight > 1e-10, weight, 1)
    if window is None:
        signal = signal * (fft_length / sequence_stride)
    start = fft_length // 2 if center else 0
    if length is None:
        end = total - start
    else:
        end = start + length
        signal = jnp.pad(signal, [(0, 0)] * (signal.ndim - 1) + [(0, max(0, end - total))])
    return signal[..., start:end]
