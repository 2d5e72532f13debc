"""Attention: for each query a mixture of values, by how well their keys fit it."""

from keras import ops, random
from keras._core.checks import number_between, one_of
from keras.layers._layer import Layer


class Attention(Layer):
    """Mixes values by how well their keys fit the queries, with one head.

    `y = softmax(scores) value`, with `scores = scale * query key^T` ('dot', Luong et al., 2015) or
    `weight * sum(tanh(scale * (query + key)))` ('concat').

    Args:
        use_scale: whether to learn the factor `scale`.
        score_mode: 'dot' or 'concat', which learns a factor `weight`.
        dropout: the share of the softmax's results left out in training.
        seed: seed of the dropout.

    Call arguments:
        inputs: [query, value] or [query, value, key]; without a key, the values are the keys.
        mask: masks of these: outputs are 0 where the query's is False; values whose mask is False take no part.
        return_attention_scores: whether to return the softmax's results too.
        use_causal_mask: whether a query sees only values up to its own position.

    Shapes:
        query: (batch, targets, size), value: (batch, sources, size of values), key: (batch, sources, size),
        y: (batch, targets, size of values), scores: (batch, targets, sources).

    >>> Attention()([ops.ones((2, 5, 8)), ops.ones((2, 3, 8))]).shape
    (2, 5, 8)
    """

    def __init__(self, use_scale=False, score_mode="dot", dropout=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.use_scale = bool(use_scale)
        self.score_mode = one_of("score_mode", score_mode, ("dot", "concat"), type(self).__name__)
        self.dropout = number_between("dropout", dropout, 0, 1, type(self).__name__)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed) if dropout else None
        self.supports_masking = True

    def build(self, input_shape):
        self._check_list(input_shape, "shapes")
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones") if self.use_scale else None
        self.concat_score_weight = None
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(name="concat_score_weight", shape=(), initializer="ones")

    def call(self, inputs, mask=None, training=False, return_attention_scores=False, use_causal_mask=False):
        self._check_list(inputs, "inputs")
        query_mask, value_mask = self._masks(mask)
        query, value, key = inputs[0], inputs[1], inputs[-1]  # [query, value] or [query, value, key]
        scores = self.scores(query, key)
        seen = None if value_mask is None else ops.cast(value_mask, "bool")[:, None, :]
        if use_causal_mask:
            causal = ops.tril(ops.ones(scores.shape[-2:], dtype="bool"))
            seen = causal if seen is None else ops.logical_and(seen, causal)
        if seen is not None:
            lowest = -3e4 if self.compute_dtype == "float16" else -1e9
            # added, as in Keras 3: shares are all alike where nothing is seen, and gradients those of the scores
            scores = scores + ops.cast(ops.where(seen, 0.0, lowest), scores.dtype)
        shares = ops.softmax(scores, axis=-1)
        if training and self.dropout:
            shares = random.dropout(shares, self.dropout, seed=self.seed_generator)
        y = ops.matmul(shares, value)
        if query_mask is not None:
            y = ops.where(ops.cast(query_mask, "bool")[:, :, None], y, ops.zeros_like(y))
        return (y, shares) if return_attention_scores else y

    def scores(self, query, key):
        """How well each key fits each query: (batch, targets, sources)."""
        if self.score_mode == "dot":
            found = ops.matmul(query, ops.swapaxes(key, -1, -2))
            return found if self.scale is None else found * self.scale
        both = query[:, :, None] + key[:, None]  # (batch, targets, sources, size)
        return self.concat_score_weight * ops.sum(ops.tanh(both if self.scale is None else self.scale * both), axis=-1)

    def compute_mask(self, inputs, mask=None):
        """The mask of the queries."""
        return None if mask is None else mask[0]

    def compute_output_shape(self, input_shape):
        """The shape of the queries, with the size of the values."""
        self._check_list(input_shape, "shapes")
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(self, *args, **kwargs):
        """Symbolic outputs, with the scores if they are asked for."""
        return self._traced_outputs(args, kwargs)

    def _check_list(self, inputs, what):
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3) or not hasattr(inputs[0], "__getitem__"):
            got = f"{len(inputs)} of them" if isinstance(inputs, (list, tuple)) else f"a {type(inputs).__name__}"
            raise ValueError(f"{self.name} takes a list of {what}: [query, value] or [query, value, key]. Got {got}.")

    def _masks(self, mask):
        if mask is None:
            return None, None
        if not isinstance(mask, (list, tuple)) or len(mask) not in (2, 3):
            raise ValueError(
                f"{self.name} takes `mask` as a list: [query_mask, value_mask], or with the key's behind. "
                f"Got {type(mask).__name__}{f' of {len(mask)}' if isinstance(mask, (list, tuple)) else ''}."
            )
        return mask[0], mask[1]
