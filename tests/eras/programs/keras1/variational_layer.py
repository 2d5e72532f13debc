"""A variational autoencoder whose loss is made by a layer of its own."""

import numpy as np
from keras import backend as K
from keras import objectives
from keras.layers import Dense, Input, Lambda, Layer
from keras.models import Model

np.random.seed(1)
batch_size, original_dim, latent_dim, intermediate_dim, epsilon_std = 10, 8, 2, 6, 1.0

x = Input(batch_shape=(batch_size, original_dim))
h = Dense(intermediate_dim, activation="relu")(x)
z_mean = Dense(latent_dim)(h)
z_log_var = Dense(latent_dim)(h)


def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(batch_size, latent_dim), mean=0.0, std=epsilon_std)
    return z_mean + K.exp(z_log_var / 2) * epsilon


z = Lambda(sampling, output_shape=(latent_dim,))([z_mean, z_log_var])
decoder_h = Dense(intermediate_dim, activation="relu")
decoder_mean = Dense(original_dim, activation="sigmoid")
x_decoded_mean = decoder_mean(decoder_h(z))


class CustomVariationalLayer(Layer):
    def __init__(self, **kwargs):
        self.is_placeholder = True
        super(CustomVariationalLayer, self).__init__(**kwargs)

    def vae_loss(self, x, x_decoded_mean):
        xent_loss = original_dim * objectives.binary_crossentropy(x, x_decoded_mean)
        kl_loss = -0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
        return K.mean(xent_loss + kl_loss)

    def call(self, inputs, mask=None):
        x, x_decoded_mean = inputs
        self.add_loss(self.vae_loss(x, x_decoded_mean), inputs=inputs)
        return K.ones_like(x)  # nothing looks at it

    def get_output_shape_for(self, input_shape):
        return input_shape[0]


def zero_loss(y_true, y_pred):
    return K.zeros_like(y_pred)


loss_layer = CustomVariationalLayer()([x, x_decoded_mean])
vae = Model(input=x, output=loss_layer)
vae.compile(optimizer="rmsprop", loss=[zero_loss])

data = (np.random.random((60, original_dim)) > 0.5).astype("float32")
dummy = np.zeros((60, original_dim))
history = vae.fit(
    data, dummy, shuffle=True, nb_epoch=4, batch_size=batch_size, validation_data=(data, dummy), verbose=0
)
assert history.history["loss"][-1] < history.history["loss"][0]
assert 3 < history.history["loss"][0] < 12

encoder = Model(x, z_mean)
assert encoder.predict(data, batch_size=batch_size).shape == (60, latent_dim)
decoder_input = Input(shape=(latent_dim,))
generator = Model(decoder_input, decoder_mean(decoder_h(decoder_input)))
assert generator.predict(np.array([[0.3, -0.2]])).shape == (1, original_dim)
