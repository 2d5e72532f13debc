"""Writes text letter by letter, with a network that has learned which letter follows."""

import numpy as np
from keras.layers import LSTM, Activation, Dense
from keras.models import Sequential
from keras.optimizers import RMSprop

np.random.seed(5)
text = "pack my box with five dozen jugs. " * 2
chars = sorted(set(text))
char_indices = dict((c, i) for i, c in enumerate(chars))
indices_char = dict((i, c) for i, c in enumerate(chars))

maxlen, step = 4, 3
sentences, next_chars = [], []
for i in range(0, len(text) - maxlen, step):
    sentences.append(text[i : i + maxlen])
    next_chars.append(text[i + maxlen])

X = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        X[i, t, char_indices[char]] = 1
    y[i, char_indices[next_chars[i]]] = 1

model = Sequential()
model.add(LSTM(12, input_shape=(maxlen, len(chars))))
model.add(Dense(len(chars)))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(lr=0.01))


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype("float64")
    preds = np.log(preds) / temperature
    exp_preds = np.exp(preds)
    preds = exp_preds / np.sum(exp_preds)
    return np.argmax(np.random.multinomial(1, preds, 1))


losses = []
for iteration in range(1, 4):
    losses += model.fit(X, y, batch_size=8, nb_epoch=1, verbose=0).history["loss"]
    for diversity in [0.2, 1.2]:
        sentence = text[:maxlen]
        generated = sentence
        for _ in range(5):
            x = np.zeros((1, maxlen, len(chars)))
            for t, char in enumerate(sentence):
                x[0, t, char_indices[char]] = 1.0
            preds = model.predict(x, verbose=0)[0]
            next_char = indices_char[sample(preds, diversity)]
            generated += next_char
            sentence = sentence[1:] + next_char
        assert len(generated) == maxlen + 5
assert losses[-1] < losses[0]
