"""Wrapper: a layer around another layer."""

from keras._core.kinds import Kind
from keras.layers._layer import Layer


class Wrapper(Layer, metaclass=Kind):
    """Base of layers that hold another layer and change how it is called.

    Args:
        layer: the layer inside.

    >>> class Twice(Wrapper):
    ...     def call(self, x):
    ...         return self.layer(self.layer(x))
    """

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise ValueError(f"{type(self).__name__}: `layer` must be a layer. Got {layer!r}.")
        self.layer = layer

    def build(self, input_shape=None):
        if not self.layer.built:
            self.layer.build(input_shape)
