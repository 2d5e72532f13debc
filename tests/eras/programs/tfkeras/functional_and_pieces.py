"""A model of tf.keras with a loss, a metric, a layer, a constraint and a callback of one's own."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.optimizers.legacy import Adam

np.random.seed(1)
tf.random.set_seed(1)


class Linear(layers.Layer):
    def __init__(self, units=8, **kwargs):
        super(Linear, self).__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        self.add_loss(1e-2 * tf.reduce_sum(tf.square(self.w)))
        return tf.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


class Huberlike(keras.losses.Loss):
    def __init__(self, threshold=1.0, name="huberlike"):
        super().__init__(name=name)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        small = keras.backend.less_equal(keras.backend.abs(error), self.threshold)
        return keras.backend.switch(small, 0.5 * keras.backend.square(error),
                                    self.threshold * keras.backend.abs(error) - 0.5 * self.threshold**2)  # fmt: skip


class Within(keras.metrics.Metric):
    def __init__(self, distance=0.5, name="within", **kwargs):
        super(Within, self).__init__(name=name, **kwargs)
        self.distance = distance
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.seen = self.add_weight(name="seen", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        near = keras.backend.cast(keras.backend.abs(y_true - y_pred) < self.distance, "float32")
        self.hits.assign_add(keras.backend.sum(near))
        self.seen.assign_add(keras.backend.cast(keras.backend.shape(y_true)[0], "float32"))

    def result(self):
        return self.hits / self.seen

    def reset_states(self):
        self.hits.assign(0.0)
        self.seen.assign(0.0)


class Rates(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(float(keras.backend.get_value(self.model.optimizer.lr)))


x = np.random.normal(size=(40, 3)).astype("float32")
y = (x[:, :1] * 2 - x[:, 1:2]).astype("float32")
inputs = keras.Input(shape=(3,), name="numbers")
outputs = layers.Dense(1, kernel_constraint=keras.constraints.max_norm(3.0))(Linear(6, name="linear")(inputs))
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(optimizer=Adam(lr=0.05), loss=Huberlike(0.7), metrics=[Within(0.5)])
rates = Rates()
schedule = keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.5 if epoch else lr)
history = model.fit(x, y, batch_size=10, epochs=3, validation_data=(x, y), callbacks=[schedule, rates], verbose=0)
assert {"loss", "within", "val_loss", "val_within"} <= set(history.history)
assert np.allclose(rates.rates, [0.05, 0.025, 0.0125])
assert history.history["loss"][-1] < history.history["loss"][0]
error = y - model.predict(x)
w = model.get_layer("linear").get_weights()[0]
by_hand = np.where(abs(error) <= 0.7, 0.5 * error**2, 0.7 * abs(error) - 0.5 * 0.7**2).mean() + 1e-2 * (w**2).sum()
loss, within = model.evaluate(x, y, verbose=0)
assert abs(loss - by_hand) < 1e-4 and abs(within - (abs(error) < 0.5).mean()) < 1e-6
again = Linear.from_config(model.get_layer("linear").get_config())
assert again.units == 6 and again.name == "linear"
