"""Permute: the axes in another order."""

from keras import ops
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer


class Permute(Layer):
    """Puts the axes behind the first in another order.

    Args:
        dims: old positions in their new order, counted from 1, without the batch: (2, 1) swaps two axes.

    >>> Permute((2, 1))(ops.ones((5, 3, 4))).shape
    (5, 4, 3)
    """

    _keeps_dtype = True

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Permute: `dims` must hold each position from 1 on once. Got {dims!r}.")
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs):
        return ops.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape):
        """The sizes in the new order."""
        return (input_shape[0], *(input_shape[d] for d in self.dims))
