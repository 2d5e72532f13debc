"""A convolutional network for small images, for either order of axes, with images that are moved about a little."""

import numpy as np
from keras import backend as K
from keras.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.utils import np_utils

np.random.seed(1337)

batch_size = 8
nb_classes = 3
nb_epoch = 2
img_rows, img_cols = 10, 10
nb_filters = 4
pool_size = (2, 2)
kernel_size = (3, 3)

# bars across, bars down, and noise alone
nb_samples = 48
labels = np.arange(nb_samples) % nb_classes
X = 0.2 * np.random.random((nb_samples, img_rows, img_cols))
for i, label in enumerate(labels):
    if label == 0:
        X[i, 4] += 0.8
    elif label == 1:
        X[i, :, 4] += 0.8

if K.image_dim_ordering() == "th":
    X = X.reshape(X.shape[0], 1, img_rows, img_cols)
    input_shape = (1, img_rows, img_cols)
else:
    X = X.reshape(X.shape[0], img_rows, img_cols, 1)
    input_shape = (img_rows, img_cols, 1)
X = X.astype("float32")
Y = np_utils.to_categorical(labels, nb_classes)
X_train, Y_train, X_test, Y_test = X[:36], Y[:36], X[36:], Y[36:]

model = Sequential()
model.add(Convolution2D(nb_filters, kernel_size[0], kernel_size[1], border_mode="valid", input_shape=input_shape))
model.add(Activation("relu"))
model.add(Convolution2D(nb_filters, kernel_size[0], kernel_size[1]))
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=pool_size))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(16))
model.add(Activation("relu"))
model.add(Dropout(0.5))
model.add(Dense(nb_classes))
model.add(Activation("softmax"))
assert model.layers[0].get_weights()[0].shape == (3, 3, 1, 4)
assert model.layers[4].output_shape == (None, 3, 3, 4)

model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
plain = model.fit(
    X_train, Y_train, batch_size=batch_size, nb_epoch=nb_epoch, verbose=0, validation_data=(X_test, Y_test)
)
assert sorted(plain.history) == ["acc", "loss", "val_acc", "val_loss"]


def shifted_batches():
    axes = (2, 3) if K.image_dim_ordering() == "th" else (1, 2)
    while True:
        for start in range(0, len(X_train), batch_size):
            rows = slice(start, start + batch_size)
            yield np.roll(X_train[rows], np.random.randint(-1, 2, size=2), axis=axes), Y_train[rows]


varied = model.fit_generator(
    shifted_batches(),
    samples_per_epoch=X_train.shape[0],
    nb_epoch=nb_epoch,
    validation_data=(X_test, Y_test),
    verbose=0,
)
assert len(varied.history["val_acc"]) == nb_epoch
score = model.evaluate(X_test, Y_test, verbose=0)
assert score[0] < 1.2 and 0 <= score[1] <= 1
