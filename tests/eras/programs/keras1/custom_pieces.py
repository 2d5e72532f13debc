"""An initialization, a regularizer, a constraint, a metric, an objective and an activation of one's own."""

import numpy as np
from keras import backend as K
from keras.constraints import Constraint
from keras.layers import Dense
from keras.models import Sequential
from keras.regularizers import Regularizer

np.random.seed(31)


def ramp(shape, name=None):
    return K.variable(np.linspace(-0.5, 0.5, int(np.prod(shape))).reshape(shape), name=name)


class Orthogonality(Regularizer):
    def __init__(self, strength=0.1):
        self.strength = K.cast_to_floatx(strength)

    def __call__(self, x):
        gram = K.dot(K.transpose(x), x)
        return self.strength * K.sum(K.square(gram * (1 - K.eye(3))))

    def get_config(self):
        return {"name": self.__class__.__name__, "strength": float(self.strength)}


class AtMost(Constraint):
    def __init__(self, value):
        self.value = value

    def __call__(self, p):
        return K.clip(p, -self.value, self.value)


def swish(x):
    return x * K.sigmoid(x)


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


def fractions(y_true, y_pred):
    right = K.cast(K.equal(K.argmax(y_true, axis=-1), K.argmax(y_pred, axis=-1)), K.floatx())
    return {"right": K.mean(right), "wrong": 1 - K.mean(right)}


def weighted_square(y_true, y_pred):
    return K.mean(K.square(y_true - y_pred) * (1 + y_true), axis=-1)


model = Sequential()
model.add(
    Dense(3, input_dim=4, init=ramp, W_regularizer=Orthogonality(0.1), W_constraint=AtMost(0.3), activation=swish)
)
model.add(Dense(2, activation="softmax"))
start = model.layers[0].get_weights()[0]
assert np.allclose(start, np.linspace(-0.5, 0.5, 12).reshape(4, 3))
model.compile(loss=weighted_square, optimizer="sgd", metrics=["accuracy", mean_pred, fractions])
assert model.metrics_names == ["loss", "acc", "mean_pred", "right", "wrong"]

x = np.random.random((12, 4)).astype("float32")
y = np.eye(2)[(x[:, 0] > 0.5).astype(int)]
found = dict(zip(model.metrics_names, model.evaluate(x, y, batch_size=12, verbose=0)))
prediction = model.predict(x)
gram = start.T.dot(start) * (1 - np.eye(3))
assert abs(found["loss"] - ((y - prediction) ** 2 * (1 + y)).mean() - 0.1 * (gram**2).sum()) < 1e-5
assert abs(found["mean_pred"] - 0.5) < 1e-6 and abs(found["right"] + found["wrong"] - 1) < 1e-6
assert abs(found["right"] - found["acc"]) < 1e-6
model.fit(x, y, nb_epoch=2, batch_size=6, verbose=0)
assert abs(model.layers[0].get_weights()[0]).max() <= 0.3 + 1e-6
