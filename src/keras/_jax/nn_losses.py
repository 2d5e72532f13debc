"""Cross-entropies: what the true classes cost under predicted probabilities."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from keras import config
from keras._core.types import Tensor
from keras._jax import logits
from keras._jax.dtypes import floats
from keras._jax.op import op


def _wide(x: jax.Array) -> jax.Array:
    """`x` in at least 32 bits: in 16 a probability next to 1 would be 1."""
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))


def _cost_dtype(target: jax.Array, output: jax.Array) -> jnp.dtype:
    """What the costs come in: as Keras 3, that of the predictions, or wider ones that the targets have."""
    targets_are_floats = jnp.issubdtype(target.dtype, jnp.floating)
    return jnp.promote_types(target.dtype, output.dtype) if targets_are_floats else output.dtype


def _inside(probabilities: jax.Array) -> jax.Array:
    """Probabilities that have a logarithm."""
    return jnp.clip(probabilities, config.epsilon(), 1 - config.epsilon())


def _logits_if_known(output: jax.Array, from_logits: bool, kind: str, axis: int) -> tuple[jax.Array, bool]:
    """Logits instead of probabilities, in the years in which they counted, and whether it is logits now."""
    found = None if from_logits else logits.known(output, kind, axis)
    return (output, from_logits) if found is None else (found, True)


def _log_shares(output: jax.Array, from_logits: bool, axis: int) -> jax.Array:
    """Logarithms of probabilities that sum to 1 along the axis."""
    if from_logits:
        return jax.nn.log_softmax(output, axis)
    return jnp.log(_inside(output / jnp.sum(output, axis, keepdims=True)))


@op
def categorical_crossentropy(target: Tensor, output: Tensor, from_logits=False, axis=-1) -> Tensor:
    """`-sum(target * log(output))` over the classes.

    Args:
        target: probabilities of the classes, such as one-hot vectors.
        output: predicted probabilities, or logits, of the same shape.
        from_logits: whether `output` holds logits, of which the softmax is taken.
        axis: the axis of the classes.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
    Array([0.6931472], dtype=float32)
    """
    target, output = jnp.asarray(target), floats(output)
    if target.ndim < 1 or target.shape != output.shape:
        raise ValueError(
            "categorical_crossentropy: `target` and `output` must have the same shape, with an axis of classes. "
            f"Got {target.shape} and {output.shape}."
        )
    output, from_logits = _logits_if_known(output, from_logits, "softmax", axis)
    shares = _log_shares(_wide(output), from_logits, axis)
    return -jnp.sum(target.astype(shares.dtype) * shares, axis).astype(_cost_dtype(target, output))


@op
def sparse_categorical_crossentropy(target: Tensor, output: Tensor, from_logits=False, axis=-1) -> Tensor:
    """`-log(output[target])`: as `categorical_crossentropy`, for class numbers instead of vectors.

    Args:
        target: class numbers; a last axis of size 1 is allowed. A number outside the range costs nothing.
        output: predicted probabilities, or logits, with one more axis.
        from_logits: whether `output` holds logits, of which the softmax is taken.
        axis: the axis of the classes.

    The result has at least 32 bits.
    """
    target, output = jnp.asarray(target, "int32"), floats(output)
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = jnp.squeeze(target, -1)
    axis = axis % max(output.ndim, 1)
    if output.ndim < 1 or target.shape != output.shape[:axis] + output.shape[axis + 1 :]:
        raise ValueError(
            "sparse_categorical_crossentropy: `output` must have the shape of `target` and an axis of classes. "
            f"Got {target.shape} and {output.shape}."
        )
    output, from_logits = _logits_if_known(output, from_logits, "softmax", axis)
    shares = _log_shares(_wide(output), from_logits, axis)
    # a comparison with the class numbers, not a gather: it has no scatter in its gradient
    classes = jax.lax.broadcasted_iota("int32", shares.shape, axis)
    chosen = jnp.where(classes == jnp.expand_dims(target, axis), shares, 0)
    return -jnp.sum(chosen, axis)


@op
def binary_crossentropy(target: Tensor, output: Tensor, from_logits=False) -> Tensor:
    """`-target * log(output) - (1 - target) * log(1 - output)`, for each element.

    Args:
        target: probabilities, such as 0 and 1.
        output: predicted probabilities, or logits, of the same shape.
        from_logits: whether `output` holds logits, of which the sigmoid is taken.
    """
    target, output = jnp.asarray(target), floats(output)
    if target.shape != output.shape:
        raise ValueError(
            "binary_crossentropy: `target` and `output` must have the same shape. "
            f"Got {target.shape} and {output.shape}."
        )
    output, from_logits = _logits_if_known(output, from_logits, "sigmoid", -1)
    dtype, wide = _cost_dtype(target, output), _wide(output)
    target = target.astype(wide.dtype)
    if from_logits:
        cost = jnp.maximum(wide, 0) - wide * target + jnp.log1p(jnp.exp(-jnp.abs(wide)))
    else:
        wide = _inside(wide)
        if logits.counts():  # the releases that did so added epsilon once more
            e = config.epsilon()
            return (-target * jnp.log(wide + e) - (1 - target) * jnp.log(1 - wide + e)).astype(dtype)
        cost = -target * jnp.log(wide) - (1 - target) * jnp.log1p(-wide)
    return cost.astype(dtype)
