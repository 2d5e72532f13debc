"""Layers that only 0.x had."""

from __future__ import annotations

from keras import layers, ops
from keras._core.checks import one_of
from keras.layers import InputSpec, Layer

_TIME_MERGES = {"sum": ops.sum, "ave": ops.mean, "mul": ops.prod}


class TimeDistributedMerge(Layer):
    """The sum, the mean or the product over time, of 0.x.

    Args:
        mode: 'sum', 'ave' or 'mul'.

    Shapes:
        x: (batch, time, features), y: (batch, features).
    """

    def __init__(self, mode="sum", **kwargs):
        super().__init__(**kwargs)
        self.mode = one_of("mode", mode, _TIME_MERGES, "TimeDistributedMerge")
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs):
        return _TIME_MERGES[self.mode](inputs, axis=1)


class MaskedLayer(Layer):
    """A layer that hands masks on: the base of such layers in 0.x."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs):
        return inputs


class MaskedLambda(layers.Lambda):
    """A `Lambda` that hands masks on, of 0.x.

    Args:
        function, output_shape, arguments: as for `Lambda`.
    """

    def __init__(self, function, output_shape=None, arguments=None, **kwargs):
        super().__init__(function, output_shape, arguments=arguments, **kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs, mask=None):
        """The mask of the inputs."""
        return mask


class AutoEncoder(Layer):
    """A layer that encodes and decodes, of 0.x.

    Args:
        encoder, decoder: layers or models.
        output_reconstruction: True returns what the decoder makes of the code. False returned the code outside of
            training; it is an error here: call the encoder for that.
    """

    def __init__(self, encoder, decoder, output_reconstruction=True, weights=None, **kwargs):
        if not output_reconstruction:
            raise ValueError(
                "AutoEncoder: `output_reconstruction=False` returned another shape in training than in prediction.\n"
                "  Leave it out, and call the encoder for the code."
            )
        super().__init__(weights=weights, **kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.output_reconstruction = True
        if self._first_shape is None:
            self._first_shape = _first_shape_of(encoder)

    def call(self, inputs):
        return self.decoder(self.encoder(inputs))


def _first_shape_of(layer):
    """The batch shape that a layer, or the first layer of a model, was told."""
    if getattr(layer, "_first_shape", None) is not None:
        return layer._first_shape
    inputs = getattr(layer, "inputs", None)
    return tuple(inputs[0].shape) if inputs else None
