"""Convolutions under their names of 1.x, and one that is told how large its outputs are."""

from __future__ import annotations

from keras import layers


class Convolution1D(layers.Conv1D):
    """`Conv1D` as 1.x called it."""


class Convolution2D(layers.Conv2D):
    """`Conv2D` as 1.x called it: `Convolution2D(32, 3, 3)` has kernels of 3 x 3."""


class Convolution3D(layers.Conv3D):
    """`Conv3D` as 1.x called it: `Convolution3D(32, 3, 3, 3)` has kernels of 3 x 3 x 3."""


class SeparableConvolution2D(layers.SeparableConv2D):
    """`SeparableConv2D` as 1.x called it."""


class AtrousConvolution1D(layers.Conv1D):
    """`Conv1D` with a `dilation_rate`, which was called `atrous_rate`."""


class AtrousConvolution2D(layers.Conv2D):
    """`Conv2D` with a `dilation_rate`, which was called `atrous_rate`."""


class Deconvolution2D(layers.Conv2DTranspose):
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
