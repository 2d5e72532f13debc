"""Says how a square that moves will go on: convolutional LSTMs over small films."""

import numpy as np
from keras.layers.convolutional import Convolution3D
from keras.layers.convolutional_recurrent import ConvLSTM2D
from keras.layers.normalization import BatchNormalization
from keras.models import Sequential

np.random.seed(4)


def generate_movies(n_samples=8, n_frames=4, size=6):
    noisy = np.zeros((n_samples, n_frames, size, size, 1), dtype=float)
    shifted = np.zeros((n_samples, n_frames, size, size, 1), dtype=float)
    for i in range(n_samples):
        row, column = np.random.randint(0, size - 2), np.random.randint(0, 2)
        for t in range(n_frames):
            noisy[i, t, row : row + 2, column + t : column + t + 2] = 1
            shifted[i, t, row : row + 2, column + t + 1 : column + t + 3] = 1
    return noisy, shifted


seq = Sequential()
seq.add(ConvLSTM2D(nb_filter=3, nb_row=3, nb_col=3, input_shape=(None, 6, 6, 1), border_mode="same",
                   return_sequences=True, dim_ordering="tf"))  # fmt: skip
seq.add(BatchNormalization())
seq.add(Convolution3D(nb_filter=1, kernel_dim1=1, kernel_dim2=3, kernel_dim3=3, activation="sigmoid",
                      border_mode="same", dim_ordering="tf"))  # fmt: skip
assert seq.output_shape == (None, None, 6, 6, 1)
seq.compile(loss="binary_crossentropy", optimizer="adadelta")
noisy, shifted = generate_movies()
history = seq.fit(noisy, shifted, batch_size=4, nb_epoch=2, validation_split=0.25, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]

track = noisy[0][:2, ::, ::, ::]
for j in range(2):
    new_pos = seq.predict(track[np.newaxis, ::, ::, ::, ::])
    new = new_pos[::, -1, ::, ::, ::]
    track = np.concatenate((track, new), axis=0)
assert track.shape == (4, 6, 6, 1)
