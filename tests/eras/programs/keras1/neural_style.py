"""Gives an image the style of another: gradients of three losses with respect to the image, and SciPy's L-BFGS."""

import numpy as np
from keras import backend as K
from keras.layers import Convolution2D, Input, MaxPooling2D
from keras.models import Model
from scipy.optimize import fmin_l_bfgs_b

np.random.seed(9)
img_nrows, img_ncols = 8, 8
total_variation_weight, style_weight, content_weight = 1e-3, 1.0, 0.025

base_image = K.variable(np.random.uniform(-1, 1, (1, img_nrows, img_ncols, 3)))
style_reference_image = K.variable(np.random.uniform(-1, 1, (1, img_nrows, img_ncols, 3)))
if K.image_dim_ordering() == "th":
    combination_image = K.placeholder((1, 3, img_nrows, img_ncols))
else:
    combination_image = K.placeholder((1, img_nrows, img_ncols, 3))
input_tensor = K.concatenate([base_image, style_reference_image, combination_image], axis=0)

image = Input(tensor=input_tensor)
x = Convolution2D(4, 3, 3, activation="relu", border_mode="same", name="block1_conv1")(image)
x = MaxPooling2D((2, 2))(x)
x = Convolution2D(6, 3, 3, activation="relu", border_mode="same", name="block2_conv1")(x)
model = Model(image, x)
outputs_dict = dict([(layer.name, layer.output) for layer in model.layers])


def gram_matrix(x):
    assert K.ndim(x) == 3
    features = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    return K.dot(features, K.transpose(features))


def style_loss(style, combination):
    S, C = gram_matrix(style), gram_matrix(combination)
    channels, size = 3, img_nrows * img_ncols
    return K.sum(K.square(S - C)) / (4.0 * (channels**2) * (size**2))


def content_loss(base, combination):
    return K.sum(K.square(combination - base))


def total_variation_loss(x):
    assert K.ndim(x) == 4
    a = K.square(x[:, : img_nrows - 1, : img_ncols - 1, :] - x[:, 1:, : img_ncols - 1, :])
    b = K.square(x[:, : img_nrows - 1, : img_ncols - 1, :] - x[:, : img_nrows - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


loss = K.variable(0.0)
layer_features = outputs_dict["block2_conv1"]
loss += content_weight * content_loss(layer_features[0, :, :, :], layer_features[2, :, :, :])
feature_layers = ["block1_conv1", "block2_conv1"]
for layer_name in feature_layers:
    layer_features = outputs_dict[layer_name]
    sl = style_loss(layer_features[1, :, :, :], layer_features[2, :, :, :])
    loss += (style_weight / len(feature_layers)) * sl
loss += total_variation_weight * total_variation_loss(combination_image)
grads = K.gradients(loss, combination_image)
outputs = [loss]
if type(grads) in {list, tuple}:
    outputs += grads
else:
    outputs.append(grads)
f_outputs = K.function([combination_image], outputs)


def eval_loss_and_grads(x):
    x = x.reshape((1, img_nrows, img_ncols, 3))
    outs = f_outputs([x])
    loss_value = outs[0]
    if len(outs[1:]) == 1:
        grad_values = outs[1].flatten().astype("float64")
    else:
        grad_values = np.array(outs[1:]).flatten().astype("float64")
    return loss_value, grad_values


class Evaluator(object):
    def __init__(self):
        self.loss_value = None
        self.grads_values = None

    def loss(self, x):
        assert self.loss_value is None
        self.loss_value, self.grad_values = eval_loss_and_grads(x)
        return self.loss_value

    def grads(self, x):
        assert self.loss_value is not None
        grad_values = np.copy(self.grad_values)
        self.loss_value = None
        self.grad_values = None
        return grad_values


evaluator = Evaluator()
x = np.random.uniform(0, 1, (1, img_nrows, img_ncols, 3)) - 0.5
values = []
for i in range(2):
    x, min_val, info = fmin_l_bfgs_b(evaluator.loss, x.flatten(), fprime=evaluator.grads, maxfun=8)
    values.append(float(min_val))
assert values[1] < values[0]

# the gradient is the slope
point = x.reshape(-1).copy()
value, slope = eval_loss_and_grads(point)
point[17] += 1e-2
assert abs((eval_loss_and_grads(point)[0] - value) / 1e-2 - slope[17]) < 0.05 * max(1.0, abs(slope[17]))
