"""Depthwise convolution: each channel by itself."""

from keras import config, constraints, initializers, ops, regularizers
from keras._core.checks import integers, known_size, one_of, positive_integer
from keras.layers._base.activated import ActivationAttribute
from keras.layers._conv import along_channels
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, channel_axis, spatial_sizes, window_shape, with_spatial


class DepthwiseConv(Layer):
    """Base of the depthwise convolutions. Subclasses say how many spatial axes there are."""

    rank: int

    activation = ActivationAttribute()

    def __init__(
        self,
        kernel_size,
        strides=1,
        padding="valid",
        depth_multiplier=1,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        depthwise_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        depthwise_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        owner = type(self).__name__
        self.kernel_size = integers("kernel_size", kernel_size, self.rank, owner)
        self.strides = integers("strides", strides, self.rank, owner)
        self.padding = one_of("padding", str(padding).lower(), ("valid", "same"), owner)
        self.depth_multiplier = positive_integer("depth_multiplier", depth_multiplier, owner)
        self.data_format = config.standard_data_format(data_format, owner)
        self.dilation_rate = integers("dilation_rate", dilation_rate, self.rank, owner)
        self.activation = activation
        self.use_bias = use_bias
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    def build(self, input_shape):
        channels = known_size(input_shape, channel_axis(self.data_format), self.name)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(channels * self.depth_multiplier,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = SpatialSpec(self.rank, self.data_format, channels)
        self.compute_output_shape(input_shape)

    def call(self, inputs):
        x = ops.depthwise_conv(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        if self.use_bias:
            x = ops.add(x, along_channels(self.bias, self.rank, self.data_format))
        return self.activation(x)

    def compute_output_shape(self, input_shape):
        """The number of places along each spatial axis, and the channels times the multiplier."""
        shape = window_shape(
            self.name, input_shape, self.kernel_size, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        channels = known_size(input_shape, channel_axis(self.data_format), self.name) * self.depth_multiplier
        return with_spatial(shape, spatial_sizes(shape, self.data_format), self.data_format, channels)


class DepthwiseConv1D(DepthwiseConv):
    """Convolves each channel of a sequence with kernels of its own.

    Args:
        kernel_size: steps that an output sees.
        strides: steps from one output to the next.
        padding: 'valid' pads nothing, 'same' pads so that there is an output for each step when `strides` is 1.
        depth_multiplier: kernels per channel.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).
        dilation_rate: distance between the steps that an output sees.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        depthwise_initializer, bias_initializer: how the weights start.
        depthwise_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        depthwise_constraint, bias_constraint: applied to the weights after each update.

    >>> DepthwiseConv1D(3, depth_multiplier=2)(ops.ones((1, 10, 4))).shape
    (1, 8, 8)
    """

    rank = 1


class DepthwiseConv2D(DepthwiseConv):
    """Convolves each channel of images with kernels of its own.

    Args:
        kernel_size: height and width of what an output sees, one number or two.
        strides: pixels from one output to the next, one number or two.
        padding: 'valid' pads nothing, 'same' pads so that there is an output for each pixel when `strides` is 1.
        depth_multiplier: kernels per channel.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        dilation_rate: distance between the pixels that an output sees, one number or two.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        depthwise_initializer, bias_initializer: how the weights start.
        depthwise_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        depthwise_constraint, bias_constraint: applied to the weights after each update.

    >>> DepthwiseConv2D(3, depth_multiplier=2)(ops.ones((1, 8, 8, 4))).shape
    (1, 6, 6, 8)
    """

    rank = 2
