"""Layers that today's Keras has no more, rebuilt from its parts."""

from __future__ import annotations

import importlib

from keras import activations, constraints, initializers, layers, ops, random, regularizers
from keras._core import registry
from keras._core.checks import integers, known_size, one_of, positive_integer
from keras._core.serialization import deserialize
from keras.config import standard_data_format
from keras.layers import InputSpec, Layer
from keras.legacy.merging import Merge, merge

__all__ = [
    "AtrousConvolution1D",
    "AtrousConvolution2D",
    "AutoEncoder",
    "Convolution1D",
    "Convolution2D",
    "Convolution3D",
    "CuDNNGRU",
    "CuDNNLSTM",
    "Deconvolution2D",
    "Highway",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "MaskedLambda",
    "MaskedLayer",
    "MaxoutDense",
    "Merge",
    "ParametricSoftplus",
    "SReLU",
    "SeparableConvolution2D",
    "ThresholdedLinear",
    "ThresholdedReLU",
    "TimeDistributedDense",
    "TimeDistributedMerge",
    "merge",
]


class _WithKernel(Layer):
    """Base of the old dense layers: their arguments, under the names of 1.x.

    Args:
        init: how kernels start.
        activation: a name or a function.
        W_regularizer, b_regularizer, activity_regularizer: penalties on weights and outputs.
        W_constraint, b_constraint: applied to the weights after each update.
        bias: whether there is one.
    """

    def __init__(
        self,
        init="glorot_uniform",
        activation=None,
        W_regularizer=None,
        b_regularizer=None,
        activity_regularizer=None,
        W_constraint=None,
        b_constraint=None,
        bias=True,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.init = initializers.get(init)
        self.activation = activations.get(activation)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.input_spec = InputSpec(ndim=2)

    def _kernel(self, name, shape):
        return self.add_weight(
            name=name, shape=shape, initializer=self.init, regularizer=self.W_regularizer,
            constraint=self.W_constraint,
        )  # fmt: skip

    def _offset(self, name, shape, start="zeros"):
        return self.add_weight(
            name=name, shape=shape, initializer=start, regularizer=self.b_regularizer, constraint=self.b_constraint
        )


class Highway(_WithKernel):
    """A dense layer with a gate that lets the inputs pass (Srivastava, Greff and Schmidhuber, 2015).

    `t = sigmoid(x @ W_carry + b_carry)`, `y = t * activation(x @ W + b) + (1 - t) * x`

    Args:
        init, activation, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint, bias: as for
            `Dense`, under their older names.
        transform_bias: the number the gate's bias starts at; 1 if None, as from release 1.0 on.

    Shapes:
        x, y: (batch, features).

    >>> Highway()(ops.ones((2, 3))).shape
    (2, 3)
    """

    def __init__(
        self,
        init="glorot_uniform",
        activation=None,
        weights=None,
        W_regularizer=None,
        b_regularizer=None,
        activity_regularizer=None,
        W_constraint=None,
        b_constraint=None,
        bias=True,
        input_dim=None,
        transform_bias=None,
        **kwargs,
    ):
        super().__init__(
            init, activation, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint, bias,
            weights=weights, input_dim=input_dim, **kwargs,
        )  # fmt: skip
        self.transform_bias = transform_bias

    def build(self, input_shape):
        features = known_size(input_shape, -1, self.name)
        self.W = self._kernel("W", (features, features))
        self.W_carry = self._kernel("W_carry", (features, features))
        if self.bias:
            start = 1.0 if self.transform_bias is None else float(self.transform_bias)
            self.b = self._offset("b", (features,))
            self.b_carry = self._offset("b_carry", (features,), initializers.Constant(start))

    def call(self, inputs):
        gate, new = ops.matmul(inputs, self.W_carry), ops.matmul(inputs, self.W)
        if self.bias:
            gate, new = gate + self.b_carry, new + self.b
        gate = ops.sigmoid(gate)
        return gate * self.activation(new) + (1 - gate) * inputs

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


class MaxoutDense(_WithKernel):
    """The largest of several linear maps (Goodfellow and others, 2013).

    `y = max over k of (x @ W[k] + b[k])`

    Args:
        output_dim: size of the outputs.
        nb_feature: how many maps there are.
        init, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint, bias: as for `Dense`,
            under their older names.

    Shapes:
        x: (batch, features), y: (batch, output_dim).

    >>> MaxoutDense(4)(ops.ones((2, 3))).shape
    (2, 4)
    """

    def __init__(
        self,
        output_dim,
        nb_feature=4,
        init="glorot_uniform",
        weights=None,
        W_regularizer=None,
        b_regularizer=None,
        activity_regularizer=None,
        W_constraint=None,
        b_constraint=None,
        bias=True,
        input_dim=None,
        **kwargs,
    ):
        super().__init__(
            init, None, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint, bias,
            weights=weights, input_dim=input_dim, **kwargs,
        )  # fmt: skip
        self.output_dim = positive_integer("output_dim", output_dim, "MaxoutDense")
        self.nb_feature = positive_integer("nb_feature", nb_feature, "MaxoutDense")

    _not_in_config = frozenset(("activation",))

    def build(self, input_shape):
        features = known_size(input_shape, -1, self.name)
        self.W = self._kernel("W", (self.nb_feature, features, self.output_dim))
        if self.bias:
            self.b = self._offset("b", (self.nb_feature, self.output_dim))

    def call(self, inputs):
        y = ops.einsum("bi,kio->bko", inputs, self.W)
        return ops.max(y + self.b if self.bias else y, axis=1)

    def compute_output_shape(self, input_shape):
        """(batch, output_dim)."""
        return (input_shape[0], self.output_dim)


class TimeDistributedDense(layers.Dense):
    """`Dense` applied to every time step: what `TimeDistributed(Dense(...))` is.

    Args:
        units: size of the outputs at each step; `output_dim` in 1.x.
        **kwargs: those of `Dense`.

    Shapes:
        x: (batch, time, features), y: (batch, time, units).
    """

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(ndim=3, axes={-1: input_shape[-1]})


_TIME_MERGES = {"sum": ops.sum, "ave": ops.mean, "mul": ops.prod}


class TimeDistributedMerge(Layer):
    """The sum, the mean or the product over time, of 0.x.

    Args:
        mode: 'sum', 'ave' or 'mul'.

    Shapes:
        x: (batch, time, features), y: (batch, features).
    """

    def __init__(self, mode="sum", **kwargs):
        super().__init__(**kwargs)
        self.mode = one_of("mode", mode, _TIME_MERGES, "TimeDistributedMerge")
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs):
        return _TIME_MERGES[self.mode](inputs, axis=1)


def _other_axes(input_shape, shared_axes):
    """The shape of weights per element, of size 1 along the shared axes."""
    shape = list(input_shape[1:])
    for axis in shared_axes or ():
        shape[axis - 1] = 1
    return tuple(shape)


class ParametricSoftplus(Layer):
    """`y = alpha * log(1 + exp(beta * x))` with an alpha and a beta for every element.

    Args:
        alpha_init, beta_init: the numbers they start at.
        shared_axes: axes along which they are the same.
    """

    def __init__(self, alpha_init=0.2, beta_init=5.0, weights=None, shared_axes=None, **kwargs):
        super().__init__(weights=weights, **kwargs)
        self.alpha_init = alpha_init
        self.beta_init = beta_init
        self.shared_axes = _axes_list(shared_axes)
        self.supports_masking = True

    def build(self, input_shape):
        shape = _other_axes(input_shape, self.shared_axes)
        self.alphas = self.add_weight(shape, initializers.Constant(self.alpha_init), name="alphas")
        self.betas = self.add_weight(shape, initializers.Constant(self.beta_init), name="betas")

    def call(self, inputs):
        return ops.softplus(self.betas * inputs) * self.alphas

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


def _axes_list(axes):
    return None if axes is None else list(axes) if isinstance(axes, (list, tuple)) else [axes]


class SReLU(Layer):
    """A rectifier of three pieces with learned bounds and slopes (Jin and others, 2015).

    `y = t_l + a_l (x - t_l)` below `t_l`, `x` up to `t_r = t_l + |t|`, and `t_r + a_r (x - t_r)` above.

    Args:
        t_left_init, a_left_init, t_right_init, a_right_init: how bounds and slopes start.
        shared_axes: axes along which they are the same.
    """

    def __init__(
        self,
        t_left_init="zero",
        a_left_init="glorot_uniform",
        t_right_init="glorot_uniform",
        a_right_init="one",
        shared_axes=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.t_left_init = initializers.get(t_left_init)
        self.a_left_init = initializers.get(a_left_init)
        self.t_right_init = initializers.get(t_right_init)
        self.a_right_init = initializers.get(a_right_init)
        self.shared_axes = _axes_list(shared_axes)
        self.supports_masking = True

    def build(self, input_shape):
        shape = _other_axes(input_shape, self.shared_axes)
        self.t_left = self.add_weight(shape, self.t_left_init, name="t_left")
        self.a_left = self.add_weight(shape, self.a_left_init, name="a_left")
        self.t_right = self.add_weight(shape, self.t_right_init, name="t_right")
        self.a_right = self.add_weight(shape, self.a_right_init, name="a_right")

    def call(self, inputs):
        low = self.t_left + 0.0
        high = low + ops.abs(self.t_right)
        middle = ops.minimum(ops.maximum(inputs, low), high)
        return middle + self.a_left * ops.minimum(inputs - low, 0.0) + self.a_right * ops.maximum(inputs - high, 0.0)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


class ThresholdedReLU(Layer):
    """`y = x` where x is above `theta`, else 0 (Konda, Memisevic and Krueger, 2014).

    Args:
        theta: the bound.

    >>> ThresholdedReLU(1.0)([0.5, 2.0])
    Array([0., 2.], dtype=float32)
    """

    def __init__(self, theta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.theta = float(theta)
        self.supports_masking = True

    def call(self, inputs):
        return inputs * ops.cast(ops.greater(inputs, self.theta), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


class ThresholdedLinear(ThresholdedReLU):
    """`y = x` where x is further from 0 than `theta`, else 0; of 0.x.

    Args:
        theta: the bound.
    """

    def call(self, inputs):
        return ops.where(ops.less(ops.abs(inputs), self.theta), 0.0, inputs)


class MaskedLayer(Layer):
    """A layer that hands masks on: the base of such layers in 0.x."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs):
        return inputs


class MaskedLambda(layers.Lambda):
    """A `Lambda` that hands masks on, of 0.x.

    Args:
        function, output_shape, arguments: as for `Lambda`.
    """

    def __init__(self, function, output_shape=None, arguments=None, **kwargs):
        super().__init__(function, output_shape, arguments=arguments, **kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs, mask=None):
        """The mask of the inputs."""
        return mask


class AutoEncoder(Layer):
    """A layer that encodes and decodes, of 0.x.

    Args:
        encoder, decoder: layers or models.
        output_reconstruction: True returns what the decoder makes of the code. False returned the code outside of
            training; it is an error here: call the encoder for that.
    """

    def __init__(self, encoder, decoder, output_reconstruction=True, weights=None, **kwargs):
        if not output_reconstruction:
            raise ValueError(
                "AutoEncoder: `output_reconstruction=False` returned another shape in training than in prediction.\n"
                "  Leave it out, and call the encoder for the code."
            )
        super().__init__(weights=weights, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.output_reconstruction = True
        if self._first_shape is None:
            self._first_shape = _first_shape_of(encoder)

    def call(self, inputs):
        return self.decoder(self.encoder(inputs))


def _first_shape_of(layer):
    """The batch shape that a layer, or the first layer of a model, was told."""
    if getattr(layer, "_first_shape", None) is not None:
        return layer._first_shape
    inputs = getattr(layer, "inputs", None)
    return tuple(inputs[0].shape) if inputs else None


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


class CuDNNLSTM(layers.LSTM):
    """An `LSTM` with the settings that the cuDNN kernel had; it runs anywhere.

    Args:
        units: the size of the output.
        kernel_initializer, recurrent_initializer, bias_initializer, unit_forget_bias: how the weights start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: applied to the weights after each update.
        return_sequences, return_state, stateful, go_backwards: as for `RNN`.
    """

    def __init__(
        self,
        units,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        return_sequences=False,
        return_state=False,
        stateful=False,
        **kwargs,
    ):
        super().__init__(
            units, activation="tanh", recurrent_activation="sigmoid", kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint,
            return_sequences=return_sequences, return_state=return_state, stateful=stateful, **kwargs,
        )  # fmt: skip

    _not_in_config = layers.LSTM._not_in_config | {
        "activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout", "seed", "unroll", "use_cudnn",
    }  # fmt: skip


class CuDNNGRU(layers.GRU):
    """A `GRU` with the settings that the cuDNN kernel had, `reset_after` among them; it runs anywhere.

    Args:
        units: the size of the output.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: applied to the weights after each update.
        return_sequences, return_state, stateful, go_backwards: as for `RNN`.
    """

    def __init__(
        self,
        units,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        return_sequences=False,
        return_state=False,
        stateful=False,
        **kwargs,
    ):
        super().__init__(
            units, activation="tanh", recurrent_activation="sigmoid", kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, return_sequences=return_sequences, return_state=return_state,
            stateful=stateful, reset_after=True, **kwargs,
        )  # fmt: skip

    _not_in_config = layers.GRU._not_in_config | {
        "activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout", "seed", "unroll", "use_cudnn",
        "reset_after",
    }  # fmt: skip


class _LocallyConnected(Layer):
    """Base of the layers that convolve with kernels of their own at every place."""

    rank: int

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        implementation=1,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        owner = type(self).__name__
        one_of("implementation", implementation, (1, 2, 3), owner)  # three arrangements of the same sums
        self.filters = positive_integer("filters", filters, owner)
        self.kernel_size = integers("kernel_size", kernel_size, self.rank, owner)
        self.strides = integers("strides", strides, self.rank, owner)
        self.padding = one_of("padding", str(padding).lower(), ("valid",), owner)
        self.data_format = standard_data_format(data_format, owner)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.implementation = implementation
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _last(self, shape):
        """A shape with channels last."""
        return shape if self.data_format == "channels_last" else (shape[0], *shape[2:], shape[1])

    def _places(self, shape):
        """How many places there are along each axis of a shape with channels last."""
        found = []
        for i in range(self.rank):
            size = known_size(shape, i + 1, self.name)
            if size < self.kernel_size[i]:
                raise ValueError(
                    f"{self.name}: inputs of size {size} are smaller than kernels of {self.kernel_size[i]}."
                )
            found.append((size - self.kernel_size[i]) // self.strides[i] + 1)
        return tuple(found)

    def build(self, input_shape):
        shape = self._last(tuple(input_shape))
        channels = known_size(shape, -1, self.name)
        places = self._places(shape)
        count, window = 1, channels
        for n, k in zip(places, self.kernel_size):
            count, window = count * n, window * k
        self.kernel = self.add_weight(
            name="kernel",
            shape=(count, window, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(*places, self.filters),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs):
        first = self.data_format == "channels_first"
        x = ops.moveaxis(inputs, 1, -1) if first else inputs
        places = self._places(x.shape)
        # (batch, places along the axes, steps along the kernel, channels), one axis after the other
        for i in range(self.rank):
            steps = [
                ops.arange(k, k + (places[i] - 1) * self.strides[i] + 1, self.strides[i])
                for k in range(self.kernel_size[i])
            ]
            x = ops.stack([ops.take(x, s, axis=i + 1) for s in steps], axis=self.rank + 1 + i)
        if first:  # kernels of the other axis order had the channels in front
            x = ops.moveaxis(x, -1, self.rank + 1)
        # (batch, places..., kernel..., channels) -> (batch, places, window)
        x = ops.reshape(x, (-1, self.kernel.shape[0], self.kernel.shape[1]))
        y = ops.einsum("bpw,pwf->bpf", x, self.kernel)
        y = ops.reshape(y, (-1, *places, self.filters))
        y = ops.moveaxis(y, -1, 1) if first else y
        if self.use_bias:  # 2.x read the numbers in the order of the outputs' axes, whatever the axes of the bias
            y = y + ops.reshape(self.bias, (self.filters, *places)) if first else y + self.bias
        return self.activation(y)

    def compute_output_shape(self, input_shape):
        """The number of places along each axis, and the filters."""
        shape = self._last(tuple(input_shape))
        places = self._places(shape)
        if self.data_format == "channels_first":
            return (shape[0], self.filters, *places)
        return (shape[0], *places, self.filters)


class LocallyConnected1D(_LocallyConnected):
    """A convolution of sequences whose kernel is another one at every step.

    Args:
        filters, kernel_size, strides, activation, use_bias, data_format: as for `Conv1D`.
        padding: 'valid'.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint: as for `Conv1D`.
        implementation: 1, 2 or 3: arrangements of the same sums in other engines.

    Shapes:
        x: (batch, time, channels), y: (batch, places, filters).

    >>> LocallyConnected1D(4, 3)(ops.ones((2, 10, 5))).shape
    (2, 8, 4)
    """

    rank = 1


class LocallyConnected2D(_LocallyConnected):
    """A convolution of images whose kernel is another one at every place.

    Args:
        filters, kernel_size, strides, activation, use_bias, data_format: as for `Conv2D`.
        padding: 'valid'.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint: as for `Conv2D`.
        implementation: 1, 2 or 3: arrangements of the same sums in other engines.

    Shapes:
        x: (batch, height, width, channels), y: (batch, rows, columns, filters).
    """

    rank = 2


class DroppedEmbedding(layers.Embedding):
    """An `Embedding` with `dropout`, as 1.x had it: in training, whole vectors are left out, the others grow.

    Args:
        dropout: the share of the vectors that are left out.
        **kwargs: those of `Embedding`.
    """

    def __init__(self, input_dim, output_dim, dropout=0.0, **kwargs):
        super().__init__(input_dim, output_dim, **kwargs)
        self.dropout = float(dropout)
        self.seed_generator = random.SeedGenerator()

    def call(self, inputs, training=None):
        if not training or not self.dropout:
            return super().call(inputs)
        kept = random.dropout(ops.ones((self.input_dim, 1)), self.dropout, seed=self.seed_generator)
        found = ops.take(self.embeddings * kept, ops.cast(inputs, "int32"), axis=0)
        return ops.cast(found, self.compute_dtype)


class ModalBatchNormalization(layers.BatchNormalization):
    """A `BatchNormalization` with `mode` 1 or 2, as 0.x and 1.x had it.

    Args:
        mode: 1 normalises every sample by its own mean and variance over the last axis; 2 uses the batch's statistics
            in training and in prediction.
        **kwargs: those of `BatchNormalization`.
    """

    def __init__(self, mode=0, **kwargs):
        super().__init__(**kwargs)
        self.mode = one_of("mode", mode, (0, 1, 2), "BatchNormalization")

    def call(self, inputs, training=None, mask=None):
        if self.mode == 0:
            return super().call(inputs, training=training, mask=mask)
        axes = -1 if self.mode == 1 else [i for i in range(inputs.ndim) if i != self.axis % inputs.ndim]
        mean = ops.mean(inputs, axis=axes, keepdims=True)
        deviation = ops.sqrt(ops.var(inputs, axis=axes, keepdims=True) + self.epsilon)
        # 1.x added epsilon once more in mode 1
        y = (inputs - mean) / (deviation + self.epsilon if self.mode == 1 else deviation)
        shape = [1] * inputs.ndim
        shape[self.axis] = -1
        if self.scale:
            y = y * ops.reshape(self.gamma, shape)
        return y + ops.reshape(self.beta, shape) if self.center else y


def __getattr__(name: str):
    if name in ("ConvRecurrent2D", "Recurrent"):  # 2.x had them here; the backend they need comes after the layers
        return getattr(importlib.import_module("keras.legacy.recurrent"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def layer_from_config(config, custom_objects=None):
    """The layer that a config describes."""
    return deserialize(config, custom_objects, "keras.layers")


_CLASSES = (
    AtrousConvolution1D, AtrousConvolution2D, AutoEncoder, Convolution1D, Convolution2D, Convolution3D, CuDNNGRU,
    CuDNNLSTM, Deconvolution2D, DroppedEmbedding, Highway, LocallyConnected1D, LocallyConnected2D, MaskedLambda,
    MaskedLayer, MaxoutDense, ModalBatchNormalization, ParametricSoftplus, SReLU, SeparableConvolution2D,
    ThresholdedLinear, ThresholdedReLU, TimeDistributedDense, TimeDistributedMerge,
)  # fmt: skip
registry.register_built_ins("keras.layers", {cls.__name__: cls for cls in _CLASSES})
