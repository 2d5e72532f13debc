"""LayerNormalization: every sample gets mean 0 and variance 1, then a learned scale and shift."""

from keras import constraints, initializers, ops, regularizers
from keras._core.checks import axes_of, axis_or_axes, known_size, not_negative
from keras.layers._layer import Layer


class LayerNormalization(Layer):
    """Normalises each sample over one or several axes.

    `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta`, from Ba et al. (2016).

    Args:
        axis: the axis, or axes, over which mean and variance are taken.
        epsilon: added to the variance.
        center, scale: whether there is a `beta`, a `gamma`.
        beta_initializer, gamma_initializer: how they start.
        beta_regularizer, gamma_regularizer: penalties on them.
        beta_constraint, gamma_constraint: applied to them after each update.
        rms_scaling: `y = gamma * x / sqrt(variance + epsilon)` instead, as some models were trained.

    >>> LayerNormalization()([[1.0, 3.0]]).round(2)
    Array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        axis=-1,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        rms_scaling=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.axis = axis_or_axes(axis, "LayerNormalization")
        self.epsilon = not_negative("epsilon", epsilon, "LayerNormalization")
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.rms_scaling = rms_scaling
        self.supports_masking = True
        self.autocast = False  # large numbers would be infinite in 16 bits before they are divided

    def build(self, input_shape):
        axes = axes_of(self.axis, input_shape, self.name)
        shape = tuple(known_size(input_shape, axis, self.name) for axis in axes)
        self.gamma = self.beta = None
        if self.scale or self.rms_scaling:
            self.gamma = self.add_weight(
                name="gamma",
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
            )
        if self.center and not self.rms_scaling:
            self.beta = self.add_weight(
                name="beta",
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
            )

    def call(self, inputs):
        axes = axes_of(self.axis, inputs.shape, self.name)  # counted from the end, they may be those of another rank
        if not self.rms_scaling:
            y = ops.layer_normalization(inputs, self.gamma, self.beta, axis=axes, epsilon=self.epsilon)
            return ops.cast(y, self.compute_dtype)
        # the variance of 16-bit numbers is computed in 32 bits
        x = ops.cast(inputs, "float32" if self.compute_dtype in ("float16", "bfloat16") else self.compute_dtype)
        scale = ops.rsqrt(ops.var(x, axis=axes, keepdims=True) + self.epsilon)
        along = [size if i in axes else 1 for i, size in enumerate(x.shape)]
        return ops.cast(x * scale * ops.reshape(self.gamma, along), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
