"""Learns to add numbers that are written out: an encoder, its code repeated, and a decoder of single steps."""

import numpy as np
from keras.engine.training import slice_X
from keras.layers import LSTM, Activation, Dense, RepeatVector, TimeDistributed, recurrent
from keras.models import Sequential


class CharacterTable(object):
    def __init__(self, chars, maxlen):
        self.chars = sorted(set(chars))
        self.char_indices = dict((c, i) for i, c in enumerate(self.chars))
        self.indices_char = dict((i, c) for i, c in enumerate(self.chars))
        self.maxlen = maxlen

    def encode(self, C, maxlen=None):
        maxlen = maxlen if maxlen else self.maxlen
        X = np.zeros((maxlen, len(self.chars)))
        for i, c in enumerate(C):
            X[i, self.char_indices[c]] = 1
        return X

    def decode(self, X, calc_argmax=True):
        if calc_argmax:
            X = X.argmax(axis=-1)
        return "".join(self.indices_char[x] for x in X)


DIGITS, INVERT = 1, True
RNN = recurrent.LSTM
assert RNN is LSTM
MAXLEN = DIGITS + 1 + DIGITS
chars = "0123456789+ "
ctable = CharacterTable(chars, MAXLEN)

questions = ["{}+{}".format(a, b) for a in range(10) for b in range(10)]
np.random.shuffle(questions)
expected = [str(int(q[0]) + int(q[2])).ljust(DIGITS + 1) for q in questions]
X = np.zeros((len(questions), MAXLEN, len(chars)), dtype=bool)
y = np.zeros((len(questions), DIGITS + 1, len(chars)), dtype=bool)
for i, sentence in enumerate(questions):
    X[i] = ctable.encode(sentence[::-1] if INVERT else sentence, maxlen=MAXLEN)
for i, sentence in enumerate(expected):
    y[i] = ctable.encode(sentence, maxlen=DIGITS + 1)

split_at = len(X) - len(X) // 10
X_train, X_val = slice_X(X, 0, split_at), slice_X(X, split_at)
y_train, y_val = y[:split_at], y[split_at:]
assert X_val.shape == (10, 3, 12)

model = Sequential()
model.add(RNN(16, input_shape=(MAXLEN, len(chars))))
model.add(RepeatVector(DIGITS + 1))
for _ in range(1):
    model.add(RNN(16, return_sequences=True))
model.add(TimeDistributed(Dense(len(chars))))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])

history = []
for iteration in range(1, 4):
    run = model.fit(X_train, y_train, batch_size=30, nb_epoch=1, validation_data=(X_val, y_val), verbose=0)
    history += run.history["val_loss"]
    rowX, rowy = X_val[np.array([2])], y_val[np.array([2])]
    preds = model.predict_classes(rowX, verbose=0)
    guess = ctable.decode(preds[0], calc_argmax=False)
    assert len(ctable.decode(rowX[0])) == 3 and len(ctable.decode(rowy[0])) == len(guess) == 2
assert history[-1] < history[0]
