"""Images that excite single filters most, by climbing along the gradient of their mean activation."""

import numpy as np
from keras import backend as K
from keras.layers import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.models import Sequential

np.random.seed(6)
img_width, img_height = 10, 10
layer_name = "conv2_1"

model = Sequential()
model.add(ZeroPadding2D((1, 1), batch_input_shape=(1, img_width, img_height, 3)))
first_layer = model.layers[-1]
input_img = first_layer.input
model.add(Convolution2D(4, 3, 3, activation="relu", name="conv1_1"))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
model.add(ZeroPadding2D((1, 1)))
model.add(Convolution2D(3, 3, 3, activation="relu", name="conv2_1"))
layer_dict = dict([(layer.name, layer) for layer in model.layers])


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + 1e-5)


def deprocess_image(x):
    x -= x.mean()
    x /= x.std() + 1e-5
    x *= 0.1
    x += 0.5
    x = np.clip(x, 0, 1)
    return np.clip(x * 255, 0, 255).astype("uint8")


kept_filters = []
for filter_index in range(0, 3):
    layer_output = layer_dict[layer_name].output
    loss = K.mean(layer_output[:, :, :, filter_index])
    grads = normalize(K.gradients(loss, input_img)[0])
    iterate = K.function([input_img, K.learning_phase()], [loss, grads])
    input_img_data = np.random.random((1, img_width, img_height, 3)) * 0.2 + 0.4
    values = []
    for _ in range(4):
        loss_value, grads_value = iterate([input_img_data, 0])
        values.append(loss_value)
        input_img_data += grads_value * 0.5
    if values[-1] > 0:
        assert values[-1] > values[0]
        kept_filters.append((deprocess_image(input_img_data[0]), loss_value))
kept_filters.sort(key=lambda x: x[1], reverse=True)
assert len(kept_filters) >= 1 and kept_filters[0][0].shape == (10, 10, 3)
