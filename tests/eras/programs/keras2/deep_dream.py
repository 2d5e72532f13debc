"""Dreams: climbs along the gradient of activations at several sizes of an image."""

import numpy as np
from keras import backend as K
from keras.layers import Activation, Conv2D, Input, MaxPooling2D
from keras.models import Model

np.random.seed(7)
settings = {"features": {"mixed2": 0.5, "mixed3": 2.0}}
K.set_learning_phase(0)

img = Input((None, None, 3))
x = Conv2D(4, 3, activation="relu", padding="same", name="mixed2")(img)
x = MaxPooling2D(2)(x)
x = Conv2D(6, 3, padding="same")(x)
x = Activation("relu", name="mixed3")(x)
model = Model(img, x)
dream = model.input
layer_dict = dict([(layer.name, layer) for layer in model.layers])

loss = K.variable(0.0)
for layer_name in settings["features"]:
    if layer_name not in layer_dict:
        raise ValueError("Layer " + layer_name + " not found in model.")
    coeff = settings["features"][layer_name]
    x = layer_dict[layer_name].output
    scaling = K.prod(K.cast(K.shape(x), "float32"))
    if K.image_data_format() == "channels_first":
        loss = loss + coeff * K.sum(K.square(x[:, :, 2:-2, 2:-2])) / scaling
    else:
        loss = loss + coeff * K.sum(K.square(x[:, 2:-2, 2:-2, :])) / scaling
grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), K.epsilon())
outputs = [loss, grads]
fetch_loss_and_grads = K.function([dream], outputs)


def eval_loss_and_grads(x):
    outs = fetch_loss_and_grads([x])
    return outs[0], outs[1]


def resize_img(img, size):
    rows = np.arange(size[0]) * img.shape[1] // size[0]
    columns = np.arange(size[1]) * img.shape[2] // size[1]
    return np.copy(img)[:, rows][:, :, columns]


def gradient_ascent(x, iterations, step, max_loss=None):
    for i in range(iterations):
        loss_value, grad_values = eval_loss_and_grads(x)
        if max_loss is not None and loss_value > max_loss:
            break
        x += step * grad_values
    return x


original = np.random.random((1, 16, 16, 3))
start = eval_loss_and_grads(original)[0]
found = resize_img(original, (8, 8))
for shape in [(8, 8), (16, 16)]:
    found = resize_img(found, shape)
    found = gradient_ascent(found, iterations=3, step=0.05, max_loss=10.0)
assert found.shape == original.shape
assert eval_loss_and_grads(found)[0] > start
y = model.predict(original)[:, 2:-2, 2:-2]
first = Model(img, layer_dict["mixed2"].output).predict(original)[:, 2:-2, 2:-2]
assert abs(start - 0.5 * (first**2).sum() / (16 * 16 * 4) - 2 * (y**2).sum() / (8 * 8 * 6)) < 1e-4
