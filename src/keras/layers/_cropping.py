"""Cropping: the edges of sequences, images and volumes are cut off."""

from keras import config
from keras._core.checks import pairs_of_integers
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, advice_on_order, spatial_axes


class Cropping1D(Layer):
    """Cuts off the ends of each sequence.

    Args:
        cropping: how many steps: one number, or (at the start, at the end).

    Shapes:
        x: (batch, steps, channels), y: (batch, fewer steps, channels).

    >>> Cropping1D(1)(ops.ones((1, 5, 4))).shape
    (1, 3, 4)
    """

    _keeps_dtype = True

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(**kwargs)
        (self.cropping,) = pairs_of_integers("cropping", cropping, 1, "Cropping1D")
        self.input_spec = SpatialSpec(1, "channels_last")

    def call(self, inputs):
        _, steps, _ = self.compute_output_shape(inputs.shape)
        return inputs[:, self.cropping[0] : self.cropping[0] + steps]

    def compute_output_shape(self, input_shape):
        """The steps that are left."""
        return _left(self, input_shape, [(0, 0), self.cropping, (0, 0)])


def _left(layer, shape, pairs):
    left = tuple(None if n is None else n - sum(pair) for n, pair in zip(shape, pairs))
    if any(n is not None and n <= 0 and sum(pair) for n, pair in zip(left, pairs)):
        raise ValueError(
            f"{layer.name} cuts off {layer.cropping}, which leaves nothing of shape {tuple(shape)}."
            + advice_on_order(shape, getattr(layer, "data_format", "channels_last"))
        )
    return left


class Cropping(Layer):
    """Base of the layers that crop images and volumes. Subclasses say how many spatial axes there are."""

    rank: int
    _keeps_dtype = True

    def __init__(self, cropping, data_format=None, **kwargs):
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.cropping = pairs_of_integers("cropping", cropping, self.rank, owner)
        self.data_format = config.standard_data_format(data_format, owner)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    @property
    def _pairs(self):
        """What is cut off before and after, for every axis."""
        found = [(0, 0)] * (self.rank + 2)
        for axis, pair in zip(spatial_axes(self.rank, self.data_format), self.cropping):
            found[axis] = pair
        return found

    def call(self, inputs):
        self.compute_output_shape(inputs.shape)
        return inputs[tuple(slice(a, n - b) for n, (a, b) in zip(inputs.shape, self._pairs))]

    def compute_output_shape(self, input_shape):
        """The sizes that are left."""
        return _left(self, input_shape, self._pairs)


class Cropping2D(Cropping):
    """Cuts off the edges of each image.

    Args:
        cropping: how many pixels: one number, (of the height, of the width), or ((top, bottom), (left, right)).
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).

    >>> Cropping2D(1)(ops.ones((1, 5, 5, 4))).shape
    (1, 3, 3, 4)
    """

    rank = 2

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(Cropping):
    """Cuts off the edges of each volume.

    Args:
        cropping: how many elements: one number, one per axis, or (before, after) per axis.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.

    >>> Cropping3D(1)(ops.ones((1, 5, 5, 5, 4))).shape
    (1, 3, 3, 3, 4)
    """

    rank = 3

    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(cropping, data_format, **kwargs)
