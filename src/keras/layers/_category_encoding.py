"""CategoryEncoding: category numbers become vectors."""

from keras import ops
from keras._core.checks import one_of, positive_integer
from keras._core.graph import KerasTensor
from keras.layers._encoding import encode, encoded_shape
from keras.layers._layer import Layer


class CategoryEncoding(Layer):
    """Turns numbers from 0 to `num_tokens - 1` into vectors of zeros and ones, or of counts.

    Args:
        num_tokens: how many categories there are: the length of a vector.
        output_mode: 'one_hot' for a vector per number; 'multi_hot' and 'count' for one per sample, over the axis behind
            that of the batch: which numbers are there, and how often.
        sparse: must be False: tensors are dense here.

    Other numbers leave no trace. A call may pass `count_weights`, what each number counts, with 'count'.

    Shapes:
        x: (batch, numbers); y: (batch, num_tokens), for 'one_hot' (batch, numbers, num_tokens), without a size of 1.

    >>> CategoryEncoding(4)([[0, 2], [1, 1]])
    Array([[1., 0., 1., 0.],
           [0., 1., 0., 0.]], dtype=float32)
    """

    def __init__(self, num_tokens=None, output_mode="multi_hot", sparse=False, **kwargs):
        super().__init__(**kwargs)
        if num_tokens is None:
            raise ValueError(
                "CategoryEncoding: `num_tokens` is missing. Where the number of categories is not known before, use "
                "IntegerLookup, which learns it."
            )
        self.num_tokens = positive_integer("num_tokens", num_tokens, "CategoryEncoding")
        self.output_mode = one_of("output_mode", output_mode, ("one_hot", "multi_hot", "count"), "CategoryEncoding")
        if sparse:
            raise ValueError("CategoryEncoding: `sparse` must be False: tensors are dense here.")
        self.sparse = False
        self.autocast = False  # integers that came as floats would lose digits in 16 bits

    def call(self, inputs, count_weights=None):
        self._check_weights(inputs, count_weights)
        numbers = ops.cast(inputs, "int32")
        return encode(numbers, self.output_mode, self.num_tokens, self.compute_dtype, count_weights)

    def _check_weights(self, inputs, count_weights):
        if count_weights is None:
            return
        if self.output_mode != "count":
            raise ValueError(
                f"{self.name}: `count_weights` is for output_mode='count'. The output mode is {self.output_mode!r}."
            )
        if tuple(count_weights.shape) != tuple(inputs.shape):
            raise ValueError(
                f"{self.name}: `count_weights` must have the shape of the inputs, {tuple(inputs.shape)}. "
                f"Got {tuple(count_weights.shape)}."
            )

    def convert_weight(self, weight):
        """`weight` as an array of the dtype that the layer computes in."""
        return ops.convert_to_tensor(weight, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs with a vector for each number or each sample."""
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def compute_output_spec(self, inputs, count_weights=None):
        """A symbolic tensor of the promised shape."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)
