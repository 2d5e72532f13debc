"""What layers that attend with several heads share: the projections, the masks, the fused kernel."""

import math

from keras import config, constraints, initializers, ops, random, regularizers
from keras._core import registry
from keras._core.checks import number_between, positive_integer
from keras._jax.kernels import attention
from keras.layers._einsum_dense import EinsumDense
from keras.layers._layer import Layer


class AttentionHeads(Layer):
    """Base of `MultiHeadAttention` and `GroupedQueryAttention`."""

    _left_out_if_none = ("flash_attention",)  # configs of Keras 3 do not name it

    def __init__(
        self,
        dropout,
        use_bias,
        sliding_window,
        flash_attention,
        kernel_initializer,
        bias_initializer,
        kernel_regularizer,
        bias_regularizer,
        activity_regularizer,
        kernel_constraint,
        bias_constraint,
        use_gate,
        seed,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        owner = registry.public_name_of(type(self))
        self.dropout = number_between("dropout", dropout, 0, 1, owner)
        self.use_bias = bool(use_bias)
        self.sliding_window = (
            None if sliding_window is None else positive_integer("sliding_window", sliding_window, owner)
        )
        self.flash_attention = flash_attention
        # decided here, since programs are shared by layers of the same attributes
        self._flash = (
            False if flash_attention is None and config.is_flash_attention_enabled() is False else flash_attention
        )
        if flash_attention and dropout:
            raise ValueError(
                f"{owner}: `flash_attention=True` needs `dropout=0.0`, since the kernel has no dropout. Got {dropout}."
            )
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.use_gate = bool(use_gate)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed) if dropout else None
        self.supports_masking = True

    def projection(self, name, input_shape, sizes, inner=1, activity=True):
        """A built layer that replaces the last `inner` axes of inputs by axes of these sizes."""
        old, new = "uvw"[:inner], "xyz"[: len(sizes)] if len(sizes) < 4 else "abcdefgh"[: len(sizes)]
        layer = EinsumDense(
            f"...{old},{old}{new}->...{new}",
            output_shape=tuple(sizes),
            bias_axes=new if self.use_bias else None,
            kernel_initializer=fresh(self.kernel_initializer),
            bias_initializer=fresh(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            activity_regularizer=self.activity_regularizer if activity else None,
            dtype=self.dtype_policy,
            name=name,
        )
        layer.supports_masking = True  # what is masked is decided where the scores are
        layer.build(input_shape)
        return layer

    def check_value_and_key(self, value_shape, key_shape):
        """Refuses values and keys of different lengths."""
        if tuple(value_shape[:-1]) != tuple(key_shape[:-1]):
            raise ValueError(
                f"{self.name} needs a key for every value: their shapes must agree up to the last axis. "
                f"Got {tuple(value_shape)} and {tuple(key_shape)}."
            )

    def _compute_attention(self, query, key, value, attention_mask=None, training=None, return_attention_scores=False):
        """Values mixed by head, and the shares that they were mixed with if wanted; subclasses override it.

        Shapes:
            query: (batch, targets, heads, size), key and value: (batch, sources, key heads, size), mask: booleans that
            broadcast to the shares' shape, with or without the axis of heads, or None;
            result: (batch, targets, heads, size of values), shares: (batch, heads, targets, sources).
        """
        scale, mask = 1 / math.sqrt(query.shape[-1]), attention_mask
        if mask is not None and mask.ndim == 3:
            mask = mask[:, None]
        if not return_attention_scores and not self.dropout:
            y = ops.dot_product_attention(query, key, value, mask=mask, scale=scale, flash_attention=self._flash)
            return y, None
        if self.flash_attention:
            raise ValueError(
                f"{self.name}: the kernel that `flash_attention=True` demands does not return the scores.\n"
                "  Leave out `return_attention_scores`, or make the layer with `flash_attention=None`."
            )
        shares = attention.shares(query, key, mask, scale)
        used = random.dropout(shares, self.dropout, seed=self.seed_generator) if training and self.dropout else shares
        return attention.weighted(used, value), shares

    def positions_seen(self, targets, sources, causal):
        """Which source position each target position sees, (targets, sources); None if that is all of them."""
        if not causal and self.sliding_window is None:
            return None
        ahead = ops.arange(sources)[None, :] - ops.arange(targets)[:, None]
        seen = ahead <= 0 if causal else ops.ones((targets, sources), dtype="bool")
        return seen if self.sliding_window is None else ops.logical_and(seen, ops.abs(ahead) < self.sliding_window)


def fresh(initializer):
    """An initializer with the same settings that draws other numbers, unless it has a seed."""
    return initializer.clone() if hasattr(initializer, "clone") else initializer


def both(one, other):
    """Where two masks are true; either may be None."""
    if one is None or other is None:
        return one if other is None else other
    return ops.logical_and(one, other)
