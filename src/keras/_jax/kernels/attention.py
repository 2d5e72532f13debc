"""Scaled dot-product attention: by plain formulas, or by a fused kernel where the platform has one.

The formulas are compiled, so that a call outside of compiled code is one program instead of a dozen.
"""

from __future__ import annotations

import functools
import math

import jax
import jax.numpy as jnp

from keras._jax.devices import platform


def attend(query, key, value, bias, mask, scale, is_causal: bool, flash: bool | None, soft_cap) -> jax.Array:
    """`softmax(scale * query key^T + bias) value`, for every head.

    Shapes:
        query: (batch, targets, heads, size); key, value: (batch, sources, key heads, size), where every key head serves
        heads / key heads heads; bias, mask: (batch, heads, targets, sources) or what broadcasts to it;
        result: (batch, targets, heads, size of values).
    """
    _check(query, key, value)
    kind = jnp.result_type(query, key, value)
    query, key, value = (x.astype(kind) for x in (query, key, value))
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    if flash is not False:
        reason = _why_not_flash(query, value, bias, soft_cap)
        if reason is None:
            try:
                return jax.nn.dot_product_attention(
                    query, key, value, bias, mask, scale=scale, is_causal=is_causal, implementation="cudnn"
                )
            except (RuntimeError, NotImplementedError, ValueError) as error:  # no cuDNN, or one without this layout
                reason = str(error)
        if flash:
            raise ValueError(
                f"dot_product_attention: `flash_attention=True` cannot be done here: {reason}.\n"
                "  Leave `flash_attention=None` to use it wherever it is possible."
            )
    return _by_formula(query, key, value, bias, mask, scale, is_causal, soft_cap)


def _check(query, key, value) -> None:
    shapes = f"Got shapes {query.shape}, {key.shape} and {value.shape}."
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(
            f"dot_product_attention: query, key and value must have 4 axes: (batch, length, heads, size). {shapes}"
        )
    if query.shape[-1] != key.shape[-1] or key.shape[1:3] != value.shape[1:3] or query.shape[2] % key.shape[2]:
        raise ValueError(
            "dot_product_attention: query and key need one size, key and value one length and one number of heads, "
            f"and the heads of the query must be a multiple of those. {shapes}"
        )


def _why_not_flash(query, value, bias, soft_cap) -> str | None:
    """What keeps the fused kernel from being used, or None."""
    if soft_cap is not None:
        return "the kernel has no `attn_logits_soft_cap`"
    if platform() != "gpu":
        return f"this platform is {platform()!r}, and the kernel exists on 'gpu' only"
    if query.dtype not in (jnp.float16, jnp.bfloat16):
        return f"the kernel computes in float16 or bfloat16, and the inputs are {query.dtype}"
    if query.shape[-1] > 128 or query.shape[-1] % 8 or value.shape[-1] != query.shape[-1]:
        return f"the kernel needs one size of heads, a multiple of 8 up to 128, and it is {query.shape[-1]}"
    if bias is not None and bias.ndim != 4:
        return f"the kernel needs a `bias` with 4 axes, and it has shape {bias.shape}"
    return None


@functools.partial(jax.jit, static_argnames="is_causal", inline=True)
def _by_formula(query, key, value, bias, mask, scale, is_causal, soft_cap) -> jax.Array:
    scores = _scores(query, key) * scale
    if bias is not None:
        scores = scores + bias.astype(scores.dtype)
    if soft_cap is not None:
        scores = jnp.tanh(scores / soft_cap) * soft_cap
    if is_causal:
        causal = jnp.tril(jnp.ones((query.shape[1], key.shape[1]), bool))
        mask = causal if mask is None else jnp.logical_and(mask, causal)
    return weighted(_softmax(scores, mask).astype(query.dtype), value)


@functools.partial(jax.jit, inline=True)
def shares(query, key, mask, scale: float) -> jax.Array:
    """How much each source counts for each target: all nothing for a target whose sources are all masked.

    Shapes:
        query: (batch, targets, heads, size); key: (batch, sources, key heads, size); mask: booleans that broadcast to
        the result, or None; result: (batch, heads, targets, sources).
    """
    found = _softmax(_scores(query, key) * scale, mask)
    return (found if mask is None else jnp.where(mask, found, 0)).astype(query.dtype)


@functools.partial(jax.jit, inline=True)
def weighted(shares: jax.Array, value: jax.Array) -> jax.Array:
    """The values that the shares (batch, heads, targets, sources) make up: (batch, targets, heads, size)."""
    batch, heads, targets, sources = shares.shape
    key_heads = value.shape[2]
    rows = shares.reshape(batch, key_heads, heads // key_heads * targets, sources)
    found = jnp.matmul(rows, value.transpose(0, 2, 1, 3)).reshape(batch, heads, targets, value.shape[-1])
    return found.transpose(0, 2, 1, 3)


def _scores(query, key) -> jax.Array:
    # the transposing is written out: what XLA makes of one `einsum` takes up to twice the time on a CPU
    batch, targets, heads, size = query.shape
    sources, key_heads = key.shape[1:3]
    rows = query.transpose(0, 2, 1, 3).reshape(batch, key_heads, heads // key_heads * targets, size)
    scores = jnp.matmul(rows, key.transpose(0, 2, 3, 1), preferred_element_type=_at_least_32(query.dtype))
    return scores.reshape(batch, heads, targets, sources)


def _softmax(scores, mask) -> jax.Array:
    if mask is not None:
        # not minus infinity: a row in which everything is masked gets equal shares instead of NaN
        scores = jnp.where(mask, scores, 0.7 * jnp.finfo(scores.dtype).min)
    return jax.nn.softmax(scores, axis=-1)


def _at_least_32(dtype):
    return jnp.promote_types(dtype, jnp.float32)
