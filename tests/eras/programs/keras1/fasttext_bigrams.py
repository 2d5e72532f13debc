"""Reviews as bags of words and pairs of words: an embedding, its mean, and one dense layer."""

import numpy as np
from keras.layers import Dense, Embedding, GlobalAveragePooling1D
from keras.models import Sequential
from keras.optimizers import Adam
from keras.preprocessing import sequence

np.random.seed(11)


def create_ngram_set(input_list, ngram_value=2):
    return set(zip(*[input_list[i:] for i in range(ngram_value)]))


def add_ngram(sequences, token_indice, ngram_range=2):
    new_sequences = []
    for input_list in sequences:
        new_list = input_list[:]
        for i in range(len(new_list) - ngram_range + 1):
            for ngram_value in range(2, ngram_range + 1):
                ngram = tuple(new_list[i : i + ngram_value])
                if ngram in token_indice:
                    new_list.append(token_indice[ngram])
        new_sequences.append(new_list)
    return new_sequences


assert create_ngram_set([1, 4, 9, 4, 1, 4], ngram_value=2) == {(4, 9), (4, 1), (1, 4), (9, 4)}

max_features, maxlen = 8, 20
texts = [np.random.randint(1, max_features, size=8).tolist() for _ in range(60)]
y = np.array([int(any(pair == (3, 5) for pair in zip(text, text[1:]))) for text in texts])
for text, label in zip(texts[::2], y[::2]):
    if not label:
        text[2:4] = [3, 5]
y[::2] = 1

pairs = set()
for text in texts:
    pairs.update(create_ngram_set(text, ngram_value=2))
start_index = max_features + 1
token_indice = {v: k + start_index for k, v in enumerate(sorted(pairs))}
max_features = max(token_indice.values()) + 1
X = sequence.pad_sequences(add_ngram(texts, token_indice, 2), maxlen=maxlen)

model = Sequential()
model.add(Embedding(max_features, 10, input_length=maxlen))
model.add(GlobalAveragePooling1D())
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.03), metrics=["accuracy"])
history = model.fit(X, y, batch_size=12, nb_epoch=30, validation_data=(X, y), verbose=0)
assert history.history["val_acc"][-1] > 0.75
