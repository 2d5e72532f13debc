"""Blocks of parallel convolutions and blocks with a way around, of the functional interface."""

import numpy as np
from keras.layers import Activation, AveragePooling2D, BatchNormalization, Convolution2D, Dense, Flatten, Input
from keras.layers import MaxPooling2D, merge
from keras.models import Model
from keras.optimizers import SGD
from keras.regularizers import l2

np.random.seed(12)


def conv2d_bn(x, nb_filter, nb_row, nb_col, border_mode="same", subsample=(1, 1), name=None):
    conv_name = name + "_conv" if name is not None else None
    bn_name = name + "_bn" if name is not None else None
    x = Convolution2D(nb_filter, nb_row, nb_col, subsample=subsample, activation="relu", border_mode=border_mode,
                      W_regularizer=l2(0.0005), bias=False, name=conv_name)(x)  # fmt: skip
    return BatchNormalization(axis=3, mode=0, name=bn_name)(x)


def identity_block(input_tensor, kernel_size, filters):
    nb_filter1, nb_filter2 = filters
    x = Convolution2D(nb_filter1, 1, 1)(input_tensor)
    x = Activation("relu")(x)
    x = Convolution2D(nb_filter2, kernel_size, kernel_size, border_mode="same")(x)
    x = merge([x, input_tensor], mode="sum")
    return Activation("relu")(x)


img_input = Input(shape=(10, 10, 3))
x = conv2d_bn(img_input, 4, 3, 3, subsample=(2, 2), border_mode="valid", name="stem")
branch1x1 = conv2d_bn(x, 2, 1, 1)
branch5x5 = conv2d_bn(conv2d_bn(x, 2, 1, 1), 3, 5, 5)
branch_pool = AveragePooling2D((3, 3), strides=(1, 1), border_mode="same")(x)
branch_pool = conv2d_bn(branch_pool, 2, 1, 1)
x = merge([branch1x1, branch5x5, branch_pool], mode="concat", concat_axis=3, name="mixed0")
assert x._keras_shape[-1] == 7 if hasattr(x, "_keras_shape") else x.get_shape()[-1] == 7
x = identity_block(x, 3, [3, 7])
x = MaxPooling2D((2, 2), strides=(2, 2))(x)
x = Flatten(name="flatten")(x)
preds = Dense(2, activation="softmax", name="predictions")(x)
model = Model(img_input, preds)
assert model.get_layer("mixed0").output_shape == (None, 4, 4, 7)
assert model.get_layer("stem_conv").get_config() is not None
model.compile(SGD(lr=0.05, momentum=0.9, decay=1e-4), "categorical_crossentropy", metrics=["accuracy"])

labels = np.arange(16) % 2
X = np.random.normal(size=(16, 10, 10, 3)) + labels[:, None, None, None]
Y = np.eye(2)[labels]
history = model.fit(X, Y, nb_epoch=3, batch_size=8, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
penalties = sum(0.0005 * (w**2).sum() for layer in model.layers if layer.name.endswith("_conv") or "convolution" in
                layer.name for w in layer.get_weights()[:1] if getattr(layer, "kernel_regularizer", None))  # fmt: skip
plain = -np.log(np.clip((model.predict(X) * Y).sum(axis=1), 1e-8, 1)).mean()
assert abs(model.evaluate(X, Y, verbose=0)[0] - plain - penalties) < 1e-3
