"""Characters translated by two LSTMs; the model is saved, restored, and taken apart for decoding by layer number."""

from __future__ import print_function

from keras.models import Model, load_model
from keras.layers import Input, LSTM, Dense
import numpy as np

input_texts = ["go.", "hi.", "run!", "wow!"]
target_texts = ["\t" + t + "\n" for t in ["va !", "salut", "cours", "ca"]]
input_characters = sorted(set("".join(input_texts)))
target_characters = sorted(set("".join(target_texts)))
num_encoder_tokens, num_decoder_tokens = len(input_characters), len(target_characters)
max_encoder, max_decoder = max(map(len, input_texts)), max(map(len, target_texts))
print("Number of unique input tokens:", num_encoder_tokens, num_decoder_tokens, max_encoder, max_decoder)
encoder_input_data = np.zeros((4, max_encoder, num_encoder_tokens), dtype="float32")
decoder_input_data = np.zeros((4, max_decoder, num_decoder_tokens), dtype="float32")
decoder_target_data = np.zeros((4, max_decoder, num_decoder_tokens), dtype="float32")
for i, (input_text, target_text) in enumerate(zip(input_texts, target_texts)):
    for t, char in enumerate(input_text):
        encoder_input_data[i, t, input_characters.index(char)] = 1.0
    for t, char in enumerate(target_text):
        decoder_input_data[i, t, target_characters.index(char)] = 1.0
        if t > 0:
            decoder_target_data[i, t - 1, target_characters.index(char)] = 1.0

latent_dim = 6
encoder_inputs = Input(shape=(None, num_encoder_tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, num_decoder_tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_decoder_tokens, activation="softmax")
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
rng = np.random.RandomState(0)
model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    [encoder_input_data, decoder_input_data],
    decoder_target_data,
    batch_size=2,
    epochs=3,
    validation_split=0.25,
    verbose=0,
    shuffle=False,
)
for name in sorted(history.history):
    print(name, ["%.4f" % v for v in history.history[name]])
model.save("s2s.h5")

model = load_model("s2s.h5")
print([type(layer).__name__ for layer in model.layers])
encoder_inputs = model.input[0]
encoder_outputs, state_h_enc, state_c_enc = model.layers[2].output
encoder_model = Model(encoder_inputs, [state_h_enc, state_c_enc])
decoder_inputs = model.input[1]
decoder_state_input_h = Input(shape=(latent_dim,), name="input_3")
decoder_state_input_c = Input(shape=(latent_dim,), name="input_4")
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_lstm = model.layers[3]
decoder_outputs, state_h_dec, state_c_dec = decoder_lstm(decoder_inputs, initial_state=decoder_states_inputs)
decoder_states = [state_h_dec, state_c_dec]
decoder_dense = model.layers[4]
decoder_outputs = decoder_dense(decoder_outputs)
decoder_model = Model([decoder_inputs] + decoder_states_inputs, [decoder_outputs] + decoder_states)


def decode_sequence(input_seq):
    states_value = encoder_model.predict(input_seq, verbose=0)
    target_seq = np.zeros((1, 1, num_decoder_tokens))
    target_seq[0, 0, target_characters.index("\t")] = 1.0
    decoded = ""
    while len(decoded) < 5:
        output_tokens, h, c = decoder_model.predict([target_seq] + states_value, verbose=0)
        sampled = np.argmax(output_tokens[0, -1, :])
        decoded += target_characters[sampled]
        target_seq = np.zeros((1, 1, num_decoder_tokens))
        target_seq[0, 0, sampled] = 1.0
        states_value = [h, c]
    return decoded, output_tokens


for i in range(2):
    decoded, tokens = decode_sequence(encoder_input_data[i : i + 1])
    print(repr(input_texts[i]), repr(decoded), np.round(tokens[0, 0, :4], 4).tolist())
