"""Transposed convolution: each input is spread over a window, the way back through a convolution."""

from keras import config, constraints, initializers, ops, regularizers
from keras._core.checks import integers, known_size, one_of, positive_integer
from keras.layers._base.activated import ActivationAttribute
from keras.layers._conv import along_channels, check_strides_or_dilation
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, channel_axis, spatial_sizes, with_spatial


class ConvTranspose(Layer):
    """Base of the transposed convolutions. Subclasses say how many spatial axes there are."""

    rank: int

    activation = ActivationAttribute()

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        output_padding=None,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        owner = type(self).__name__
        self.filters = positive_integer("filters", filters, owner)
        self.kernel_size = integers("kernel_size", kernel_size, self.rank, owner)
        self.strides = integers("strides", strides, self.rank, owner)
        self.padding = one_of("padding", str(padding).lower(), ("valid", "same"), owner)
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = integers("output_padding", output_padding, self.rank, owner, least=0)
            if any(extra >= stride for extra, stride in zip(self.output_padding, self.strides)):
                raise ValueError(
                    f"{owner}: `output_padding` must be less than `strides`. Got {output_padding} and {strides}."
                )
        self.data_format = config.standard_data_format(data_format, owner)
        self.dilation_rate = integers("dilation_rate", dilation_rate, self.rank, owner)
        check_strides_or_dilation(self)
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
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, self.filters, channels),
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

    def call(self, inputs):
        x = ops.conv_transpose(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        if self.use_bias:
            x = ops.add(x, along_channels(self.bias, self.rank, self.data_format))
        return self.activation(x)

    def compute_output_shape(self, input_shape):
        """The sizes that the windows cover, and the filters."""
        extras = self.output_padding or (None,) * self.rank
        sizes = [
            _covered(size, dilation * (width - 1) + 1, stride, self.padding, extra)
            for size, width, stride, dilation, extra in zip(
                spatial_sizes(input_shape, self.data_format), self.kernel_size, self.strides, self.dilation_rate, extras
            )
        ]
        return with_spatial(input_shape, sizes, self.data_format, self.filters)


def _covered(size, span, stride, padding, extra):
    """How far windows of `span` reach that start `stride` apart."""
    if size is None:
        return None
    if extra is None:
        return size * stride + (0 if padding == "same" else max(span - stride, 0))
    cut = 2 * (span // 2) if padding == "same" else 0
    return (size - 1) * stride + span - cut + extra


class Conv1DTranspose(ConvTranspose):
    """The way back through a `Conv1D`: more steps from fewer.

    Args:
        filters: channels of the outputs.
        kernel_size: steps over which an input is spread.
        strides: steps from one input's window to the next.
        padding: 'valid' keeps all, 'same' makes the outputs `strides` times as long as the inputs.
        output_padding: steps added at the end, fewer than `strides`; found from the others if None.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).
        dilation_rate: distance between the steps over which an input is spread.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.

    >>> Conv1DTranspose(4, 3, strides=2)(ops.ones((1, 5, 2))).shape
    (1, 11, 4)
    """

    rank = 1


class Conv2DTranspose(ConvTranspose):
    """The way back through a `Conv2D`: larger images from smaller ones.

    Args:
        filters: channels of the outputs.
        kernel_size: height and width over which an input is spread, one number or two.
        strides: pixels from one input's window to the next, one number or two.
        padding: 'valid' keeps all, 'same' makes the outputs `strides` times as large as the inputs.
        output_padding: pixels added at the end, fewer than `strides`; found from the others if None.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        dilation_rate: distance between the pixels over which an input is spread, one number or two.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.

    >>> Conv2DTranspose(4, 3, strides=2, padding="same")(ops.ones((1, 5, 5, 2))).shape
    (1, 10, 10, 4)
    """

    rank = 2


class Conv3DTranspose(ConvTranspose):
    """The way back through a `Conv3D`: larger volumes from smaller ones.

    Args:
        filters: channels of the outputs.
        kernel_size: depth, height and width over which an input is spread, one number or three.
        strides: from one input's window to the next, one number or three.
        padding: 'valid' keeps all, 'same' makes the outputs `strides` times as large as the inputs.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.
        output_padding: elements added at the end, fewer than `strides`; found from the others if None.
        dilation_rate: distance between the elements over which an input is spread, one number or three.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.

    >>> Conv3DTranspose(4, 3, strides=2, padding="same")(ops.ones((1, 3, 3, 3, 2))).shape
    (1, 6, 6, 6, 4)
    """

    rank = 3

    # `data_format` stands before `output_padding` here
    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        output_padding=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            output_padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
