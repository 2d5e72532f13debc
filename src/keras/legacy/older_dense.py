"""Dense layers of 0.x and 1.x: with a gate, with several kernels, for every time step."""

from __future__ import annotations

from keras import activations, constraints, initializers, layers, ops, regularizers
from keras._core.checks import known_size, positive_integer
from keras.layers import InputSpec, Layer


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
