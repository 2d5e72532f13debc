"""A plain recurrent network of rectifiers that starts with the identity, reading an image pixel by pixel."""

import numpy as np
from keras import backend as K
from keras.initializations import identity, normal
from keras.layers import Activation, Dense, SimpleRNN
from keras.models import Sequential
from keras.optimizers import RMSprop

np.random.seed(22)
hidden_units, learning_rate, clip_norm = 6, 1e-3, 1.0
labels = np.arange(20) % 2
X = np.random.random((20, 9, 1)) * (0.5 + labels[:, None, None])
Y = np.eye(2)[labels]

model = Sequential()
model.add(SimpleRNN(output_dim=hidden_units,
                    init=lambda shape, name: normal(shape, scale=0.001, name=name),
                    inner_init=lambda shape, name: identity(shape, scale=1.0, name=name),
                    activation="relu", input_shape=X.shape[1:]))  # fmt: skip
model.add(Dense(2))
model.add(Activation("softmax"))
kernel, recurrent, bias = model.layers[0].get_weights()
assert np.array_equal(recurrent, np.eye(hidden_units)) and abs(kernel).max() < 0.01 and not bias.any()
rmsprop = RMSprop(lr=learning_rate, clipnorm=clip_norm)
model.compile(loss="categorical_crossentropy", optimizer=rmsprop, metrics=["accuracy"])
history = model.fit(X, Y, batch_size=10, nb_epoch=2, verbose=0, validation_data=(X, Y))
assert np.isfinite(history.history["loss"]).all()
assert abs(K.get_value(model.optimizer.lr) - 1e-3) < 1e-9
