"""Additive attention: the fit of a key to a query is a small network of both."""

from keras import ops
from keras.layers._attention import Attention


class AdditiveAttention(Attention):
    """Mixes values by how well their keys fit the queries (Bahdanau et al., 2014).

    `y = softmax(scores) value`, `scores = sum(scale * tanh(query + key))`

    Args:
        use_scale: whether to learn the vector `scale`; otherwise it is all ones.
        dropout: the share of the softmax's results left out in training.
        **kwargs: `seed` of the dropout, and what every layer takes.

    It is called as `Attention` is.

    Shapes:
        query: (batch, targets, size), value and key: (batch, sources, size), y: (batch, targets, size).

    >>> AdditiveAttention()([ops.ones((2, 5, 8)), ops.ones((2, 3, 8))]).shape
    (2, 5, 8)
    """

    _not_in_config = frozenset(("score_mode",))

    def __init__(self, use_scale=True, dropout=0.0, **kwargs):
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape):
        self._check_list(input_shape, "shapes")
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(name="scale", shape=(input_shape[0][-1],), initializer="glorot_uniform")

    def scores(self, query, key):
        """How well each key fits each query: (batch, targets, sources)."""
        both = ops.tanh(query[:, :, None] + key[:, None])
        return ops.sum(both if self.scale is None else self.scale * both, axis=-1)
