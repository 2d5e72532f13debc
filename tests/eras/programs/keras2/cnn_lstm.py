"""A convolution before an LSTM, and frames that convolutions look at one by one before an LSTM joins them."""

from __future__ import print_function

import numpy as np
from keras.layers import Conv1D, Dense, Embedding, LSTM, MaxPooling1D
from keras.layers import Conv2D, Flatten, Input, MaxPooling2D, TimeDistributed
from keras.models import Model, Sequential
from keras.optimizers import SGD

rng = np.random.RandomState(3)
x_train = rng.randint(1, 12, size=(18, 9))
y_train = (x_train[:, :4].sum(axis=1) > x_train[:, 4:8].sum(axis=1)).astype(int)

model = Sequential()
model.add(Embedding(12, 4, input_length=9))
model.add(Conv1D(5, 3, padding="valid", activation="relu", strides=1))
model.add(MaxPooling1D(pool_size=2))
model.add(LSTM(4))
model.add(Dense(1, activation="sigmoid"))
model.set_weights([rng.uniform(-0.4, 0.4, w.shape) for w in model.get_weights()])
model.compile(loss="binary_crossentropy", optimizer=SGD(lr=0.01), metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=6, epochs=2, shuffle=False, verbose=0, validation_split=1.0 / 3)
for key in sorted(history.history):
    print(key, " ".join("%.4f" % v for v in history.history[key]))
score, acc = model.evaluate(x_train, y_train, batch_size=6, verbose=0)
print("Test score: %.4f, test accuracy: %.4f" % (score, acc))
print(model.predict_classes(x_train[:4]).ravel().tolist())

video = Input(shape=(3, 6, 6, 1))
frames = TimeDistributed(Conv2D(2, (3, 3), activation="relu"))(video)
frames = TimeDistributed(MaxPooling2D((2, 2)))(frames)
frames = TimeDistributed(Flatten())(frames)
answer = Dense(2, activation="softmax")(LSTM(3, dropout=0.0, recurrent_dropout=0.0)(frames))
watcher = Model(inputs=video, outputs=answer)
watcher.set_weights([rng.uniform(-0.4, 0.4, w.shape) for w in watcher.get_weights()])
watcher.summary()
watcher.compile(loss="sparse_categorical_crossentropy", optimizer=SGD(lr=0.01), metrics=["accuracy"])
clips = rng.uniform(size=(8, 3, 6, 6, 1))
clips[::2] += 0.5
kinds = np.arange(8) % 2


def batches():
    while True:
        for start in range(0, 8, 4):
            yield clips[start : start + 4], kinds[start : start + 4]


seen = watcher.fit_generator(batches(), steps_per_epoch=2, epochs=3, validation_data=(clips, kinds), verbose=0)
for key in sorted(seen.history):
    print(key, " ".join("%.4f" % v for v in seen.history[key]))
print(np.round(watcher.predict_generator((batch for batch, _ in batches()), steps=2)[:, 0], 4).tolist())
