"""Reads texts with a weight for every step that a small network gives it."""

import numpy as np
from keras import backend as K
from keras.layers import (
    LSTM,
    Activation,
    Dense,
    Embedding,
    Flatten,
    Input,
    Lambda,
    Masking,
    Permute,
    RepeatVector,
    merge,
)
from keras.layers.wrappers import Bidirectional, TimeDistributed
from keras.models import Model

np.random.seed(34)
maxlen, units, words = 6, 4, 12

_input = Input(shape=[maxlen], dtype="int32")
embedded = Embedding(input_dim=words, output_dim=5, input_length=maxlen)(_input)
activations = Bidirectional(LSTM(units, return_sequences=True), merge_mode="concat")(embedded)
attention = TimeDistributed(Dense(1, activation="tanh"))(activations)
attention = Flatten()(attention)
attention = Activation("softmax")(attention)
weights = attention
attention = RepeatVector(2 * units)(attention)
attention = Permute([2, 1])(attention)
sent_representation = merge([activations, attention], mode="mul")
sent_representation = Lambda(lambda xin: K.sum(xin, axis=-2), output_shape=(2 * units,))(sent_representation)
probabilities = Dense(3, activation="softmax")(sent_representation)
model = Model(input=_input, output=probabilities)
model.compile("adam", "categorical_crossentropy", metrics=[])

texts = np.random.randint(1, words, size=(24, maxlen))
y = np.eye(3)[texts[:, 2] % 3]
history = model.fit(texts, y, nb_epoch=3, batch_size=8, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]

look = K.function([_input, K.learning_phase()], [weights, activations, sent_representation])
w, a, s = look([texts[:2], 0])
assert np.allclose(w.sum(axis=1), 1, atol=1e-5)
assert np.allclose((a * w[:, :, None]).sum(axis=1), s, atol=1e-5)

# steps that are masked leave an LSTM as it was
x = np.random.random((3, 5, 2))
x[:, 3:] = 0.0
steps = Input(shape=(5, 2))
lstm = LSTM(3)
masked = Model(input=steps, output=lstm(Masking(mask_value=0.0)(steps)))
short = Input(shape=(3, 2))
assert np.allclose(masked.predict(x), Model(input=short, output=lstm(short)).predict(x[:, :3]), atol=1e-6)
