"""The same classes with rectifiers and dropout, and with units that keep their mean and variance."""

import keras
import numpy as np
from keras.layers import Activation, Dense, Dropout
from keras.layers.noise import AlphaDropout
from keras.models import Sequential
from keras.preprocessing.text import Tokenizer

np.random.seed(12)
max_words, batch_size, epochs, num_classes = 20, 10, 3, 3
sequences = [np.random.randint(1, max_words, size=12).tolist() for _ in range(45)]
labels = np.array([sum(s) % num_classes for s in sequences])
tokenizer = Tokenizer(num_words=max_words)
x = tokenizer.sequences_to_matrix(sequences, mode="binary")
y = keras.utils.to_categorical(labels, num_classes)
assert x.shape == (45, max_words) and x.max() == 1

network1 = {"n_dense": 3, "dense_units": 8, "activation": "relu", "dropout": Dropout, "dropout_rate": 0.5,
            "kernel_initializer": "glorot_uniform", "optimizer": "sgd"}  # fmt: skip
network2 = {"n_dense": 3, "dense_units": 8, "activation": "selu", "dropout": AlphaDropout, "dropout_rate": 0.1,
            "kernel_initializer": "lecun_normal", "optimizer": "sgd"}  # fmt: skip


def create_network(n_dense, dense_units, activation, dropout, dropout_rate, kernel_initializer, optimizer):
    model = Sequential()
    model.add(Dense(dense_units, input_shape=(max_words,), kernel_initializer=kernel_initializer))
    model.add(Activation(activation))
    model.add(dropout(dropout_rate))
    for i in range(n_dense - 1):
        model.add(Dense(dense_units, kernel_initializer=kernel_initializer))
        model.add(Activation(activation))
        model.add(dropout(dropout_rate))
    model.add(Dense(num_classes))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    return model


for network in (network1, network2):
    model = create_network(**network)
    history = model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, validation_split=0.2)
    assert len(history.history["val_loss"]) == epochs and np.isfinite(history.history["val_loss"]).all()
    score = model.evaluate(x, y, batch_size=batch_size, verbose=0)
    assert len(score) == 2
inner = keras.models.Model(model.inputs, model.layers[1].output).predict(x)
before = keras.models.Model(model.inputs, model.layers[0].output).predict(x)
scale, alpha = 1.0507009873554805, 1.6732632423543772
assert np.allclose(inner, scale * np.where(before > 0, before, alpha * (np.exp(before) - 1)), atol=1e-5)
