"""Learns five digits, keeps what it has learned about images, and learns five others with new dense layers."""

import datetime

import numpy as np
from keras.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.utils import np_utils

now = datetime.datetime.now
np.random.seed(1337)
nb_classes, nb_epoch, batch_size = 3, 2, 8
input_shape = (8, 8, 1)


def train_model(model, train, test, nb_classes):
    X_train = train[0].reshape((train[0].shape[0],) + input_shape).astype("float32")
    Y_train = np_utils.to_categorical(train[1], nb_classes)
    model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
    t = now()
    model.fit(X_train, Y_train, batch_size=batch_size, nb_epoch=nb_epoch, verbose=0, validation_data=(X_train, Y_train))
    assert (now() - t).total_seconds() > 0
    return model.evaluate(X_train, Y_train, verbose=0)


labels = np.arange(48) % 6
X = np.random.random((48, 8, 8)) * 0.3
for i, label in enumerate(labels):
    X[i, label] += 1
low, high = labels < 3, labels >= 3

feature_layers = [
    Convolution2D(3, 3, 3, border_mode="valid", input_shape=input_shape),
    Activation("relu"),
    MaxPooling2D(pool_size=(2, 2)),
    Dropout(0.25),
    Flatten(),
]
classification_layers = [Dense(8), Activation("relu"), Dropout(0.5), Dense(nb_classes), Activation("softmax")]
model = Sequential(feature_layers + classification_layers)
assert len(model.trainable_weights) == 6
train_model(model, (X[low], labels[low]), None, nb_classes)

for layer in feature_layers:
    layer.trainable = False
assert len(model.trainable_weights) == 4 and len(model.non_trainable_weights) == 2
kept = [w.copy() for w in feature_layers[0].get_weights()]
moved = classification_layers[0].get_weights()[0].copy()
train_model(model, (X[high], labels[high] - 3), None, nb_classes)
assert all(np.array_equal(a, b) for a, b in zip(kept, feature_layers[0].get_weights()))
assert not np.array_equal(moved, classification_layers[0].get_weights()[0])
