"""A subclassed model that is trained by `fit`."""

import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Dense, Dropout

np.random.seed(2)


class Network(tf.keras.Model):
    def __init__(self, units=8):
        super(Network, self).__init__()
        self.d1 = Dense(units, activation="tanh")
        self.drop = Dropout(0.5)
        self.d2 = Dense(1)

    def call(self, x, training=None):
        x = self.d1(x)
        x = self.drop(x, training=training)
        return self.d2(x)


x = np.random.normal(size=(32, 4)).astype("float32")
y = (x[:, :1] - x[:, 1:2]).astype("float32")
model = Network()
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(x, y, epochs=3, batch_size=8, validation_split=0.25, verbose=0)
assert sorted(history.history) == ["loss", "mae", "val_loss", "val_mae"]
assert np.allclose(model.predict(x), model(x, training=False), atol=1e-6)
