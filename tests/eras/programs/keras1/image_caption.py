"""Says the next word about an image: what a convolutional network sees is repeated beside what an LSTM has read."""

import numpy as np
from keras.layers import GRU, Convolution2D, Dense, Embedding, Flatten, MaxPooling2D, Merge, RepeatVector
from keras.layers import TimeDistributed
from keras.models import Sequential

np.random.seed(10)
max_caption_len, vocab_size = 4, 9

image_model = Sequential()
image_model.add(Convolution2D(3, 3, 3, border_mode="valid", input_shape=(8, 8, 3), activation="relu"))
image_model.add(MaxPooling2D(pool_size=(2, 2)))
image_model.add(Flatten())
image_model.add(Dense(6))

language_model = Sequential()
language_model.add(Embedding(vocab_size, 5, input_length=max_caption_len))
language_model.add(GRU(output_dim=6, return_sequences=True))
language_model.add(TimeDistributed(Dense(6)))

image_model.add(RepeatVector(max_caption_len))
model = Sequential()
model.add(Merge([image_model, language_model], mode="concat", concat_axis=-1))
model.add(GRU(7, return_sequences=False))
model.add(Dense(vocab_size, activation="softmax"))
assert model.layers[0].output_shape == (None, max_caption_len, 12)
model.compile(loss="categorical_crossentropy", optimizer="rmsprop")

images = np.random.random((20, 8, 8, 3))
partial_captions = np.random.randint(1, vocab_size, size=(20, max_caption_len))
next_words = np.eye(vocab_size)[partial_captions[:, 0]]
history = model.fit([images, partial_captions], next_words, batch_size=10, nb_epoch=3, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
# the gate of a GRU of those years applies the reset before the product, so there is one bias per gate
assert [w.shape for w in language_model.layers[1].get_weights()] == [(5, 6), (6, 6), (6,)] * 3
