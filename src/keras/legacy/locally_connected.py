"""Convolutions with kernels of their own at every place."""

from __future__ import annotations

from keras import activations, constraints, initializers, ops, regularizers
from keras._core.checks import integers, known_size, one_of, positive_integer
from keras.config import standard_data_format
from keras.layers import InputSpec, Layer


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
