"""Writes text letter by letter at the end of every epoch."""

import numpy as np
from keras.callbacks import LambdaCallback
from keras.layers import LSTM, Dense
from keras.models import Sequential
from keras.optimizers import RMSprop

np.random.seed(5)
text = "jack and jill went up the hill to fetch a pail of water. "
chars = sorted(list(set(text)))
char_indices = dict((c, i) for i, c in enumerate(chars))
indices_char = dict((i, c) for i, c in enumerate(chars))
maxlen, step = 5, 3
sentences, next_chars = [], []
for i in range(0, len(text) - maxlen, step):
    sentences.append(text[i : i + maxlen])
    next_chars.append(text[i + maxlen])
x = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        x[i, t, char_indices[char]] = 1
    y[i, char_indices[next_chars[i]]] = 1

model = Sequential()
model.add(LSTM(10, input_shape=(maxlen, len(chars))))
model.add(Dense(len(chars), activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(lr=0.01))


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype("float64")
    preds = np.log(preds) / temperature
    exp_preds = np.exp(preds)
    return np.argmax(np.random.multinomial(1, exp_preds / np.sum(exp_preds), 1))


written = []


def on_epoch_end(epoch, _):
    for diversity in [0.5, 1.0]:
        sentence = text[:maxlen]
        for _ in range(4):
            x_pred = np.zeros((1, maxlen, len(chars)))
            for t, char in enumerate(sentence[-maxlen:]):
                x_pred[0, t, char_indices[char]] = 1.0
            sentence += indices_char[sample(model.predict(x_pred, verbose=0)[0], diversity)]
        written.append(sentence)


history = model.fit(x, y, batch_size=6, epochs=3, verbose=0, callbacks=[LambdaCallback(on_epoch_end=on_epoch_end)])
assert [len(s) for s in written] == [maxlen + 4] * 6
assert history.history["loss"][-1] < history.history["loss"][0]
