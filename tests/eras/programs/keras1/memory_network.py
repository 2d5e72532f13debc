"""Answers questions about short stories: what of the story fits the question is added up and read by an LSTM."""

import numpy as np
from keras.layers import LSTM, Activation, Dense, Dropout, Merge, Permute
from keras.layers.embeddings import Embedding
from keras.models import Sequential

np.random.seed(2)
vocab_size, story_maxlen, query_maxlen = 12, 8, 4
nb = 30
stories = np.random.randint(1, vocab_size, size=(nb, story_maxlen))
queries = np.random.randint(1, vocab_size, size=(nb, query_maxlen))
answers = np.zeros((nb, vocab_size))
answers[np.arange(nb), stories[:, 0]] = 1

input_encoder_m = Sequential()
input_encoder_m.add(Embedding(input_dim=vocab_size, output_dim=8, input_length=story_maxlen))
input_encoder_m.add(Dropout(0.3))
question_encoder = Sequential()
question_encoder.add(Embedding(input_dim=vocab_size, output_dim=8, input_length=query_maxlen))
question_encoder.add(Dropout(0.3))
match = Sequential()
match.add(Merge([input_encoder_m, question_encoder], mode="dot", dot_axes=[2, 2]))
match.add(Activation("softmax"))
assert match.output_shape == (None, story_maxlen, query_maxlen)

input_encoder_c = Sequential()
input_encoder_c.add(Embedding(input_dim=vocab_size, output_dim=query_maxlen, input_length=story_maxlen))
input_encoder_c.add(Dropout(0.3))
response = Sequential()
response.add(Merge([match, input_encoder_c], mode="sum"))
response.add(Permute((2, 1)))

answer = Sequential()
answer.add(Merge([response, question_encoder], mode="concat", concat_axis=-1))
answer.add(LSTM(6))
answer.add(Dropout(0.3))
answer.add(Dense(vocab_size))
answer.add(Activation("softmax"))
assert answer.layers[0].output_shape == (None, query_maxlen, story_maxlen + 8)
answer.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
# every branch has inputs of its own, though the story and the question stand in several
history = answer.fit(
    [stories, queries, stories],
    answers,
    batch_size=10,
    nb_epoch=3,
    verbose=0,
    validation_data=([stories, queries, stories], answers),
)
assert history.history["loss"][-1] < history.history["loss"][0]
assert answer.predict([stories, queries, stories]).shape == (nb, vocab_size)
