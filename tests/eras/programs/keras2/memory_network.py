"""Answers questions about short stories, with layers that merge as they are called since 2.0."""

import numpy as np
from keras.layers import LSTM, Activation, Dense, Dropout, Input, Permute, add, concatenate, dot
from keras.layers.embeddings import Embedding
from keras.models import Model, Sequential

np.random.seed(2)
vocab_size, story_maxlen, query_maxlen = 12, 8, 4
stories = np.random.randint(1, vocab_size, size=(30, story_maxlen))
queries = np.random.randint(1, vocab_size, size=(30, query_maxlen))
answers = stories[:, :1]

input_sequence = Input((story_maxlen,))
question = Input((query_maxlen,))
input_encoder_m = Sequential()
input_encoder_m.add(Embedding(input_dim=vocab_size, output_dim=6))
input_encoder_m.add(Dropout(0.3))
input_encoder_c = Sequential()
input_encoder_c.add(Embedding(input_dim=vocab_size, output_dim=query_maxlen))
input_encoder_c.add(Dropout(0.3))
question_encoder = Sequential()
question_encoder.add(Embedding(input_dim=vocab_size, output_dim=6, input_length=query_maxlen))
question_encoder.add(Dropout(0.3))

input_encoded_m = input_encoder_m(input_sequence)
input_encoded_c = input_encoder_c(input_sequence)
question_encoded = question_encoder(question)
match = dot([input_encoded_m, question_encoded], axes=(2, 2))
match = Activation("softmax")(match)
response = add([match, input_encoded_c])
response = Permute((2, 1))(response)
answer = concatenate([response, question_encoded])
answer = LSTM(5)(answer)
answer = Dropout(0.3)(answer)
answer = Dense(vocab_size)(answer)
answer = Activation("softmax")(answer)
model = Model([input_sequence, question], answer)
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit([stories, queries], answers, batch_size=10, epochs=3, verbose=0,
                    validation_data=([stories, queries], answers))  # fmt: skip
assert history.history["loss"][-1] < history.history["loss"][0]
assert model.predict([stories, queries]).shape == (30, vocab_size)

# a softmax over the last axis, by hand
m = input_encoder_m.get_weights()[0][stories]
q = question_encoder.get_weights()[0][queries]
scores = np.exp(np.einsum("bsf,bqf->bsq", m, q))
found = Model([input_sequence, question], match).predict([stories, queries])
assert np.allclose(found, scores / scores.sum(axis=-1, keepdims=True), atol=1e-5)
