"""Reviews through a convolution over words, the largest value of each filter, and a dense layer."""

import numpy as np
from keras import backend as K
from keras.layers import Activation, Convolution1D, Dense, Dropout, Embedding, Lambda
from keras.models import Sequential
from keras.preprocessing import sequence

np.random.seed(3)
max_features, maxlen, nb_filter, filter_length, hidden_dims = 30, 12, 6, 3, 8

texts = [np.random.randint(1, max_features, size=np.random.randint(4, 16)).tolist() for _ in range(40)]
y = np.array([int(7 in text or 8 in text) for text in texts])
X = sequence.pad_sequences(texts, maxlen=maxlen)
assert X.shape == (40, maxlen)

model = Sequential()
model.add(Embedding(max_features, 6, input_length=maxlen, dropout=0.2))
model.add(
    Convolution1D(
        nb_filter=nb_filter, filter_length=filter_length, border_mode="valid", activation="relu", subsample_length=1
    )
)


def max_1d(X):
    return K.max(X, axis=1)


model.add(Lambda(max_1d, output_shape=(nb_filter,)))
model.add(Dense(hidden_dims))
model.add(Dropout(0.2))
model.add(Activation("relu"))
model.add(Dense(1))
model.add(Activation("sigmoid"))

model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(X, y, batch_size=10, nb_epoch=2, validation_data=(X, y), verbose=0)
assert len(history.history["val_loss"]) == 2
assert model.layers[1].output_shape == (None, maxlen - filter_length + 1, nb_filter)
assert [w.shape for w in model.layers[1].get_weights()] == [(3, 1, 6, 6), (6,)] or [
    w.shape for w in model.layers[1].get_weights()
] == [(3, 6, 6), (6,)]
