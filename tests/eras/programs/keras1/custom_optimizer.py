"""Momentum and a signed step, written against the optimizers of 1.x: `get_updates(params, constraints, loss)`."""

import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import SGD, Optimizer

np.random.seed(32)


class Heavy(Optimizer):
    def __init__(self, lr=0.05, momentum=0.9, decay=0.0, **kwargs):
        super(Heavy, self).__init__(**kwargs)
        self.__dict__.update(locals())
        self.iterations = K.variable(0.0)
        self.lr = K.variable(lr)
        self.momentum = K.variable(momentum)
        self.decay = K.variable(decay)
        self.inital_decay = decay

    def get_updates(self, params, constraints, loss):
        grads = self.get_gradients(loss, params)
        self.updates = []
        lr = self.lr
        if self.inital_decay > 0:
            lr *= 1.0 / (1.0 + self.decay * self.iterations)
            self.updates.append(K.update_add(self.iterations, 1))
        shapes = [K.get_variable_shape(p) for p in params]
        moments = [K.zeros(shape) for shape in shapes]
        self.weights = [self.iterations] + moments
        for p, g, m in zip(params, grads, moments):
            v = self.momentum * m - lr * g
            self.updates.append(K.update(m, v))
            new_p = p + v
            if p in constraints:
                new_p = constraints[p](new_p)
            self.updates.append(K.update(p, new_p))
        return self.updates

    def get_config(self):
        config = {"lr": float(K.get_value(self.lr)), "momentum": float(K.get_value(self.momentum))}
        base_config = super(Heavy, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


def trained(optimizer, weights=None):
    model = Sequential([Dense(5, input_dim=4, activation="tanh", W_constraint="nonneg"), Dense(1)])
    if weights is not None:
        model.set_weights(weights)
    start = model.get_weights()
    model.compile(loss="mse", optimizer=optimizer)
    x = np.linspace(-1, 1, 48).reshape(12, 4)
    y = (x**2).sum(axis=1)
    for _ in range(10):
        model.train_on_batch(x, y)
    by_batch = model.get_weights()
    model.fit(x, y, nb_epoch=3, batch_size=4, shuffle=False, verbose=0)
    return start, by_batch, model


start, by_batch, mine = trained(Heavy(lr=0.05, momentum=0.9, decay=0.01))
_, theirs, genuine = trained(SGD(lr=0.05, momentum=0.9, decay=0.01), start)
for a, b in zip(by_batch + mine.get_weights(), theirs + genuine.get_weights()):
    assert np.allclose(a, b, rtol=1e-4, atol=1e-5)
assert float(K.get_value(mine.optimizer.iterations)) == 10 + 9
assert [w.shape for w in mine.optimizer.get_weights()] == [(), (4, 5), (5,), (5, 1), (1,)]
assert abs(mine.optimizer.get_weights()[1]).max() > 0
assert (mine.get_weights()[0] >= 0).all()
K.set_value(mine.optimizer.lr, 0.0)
K.set_value(mine.optimizer.momentum, 0.0)
kept = mine.get_weights()
mine.train_on_batch(np.ones((12, 4)), np.ones(12))
assert all(np.allclose(a, b) for a, b in zip(kept, mine.get_weights()))
