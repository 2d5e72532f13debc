"""Answers questions: two recurrent encoders, the question's repeated along the story."""

import re
import numpy as np

np.random.seed(1337)

from keras.layers.embeddings import Embedding
from keras.layers import Dense, Merge, Dropout, RepeatVector
from keras.layers import recurrent
from keras.models import Sequential
from keras.preprocessing.sequence import pad_sequences


def tokenize(sent):
    return [x.strip() for x in re.split(r"(\W+)", sent) if x.strip()]


stories = [
    ("Mary moved to the hall. John went to the garden.", "Where is Mary?", "hall"),
    ("John went to the hall. Mary went to the office.", "Where is John?", "hall"),
    ("Mary went to the garden.", "Where is Mary?", "garden"),
] * 4
data = [(tokenize(s), tokenize(q), a) for s, q, a in stories]
vocab = sorted(set(w for s, q, a in data for w in s + q + [a]))
vocab_size = len(vocab) + 1
word_idx = dict((c, i + 1) for i, c in enumerate(vocab))
story_maxlen = max(len(x) for x, _, _ in data)
query_maxlen = max(len(x) for _, x, _ in data)
X = pad_sequences([[word_idx[w] for w in s] for s, _, _ in data], maxlen=story_maxlen)
Xq = pad_sequences([[word_idx[w] for w in q] for _, q, _ in data], maxlen=query_maxlen)
Y = np.zeros((len(data), vocab_size))
for i, (_, _, a) in enumerate(data):
    Y[i, word_idx[a]] = 1
print("vocab = {}".format(vocab))
print("X.shape = {} Xq.shape = {} Y.shape = {}".format(X.shape, Xq.shape, Y.shape))
print("story_maxlen, query_maxlen = {}, {}".format(story_maxlen, query_maxlen))

RNN = recurrent.GRU
EMBED_HIDDEN_SIZE = 6
sentrnn = Sequential()
sentrnn.add(Embedding(vocab_size, EMBED_HIDDEN_SIZE, input_length=story_maxlen))
sentrnn.add(Dropout(0.0))
qrnn = Sequential()
qrnn.add(Embedding(vocab_size, EMBED_HIDDEN_SIZE, input_length=query_maxlen))
qrnn.add(Dropout(0.0))
qrnn.add(RNN(EMBED_HIDDEN_SIZE, return_sequences=False))
qrnn.add(RepeatVector(story_maxlen))
model = Sequential()
model.add(Merge([sentrnn, qrnn], mode="sum"))
model.add(RNN(EMBED_HIDDEN_SIZE, return_sequences=False))
model.add(Dropout(0.0))
model.add(Dense(vocab_size, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
rng = np.random.RandomState(0)
print([w.shape for w in model.get_weights()])
model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
history = model.fit([X, Xq], Y, batch_size=4, nb_epoch=3, validation_split=0.25, shuffle=False, verbose=0)
for name in sorted(history.history):
    print(name, ["%.4f" % v for v in history.history[name]])
loss, acc = model.evaluate([X, Xq], Y, batch_size=4, verbose=0)
print("Test loss / test accuracy = {:.4f} / {:.4f}".format(loss, acc))
print(model.predict_classes([X, Xq], verbose=0))
