"""Follows a slowly fading wave with a stateful LSTM: states go on from batch to batch and are reset between epochs."""

import numpy as np
from keras.layers import LSTM, Dense
from keras.models import Sequential

np.random.seed(6)
tsteps, batch_size, epochs, lahead = 1, 8, 3, 1


def gen_cosine_amp(amp=1.0, period=16, x0=0, xn=64, step=1, k=0.02):
    cos = np.zeros(((xn - x0) * step, 1, 1))
    for i in range(len(cos)):
        idx = x0 + i * step
        cos[i, 0, 0] = amp * np.cos(2 * np.pi * idx / period) * np.exp(-k * idx)
    return cos


cos = gen_cosine_amp()
expected_output = np.zeros((len(cos), 1))
for i in range(len(cos) - lahead):
    expected_output[i, 0] = np.mean(cos[i + 1 : i + lahead + 1])

model = Sequential()
model.add(LSTM(5, input_shape=(tsteps, 1), batch_size=batch_size, return_sequences=True, stateful=True))
model.add(LSTM(5, return_sequences=False, stateful=True))
model.add(Dense(1))
model.compile(loss="mse", optimizer="rmsprop")
losses = []
for _ in range(epochs):
    losses += model.fit(cos, expected_output, batch_size=batch_size, epochs=1, verbose=0, shuffle=False).history["loss"]
    model.reset_states()
assert losses[-1] < losses[0]
predicted_output = model.predict(cos, batch_size=batch_size)
model.reset_states()
assert np.allclose(model.predict(cos, batch_size=batch_size), predicted_output, atol=1e-6)

# sample i of a batch goes on where sample i of the batch before ended
model.reset_states()
whole = Sequential()
whole.add(LSTM(5, input_shape=(8, 1), return_sequences=True))
whole.add(LSTM(5))
whole.add(Dense(1))
whole.set_weights(model.get_weights())
chains = cos.reshape(8, 8, 1, 1).transpose(1, 0, 2, 3).reshape(8, 8, 1)
assert np.allclose(whole.predict(chains)[:, 0], predicted_output[-8:, 0], atol=1e-5)
