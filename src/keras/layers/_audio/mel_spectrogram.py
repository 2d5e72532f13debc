"""MelSpectrogram: how loud each pitch is over time."""

import numpy as np

from keras import ops
from keras._core import limits
from keras._core.checks import one_of, positive_integer, positive_number
from keras._core.dtype_policy import wide_float
from keras.layers._layer import Layer


class MelSpectrogram(Layer):
    """Short-time Fourier transforms of a signal, in bands that are evenly spread on the mel scale of pitch.

    `y = 10 log10(max(|stft(x)| ** mag_exp @ bands, min_power) / ref_power)`, nothing lower than `top_db` below the
    largest

    Args:
        fft_length: the length of the transforms.
        sequence_stride: how far the window moves.
        sequence_length: its length; `fft_length` if None.
        window: 'hann', 'hamming', or None for none.
        sampling_rate: samples a second.
        num_mel_bins: the number of bands.
        min_freq, max_freq: where the bands begin and end, in hertz; half of the sampling rate if `max_freq` is None.
        power_to_db: whether the result is in decibel.
        top_db: the largest difference there is, in decibel.
        mag_exp: 1 for energy, 2 for power.
        min_power: what less counts as.
        ref_power: the power of 0 decibel.

    Shapes:
        x: (batch, samples) or (samples,), y: (batch, num_mel_bins, windows) or (num_mel_bins, windows).

    >>> MelSpectrogram(sampling_rate=8000, num_mel_bins=64)(ops.ones((1, 16000))).shape
    (1, 64, 32)
    """

    def __init__(
        self, fft_length=2048, sequence_stride=512, sequence_length=None, window="hann", sampling_rate=16000,
        num_mel_bins=128, min_freq=20.0, max_freq=None, power_to_db=True, top_db=80.0, mag_exp=2.0, min_power=1e-10,
        ref_power=1.0, **kwargs,
    ):  # fmt: skip
        super().__init__(**kwargs)
        owner = "MelSpectrogram"
        self.fft_length = positive_integer("fft_length", fft_length, owner)
        self.sequence_stride = positive_integer("sequence_stride", sequence_stride, owner)
        self.sequence_length = positive_integer("sequence_length", sequence_length or fft_length, owner)
        if self.sequence_length > self.fft_length:
            raise ValueError(
                f"{owner}: `sequence_length` must not be larger than `fft_length`. "
                f"Got {sequence_length} and {fft_length}."
            )
        self.window = one_of("window", window, ("hann", "hamming", None), owner)
        self.sampling_rate = positive_integer("sampling_rate", sampling_rate, owner)
        self.num_mel_bins = positive_integer("num_mel_bins", num_mel_bins, owner)
        self.min_freq = min_freq
        self.max_freq = max_freq or int(sampling_rate / 2)
        if not 0 <= self.min_freq < self.max_freq <= sampling_rate / 2:
            raise ValueError(
                f"{owner}: 0 <= min_freq < max_freq <= sampling_rate / 2 must hold. "
                f"Got {self.min_freq}, {self.max_freq} and {sampling_rate}."
            )
        self.power_to_db = bool(power_to_db)
        self.top_db = positive_number("top_db", top_db, owner)
        self.mag_exp = positive_number("mag_exp", mag_exp, owner)
        self.min_power = positive_number("min_power", min_power, owner)
        self.ref_power = positive_number("ref_power", ref_power, owner)

    def call(self, inputs):
        dtype = wide_float(self.compute_dtype)
        real, imaginary = ops.stft(
            ops.cast(inputs, dtype), self.sequence_length, self.sequence_stride, self.fft_length, self.window
        )
        power = (real**2 + imaginary**2) ** (self.mag_exp / 2)
        bands = self.linear_to_mel_weight_matrix(
            self.num_mel_bins, self.fft_length // 2 + 1, self.sampling_rate, self.min_freq, self.max_freq, dtype
        )
        y = ops.swapaxes(ops.matmul(power, bands), -1, -2)  # (..., windows, bands) -> (..., bands, windows)
        return ops.cast(self._decibel(y) if self.power_to_db else y, self.compute_dtype)

    def _decibel(self, power):
        reference = max(self.min_power, self.ref_power)
        y = 10 * ops.log10(ops.maximum(power, self.min_power)) - 10 * float(np.log10(reference))
        return ops.maximum(y, ops.max(y) - self.top_db)

    def convert_weight(self, weight):
        """The value of a weight as a tensor."""
        return ops.convert_to_tensor(weight)

    def linear_to_mel_weight_matrix(
        self, num_mel_bins=20, num_spectrogram_bins=129, sampling_rate=8000, lower_edge_hertz=125.0,
        upper_edge_hertz=3800.0, dtype="float32",
    ):  # fmt: skip
        """How much each frequency counts for each band: triangles of height 1 that reach to the middles of neighbours.

        Args:
            num_mel_bins: the number of bands.
            num_spectrogram_bins: the number of frequencies, evenly spread from 0 to half of the sampling rate.
            sampling_rate: samples a second.
            lower_edge_hertz, upper_edge_hertz: where the first band begins and the last one ends.
            dtype: of the result.

        Returns:
            (frequencies, bands); the frequency 0 counts for none.
        """
        limits.take("bands", (num_spectrogram_bins, num_mel_bins), 4 * 8)  # with what is computed on the way
        pitch = _mel(np.linspace(0, sampling_rate / 2, num_spectrogram_bins))[:, None]
        edges = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2)
        low, middle, high = edges[:-2], edges[1:-1], edges[2:]
        rising, falling = (pitch - low) / (middle - low), (high - pitch) / (high - middle)
        weights = np.maximum(0, np.minimum(rising, falling))
        weights[0] = 0
        return ops.convert_to_tensor(weights, dtype=dtype)


def _mel(hertz):
    """Pitch on the mel scale (O'Shaughnessy, 1987)."""
    return 1127 * np.log1p(np.asarray(hertz, "float64") / 700)
