"""BatchNormalization: every channel gets mean 0 and variance 1 over the batch, then a learned scale and shift."""

import functools
import math

from keras import constraints, initializers, ops, regularizers
from keras._core.checks import axes_of, known_size, not_negative, number_between
from keras._jax.kernels.device_statistics import normalized_in_parts, parts_counted_alone
from keras._jax.kernels.normalization import batch_normalized
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
        renorm: whether to correct the statistics of the batch towards running ones in training, which helps with small
            batches: `y = gamma * ((x - mean) / stddev * r + d) + beta` with `r = stddev / running stddev` and
            `d = (mean - running mean) / running stddev`. From Ioffe (2017).
        renorm_clipping: a dict of limits: 'rmax' and 'rmin' for r, 'dmax' for the absolute value of d.
        renorm_momentum: how slowly the running statistics move that `r` and `d` are computed with.
        synchronized: whether all devices count together. They do anyway, unless the distribution that is set asks for
            statistics of each device: `keras.distribution.DataParallel(device_statistics=True)`.

    Call arguments:
        training: whether to normalise by the batch.
        mask: (batch, ...), false where a step does not count.

    >>> BatchNormalization()([[1.0], [3.0]], training=True).round(2)
    Array([[-1.],
           [ 1.]], dtype=float32)
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
        if not isinstance(axis, int):
            raise ValueError(f"BatchNormalization: `axis` must be an integer. Got {axis!r}.")
        self.axis = axis
        self.momentum = number_between("momentum", momentum, 0, 1, "BatchNormalization")
        self.epsilon = not_negative("epsilon", epsilon, "BatchNormalization")
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
        self.renorm = renorm
        self.renorm_clipping = _checked_limits(renorm_clipping)
        self.renorm_momentum = number_between("renorm_momentum", renorm_momentum, 0, 1, "BatchNormalization")
        self.synchronized = synchronized
        self.supports_masking = True

    def build(self, input_shape):
        (axis,) = axes_of(self.axis, input_shape, self.name)
        shape = (known_size(input_shape, axis, self.name),)
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
        self.moving_mean = self._add_statistic("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._add_statistic("moving_variance", shape, self.moving_variance_initializer)
        if self.renorm:
            self.moving_stddev = self._add_statistic("moving_stddev", shape, self._start_of_stddev)
            self.renorm_mean = self._add_statistic("renorm_mean", shape, self.moving_mean_initializer)
            self.renorm_stddev = self._add_statistic("renorm_stddev", shape, self._start_of_stddev)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: shape[0]})

    def _add_statistic(self, name, shape, initializer):
        return self.add_weight(name=name, shape=shape, initializer=initializer, trainable=False, autocast=False)

    def _start_of_stddev(self, shape, dtype):
        return ops.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

    def call(self, inputs, training=None, mask=None):
        x = ops.cast(inputs, "float32") if self.compute_dtype in ("float16", "bfloat16") else inputs
        if training and self.trainable and mask is None and not self.renorm:
            scale, offset = (None if v is None else ops.convert_to_tensor(v) for v in (self.gamma, self.beta))
            parts = 1 if self.synchronized else parts_counted_alone(x, self.axis)
            normalized = batch_normalized if parts == 1 else functools.partial(normalized_in_parts, parts)
            y, mean, variance = normalized(x, scale, offset, self.axis % x.ndim, self.epsilon)
            self._move_statistics(mean, variance)
            return ops.cast(y, self.compute_dtype)
        if training and self.trainable:
            mean, variance = self._statistics(x, mask)
            used = self._renormalised(mean, variance) if self.renorm else (mean, variance, self.gamma, self.beta)
            self._move_statistics(mean, variance)
        else:
            used = (self.moving_mean, self.moving_variance, self.gamma, self.beta)
        mean, variance, scale, offset = used
        y = ops.batch_normalization(x, mean, variance, axis=self.axis, offset=offset, scale=scale, epsilon=self.epsilon)
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

    def _move_statistics(self, mean, variance):
        self.moving_mean.assign(_moved(self.moving_mean, mean, self.momentum))
        if not self.renorm:
            self.moving_variance.assign(_moved(self.moving_variance, variance, self.momentum))
            return
        stddev = ops.sqrt(variance + self.epsilon)
        self.moving_stddev.assign(_moved(self.moving_stddev, stddev, self.momentum))
        self.moving_variance.assign(ops.relu(ops.square(self.moving_stddev) - self.epsilon))
        self.renorm_mean.assign(_moved(self.renorm_mean, mean, self.renorm_momentum))
        self.renorm_stddev.assign(_moved(self.renorm_stddev, stddev, self.renorm_momentum))

    def _renormalised(self, mean, variance):
        """The statistics of the batch, and a scale and an offset that take in `r` and `d`."""
        stddev = ops.sqrt(variance + self.epsilon)
        running = ops.maximum(self.renorm_stddev, math.sqrt(self.epsilon))
        r = stddev / running
        d = (mean - self.renorm_mean) / running
        limits = self.renorm_clipping or {}
        if "rmin" in limits:
            r = ops.maximum(r, limits["rmin"])
        if "rmax" in limits:
            r = ops.minimum(r, limits["rmax"])
        if "dmax" in limits:
            d = ops.clip(d, -limits["dmax"], limits["dmax"])
        scale, offset = ops.stop_gradient(r), ops.stop_gradient(d)
        if self.scale:
            scale, offset = scale * self.gamma, offset * self.gamma
        return mean, variance, scale, offset + self.beta if self.center else offset

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


def _moved(moving, batch, momentum):
    return moving * momentum + ops.cast(batch, moving.dtype) * (1 - momentum)


def _checked_limits(limits):
    if limits is None:
        return None
    unknown = [name for name in limits if name not in ("rmax", "rmin", "dmax")]
    if unknown:
        raise ValueError(
            f"BatchNormalization: `renorm_clipping` may hold 'rmax', 'rmin' and 'dmax'. Got {unknown[0]!r}."
        )
    if limits.get("rmin", 0) > limits.get("rmax", float("inf")) or limits.get("dmax", 0) < 0:
        raise ValueError(
            f"BatchNormalization: 'rmin' must not be above 'rmax', and 'dmax' not below 0. Got {dict(limits)}."
        )
    return dict(limits)
