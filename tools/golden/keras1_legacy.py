"""Prints what Keras 1.2.2 and 2.3.1 return for layers, optimizers and names that today's Keras has no more.

    python keras1_legacy.py          with the interpreter of an environment that holds one of the two

The values stand in tests/legacy/test_layers.py and tests/legacy/test_eras.py. Runs on Python 3.6.
"""

import numpy as np

import keras
from keras import layers, optimizers
from keras.models import Model, Sequential

IS_1 = keras.__version__.startswith("1.")


def numbers(*shape):
    return (np.arange(np.prod(shape)).reshape(shape) % 7 - 3) / 4.0


def show(name, value):
    print(name, np.round(np.asarray(value, "float64"), 7).tolist())


def output(layer, x, weights=None):
    model = Sequential([layer])
    if weights is not None:
        layer.set_weights([np.asarray(w) for w in weights])
    return model.predict(x)


def merged():
    a, b = layers.Input((3,)), layers.Input((3,))
    x, y = numbers(2, 3), numbers(2, 3)[::-1] * 0.5 + 0.1
    for mode in ("sum", "mul", "ave", "max", "concat", "dot", "cos"):
        show(mode, Model([a, b], layers.merge([a, b], mode=mode)).predict([x, y]))
    a, b = layers.Input((3, 4)), layers.Input((5, 4))
    x, y = numbers(2, 3, 4), numbers(2, 5, 4) * 0.5 + 0.1
    show("dot along 2", Model([a, b], layers.merge([a, b], mode="dot", dot_axes=2)).predict([x, y])[0, 0])


def of_1():
    merged()
    weights = [-0.5, 0.1, 0.0], [0.1, 0.2, 0.3], [-0.4, 0.3, 1.0], [2.0, 3.0, 0.5]
    x = np.array([[-1, -0.2, 2.0], [0.3, 0.6, 0.9], [-0.3, 2, -1]])
    show("SReLU", output(layers.SReLU(input_shape=(3,)), x, weights))
    show("ParametricSoftplus", output(layers.ParametricSoftplus(0.5, 2.0, input_shape=(3,)), x[:1]))
    for mode in (1, 2):
        layer = layers.BatchNormalization(epsilon=1e-2, mode=mode, input_shape=(3,))
        show("BatchNormalization mode %d" % mode, output(layer, numbers(4, 3)))
    for name in ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam"):
        show(name, steps(name))
    show("decay and clipnorm", steps(optimizers.SGD(lr=0.1, decay=0.5, momentum=0.9, clipnorm=0.5)))


def steps(optimizer):
    layer = layers.Dense(2, input_dim=3)
    model = Sequential([layer])
    model.compile(optimizer, "mse")
    layer.set_weights([numbers(3, 2), np.zeros(2)])
    return [model.train_on_batch(numbers(4, 3), numbers(4, 2) * 2) for _ in range(5)]


def of_2():
    from keras.legacy.layers import Highway, MaxoutDense

    weights = numbers(3, 3), numbers(3, 3)[::-1] * 0.3, [0.1, 0.2, 0.3], [1, -1, 0.0]
    show("Highway", output(Highway(input_dim=3), numbers(2, 3), weights))
    layer = MaxoutDense(2, nb_feature=3, input_dim=3)
    show("MaxoutDense", output(layer, numbers(2, 3), (numbers(3, 3, 2), numbers(3, 2))))
    layer = layers.LocallyConnected1D(2, 2, input_shape=(4, 3))
    show("LocallyConnected1D", output(layer, numbers(1, 4, 3), (numbers(3, 6, 2), numbers(3, 2))))
    layer = layers.LocallyConnected2D(2, (2, 2), input_shape=(3, 3, 2))
    show("LocallyConnected2D", output(layer, numbers(1, 3, 3, 2), (numbers(4, 8, 2), numbers(2, 2, 2))))
    layer = layers.LocallyConnected2D(2, (2, 1), strides=(1, 2), data_format="channels_first", input_shape=(2, 3, 3))
    show("channels first", output(layer, numbers(1, 2, 3, 3), (numbers(4, 4, 2), numbers(2, 2, 2))))
    layer = layers.Conv2D(32, 3, 2, input_shape=(8, 8, 3))
    print("Conv2D(32, 3, 2)", layer.kernel_size, layer.strides)
    show("hard_sigmoid", output(layers.Activation("hard_sigmoid", input_shape=(5,)), np.array([[-3, -1, 0, 0.5, 2.6]])))


def looks():
    inputs = layers.Input((3,), name="inp")
    first = layers.Dense(1, name="o1")(inputs)
    model = Model(inputs, [first, layers.Dense(2, name="o2")(first)])
    model.compile("sgd", "mse", metrics=["mae", "acc"])
    print(model.metrics_names)
    model.summary()
    model = Sequential([layers.Dense(4, input_dim=3), layers.Dense(2, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy", "mse"])
    print(model.metrics_names)
    model.summary()
    data = numbers(8, 3), np.eye(2)[[0, 1] * 4]
    for verbose in (1, 2):
        model.fit(*data, verbose=verbose, batch_size=4, validation_split=0.5, **{"nb_epoch" if IS_1 else "epochs": 2})
    model.evaluate(*data, verbose=1)


if __name__ == "__main__":
    of_1() if IS_1 else of_2()
    looks()
