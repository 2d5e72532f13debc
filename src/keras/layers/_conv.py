"""Convolution: the same small dense layer at every place of a sequence, image or volume."""

from keras import config, constraints, initializers, ops, regularizers
from keras._core.checks import integers, known_size, one_of, positive_integer
from keras._core.kinds import Kind
from keras.layers._adaptable import Adaptable
from keras.layers._base.activated import ActivationAttribute
from keras.layers._spatial import SpatialSpec, channel_axis, spatial_sizes, window_shape, with_spatial


class Conv(Adaptable):
    """Base of the convolution layers. Subclasses say how many spatial axes there are."""

    rank: int
    paddings = ("valid", "same")

    activation = ActivationAttribute()

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        groups=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        lora_rank=None,
        lora_alpha=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._take_adaptations(lora_rank, lora_alpha)
        owner = type(self).__name__
        self.filters = positive_integer("filters", filters, owner)
        self.kernel_size = integers("kernel_size", kernel_size, self.rank, owner)
        self.strides = integers("strides", strides, self.rank, owner)
        self.padding = one_of("padding", str(padding).lower(), self.paddings, owner)
        self.data_format = config.standard_data_format(data_format, owner)
        self.dilation_rate = integers("dilation_rate", dilation_rate, self.rank, owner)
        check_strides_or_dilation(self)
        self.groups = positive_integer("groups", groups, owner)
        if self.filters % self.groups:
            raise ValueError(f"{owner}: `filters` must be a multiple of `groups`. Got {filters} and {groups}.")
        self.activation = activation
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    def build(self, input_shape):
        channels = known_size(input_shape, channel_axis(self.data_format), self.name)
        if channels % self.groups:
            raise ValueError(
                f"{self.name}: the number of channels must be a multiple of `groups`, {self.groups}. "
                f"Got shape {tuple(input_shape)}."
            )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels // self.groups, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.filters,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = SpatialSpec(self.rank, self.data_format, channels)
        self.compute_output_shape(input_shape)

    def convolution_op(self, inputs, kernel):
        """Convolves inputs with a kernel, as `call` does with the layer's; a subclass may do it another way."""
        padding = self.padding
        if padding == "causal":
            inputs = padded_on_the_left(inputs, self.dilation_rate[0] * (self.kernel_size[0] - 1), self.data_format)
            padding = "valid"
        return ops.conv(
            inputs,
            kernel,
            strides=self.strides,
            padding=padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )

    def call(self, inputs):
        x = self.convolution_op(inputs, self.kernel)
        if self.use_bias:
            x = ops.add(x, along_channels(self.bias, self.rank, self.data_format))
        return self.activation(x)

    def compute_output_shape(self, input_shape):
        """The number of places along each spatial axis, and the filters."""
        shape = window_shape(
            self.name, input_shape, self.kernel_size, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        return with_spatial(shape, spatial_sizes(shape, self.data_format), self.data_format, self.filters)


def check_strides_or_dilation(layer, owner=None):
    """Refuses windows that are both apart and spread out."""
    if max(layer.strides) > 1 and max(layer.dilation_rate) > 1:
        raise ValueError(
            f"{owner or type(layer).__name__}: only one of `strides` and `dilation_rate` can be above 1. "
            f"Got {layer.strides} and {layer.dilation_rate}."
        )


def padded_on_the_left(inputs, width, data_format):
    """Sequences with `width` zeros before the first step."""
    steps, channels = (width, 0), (0, 0)
    return ops.pad(inputs, ((0, 0), steps, channels) if data_format == "channels_last" else ((0, 0), channels, steps))


def along_channels(bias, rank, data_format):
    """A vector of one number per channel in a shape that broadcasts with inputs."""
    return bias if data_format == "channels_last" else ops.reshape(bias, (-1,) + (1,) * rank)


class Conv1D(Conv, metaclass=Kind):
    """Convolves a sequence with learned kernels.

    `y[t] = activation(sum over i of x[t * stride + i * dilation] @ kernel[i] + bias)`

    Args:
        filters: channels of the outputs.
        kernel_size: steps that an output sees.
        strides: steps from one output to the next.
        padding: 'valid' pads nothing, 'same' pads on both sides so that there is an output for each step when
            `strides` is 1, 'causal' pads on the left so that no output sees a later step.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).
        dilation_rate: distance between the steps that an output sees.
        groups: into how many groups, each convolved by itself, the channels are split.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.

    >>> Conv1D(4, 3)(ops.ones((1, 10, 2))).shape
    (1, 8, 4)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


class Conv2D(Conv, metaclass=Kind):
    """Convolves images with learned kernels.

    `y[i, j] = activation(sum over a, b of x[i * stride + a * dilation, j * stride + b * dilation] @ kernel[a, b]
    + bias)`

    Args:
        filters: channels of the outputs.
        kernel_size: height and width of what an output sees, one number or two.
        strides: pixels from one output to the next, one number or two.
        padding: 'valid' pads nothing, 'same' pads so that there is an output for each pixel when `strides` is 1.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        dilation_rate: distance between the pixels that an output sees, one number or two.
        groups: into how many groups, each convolved by itself, the channels are split.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.

    >>> Conv2D(4, 3)(ops.ones((1, 28, 28, 1))).shape
    (1, 26, 26, 4)
    """

    rank = 2


class Conv3D(Conv, metaclass=Kind):
    """Convolves volumes with learned kernels.

    Args:
        filters: channels of the outputs.
        kernel_size: depth, height and width of what an output sees, one number or three.
        strides: from one output to the next, one number or three.
        padding: 'valid' pads nothing, 'same' pads so that there is an output for each element when `strides` is 1.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.
        dilation_rate: distance between the elements that an output sees, one number or three.
        groups: into how many groups, each convolved by itself, the channels are split.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.

    >>> Conv3D(4, 3)(ops.ones((1, 8, 8, 8, 1))).shape
    (1, 6, 6, 6, 4)
    """

    rank = 3
