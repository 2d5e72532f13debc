"""Classes of texts, with vectors of words that come from elsewhere and stay as they are."""

import numpy as np
from keras.layers import Conv1D, Dense, Embedding, Flatten, Input, MaxPooling1D
from keras.models import Model
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
from keras.utils.np_utils import to_categorical

np.random.seed(13)
MAX_SEQUENCE_LENGTH, MAX_NB_WORDS, EMBEDDING_DIM, VALIDATION_SPLIT = 12, 20, 5, 0.25

embeddings_index = {}
for word in "red green blue one two three four five six".split():
    embeddings_index[word] = np.random.normal(size=EMBEDDING_DIM).astype("float32")

colours, numbers = "red green blue".split(), "one two three four five six".split()
texts, labels = [], []
for i in range(24):
    words = colours if i % 2 else numbers
    texts.append(" ".join(np.random.choice(words + ["unknown"], size=8)) + ".")
    labels.append(i % 2)

tokenizer = Tokenizer(nb_words=MAX_NB_WORDS)
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
word_index = tokenizer.word_index
data = pad_sequences(sequences, maxlen=MAX_SEQUENCE_LENGTH)
labels = to_categorical(np.asarray(labels))
nb_validation_samples = int(VALIDATION_SPLIT * data.shape[0])
x_train, y_train = data[:-nb_validation_samples], labels[:-nb_validation_samples]
x_val, y_val = data[-nb_validation_samples:], labels[-nb_validation_samples:]

nb_words = min(MAX_NB_WORDS, len(word_index))
embedding_matrix = np.zeros((nb_words + 1, EMBEDDING_DIM))
for word, i in word_index.items():
    embedding_vector = embeddings_index.get(word)
    if embedding_vector is not None:
        embedding_matrix[i] = embedding_vector
assert not embedding_matrix[word_index["unknown"]].any()

embedding_layer = Embedding(nb_words + 1, EMBEDDING_DIM, weights=[embedding_matrix], input_length=MAX_SEQUENCE_LENGTH,
                            trainable=False)  # fmt: skip
sequence_input = Input(shape=(MAX_SEQUENCE_LENGTH,), dtype="int32")
embedded_sequences = embedding_layer(sequence_input)
x = Conv1D(6, 3, activation="relu")(embedded_sequences)
x = MaxPooling1D(5)(x)
x = Flatten()(x)
preds = Dense(2, activation="softmax")(Dense(6, activation="relu")(x))
model = Model(sequence_input, preds)
model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["acc"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), nb_epoch=3, batch_size=6, verbose=0)
assert sorted(history.history) == ["acc", "loss", "val_acc", "val_loss"]
assert history.history["loss"][-1] < history.history["loss"][0]
assert np.allclose(embedding_layer.get_weights()[0], embedding_matrix)
assert np.allclose(Model(sequence_input, embedded_sequences).predict(x_val)[0, -1], embedding_matrix[x_val[0, -1]])
