"""Shapes made of the size of a batch, as attention masks and CTC layers of tf.keras make them."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class CausalMask(layers.Layer):
    def call(self, inputs):
        shape = tf.shape(inputs)
        batch, length = shape[0], shape[1]
        i, j = tf.range(length)[:, tf.newaxis], tf.range(length)
        mask = tf.reshape(tf.cast(i >= j, dtype="int32"), (1, length, length))
        times = tf.concat([tf.expand_dims(batch, -1), tf.constant([1, 1], dtype=tf.int32)], axis=0)
        return tf.tile(mask, times)


class Lengths(layers.Layer):
    def call(self, inputs):
        batch = tf.cast(tf.shape(inputs)[0], dtype="int64")
        return tf.cast(tf.shape(inputs)[1], dtype="int64") * tf.ones(shape=(batch, 1), dtype="int64")


tokens = keras.Input(shape=(3,), dtype="int64", name="tokens")
model = keras.Model(tokens, [CausalMask()(tokens), Lengths()(tokens)])
masks, lengths = model.predict(np.ones((2, 3)), verbose=0)
np.testing.assert_array_equal(masks, np.tile(np.tril(np.ones((3, 3))), (2, 1, 1)))
np.testing.assert_array_equal(lengths, [[3], [3]])
assert keras.optimizers.experimental.AdamW is not None  # a program of those years
