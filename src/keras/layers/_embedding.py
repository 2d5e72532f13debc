"""Embedding: integers become vectors."""

from keras import constraints, initializers, ops, regularizers
from keras._core.checks import positive_integer
from keras.layers._adaptable import Adaptable


class Embedding(Adaptable):
    """Looks up a learned vector for every integer.

    `y = embeddings[x]`

    Args:
        input_dim: how many vectors there are: the largest integer plus 1.
        output_dim: size of a vector.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: how the vectors start, a penalty on
            them, and what is applied to them after each update.
        mask_zero: whether 0 stands for "nothing here", so that later layers skip it.
        weights: the vectors to start from, an array of shape (input_dim, output_dim) or a list that holds it.
        lora_rank, lora_alpha: with a rank, a change of low rank is trained instead of the vectors; see `enable_lora`.
        quantization_config: how the vectors are quantised, where `dtype` or `quantize` says that they are.

    Floats are rounded towards zero. An integer outside 0 to input_dim - 1 has no vector: negative ones count from the
    end, as in NumPy, those above give NaN.

    Shapes:
        x: (batch, ...), y: (batch, ..., output_dim), mask: (batch, ...).

    >>> Embedding(1000, 64)(ops.array([[4, 20, 7]])).shape
    (1, 3, 64)
    """

    def __init__(
        self,
        input_dim,
        output_dim,
        embeddings_initializer="uniform",
        embeddings_regularizer=None,
        embeddings_constraint=None,
        mask_zero=False,
        weights=None,
        lora_rank=None,
        lora_alpha=None,
        quantization_config=None,
        *,
        activity_regularizer=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._take_adaptations(lora_rank, lora_alpha, quantization_config)
        self.input_dim = positive_integer("input_dim", input_dim, "Embedding")
        self.output_dim = positive_integer("output_dim", output_dim, "Embedding")
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False  # integers that came as floats would lose digits in 16 bits
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, (list, tuple)) and len(weights) == 1 else [weights])

    def build(self, input_shape=None):
        self.embeddings = self.add_weight(
            name="embeddings",
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def call(self, inputs):
        found = ops.take(self.embeddings, ops.cast(inputs, "int32"), axis=0)
        return ops.cast(found, self.compute_dtype)

    def compute_mask(self, inputs, mask=None):
        """True where an integer is not 0, if `mask_zero`."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape):
        """The shape of the inputs, then the size of a vector."""
        return (*input_shape, self.output_dim)
