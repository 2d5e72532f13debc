"""Separable convolution: each channel by itself, then a mixture of the channels."""

from keras import config, constraints, initializers, ops, regularizers
from keras._core.checks import integers, known_size, one_of, positive_integer
from keras.layers._base.activated import ActivationAttribute
from keras.layers._conv import along_channels, padded_on_the_left
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, channel_axis, spatial_sizes, window_shape, with_spatial


class SeparableConv(Layer):
    """Base of the separable convolutions. Subclasses say how many spatial axes there are."""

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
        depth_multiplier=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        pointwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        depthwise_regularizer=None,
        pointwise_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        depthwise_constraint=None,
        pointwise_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        owner = type(self).__name__
        self.filters = positive_integer("filters", filters, owner)
        self.kernel_size = integers("kernel_size", kernel_size, self.rank, owner)
        self.strides = integers("strides", strides, self.rank, owner)
        self.padding = one_of("padding", str(padding).lower(), self.paddings, owner)
        self.data_format = config.standard_data_format(data_format, owner)
        self.dilation_rate = integers("dilation_rate", dilation_rate, self.rank, owner)
        self.depth_multiplier = positive_integer("depth_multiplier", depth_multiplier, owner)
        self.activation = activation
        self.use_bias = use_bias
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.pointwise_constraint = constraints.get(pointwise_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    def build(self, input_shape):
        channels = known_size(input_shape, channel_axis(self.data_format), self.name)
        self.depthwise_kernel = self.add_weight(
            name="depthwise_kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.pointwise_kernel = self.add_weight(
            name="pointwise_kernel",
            shape=(*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
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

    def call(self, inputs):
        padding = self.padding
        if padding == "causal":
            inputs = padded_on_the_left(inputs, self.dilation_rate[0] * (self.kernel_size[0] - 1), self.data_format)
            padding = "valid"
        x = ops.separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=self.strides,
            padding=padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        if self.use_bias:
            x = ops.add(x, along_channels(self.bias, self.rank, self.data_format))
        return self.activation(x)

    def compute_output_shape(self, input_shape):
        """The number of places along each spatial axis, and the filters."""
        shape = window_shape(
            self.name, input_shape, self.kernel_size, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        return with_spatial(shape, spatial_sizes(shape, self.data_format), self.data_format, self.filters)


class SeparableConv1D(SeparableConv):
    """Convolves each channel of a sequence by itself, then mixes the channels.

    Args:
        filters: channels of the outputs.
        kernel_size: steps that an output sees.
        strides: steps from one output to the next.
        padding: 'valid' pads nothing, 'same' pads so that there is an output for each step when `strides` is 1,
            'causal' pads on the left so that no output sees a later step.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).
        dilation_rate: distance between the steps that an output sees.
        depth_multiplier: kernels per channel in the first step.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        depthwise_initializer, pointwise_initializer, bias_initializer: how the weights start.
        depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer: penalties on weights and
            outputs.
        depthwise_constraint, pointwise_constraint, bias_constraint: applied to the weights after each update.

    >>> SeparableConv1D(4, 3)(ops.ones((1, 10, 2))).shape
    (1, 8, 4)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


class SeparableConv2D(SeparableConv):
    """Convolves each channel of images by itself, then mixes the channels.

    Args:
        filters: channels of the outputs.
        kernel_size: height and width of what an output sees, one number or two.
        strides: pixels from one output to the next, one number or two.
        padding: 'valid' pads nothing, 'same' pads so that there is an output for each pixel when `strides` is 1.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        dilation_rate: distance between the pixels that an output sees, one number or two.
        depth_multiplier: kernels per channel in the first step.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        depthwise_initializer, pointwise_initializer, bias_initializer: how the weights start.
        depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer: penalties on weights and
            outputs.
        depthwise_constraint, pointwise_constraint, bias_constraint: applied to the weights after each update.

    >>> SeparableConv2D(4, 3)(ops.ones((1, 8, 8, 2))).shape
    (1, 6, 6, 4)
    """

    rank = 2
