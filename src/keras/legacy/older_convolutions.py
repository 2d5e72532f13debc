"""Convolutions under their names of 1.x, and one that is told how large its outputs are."""

from __future__ import annotations

from keras import layers, ops
from keras._core.kinds import Kind
from keras.layers._spatial import spatial_sizes, with_spatial


class Fully:
    """Lets a convolution have `border_mode='full'`: every place where its window meets the inputs, as Theano had it."""

    paddings = ("valid", "same", "full")

    def _further(self):
        """Zeros on each side of each axis."""
        return [d * (k - 1) for d, k in zip(self.dilation_rate, self.kernel_size)]

    def convolution_op(self, inputs, kernel):
        """Convolves inputs with a kernel."""
        if self.padding != "full":
            return super().convolution_op(inputs, kernel)
        sides = [(n, n) for n in self._further()]
        last = self.data_format == "channels_last"
        inputs = ops.pad(inputs, [(0, 0), *sides, (0, 0)] if last else [(0, 0), (0, 0), *sides])
        return ops.conv(inputs, kernel, self.strides, "valid", self.data_format, self.dilation_rate)

    def compute_output_shape(self, input_shape):
        """The number of places along each spatial axis, and the filters."""
        if self.padding != "full":
            return super().compute_output_shape(input_shape)
        sizes = zip(spatial_sizes(input_shape, self.data_format), self._further(), self.strides)
        counts = [None if n is None else (n + w - 1) // s + 1 for n, w, s in sizes]
        return with_spatial(input_shape, counts, self.data_format, self.filters)


class Convolution1D(Fully, layers.Conv1D):
    """`Conv1D` as 1.x called it."""

    paddings = (*layers.Conv1D.paddings, "full")


class Convolution2D(Fully, layers.Conv2D):
    """`Conv2D` as 1.x called it: `Convolution2D(32, 3, 3)` has kernels of 3 x 3."""


class Convolution3D(Fully, layers.Conv3D):
    """`Conv3D` as 1.x called it: `Convolution3D(32, 3, 3, 3)` has kernels of 3 x 3 x 3."""


class SeparableConvolution2D(layers.SeparableConv2D, metaclass=Kind):
    """`SeparableConv2D` as 1.x called it."""


class AtrousConvolution1D(Fully, layers.Conv1D):
    """`Conv1D` with a `dilation_rate`, which was called `atrous_rate`."""

    paddings = (*layers.Conv1D.paddings, "full")


class AtrousConvolution2D(Fully, layers.Conv2D):
    """`Conv2D` with a `dilation_rate`, which was called `atrous_rate`."""


class Deconvolution2D(layers.Conv2DTranspose, metaclass=Kind):
    """`Conv2DTranspose` as 1.x called it, told how large its outputs are.

    Args:
        filters, kernel_size: as for `Conv2DTranspose`.
        output_shape: the whole shape of the outputs, batch included. It must be one that the inputs lead to with some
            `output_padding`.
        **kwargs: those of `Conv2DTranspose`.
    """

    def __init__(self, filters, kernel_size, output_shape=None, **kwargs):
        super().__init__(filters, kernel_size, **kwargs)
        self.wanted_shape = None if output_shape is None else tuple(output_shape)

    _not_in_config = frozenset(("output_shape",))

    def build(self, input_shape):
        if self.wanted_shape is not None:
            axes = (1, 2) if self.data_format == "channels_last" else (2, 3)
            self.output_padding = tuple(
                self._padding(input_shape[a], self.wanted_shape[a], i) for i, a in enumerate(axes)
            )
        super().build(input_shape)

    def _padding(self, size, wanted, i):
        """What is missing at the end of an axis, from 0 to the stride minus 1."""
        kernel, stride = self.kernel_size[i], self.strides[i]
        least = (size - 1) * stride + (kernel if self.padding == "valid" else 2 - stride if stride > 1 else 1)
        for extra in range(stride):
            found = (size - 1) * stride + kernel + extra
            if self.padding == "same":
                found -= 2 * (kernel // 2)
            if found == wanted:
                return extra
        raise ValueError(
            f"{self.name}: inputs of size {size} do not become {wanted} along axis {i} with kernels of {kernel} and "
            f"strides of {stride}; the least is {least}."
        )
