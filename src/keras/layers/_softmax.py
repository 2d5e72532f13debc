"""Softmax: numbers become probabilities."""

from keras import activations, ops
from keras._core.checks import axis_or_axes
from keras._jax import pure
from keras.layers._layer import Layer

MASK_DOES_NOT_FIT = """{}: `mask` must have the shape of the inputs, or one that spreads over it.
  Got shape {} for inputs of shape {}."""


class Softmax(Layer):
    """`y = exp(x) / sum(exp(x))` along one or several axes.

    Args:
        axis: an axis, or several.

    Call arguments:
        mask: false, or at most 0.5, where an element takes no part; its result is 0. Its shape is that of the inputs,
            or one that NumPy would spread over it; else one of steps, like that which the inputs carry.

    >>> Softmax()([[0.0, 0.0]])
    Array([[0.5, 0.5]], dtype=float32)
    """

    _built_from_start = True

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis_or_axes(axis, "Softmax")
        self.supports_masking = True

    def call(self, inputs, mask=None):
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        if mask is None:
            return activations.softmax(inputs, axis=axis)
        carried = mask is pure.find_mask(inputs)  # made by a layer before, and one of steps
        if carried or not _spreads_over(mask.shape, inputs.shape):
            of_steps = tuple(mask.shape) + (1,) * (inputs.ndim - mask.ndim)
            if not _spreads_over(of_steps, inputs.shape):
                raise ValueError(MASK_DOES_NOT_FIT.format(self.name, tuple(mask.shape), tuple(inputs.shape)))
            mask = ops.reshape(mask, of_steps)
        if mask.dtype != "bool":
            mask = mask > 0.5
        # the result is exactly 0 where masked, also where all elements are
        lowest = -3e4 if self.compute_dtype == "float16" else -1e9
        probabilities = activations.softmax(ops.where(mask, inputs, lowest), axis=axis)
        return ops.where(mask, probabilities, ops.zeros_like(probabilities))

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


def _spreads_over(mask, shape):
    pairs = zip(reversed(mask), reversed(shape), strict=False)
    return len(mask) <= len(shape) and all(m in (1, n) or None in (m, n) for m, n in pairs)
