"""GroupNormalization: groups of channels get mean 0 and variance 1, then a learned scale and shift."""

from keras import constraints, initializers, ops, regularizers
from keras._core.checks import known_size, not_negative
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer


class GroupNormalization(Layer):
    """Normalises each group of channels of each sample over all places.

    `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta`, from Wu and He (2018).

    Args:
        groups: how many groups; -1 makes each channel a group.
        axis: the axis of the channels.
        epsilon: added to the variance.
        center, scale: whether there is a `beta`, a `gamma`.
        beta_initializer, gamma_initializer: how they start.
        beta_regularizer, gamma_regularizer: penalties on them.
        beta_constraint, gamma_constraint: applied to them after each update.

    >>> GroupNormalization(groups=2)([[1.0, 2.0, 5.0, 5.0]]).round(2)
    Array([[-1.,  1.,  0.,  0.]], dtype=float32)
    """

    def __init__(
        self,
        groups=32,
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
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not isinstance(groups, int) or isinstance(groups, bool) or (groups < 1 and groups != -1):
            raise ValueError(f"GroupNormalization: `groups` must be a positive integer or -1. Got {groups!r}.")
        if not isinstance(axis, int):
            raise ValueError(f"GroupNormalization: `axis` must be an integer. Got {axis!r}.")
        self.groups = groups
        self.axis = axis
        self.epsilon = not_negative("epsilon", epsilon, "GroupNormalization")
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True
        self.autocast = False  # large numbers would be infinite in 16 bits before they are divided

    def build(self, input_shape):
        rank = len(input_shape)
        channels = known_size(input_shape, self.axis, self.name)
        if self.groups != -1 and channels % self.groups:
            raise ValueError(
                f"{self.name}: the number of channels must be a multiple of `groups`, {self.groups}. "
                f"Got shape {tuple(input_shape)}."
            )
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma",
                shape=(channels,),
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
            )
        if self.center:
            self.beta = self.add_weight(
                name="beta",
                shape=(channels,),
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
            )
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: channels})

    def call(self, inputs):
        # statistics of 16-bit numbers are computed in 32 bits
        x = ops.cast(inputs, "float32" if self.compute_dtype in ("float16", "bfloat16") else self.compute_dtype)
        axis = self.axis % x.ndim
        along = [-1 if i == axis else 1 for i in range(x.ndim)]
        centred = x - self._mean_of_groups(x, axis)
        factor = ops.rsqrt(self._mean_of_groups(ops.square(centred), axis) + self.epsilon)
        if self.scale:
            factor = factor * ops.reshape(self.gamma, along)
        y = centred * factor
        if self.center:
            y = y + ops.reshape(self.beta, along)
        return ops.cast(y, self.compute_dtype)

    def _mean_of_groups(self, x, axis):
        """The mean of each sample's groups, once for each of a group's channels, to be broadcast over `x`.

        Each channel is summed first: sums over axes on both sides of the groups would take twice as long.
        """
        channels = x.shape[axis]
        groups = channels if self.groups == -1 else self.groups
        means = ops.mean(x, axis=[i for i in range(1, x.ndim) if i != axis])
        means = ops.mean(ops.reshape(means, (-1, groups, channels // groups)), axis=-1)
        means = ops.repeat(means, channels // groups, axis=1)
        return ops.reshape(means, [-1 if i == 0 else channels if i == axis else 1 for i in range(x.ndim)])

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
