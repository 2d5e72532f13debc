"""A recurrent layer that derives from the base class of 1.x and says what one step does."""

import numpy as np
from keras import backend as K
from keras import initializations
from keras.engine import InputSpec
from keras.layers import Dense
from keras.layers.recurrent import Recurrent
from keras.models import Sequential

np.random.seed(36)


class Leaky(Recurrent):
    """`h' = a h + (1 - a) tanh(x W + b)` with a learned leak for every unit."""

    def __init__(self, output_dim, init="glorot_uniform", **kwargs):
        self.output_dim = output_dim
        self.init = initializations.get(init)
        super(Leaky, self).__init__(**kwargs)

    def build(self, input_shape):
        self.input_spec = [InputSpec(shape=input_shape)]
        self.states = [None]
        if self.stateful:
            self.reset_states()
        self.W = self.add_weight(
            (input_shape[2], self.output_dim), initializer=self.init, name="{}_W".format(self.name)
        )
        self.b = self.add_weight((self.output_dim,), initializer="zero", name="{}_b".format(self.name))
        self.leak = self.add_weight((self.output_dim,), initializer="zero", name="{}_leak".format(self.name))
        self.built = True

    def preprocess_input(self, x):
        return x

    def step(self, x, states):
        a = K.sigmoid(self.leak)
        h = a * states[0] + (1 - a) * K.tanh(K.dot(x, self.W) + self.b)
        return h, [h]

    def get_constants(self, x):
        return []

    def reset_states(self):
        shape = self.input_spec[0].shape
        if getattr(self, "states", None) and self.states[0] is not None:
            K.set_value(self.states[0], np.zeros((shape[0], self.output_dim)))
        else:
            self.states = [K.zeros((shape[0], self.output_dim))]

    def get_config(self):
        config = {"output_dim": self.output_dim}
        base_config = super(Leaky, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


model = Sequential()
model.add(Leaky(4, return_sequences=True, input_shape=(5, 3)))
model.add(Leaky(2))
model.add(Dense(1))
assert [layer.output_shape for layer in model.layers] == [(None, 5, 4), (None, 2), (None, 1)]
x = np.random.normal(size=(8, 5, 3)).astype("float32")


def by_hand(x, W, b, leak):
    h, seen, a = np.zeros((len(x), len(b))), [], 1 / (1 + np.exp(-leak))
    for t in range(x.shape[1]):
        h = a * h + (1 - a) * np.tanh(x[:, t].dot(W) + b)
        seen.append(h)
    return np.stack(seen, axis=1)


between = by_hand(x, *model.layers[0].get_weights())
last = by_hand(between, *model.layers[1].get_weights())[:, -1]
W, b = model.layers[2].get_weights()
assert np.allclose(model.predict(x), last.dot(W) + b, atol=1e-5)
model.compile("adam", "mse")
history = model.fit(x, x[:, 0, :1], nb_epoch=5, batch_size=4, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]

stateful = Sequential([Leaky(2, stateful=True, batch_input_shape=(8, 2, 3))])
whole = by_hand(x[:, :4], *stateful.get_weights())
first = stateful.predict(x[:, :2], batch_size=8)
second = stateful.predict(x[:, 2:4], batch_size=8)
assert np.allclose(first, whole[:, 1], atol=1e-5) and np.allclose(second, whole[:, 3], atol=1e-5)
stateful.reset_states()
assert np.allclose(stateful.predict(x[:, :2], batch_size=8), first, atol=1e-6)
