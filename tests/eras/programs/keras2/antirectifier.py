"""A layer without weights that keeps what a rectifier throws away."""

import keras
import numpy as np
from keras import backend as K
from keras import layers

np.random.seed(13)


class Antirectifier(layers.Layer):
    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        assert len(shape) == 2
        shape[-1] *= 2
        return tuple(shape)

    def call(self, inputs):
        inputs -= K.mean(inputs, axis=1, keepdims=True)
        inputs = K.l2_normalize(inputs, axis=1)
        return K.concatenate([K.relu(inputs), K.relu(-inputs)], axis=1)


x = np.random.random((40, 10)).astype("float32")
y = keras.utils.to_categorical(x[:, :2].argmax(axis=1), 2)
model = keras.models.Sequential()
model.add(layers.Dense(6, input_shape=(10,)))
model.add(Antirectifier())
model.add(layers.Dropout(0.1))
model.add(layers.Dense(2))
model.add(layers.Activation("softmax"))
assert model.layers[1].output_shape == (None, 12)
model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
history = model.fit(x, y, batch_size=10, epochs=4, verbose=0, validation_data=(x, y))
assert history.history["val_loss"][-1] < history.history["val_loss"][0]
dense = keras.models.Model(model.input, model.layers[0].output)
both = K.function([model.input, K.learning_phase()], [model.layers[1].output])
h = dense.predict(x)
h -= h.mean(axis=1, keepdims=True)
h /= np.sqrt((h**2).sum(axis=1, keepdims=True))
assert np.allclose(both([x, 0])[0], np.concatenate([np.maximum(h, 0), np.maximum(-h, 0)], axis=1), atol=1e-5)
