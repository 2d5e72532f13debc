"""Reshape: the same elements in another shape."""

import math

from keras import ops
from keras._core.checks import shape_with_one_unknown
from keras.layers._layer import Layer


class Reshape(Layer):
    """Gives every sample of the batch another shape.

    Args:
        target_shape: sizes without the batch; one of them may be -1, which is found from the others.

    >>> Reshape((3, -1))(ops.ones((2, 12))).shape
    (2, 3, 4)
    """

    _keeps_dtype = True

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        self.target_shape = shape_with_one_unknown("target_shape", target_shape, "Reshape")

    def call(self, inputs):
        shape = self.compute_output_shape(inputs.shape)
        return ops.reshape(inputs, shape)

    def compute_output_shape(self, input_shape):
        """The batch, then the target shape."""
        batch, *sizes = input_shape
        target = self.target_shape
        if None in sizes:
            return (batch, *(None if n == -1 else n for n in target))
        size, known = math.prod(sizes), math.prod(n for n in target if n != -1)
        fits = size == known if -1 not in target else known > 0 and size % known == 0
        if not fits:
            raise ValueError(
                f"{self.name} cannot give samples of shape {tuple(sizes)} the shape {target}: they have {size} "
                f"elements, not {known if -1 not in target else f'a multiple of {known}'}."
            )
        return (batch, *(size // known if n == -1 else n for n in target))
