"""BatchNormalization: every channel gets mean 0 and variance 1 over the batch, then a learned scale and shift."""

from keras import constraints, initializers, ops, regularizers
from keras._core.checks import known_size, number_between, positive_number, unavailable
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer


class BatchNormalization(Layer):
    """Normalises each channel over the batch in training, and by running means otherwise.

    `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta`

    In training mean and variance are those of the batch, and the running ones move towards them:
    `moving = moving * momentum + batch * (1 - momentum)`. Otherwise, and when the layer is frozen
    (`trainable = False`), the running ones are used. Masked steps do not count. From Ioffe and Szegedy (2015).

    Args:
        axis: the axis of the channels.
        momentum: how slowly the running means move.
        epsilon: added to the variance.
        center, scale: whether there is a `beta`, a `gamma`.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: how they start.
        beta_regularizer, gamma_regularizer: penalties on them.
        beta_constraint, gamma_constraint: applied to them after each update.
        renorm, renorm_clipping, renorm_momentum: batch renormalisation is not available yet; `renorm` must be False.
        synchronized: whether all devices count together. They always do.

    Call arguments:
        training: whether to normalise by the batch.
        mask: (batch, ...), false where a step does not count.

    >>> BatchNormalization()([[1.0], [3.0]], training=True)
    Array([[-0.9995], [ 0.9995]], dtype=float32)
    """

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        moving_mean_initializer="zeros",
        moving_variance_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        renorm=False,
        renorm_clipping=None,
        renorm_momentum=0.99,
        synchronized=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        unavailable("renorm", renorm or None, "BatchNormalization")
        unavailable("renorm_clipping", renorm_clipping, "BatchNormalization")
        if not isinstance(axis, int):
            raise ValueError(f"BatchNormalization: `axis` must be an integer. Got {axis!r}.")
        self.axis = axis
        self.momentum = number_between("momentum", momentum, 0, 1, "BatchNormalization")
        self.epsilon = positive_number("epsilon", epsilon, "BatchNormalization")
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.renorm = False
        self.renorm_clipping = None
        self.renorm_momentum = renorm_momentum
        self.synchronized = synchronized
        self.supports_masking = True

    def build(self, input_shape):
        rank = len(input_shape)
        if not -rank <= self.axis < rank:
            raise ValueError(f"{self.name}: there is no axis {self.axis} in inputs of shape {tuple(input_shape)}.")
        shape = (known_size(input_shape, self.axis, self.name),)
        # kept in full precision: statistics of 16-bit numbers are computed in 32 bits
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma",
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
            )
        if self.center:
            self.beta = self.add_weight(
                name="beta",
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
            )
        self.moving_mean = self.add_weight(
            name="moving_mean", shape=shape, initializer=self.moving_mean_initializer, trainable=False, autocast=False
        )
        self.moving_variance = self.add_weight(
            name="moving_variance",
            shape=shape,
            initializer=self.moving_variance_initializer,
            trainable=False,
            autocast=False,
        )
        self.input_spec = InputSpec(ndim=rank, axes={self.axis % rank: shape[0]})

    def call(self, inputs, training=None, mask=None):
        x = ops.cast(inputs, "float32") if self.compute_dtype in ("float16", "bfloat16") else inputs
        if training and self.trainable:
            mean, variance = self._statistics(x, mask)
            self.moving_mean.assign(self._moved(self.moving_mean, mean))
            self.moving_variance.assign(self._moved(self.moving_variance, variance))
        else:
            mean, variance = self.moving_mean, self.moving_variance
        y = ops.batch_normalization(
            x, mean, variance, axis=self.axis, offset=self.beta, scale=self.gamma, epsilon=self.epsilon
        )
        return ops.cast(y, self.compute_dtype)

    def _statistics(self, x, mask):
        """Mean and variance of each channel."""
        axes = [i for i in range(x.ndim) if i != self.axis % x.ndim]
        if mask is None:
            return ops.moments(x, axes)
        mask = ops.cast(mask, x.dtype)
        # (batch, steps) -> (batch, steps, 1, ...)
        weights = ops.broadcast_to(ops.reshape(mask, mask.shape + (1,) * (x.ndim - mask.ndim)), x.shape)
        count = ops.sum(weights, axis=axes, keepdims=True) + 1e-7
        mean = ops.sum(x * weights, axis=axes, keepdims=True) / count
        variance = ops.sum(ops.square(x - mean) * weights, axis=axes, keepdims=True) / count
        return ops.squeeze(mean, axes), ops.squeeze(variance, axes)

    def _moved(self, moving, batch):
        return moving * self.momentum + ops.cast(batch, moving.dtype) * (1 - self.momentum)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
