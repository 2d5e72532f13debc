"""A convolution that reads reviews before an LSTM does, with weights that are set, without shuffling."""

import numpy as np

from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation
from keras.layers import Embedding
from keras.layers import LSTM
from keras.layers import Convolution1D, MaxPooling1D

max_features, maxlen, embedding_size = 12, 9, 4
filter_length, nb_filter, pool_length = 3, 5, 2
lstm_output_size, batch_size, nb_epoch = 4, 6, 2

rng = np.random.RandomState(3)
X_train = rng.randint(1, max_features, size=(18, maxlen))
y_train = (X_train[:, :4].sum(axis=1) > X_train[:, 4:8].sum(axis=1)).astype(int)

model = Sequential()
model.add(Embedding(max_features, embedding_size, input_length=maxlen))
model.add(Dropout(0.0))
model.add(
    Convolution1D(
        nb_filter=nb_filter, filter_length=filter_length, border_mode="valid", activation="relu", subsample_length=1
    )
)
model.add(MaxPooling1D(pool_length=pool_length))
model.add(LSTM(lstm_output_size))
model.add(Dense(1))
model.add(Activation("sigmoid"))
model.set_weights([rng.uniform(-0.4, 0.4, w.shape) for w in model.get_weights()])
print([w.shape for w in model.get_weights()])
print([layer.output_shape for layer in model.layers])

model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(
    X_train,
    y_train,
    batch_size=batch_size,
    nb_epoch=nb_epoch,
    shuffle=False,
    validation_data=(X_train[:6], y_train[:6]),
    verbose=0,
)
for key in sorted(history.history):
    print(key, " ".join("%.4f" % v for v in history.history[key]))
score, acc = model.evaluate(X_train, y_train, batch_size=batch_size, verbose=0)
print("Test score: %.4f" % score)
print("Test accuracy: %.4f" % acc)
print(model.predict_classes(X_train[:4], verbose=0).ravel().tolist())
print(" ".join("%.4f" % p for p in model.predict_proba(X_train[:4], verbose=0).ravel()))
