"""Turns sequences into others: the encoder's states start the decoder, which is then run step by step."""

import numpy as np
from keras.layers import LSTM, Activation, Dense, Input, concatenate, dot
from keras.models import Model

np.random.seed(9)
num_tokens, latent_dim, length = 6, 8, 4
source = np.random.randint(1, num_tokens, size=(40, length))
target = (source % 3) + 1
encoder_input_data = np.eye(num_tokens)[source]
decoder_input_data = np.eye(num_tokens)[np.concatenate([np.zeros((40, 1), int), target[:, :-1]], axis=1)]
decoder_target_data = np.eye(num_tokens)[target]

encoder_inputs = Input(shape=(None, num_tokens))
encoder = LSTM(latent_dim, return_state=True, return_sequences=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, num_tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_tokens, activation="softmax")
plain = Model([encoder_inputs, decoder_inputs], decoder_dense(decoder_outputs))
plain.compile(optimizer="rmsprop", loss="categorical_crossentropy")
history = plain.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=10, epochs=3,
                    validation_split=0.2, verbose=0)  # fmt: skip
assert history.history["loss"][-1] < history.history["loss"][0]

encoder_model = Model(encoder_inputs, encoder_states)
decoder_state_input_h = Input(shape=(latent_dim,))
decoder_state_input_c = Input(shape=(latent_dim,))
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_outputs, state_h, state_c = decoder_lstm(decoder_inputs, initial_state=decoder_states_inputs)
decoder_states = [state_h, state_c]
decoder_model = Model([decoder_inputs] + decoder_states_inputs, [decoder_dense(decoder_outputs)] + decoder_states)
states_value = encoder_model.predict(encoder_input_data[:1])
one_by_one = []
for t in range(length):
    output_tokens, h, c = decoder_model.predict([decoder_input_data[:1, t : t + 1]] + states_value)
    one_by_one.append(output_tokens[0, 0])
    states_value = [h, c]
assert np.allclose(one_by_one, plain.predict([encoder_input_data[:1], decoder_input_data[:1]])[0], atol=1e-5)

# with attention over what the encoder has seen
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
attention = Activation("softmax", name="attention")(dot([decoder_outputs, encoder_outputs], axes=[2, 2]))
context = dot([attention, encoder_outputs], axes=[2, 1])
output = Dense(num_tokens, activation="softmax")(concatenate([context, decoder_outputs]))
model = Model([encoder_inputs, decoder_inputs], output)
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=10, epochs=1, verbose=0)
weights = Model([encoder_inputs, decoder_inputs], attention).predict([encoder_input_data[:2], decoder_input_data[:2]])
assert weights.shape == (2, length, length) and np.allclose(weights.sum(axis=-1), 1, atol=1e-5)
