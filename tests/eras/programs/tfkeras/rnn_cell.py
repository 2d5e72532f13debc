"""A cell of one's own in an RNN of tf.keras, alone, stacked and with masks."""

import numpy as np
from tensorflow import keras
from tensorflow.keras import backend as K

np.random.seed(3)


class MinimalRNNCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        self.units = units
        self.state_size = units
        super(MinimalRNNCell, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), initializer="uniform",
                                                name="recurrent_kernel")  # fmt: skip
        self.built = True

    def call(self, inputs, states):
        prev_output = states[0]
        h = K.dot(inputs, self.kernel)
        output = h + K.dot(prev_output, self.recurrent_kernel)
        return output, [output]


x = keras.Input((None, 5))
layer = keras.layers.RNN([MinimalRNNCell(4), MinimalRNNCell(3)], return_state=True)
y = layer(keras.layers.Masking(0.0)(x))
model = keras.Model(x, y)
values = np.random.normal(size=(2, 6, 5)).astype("float32")
values[1, 4:] = 0
out, first, second = model.predict(values)
k1, r1, k2, r2 = layer.get_weights()
a, b = np.zeros((2, 4)), np.zeros((2, 3))
for t in range(6):
    new_a = values[:, t] @ k1 + a @ r1
    new_b = new_a @ k2 + b @ r2
    seen = values[:, t].any(axis=1)[:, None]
    a, b = np.where(seen, new_a, a), np.where(seen, new_b, b)
assert np.allclose(out, b, atol=1e-5) and np.allclose(first, a, atol=1e-5) and np.allclose(second, b, atol=1e-5)

trained = keras.Sequential([keras.layers.RNN(MinimalRNNCell(4), input_shape=(6, 5)), keras.layers.Dense(1)])
trained.compile("rmsprop", "mse")
target = values[:, 0, :1]
history = trained.fit(values, target, epochs=5, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
