"""Reviews through an LSTM in both directions, and through convolutions with an LSTM behind them."""

import numpy as np
from keras.layers import LSTM, Activation, Bidirectional, Conv1D, Dense, Dropout, Embedding, MaxPooling1D
from keras.models import Sequential
from keras.preprocessing import sequence

np.random.seed(1)
max_features, maxlen, batch_size = 30, 12, 10
texts = [np.random.randint(1, max_features, size=np.random.randint(5, 15)).tolist() for _ in range(40)]
y = np.array([int(np.mean(text) > 15) for text in texts])
x = sequence.pad_sequences(texts, maxlen=maxlen)

both = Sequential()
both.add(Embedding(max_features, 6, input_length=maxlen))
both.add(Bidirectional(LSTM(4)))
both.add(Dropout(0.5))
both.add(Dense(1, activation="sigmoid"))
both.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = both.fit(x, y, batch_size=batch_size, epochs=2, validation_data=[x, y], verbose=0)
assert sorted(history.history) == ["acc", "loss", "val_acc", "val_loss"] or "accuracy" in history.history
assert both.layers[1].output_shape == (None, 8)
assert len(both.layers[1].get_weights()) == 6

convolved = Sequential()
convolved.add(Embedding(max_features, 6, input_length=maxlen))
convolved.add(Dropout(0.25))
convolved.add(Conv1D(5, 3, padding="valid", activation="relu", strides=1))
convolved.add(MaxPooling1D(pool_size=2))
convolved.add(LSTM(4))
convolved.add(Dense(1))
convolved.add(Activation("sigmoid"))
convolved.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
convolved.fit(x, y, batch_size=batch_size, epochs=2, validation_data=(x, y), verbose=0)
score, acc = convolved.evaluate(x, y, batch_size=batch_size, verbose=0)
assert np.isfinite(score) and 0 <= acc <= 1
assert convolved.predict(x).shape == (40, 1)
