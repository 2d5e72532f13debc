"""Grouped-query attention."""

from keras import ops
from keras._core.checks import positive_integer
from keras.layers._attention_heads import AttentionHeads, both


class GroupedQueryAttention(AttentionHeads):
    """Attends with several heads for queries, of which groups share a head for keys and values.

    From Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models" (2023). The public name is
    `GroupQueryAttention`.

    Args:
        head_dim: size of a head.
        num_query_heads: how many heads for queries; a multiple of `num_key_value_heads`.
        num_key_value_heads: how many heads for keys and values.
        dropout: the share of the softmax's results left out in training.
        use_bias: whether the projections have biases.
        sliding_window: a target sees the sources less than this far away; all if None.
        flash_attention: True demands the fused kernel of the platform, False avoids it, None takes it where it exists.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights; on projections and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.
        use_gate: whether values are multiplied by `sigmoid` of a further projection of the query.
        seed: seed of the dropout.

    It is called as `MultiHeadAttention` is.

    Shapes:
        query: (batch, targets, size), value and key: (batch, sources, size), y: (batch, targets, size),
        scores: (batch, query heads, targets, sources).

    >>> GroupQueryAttention(4, num_query_heads=4, num_key_value_heads=2)(ops.ones((2, 5, 8)), ops.ones((2, 3, 8))).shape
    (2, 5, 8)
    """

    def __init__(
        self,
        head_dim,
        num_query_heads,
        num_key_value_heads,
        dropout=0.0,
        use_bias=True,
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
        owner = "GroupQueryAttention"
        self.head_dim = positive_integer("head_dim", head_dim, owner)
        self.num_query_heads = positive_integer("num_query_heads", num_query_heads, owner)
        self.num_key_value_heads = positive_integer("num_key_value_heads", num_key_value_heads, owner)
        if num_query_heads % num_key_value_heads:
            raise ValueError(
                f"{owner}: `num_query_heads` must be a multiple of `num_key_value_heads`. "
                f"Got {num_query_heads} and {num_key_value_heads}."
            )

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        self.check_value_and_key(value_shape, key_shape)
        for name, shape in (("query", query_shape), ("value", value_shape)):
            if len(shape) != 3:
                raise ValueError(f"{self.name} takes a {name} with 3 axes: (batch, length, size). Got {tuple(shape)}.")
        queries, others = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        # weight files know the layers inside by the names of these attributes
        self._query_dense = self.projection("query", query_shape, queries)
        self._key_dense = self.projection("key", key_shape, others)
        self._gate_dense = self.projection("gate", query_shape, queries) if self.use_gate else None
        self._value_dense = self.projection("value", value_shape, others)
        self._output_dense = self.projection(
            "attention_output", (*query_shape[:-1], *queries), (query_shape[-1],), inner=2
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
        mask = self.positions_seen(query.shape[1], key.shape[1], use_causal_mask)
        if query_mask is not None:
            mask = both(mask, ops.cast(query_mask, "bool")[:, None, :, None])
        for of_sources in (value_mask, key_mask):
            if of_sources is not None:
                mask = both(mask, ops.cast(of_sources, "bool")[:, None, None, :])
        if attention_mask is not None:
            given = ops.cast(attention_mask, "bool")
            mask = both(mask, given[:, None] if given.ndim == 3 else given)  # the same for all heads
        q, k, v = self._query_dense(query), self._key_dense(key), self._value_dense(value)
        wanted = {"return_attention_scores": True} if return_attention_scores else {}
        mixed, shares = self._compute_attention(q, k, v, attention_mask=mask, training=training, **wanted)
        if self.use_gate:
            mixed = mixed * ops.sigmoid(self._gate_dense(query))
        y = self._output_dense(mixed)
        return (y, shares) if return_attention_scores else y

    def compute_output_shape(self, query_shape, value_shape, key_shape=None):
        """The shape of the query.

        Raises:
            ValueError: queries and values of different sizes, or keys and values of different lengths.
        """
        if query_shape[-1] != value_shape[-1]:
            raise ValueError(
                f"{self.name}: the last axis of query and value must agree. "
                f"Got shapes {tuple(query_shape)} and {tuple(value_shape)}."
            )
        self.check_value_and_key(value_shape, value_shape if key_shape is None else key_shape)
        return tuple(query_shape)

    def compute_output_spec(self, query, value, key=None, *args, **kwargs):
        """Symbolic outputs, with the scores if they are asked for."""
        self.compute_output_shape(query.shape, value.shape, None if key is None else key.shape)
        return self._traced_outputs((query, value, key, *args), kwargs)
