"""Activations as layers that today's Keras has no more."""

from __future__ import annotations

from keras import initializers, ops
from keras.layers import Layer


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
