"""Layers that only 0.x had."""

from __future__ import annotations

from keras import activations, initializers, layers, ops
from keras._core.checks import one_of, positive_integer
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


class WordContextProduct(Layer):
    """How near two numbered words are, of 0.1 to 0.3, as word2vec learns it (Mikolov et al., 2013).

    `y = activation(sum(W_w[word] * W_c[context]))`

    Args:
        input_dim: how many words there are.
        proj_dim: the length of the vectors.
        init: how the vectors start.
        activation: a name or a function.

    Shapes:
        x: (batch, 2), pairs of numbers, y: (batch, 1).

    >>> WordContextProduct(100, 8)(ops.array([[3, 7], [1, 2]])).shape
    (2, 1)
    """

    def __init__(self, input_dim, proj_dim=128, init="uniform", activation="sigmoid", weights=None, **kwargs):
        kwargs.setdefault("input_shape", (2,))
        super().__init__(weights=weights, **kwargs)
        self.input_dim = positive_integer("input_dim", input_dim, "WordContextProduct")
        self.proj_dim = positive_integer("proj_dim", proj_dim, "WordContextProduct")
        self.init = initializers.get(init)
        self.activation = activations.get(activation)
        self.input_spec = InputSpec(shape=(None, 2))

    def build(self, input_shape):
        self.W_w, self.W_c = (
            self.add_weight(name=name, shape=(self.input_dim, self.proj_dim), initializer=self.init)
            for name in ("W_w", "W_c")
        )

    def call(self, inputs):
        word, context = ops.unstack(ops.cast(inputs, "int32"), axis=1)
        near = ops.sum(ops.take(self.W_w, word, axis=0) * ops.take(self.W_c, context, axis=0), axis=-1, keepdims=True)
        return self.activation(near)
