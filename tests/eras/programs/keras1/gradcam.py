"""Where the network looks: gradients of a class with respect to the last convolution, in a nested Sequential."""

import numpy as np

np.random.seed(0)

from keras.models import Sequential
from keras.layers.core import Flatten, Dense, Dropout, Lambda
from keras.layers.convolutional import Convolution2D, MaxPooling2D, ZeroPadding2D
import keras.backend as K


def small_vgg():
    model = Sequential()
    model.add(ZeroPadding2D((1, 1), input_shape=(8, 8, 3)))
    model.add(Convolution2D(3, 3, 3, activation="relu", name="conv1_1"))
    model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    model.add(ZeroPadding2D((1, 1)))
    model.add(Convolution2D(4, 3, 3, activation="relu", name="conv2_1"))
    model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    model.add(Flatten())
    model.add(Dense(5, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(3, activation="softmax"))
    return model


def target_category_loss(x, category_index, nb_classes):
    return K.batch_dot(x, K.one_hot([category_index], nb_classes), axes=(1, 1))


def target_category_loss_output_shape(input_shape):
    return (input_shape[0], 1)


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + 1e-5)


def grad_cam(input_model, image, category_index, layer_name):
    model = Sequential()
    model.add(input_model)
    target_layer = lambda x: x * K.one_hot([category_index], 3)
    model.add(Lambda(target_layer, output_shape=lambda s: s))
    loss = K.sum(model.layers[-1].output)
    conv_output = [l for l in model.layers[0].layers if l.name == layer_name][0].output
    grads = normalize(K.gradients(loss, conv_output)[0])
    gradient_function = K.function([model.layers[0].input, K.learning_phase()], [conv_output, grads])
    output, grads_val = gradient_function([image, 0])
    output, grads_val = output[0, :], grads_val[0, :, :, :]
    weights = np.mean(grads_val, axis=(0, 1))
    cam = np.ones(output.shape[0:2], dtype=np.float32)
    for i, w in enumerate(weights):
        cam += w * output[:, :, i]
    cam = np.maximum(cam, 0)
    return cam / np.max(cam)


rng = np.random.RandomState(1)
model = small_vgg()
model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
image = rng.rand(1, 8, 8, 3)
predictions = model.predict(image)
print("predicted", np.argmax(predictions), np.round(predictions, 4).tolist())
cam = grad_cam(model, image, np.argmax(predictions), "conv2_1")
print(cam.shape, np.round(cam, 3).tolist())
out = K.function([model.layers[0].input, K.learning_phase()], [model.get_layer("conv1_1").output])([image, 0])[0]
print(out.shape, "%.4f" % out.mean())
