"""Reads an image row by row, and then the rows: an LSTM within an LSTM."""

import numpy as np
from keras.layers import LSTM, Dense, Input, TimeDistributed
from keras.models import Model
from keras.utils import np_utils

np.random.seed(8)
row_hidden, col_hidden, nb_classes = 6, 5, 2
labels = np.arange(24) % 2
X = np.random.random((24, 5, 4, 1)) + labels[:, None, None, None] * np.linspace(-0.5, 0.5, 5)[None, :, None, None]
Y = np_utils.to_categorical(labels, nb_classes)

row, col, pixel = X.shape[1:]
x = Input(shape=(row, col, pixel))
encoded_rows = TimeDistributed(LSTM(output_dim=row_hidden))(x)
encoded_columns = LSTM(col_hidden)(encoded_rows)
prediction = Dense(nb_classes, activation="softmax")(encoded_columns)
model = Model(input=x, output=prediction)
assert [layer.output_shape for layer in model.layers] == [
    (None, 5, 4, 1), (None, 5, 6), (None, 5), (None, 2),
]  # fmt: skip
model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
model.fit(X, Y, batch_size=8, nb_epoch=3, verbose=0, validation_data=(X, Y))
scores = model.evaluate(X, Y, verbose=0)
assert len(scores) == 2

# by hand: every row through the inner LSTM alone
inner = Model(input=x, output=encoded_rows).predict(X[:2])
rows = Input(shape=(col, pixel))
one_row = Model(input=rows, output=model.layers[1].layer(rows))
assert np.allclose(inner[1, 3], one_row.predict(X[1:2, 3])[0], atol=1e-5)
