"""A layer applied to every time step."""

from keras import ops
from keras._core import tree
from keras._jax import pure
from keras.layers._layer import Layer
from keras.layers._wrapper import Wrapper


class TimeDistributed(Wrapper):
    """Applies a layer to every time step by itself.

    Time is folded into the batch, so the layer runs once on (batch * time, ...).

    Args:
        layer: the layer.

    Shapes:
        x: (batch, time, ...), y: (batch, time, ...).
    """

    def __init__(self, layer, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError(f"TimeDistributed: `layer` must be a layer. Got {layer!r}.")
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"{self.name} takes inputs with at least 3 axes: (batch, time, ...). Got shape {tuple(input_shape)}."
            )
        inner = self.layer.compute_output_shape((input_shape[0], *input_shape[2:]))
        return (inner[0], input_shape[1], *inner[1:])

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"{self.name} takes inputs with at least 3 axes: (batch, time, ...). Got shape {tuple(input_shape)}."
            )
        if not self.layer.built:
            self.layer.build((input_shape[0], *input_shape[2:]))

    def call(self, inputs, training=None, mask=None):
        batch, steps = inputs.shape[0], inputs.shape[1]
        folded = ops.reshape(inputs, (batch * steps, *inputs.shape[2:]))
        if mask is not None and mask.ndim >= 2:
            # (batch, time, ...) -> (batch * time, ...), where the layer has time steps of its own
            inner = ops.reshape(mask, (batch * steps, *mask.shape[2:]))
            if inner.ndim > 1:
                pure.put_mask(folded, inner)
        outputs = self.layer(folded, training=training) if training is not None else self.layer(folded)
        outputs = tree.map_leaves(lambda y: ops.reshape(y, (batch, steps, *y.shape[1:])), outputs)
        return outputs
