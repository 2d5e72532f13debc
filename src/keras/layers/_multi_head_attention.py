"""Multi-head attention."""

import math

from keras import ops
from keras._core.checks import positive_integer
from keras.layers._attention_heads import AttentionHeads, both


class MultiHeadAttention(AttentionHeads):
    """Attends with several heads, each with projections of its own (Vaswani et al., 2017).

    `y = concat over heads of (softmax(q k^T / sqrt(key_dim)) v) W`, with `q`, `k`, `v` linear in query, key, value

    Args:
        num_heads: how many heads.
        key_dim: size of a head's queries and keys.
        value_dim: size of a head's values; `key_dim` if None.
        dropout: the share of the softmax's results left out in training.
        use_bias: whether the projections have biases.
        output_shape: sizes of the outputs' last axes; that of the query's last axis if None.
        attention_axes: the axes, batch counted, along which attention goes; all but batch and last if None.
        sliding_window: a target sees the sources less than this far away; all if None.
        flash_attention: True demands the fused kernel of the platform, False avoids it, None takes it where it exists.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights; on projections and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.
        use_gate: whether values are multiplied by `sigmoid` of a further projection of the query.
        seed: seed of the dropout.

    Call arguments:
        key: the values if left out.
        query_mask: false for targets that see nothing; goes on to the layers behind. value_mask, key_mask: false for
            sources that take no part.
        attention_mask: (batch, targets, sources), or (batch, heads, targets, sources); false for what takes no part.
        return_attention_scores: whether to return the softmax's results too.
        use_causal_mask: whether a target sees only sources up to its own position.

    Shapes:
        query: (batch, targets, size), value and key: (batch, sources, size), y: (batch, targets, size),
        scores: (batch, heads, targets, sources). There may be further axes.

    >>> MultiHeadAttention(num_heads=2, key_dim=4)(ops.ones((2, 5, 8)), ops.ones((2, 3, 8))).shape
    (2, 5, 8)
    """

    def __init__(
        self,
        num_heads,
        key_dim,
        value_dim=None,
        dropout=0.0,
        use_bias=True,
        output_shape=None,
        attention_axes=None,
        sliding_window=None,
        flash_attention=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        use_gate=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(
            dropout, use_bias, sliding_window, flash_attention, kernel_initializer, bias_initializer,
            kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint,
            use_gate, seed, **kwargs,
        )  # fmt: skip
        self.num_heads = positive_integer("num_heads", num_heads, "MultiHeadAttention")
        self.key_dim = positive_integer("key_dim", key_dim, "MultiHeadAttention")
        self.value_dim = (
            key_dim if value_dim is None else positive_integer("value_dim", value_dim, "MultiHeadAttention")
        )
        self._output_sizes = _sizes(output_shape)
        self.attention_axes = _axes(attention_axes)

    @property
    def query_dense(self):
        """The projection of the queries."""
        return self._query_dense

    @property
    def key_dense(self):
        """The projection of the keys."""
        return self._key_dense

    @property
    def value_dense(self):
        """The projection of the values."""
        return self._value_dense

    @property
    def output_dense(self):
        """The projection of the mixed values."""
        return self._output_dense

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        self.check_value_and_key(value_shape, key_shape)
        rank = len(query_shape)
        axes = range(1, rank - 1) if self.attention_axes is None else self.attention_axes
        self.attention_axes = tuple(a % rank for a in axes)
        if not all(0 < a < rank - 1 for a in self.attention_axes) or not self.attention_axes:
            raise ValueError(
                f"{self.name}: `attention_axes` must lie between batch and last axis of shape {tuple(query_shape)}. "
                f"Got {tuple(axes)}."
            )
        heads, queries, values = self.num_heads, (self.num_heads, self.key_dim), (self.num_heads, self.value_dim)
        # weight files know the layers inside by the names of these attributes
        self._query_dense = self.projection("query", query_shape, queries)
        self._key_dense = self.projection("key", key_shape, queries)
        self._gate_dense = self.projection("gate", query_shape, values) if self.use_gate else None
        self._value_dense = self.projection("value", value_shape, values)
        mixed_shape = (*query_shape[:-1], heads, self.value_dim)
        # its outputs are those of this layer, which pays for them
        self._output_dense = self.projection(
            "attention_output", mixed_shape, self._output_sizes or (query_shape[-1],), inner=2, activity=False
        )

    def call(
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        attention_mask=None,
        return_attention_scores=False,
        training=None,
        use_causal_mask=False,
    ):
        key = value if key is None else key
        lengths = [[x.shape[a] for a in self.attention_axes] for x in (query, key)]
        rank, heeded = query.ndim, (attention_mask, use_causal_mask)
        mask = self._mask_of_scores(rank, lengths, query_mask, (value_mask, key_mask), *heeded)
        projected = self._query_dense(query), self._key_dense(key), self._value_dense(value)
        gate = ops.sigmoid(self._gate_dense(query)) if self.use_gate else None
        q, k, v = map(self._one_axis, projected)
        wanted = {"return_attention_scores": True} if return_attention_scores else {}
        mask = self._one_axis_mask(mask, query.shape, lengths)
        mask = mask[None] if mask is not None and mask.ndim == 2 else mask  # subclasses expect the axis of the batch
        mixed, shares = self._compute_attention(q, k, v, attention_mask=mask, training=training, **wanted)
        mixed = self._all_axes(mixed, (*query.shape[:-1], self.num_heads, self.value_dim))
        y = self._output_dense(mixed if gate is None else mixed * gate)
        if not return_attention_scores:
            return y
        others = [query.shape[a] for a in self._other_axes(query.ndim)]
        return y, ops.reshape(shares, (query.shape[0], *others, self.num_heads, *lengths[0], *lengths[1]))

    # --- attention along several axes, or beside others: these are made one, those join the batch

    def _other_axes(self, rank):
        return [a for a in range(1, rank - 1) if a not in self.attention_axes]

    def _one_axis(self, x):
        """(batch, ..., heads, size) -> (batch and other axes, attention axes, heads, size)."""
        others = self._other_axes(x.ndim - 1)
        if x.ndim == 4:
            return x
        order = (0, *others, *self.attention_axes, x.ndim - 2, x.ndim - 1)
        count = math.prod(x.shape[a] for a in (0, *others))
        return ops.reshape(ops.transpose(x, order), (count, -1, *x.shape[-2:]))

    def _all_axes(self, x, shape):
        """Back to (batch, ..., heads, size) of this shape."""
        if len(shape) == 4:
            return x
        order = (0, *self._other_axes(len(shape) - 1), *self.attention_axes)
        order = (*order, len(shape) - 2, len(shape) - 1)
        moved = ops.reshape(x, [shape[a] for a in order])
        return ops.transpose(moved, [order.index(a) for a in range(len(shape))])

    def _mask_of_scores(self, rank, lengths, query_mask, source_masks, attention_mask, causal):
        """Booleans that broadcast to (batch, other axes, heads, target axes, source axes), or None."""
        count, others = len(self.attention_axes), self._other_axes(rank)
        mask = self._mask_of_one(query_mask, rank, of_targets=True)
        for of_sources in source_masks:
            mask = both(mask, self._mask_of_one(of_sources, rank))
        if attention_mask is not None:
            given = ops.cast(attention_mask, "bool")
            missing = 2 + len(others) + 2 * count - given.ndim
            # the axes that it lacks are those of the heads and others
            at = max(given.ndim - 2 * count, 0)
            mask = both(mask, ops.reshape(given, (*given.shape[:at], *(1,) * missing, *given.shape[at:])))
        if causal or self.sliding_window is not None:
            if count > 1:
                raise ValueError(
                    f"{self.name}: `use_causal_mask` and `sliding_window` need one attention axis, which has an order. "
                    f"Got attention_axes={self.attention_axes}."
                )
            mask = both(mask, self.positions_seen(lengths[0][0], lengths[1][0], causal))
        return mask

    def _mask_of_one(self, mask, rank, of_targets=False):
        """(batch, ...) -> (batch, other axes, heads, target axes, source axes), with 1 for all the others."""
        if mask is None:
            return None
        count, others = len(self.attention_axes), self._other_axes(rank)
        mask = ops.cast(mask, "bool")
        if mask.ndim == 2 and count == 1:
            mask = ops.reshape(mask, (mask.shape[0], *(1,) * len(others), mask.shape[1]))
            return ops.expand_dims(mask, (-3, -1) if of_targets else (-3, -2))
        if mask.ndim != rank - 1:
            raise ValueError(
                f"{self.name} takes masks of tensors with {rank - 1} axes: the tensors' without the last one. "
                f"Got shape {tuple(mask.shape)}."
            )
        mask = ops.transpose(mask, (0, *others, *self.attention_axes))
        at = 1 + len(others)
        before, behind = ((1,), (1,) * count) if of_targets else ((1,) * (1 + count), ())
        return ops.reshape(mask, (*mask.shape[:at], *before, *mask.shape[at:], *behind))

    def _one_axis_mask(self, mask, shape, lengths):
        """The mask for scores of (batch and other axes, heads, targets, sources)."""
        if mask is None or len(shape) == 3:
            return mask
        others = [shape[a] for a in self._other_axes(len(shape))]
        heads = mask.shape[-1 - 2 * len(lengths[0])] if mask.ndim > 2 * len(lengths[0]) else 1
        full = ops.broadcast_to(mask, (shape[0], *others, heads, *lengths[0], *lengths[1]))
        return ops.reshape(full, (math.prod((shape[0], *others)), heads, math.prod(lengths[0]), -1))

    def compute_output_shape(self, query_shape, value_shape, key_shape=None):
        """The shape of the query, with `output_shape` for its last axis."""
        self.check_value_and_key(value_shape, value_shape if key_shape is None else key_shape)
        return (*query_shape[:-1], *(self._output_sizes or (query_shape[-1],)))

    def compute_output_spec(self, *args, **kwargs):
        """Symbolic outputs, with the scores if they are asked for."""
        return self._traced_outputs(args, kwargs)


def _sizes(output_shape):
    if output_shape is None:
        return None
    sizes = output_shape if isinstance(output_shape, (list, tuple)) else (output_shape,)
    return tuple(positive_integer("output_shape", n, "MultiHeadAttention") for n in sizes)


def _axes(axes):
    if axes is None:
        return None
    if isinstance(axes, int):
        return (axes,)
    if not isinstance(axes, (list, tuple)) or not all(isinstance(a, int) for a in axes):
        raise ValueError(f"MultiHeadAttention: `attention_axes` must be an axis, or several. Got {axes!r}.")
    return tuple(axes)
