"""Reversible embedding: integers become vectors, and vectors scores of all integers."""

from keras import ops
from keras._core.checks import positive_or_none
from keras._core.dtype_policy import dtype_name
from keras.layers._embedding import Embedding


class ReversibleEmbedding(Embedding):
    """Looks up a learned vector for every integer, or says how well vectors fit each integer.

    `y = embeddings[x]`, and with `reverse=True` `y = x @ embeddings^T`

    Args:
        input_dim: how many vectors there are: the largest integer plus 1.
        output_dim: size of a vector.
        tie_weights: whether both directions share their weights; the reverse one has `reverse_embeddings` otherwise.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: how the vectors start, a penalty on
            them, and what is applied to them after each update; `reverse_embeddings` has neither of the last two.
        mask_zero: whether 0 stands for "nothing here", so that later layers skip it.
        reverse_dtype: the dtype that the reverse direction computes in; that of the layer if None.
        logit_soft_cap: `cap * tanh(y / cap)` replaces the results of the reverse direction, if given.
        **kwargs: those of `Embedding`.

    Call arguments:
        reverse: whether vectors come and scores go.

    >>> layer = ReversibleEmbedding(100, 8)
    >>> layer(layer(ops.array([[4, 20, 7]])), reverse=True).shape
    (1, 3, 100)
    """

    def __init__(
        self,
        input_dim,
        output_dim,
        tie_weights=True,
        embeddings_initializer="uniform",
        embeddings_regularizer=None,
        embeddings_constraint=None,
        mask_zero=False,
        reverse_dtype=None,
        logit_soft_cap=None,
        *,
        activity_regularizer=None,
        **kwargs,
    ):
        self.tie_weights = bool(tie_weights)
        super().__init__(
            input_dim, output_dim, embeddings_initializer, embeddings_regularizer, embeddings_constraint, mask_zero,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        self.reverse_dtype = None if reverse_dtype is None else dtype_name(reverse_dtype)
        self.logit_soft_cap = positive_or_none("logit_soft_cap", logit_soft_cap, "ReversibleEmbedding")

    def build(self, input_shape=None):
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                name="reverse_embeddings",
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
            )

    def call(self, inputs, reverse=False):
        if not reverse:
            return super().call(inputs)
        kernel = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        dtype = self.reverse_dtype or self.compute_dtype
        y = ops.matmul(ops.cast(inputs, dtype), ops.cast(kernel, dtype))
        cap = self.logit_soft_cap
        return y if cap is None else ops.tanh(y / cap) * cap

    def compute_mask(self, inputs, mask=None):
        """True where an integer is not 0, if `mask_zero`; vectors keep the mask that they have."""
        floats = hasattr(inputs, "dtype") and "float" in dtype_name(inputs.dtype)
        if floats and (mask is not None or inputs.shape[-1:] == (self.output_dim,)):
            return mask
        return super().compute_mask(inputs, mask)

    def compute_output_shape(self, input_shape, reverse=False):
        """The shape of the inputs, then the size of a vector; or with the number of integers for that size."""
        return (*input_shape[:-1], self.input_dim) if reverse else (*input_shape, self.output_dim)

    def compute_output_spec(self, *args, **kwargs):
        """Symbolic outputs in the direction that is asked for."""
        return self._traced_outputs(args, kwargs)
