"""Layers of today with an argument that changed what they compute."""

from __future__ import annotations

from keras import layers, ops, random
from keras._core.checks import number_between, one_of


class DroppedEmbedding(layers.Embedding):
    """An `Embedding` with `dropout`, as 1.x had it: in training, whole vectors are left out, the others grow.

    Args:
        dropout: the share of the vectors that are left out.
        **kwargs: those of `Embedding`.
    """

    def __init__(self, input_dim, output_dim, dropout=0.0, **kwargs):
        super().__init__(input_dim, output_dim, **kwargs)
        self.dropout = number_between("dropout", dropout, 0, 1, "Embedding")
        self.seed_generator = random.SeedGenerator()

    def call(self, inputs, training=None):
        if not training or not self.dropout:
            return super().call(inputs)
        kept = random.dropout(ops.ones((self.input_dim, 1)), self.dropout, seed=self.seed_generator)
        found = ops.take(self.embeddings * kept, ops.cast(inputs, "int32"), axis=0)
        return ops.cast(found, self.compute_dtype)


class ModalBatchNormalization(layers.BatchNormalization):
    """A `BatchNormalization` with `mode` 1 or 2, as 0.x and 1.x had it.

    Args:
        mode: 1 normalises every sample by its own mean and variance over the last axis; 2 uses the batch's statistics
            in training and in prediction.
        **kwargs: those of `BatchNormalization`.
    """

    def __init__(self, mode=0, **kwargs):
        super().__init__(**kwargs)
        self.mode = one_of("mode", mode, (0, 1, 2), "BatchNormalization")

    def call(self, inputs, training=None, mask=None):
        if self.mode == 0:
            return super().call(inputs, training=training, mask=mask)
        axes = -1 if self.mode == 1 else [i for i in range(inputs.ndim) if i != self.axis % inputs.ndim]
        mean = ops.mean(inputs, axis=axes, keepdims=True)
        deviation = ops.sqrt(ops.var(inputs, axis=axes, keepdims=True) + self.epsilon)
        # 1.x added epsilon once more in mode 1
        y = (inputs - mean) / (deviation + self.epsilon if self.mode == 1 else deviation)
        shape = [1] * inputs.ndim
        shape[self.axis] = -1
        if self.scale:
            y = y * ops.reshape(self.gamma, shape)
        return y + ops.reshape(self.beta, shape) if self.center else y
