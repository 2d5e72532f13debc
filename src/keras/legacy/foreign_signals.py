"""`tf.signal` under `python -m keras`: Fourier transforms of signals and of the windows that move along them."""

from __future__ import annotations

import numpy as np

from keras import ops


def _complex(parts):
    return ops.view_as_complex(ops.stack(parts, axis=-1))


def rfft(input_tensor, fft_length=None):
    """`tf.signal.rfft`: the transform of real signals, half of it."""
    length = None if fft_length is None else int(np.asarray(fft_length).reshape(()))
    return _complex(ops.rfft(ops.cast(input_tensor, "float32"), length))


def _pair(x):
    x = ops.cast(ops.convert_to_tensor(x), "complex64")
    return ops.real(x), ops.imag(x)


def fft(input):
    """`tf.signal.fft`."""
    return _complex(ops.fft(_pair(input)))


def irfft(input_tensor, fft_length=None):
    """`tf.signal.irfft`: real signals again."""
    length = None if fft_length is None else int(np.asarray(fft_length).reshape(()))
    return ops.irfft(_pair(input_tensor), length)


def hann_window(window_length, periodic=True, dtype="float32"):
    """`tf.signal.hann_window`."""
    return _cosines(window_length, periodic, 0.5, dtype)


def hamming_window(window_length, periodic=True, dtype="float32"):
    """`tf.signal.hamming_window`."""
    return _cosines(window_length, periodic, 0.54, dtype)


def _cosines(window_length, periodic, middle, dtype):
    length = int(window_length)
    if length == 1:
        return ops.ones((1,), dtype=dtype)
    steps = np.arange(length) / (length if periodic and length % 2 == 0 else length - 1)
    return ops.convert_to_tensor(middle - (1 - middle) * np.cos(2 * np.pi * steps), dtype=dtype)


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1):
    """`tf.signal.frame`: windows along the last axis; with `pad_end` as many as begin within the signal."""
    signal = ops.convert_to_tensor(signal)
    if axis not in (-1, len(signal.shape) - 1):
        raise ValueError(f"tf.signal.frame: `axis` must be the last one here. Got {axis}.")
    if pad_end:
        count = -(-signal.shape[-1] // frame_step)
        missing = max((count - 1) * frame_step + frame_length - signal.shape[-1], 0)
        widths = [*[(0, 0)] * (len(signal.shape) - 1), (0, missing)]
        signal = ops.pad(signal, widths, constant_values=pad_value)
    return ops.extract_sequences(signal, int(frame_length), int(frame_step))


def stft(signals, frame_length, frame_step, fft_length=None, window_fn=hann_window, pad_end=False):
    """`tf.signal.stft`: windows that begin with the signal, and transforms as long as the next power of two."""
    length = 1 << (int(frame_length) - 1).bit_length() if fft_length is None else int(fft_length)
    frames = frame(ops.cast(signals, "float32"), frame_length, frame_step, pad_end)
    if window_fn is not None:
        frames = frames * window_fn(frame_length, dtype="float32")
    return rfft(frames, length)


def linear_to_mel_weight_matrix(
    num_mel_bins=20, num_spectrogram_bins=129, sample_rate=8000, lower_edge_hertz=125.0, upper_edge_hertz=3800.0,
    dtype="float32",
):  # fmt: skip
    """`tf.signal.linear_to_mel_weight_matrix`: triangles that sum up frequencies, equally wide in mel.

    `mel(f) = 1127 * log(1 + f / 700)`; the first frequency, 0, is left out of all of them.
    """

    def mel(hertz):
        return 1127 * np.log1p(np.asarray(hertz, "float64") / 700)

    places = mel(np.linspace(0, sample_rate / 2, num_spectrogram_bins)[1:])[:, None]
    edges = np.linspace(mel(lower_edge_hertz), mel(upper_edge_hertz), num_mel_bins + 2)
    lower, center, upper = edges[None, :-2], edges[None, 1:-1], edges[None, 2:]
    rising, falling = (places - lower) / (center - lower), (upper - places) / (upper - center)
    found = np.maximum(0, np.minimum(rising, falling))
    return ops.convert_to_tensor(np.pad(found, [(1, 0), (0, 0)]), dtype=dtype)
