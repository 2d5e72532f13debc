"""STFTSpectrogram: how loud each frequency is over time."""

from keras import config, initializers, ops
from keras._core.checks import known_size, one_of, positive_integer
from keras._core.dtype_policy import dtype_name, is_float_name
from keras._core.errors import WrongTypeError
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(Layer):
    """Short-time Fourier transforms of signals, computed by convolutions whose kernels can be trained on.

    Args:
        mode: 'stft' for real and imaginary parts behind each other, 'real' or 'imag' for one of them, 'magnitude',
            'log' for its logarithm, 'psd' for the power, twice for frequencies that also stand for their mirror images,
        'angle'.
        frame_length: the length of the window.
        frame_step: how far it moves; half of its length if None.
        fft_length: the length of the transforms; the next power of 2 if None.
        window: a name that `scipy.signal.get_window` knows, an array, or None for none.
        periodic: whether the window is periodic rather than symmetric.
        scaling: 'density' divides by the root of the sum of the window's squares, 'spectrum' by its sum, None by
            nothing.
        padding: 'valid' for windows inside the signal only, 'same' for zeros around it.
        expand_dims: whether frequencies and channels get axes of their own.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    Shapes:
        x: (batch, samples, channels), y: (batch, windows, channels * frequencies), with `expand_dims` (batch, windows,
        frequencies, channels). With channels first x: (batch, channels, samples), y: (batch, channels * frequencies,
        windows) or (batch, channels, windows, frequencies).

    >>> STFTSpectrogram(frame_length=64)(ops.ones((1, 640, 1))).shape
    (1, 19, 33)
    """

    def __init__(
        self, mode="log", frame_length=256, frame_step=None, fft_length=None, window="hann", periodic=False,
        scaling="density", padding="valid", expand_dims=False, data_format=None, **kwargs,
    ):  # fmt: skip
        super().__init__(**kwargs)
        owner = "STFTSpectrogram"
        self.mode = one_of("mode", mode, _MODES, owner)
        self.frame_length = positive_integer("frame_length", frame_length, owner)
        self.frame_step = frame_step if frame_step is None else positive_integer("frame_step", frame_step, owner)
        self._step = self.frame_step or max(self.frame_length // 2, 1)
        if self._step > self.frame_length:
            raise ValueError(
                f"{owner}: `frame_step` must not be larger than `frame_length`. Got {frame_step} and {frame_length}."
            )
        self.fft_length = fft_length if fft_length is None else positive_integer("fft_length", fft_length, owner)
        self._length = self.fft_length or 2 ** max((self.frame_length - 1).bit_length(), 1)
        if self._length < self.frame_length:
            raise ValueError(
                f"{owner}: `fft_length` must not be smaller than `frame_length`. Got {fft_length} and {frame_length}."
            )
        self.window, self.periodic = window, bool(periodic)
        self.scaling = one_of("scaling", scaling, ("density", "spectrum", None), owner)
        self._part("real")  # says at once what is wrong with the window
        self.padding = one_of("padding", padding, ("valid", "same"), owner)
        self.expand_dims = bool(expand_dims)
        self.data_format = config.standard_data_format(data_format, owner=owner)
        self.input_spec = InputSpec(ndim=3)

    def _part(self, side):
        return initializers.STFT(side, self.window, self.scaling, self.periodic)

    def build(self, input_shape):
        known_size(input_shape, -1 if self.data_format == "channels_last" else 1, self.name)
        shape = (self.frame_length, 1, self._length // 2 + 1)
        self.real_kernel = self.imag_kernel = None
        if self.mode != "imag":
            self.real_kernel = self.add_weight(name="real_kernel", shape=shape, initializer=self._part("real"))
        if self.mode != "real":
            self.imag_kernel = self.add_weight(name="imag_kernel", shape=shape, initializer=self._part("imag"))

    def call(self, inputs):
        if not is_float_name(dtype_name(inputs.dtype)):
            raise WrongTypeError(f"{self.name}: signals must be floats. Got {dtype_name(inputs.dtype)}.")
        first = self.data_format == "channels_first"
        x = inputs if first else ops.swapaxes(inputs, 1, 2)  # (batch, channels, samples)
        batch, channels, samples = x.shape
        x = ops.reshape(x, (batch * channels, samples, 1))
        parts = [self._transformed(x, kernel) for kernel in (self.real_kernel, self.imag_kernel) if kernel is not None]
        y = self._in_mode(*parts)  # (batch * channels, windows, frequencies)
        windows, bins = y.shape[1:]
        y = ops.reshape(y, (batch, channels, windows, bins))
        if self.expand_dims:
            return y if first else ops.transpose(y, (0, 2, 3, 1))
        if first:
            return ops.reshape(ops.swapaxes(y, 2, 3), (batch, channels * bins, windows))
        return ops.reshape(ops.swapaxes(y, 1, 2), (batch, windows, channels * bins))

    def _transformed(self, x, kernel):
        return ops.conv(x, ops.cast(kernel, x.dtype), self._step, self.padding, data_format="channels_last")

    def _in_mode(self, *parts):
        if self.mode in ("real", "imag"):
            return parts[0]
        real, imaginary = parts
        if self.mode == "stft":
            return ops.concatenate(parts, axis=-1)
        if self.mode == "angle":
            return ops.arctan2(imaginary, real)
        power = real**2 + imaginary**2
        if self.mode == "psd":
            ends = power.shape[-1] - 1
            return ops.concatenate([power[..., :1], 2 * power[..., 1:ends], power[..., ends:]], axis=-1)
        magnitude = ops.sqrt(ops.maximum(power, config.epsilon()))
        return magnitude if self.mode == "magnitude" else ops.log(magnitude)
