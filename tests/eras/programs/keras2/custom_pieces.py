"""A layer, an optimizer, a cell, a regularizer, a constraint and a metric written against the base classes of 2.x."""

import numpy as np
from keras import backend as K
from keras import constraints, initializers, regularizers
from keras.engine.base_layer import InputSpec, Layer
from keras.layers import RNN, Dense
from keras.legacy import interfaces
from keras.metrics import Metric
from keras.models import Sequential
from keras.optimizers import Adam, Optimizer

np.random.seed(11)


class Moments(Optimizer):
    """Adam as one wrote it down in 2.3."""

    def __init__(self, learning_rate=0.01, beta_1=0.9, beta_2=0.999, **kwargs):
        self.initial_decay = kwargs.pop("decay", 0.0)
        learning_rate = kwargs.pop("lr", learning_rate)
        super(Moments, self).__init__(**kwargs)
        with K.name_scope(self.__class__.__name__):
            self.iterations = K.variable(0, dtype="int64", name="iterations")
            self.learning_rate = K.variable(learning_rate, name="learning_rate")
            self.beta_1 = K.variable(beta_1, name="beta_1")
            self.beta_2 = K.variable(beta_2, name="beta_2")
        self.epsilon = K.epsilon()

    @interfaces.legacy_get_updates_support
    @K.symbolic
    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        lr = self.learning_rate
        t = K.cast(self.iterations, K.floatx()) + 1
        lr_t = lr * (K.sqrt(1.0 - K.pow(self.beta_2, t)) / (1.0 - K.pow(self.beta_1, t)))
        ms = [K.zeros(K.int_shape(p), dtype=K.dtype(p), name="m_" + str(i)) for (i, p) in enumerate(params)]
        vs = [K.zeros(K.int_shape(p), dtype=K.dtype(p), name="v_" + str(i)) for (i, p) in enumerate(params)]
        self.weights = [self.iterations] + ms + vs
        for p, g, m, v in zip(params, grads, ms, vs):
            m_t = (self.beta_1 * m) + (1.0 - self.beta_1) * g
            v_t = (self.beta_2 * v) + (1.0 - self.beta_2) * K.square(g)
            p_t = p - lr_t * m_t / (K.sqrt(v_t) + self.epsilon)
            self.updates.append(K.update(m, m_t))
            self.updates.append(K.update(v, v_t))
            new_p = p_t
            if getattr(p, "constraint", None) is not None:
                new_p = p.constraint(new_p)
            self.updates.append(K.update(p, new_p))
        return self.updates

    def get_config(self):
        config = {"learning_rate": float(K.get_value(self.learning_rate))}
        base_config = super(Moments, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


class Scaled(Layer):
    def __init__(self, kernel_initializer="ones", kernel_regularizer=None, kernel_constraint=None, **kwargs):
        super(Scaled, self).__init__(**kwargs)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1],),
            initializer=self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: input_shape[-1]})
        self.built = True

    def call(self, inputs):
        return K.in_train_phase(inputs * self.kernel, inputs * self.kernel * 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = {"kernel_initializer": initializers.serialize(self.kernel_initializer)}
        base_config = super(Scaled, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


class Pull(regularizers.Regularizer):
    def __init__(self, towards=1.0):
        self.towards = K.cast_to_floatx(towards)

    def __call__(self, x):
        return 0.5 * K.sum(K.square(x - self.towards))

    def get_config(self):
        return {"towards": float(self.towards)}


class SumToOne(constraints.Constraint):
    def __call__(self, w):
        return w / (K.epsilon() + K.sum(w))


class Count(Metric):
    def __init__(self, name="count", **kwargs):
        super(Count, self).__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        return K.update_add(self.total, K.sum(K.cast(y_pred > y_true, "float32")))

    def result(self):
        return self.total


def my_init(shape, dtype=None):
    return K.random_uniform(shape, 0.5, 1.5, dtype=dtype)


def model_of(weights=None, kernel_constraint=None):
    model = Sequential()
    model.add(Dense(4, input_shape=(3,), activation="tanh"))
    model.add(Scaled(my_init, kernel_regularizer=Pull(1.0), kernel_constraint=kernel_constraint))
    model.add(Dense(1))
    if weights is not None:
        model.set_weights(weights)
    return model


x = np.random.normal(size=(16, 3)).astype("float32")
y = (x.sum(axis=1, keepdims=True) > 0).astype("float32")
mine = model_of()
start = mine.get_weights()
assert 0.5 <= start[2].min() <= start[2].max() <= 1.5
theirs = model_of(start)
mine.compile(Moments(learning_rate=0.05), "mse", metrics=[Count()])
theirs.compile(Adam(lr=0.05), "mse")
for _ in range(10):
    mine.train_on_batch(x, y)
    theirs.train_on_batch(x, y)
for a, b in zip(mine.get_weights(), theirs.get_weights()):
    assert np.allclose(a, b, rtol=1e-3, atol=1e-4)
assert int(K.get_value(mine.optimizer.iterations)) == 10
assert len(mine.optimizer.get_weights()) == 1 + 2 * 5
loss, count = mine.evaluate(x, y, verbose=0)
prediction = mine.predict(x)
assert count == (prediction > y).sum()
assert abs(loss - ((prediction - y) ** 2).mean() - 0.5 * ((mine.get_weights()[2] - 1) ** 2).sum()) < 1e-5

bound = model_of(kernel_constraint=SumToOne())
bound.compile(Moments(lr=0.01), "mse")
bound.fit(x, y, epochs=2, batch_size=8, verbose=0)
assert abs(bound.get_weights()[2].sum() - 1) < 1e-5


class MinimalRNNCell(Layer):
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
        output = K.dot(inputs, self.kernel) + K.dot(states[0], self.recurrent_kernel)
        return output, [output]


sequences = np.random.normal(size=(4, 5, 2)).astype("float32")
recurrent = Sequential([RNN(MinimalRNNCell(3), input_shape=(5, 2))])
kernel, recurrent_kernel = recurrent.get_weights()
state = np.zeros((4, 3))
for t in range(5):
    state = sequences[:, t] @ kernel + state @ recurrent_kernel
assert np.allclose(recurrent.predict(sequences), state, atol=1e-5)
