"""Skip-grams with negative sampling: two embeddings and their dot product, batch by batch."""

from __future__ import absolute_import, print_function
import numpy as np
import random

random.seed(1)
np.random.seed(1)

from keras.preprocessing import sequence, text
from keras.models import Sequential
from keras.layers.embeddings import Embedding
from keras.layers.core import Merge, Dense, Reshape, Activation, Flatten

docs = ["The quick brown fox jumped over the lazy dog", "The dog slept, and the fox ran away!"] * 2
tokenizer = text.Tokenizer(nb_words=15)
tokenizer.fit_on_texts(docs)
print(sorted(tokenizer.word_counts.items()), tokenizer.document_count)
table = sequence.make_sampling_table(15)
print(np.round(table[:5], 4).tolist())
seqs = list(tokenizer.texts_to_sequences_generator(docs))
print(seqs)
couples, labels = sequence.skipgrams(seqs[0], 15, window_size=2, negative_samples=0.0, shuffle=False)
print(len(couples), couples[:4], sum(labels))
couples, labels = sequence.skipgrams(seqs[0], 15, window_size=2, negative_samples=1.0)
print(len(couples), sum(labels))

dim_embedddings = 4
word = Sequential()
word.add(Embedding(15, dim_embedddings, input_length=1))
word.add(Reshape((dim_embedddings, 1)))
context = Sequential()
context.add(Embedding(15, dim_embedddings, input_length=1))
context.add(Reshape((dim_embedddings, 1)))
model = Sequential()
model.add(Merge([word, context], mode="dot", dot_axes=1))
model.add(Flatten())
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="rmsprop")
rng = np.random.RandomState(0)
model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
fixed = rng.randint(1, 15, size=(20, 2))
target = rng.randint(2, size=20)
print(model.output_shape)
for _ in range(3):
    print("loss: %.4f" % model.train_on_batch([fixed[:, 0], fixed[:, 1]], target))
print(np.round(model.predict_on_batch([fixed[:3, 0], fixed[:3, 1]]), 4).tolist())
print(np.round(word.layers[0].get_weights()[0][1], 4).tolist(), word.layers[0].W is not None)
sims = Sequential()
sims.add(Merge([word, context], mode="cos", dot_axes=1))
sims.add(Flatten())
print(np.round(sims.predict([fixed[:3, 0], fixed[:3, 1]]), 4).tolist())
