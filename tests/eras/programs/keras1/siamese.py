"""Two images through the same network; pairs of one class end up close, others apart."""

import random

import numpy as np
from keras import backend as K
from keras.layers import Dense, Dropout, Input, Lambda
from keras.models import Model, Sequential
from keras.optimizers import RMSprop

np.random.seed(1337)
random.seed(1337)


def euclidean_distance(vects):
    x, y = vects
    return K.sqrt(K.maximum(K.sum(K.square(x - y), axis=1, keepdims=True), K.epsilon()))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def contrastive_loss(y_true, y_pred):
    margin = 1
    return K.mean(y_true * K.square(y_pred) + (1 - y_true) * K.square(K.maximum(margin - y_pred, 0)))


def create_pairs(x, digit_indices):
    pairs, labels = [], []
    n = min(len(d) for d in digit_indices) - 1
    for d in range(len(digit_indices)):
        for i in range(n):
            z1, z2 = digit_indices[d][i], digit_indices[d][i + 1]
            pairs += [[x[z1], x[z2]]]
            dn = (d + random.randrange(1, len(digit_indices))) % len(digit_indices)
            z1, z2 = digit_indices[d][i], digit_indices[dn][i]
            pairs += [[x[z1], x[z2]]]
            labels += [1, 0]
    return np.array(pairs), np.array(labels)


def create_base_network(input_dim):
    seq = Sequential()
    seq.add(Dense(12, input_shape=(input_dim,), activation="relu"))
    seq.add(Dropout(0.1))
    seq.add(Dense(6, activation="relu"))
    return seq


def compute_accuracy(predictions, labels):
    return labels[predictions.ravel() < 0.5].mean() if (predictions < 0.5).any() else 0.0


labels = np.arange(60) % 3
x = (np.eye(3)[labels].repeat(3, axis=1) + 0.1 * np.random.normal(size=(60, 9))).astype("float32")
input_dim = 9
tr_pairs, tr_y = create_pairs(x, [np.where(labels == i)[0] for i in range(3)])

base_network = create_base_network(input_dim)
input_a = Input(shape=(input_dim,))
input_b = Input(shape=(input_dim,))
processed_a = base_network(input_a)
processed_b = base_network(input_b)
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)([processed_a, processed_b])
model = Model(input=[input_a, input_b], output=distance)
assert model.output_shape == (None, 1)
assert len(model.trainable_weights) == 4  # the network is there once

model.compile(loss=contrastive_loss, optimizer=RMSprop())
history = model.fit(
    [tr_pairs[:, 0], tr_pairs[:, 1]],
    tr_y,
    batch_size=16,
    nb_epoch=12,
    verbose=0,
    validation_data=([tr_pairs[:, 0], tr_pairs[:, 1]], tr_y),
)
assert history.history["val_loss"][-1] < history.history["val_loss"][0]
pred = model.predict([tr_pairs[:, 0], tr_pairs[:, 1]])
assert compute_accuracy(pred, tr_y) > 0.7
assert np.allclose(model.predict([x, x]), np.sqrt(K.epsilon()), atol=1e-6)
