"""A variational autoencoder made of two models, whose loss is added to the whole."""

import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, Lambda
from keras.losses import binary_crossentropy, mse
from keras.models import Model

np.random.seed(3)
original_dim, intermediate_dim, latent_dim, batch_size = 8, 6, 2, 10


def sampling(args):
    z_mean, z_log_var = args
    batch = K.shape(z_mean)[0]
    dim = K.int_shape(z_mean)[1]
    epsilon = K.random_normal(shape=(batch, dim))
    return z_mean + K.exp(0.5 * z_log_var) * epsilon


inputs = Input(shape=(original_dim,), name="encoder_input")
x = Dense(intermediate_dim, activation="relu")(inputs)
z_mean = Dense(latent_dim, name="z_mean")(x)
z_log_var = Dense(latent_dim, name="z_log_var")(x)
z = Lambda(sampling, output_shape=(latent_dim,), name="z")([z_mean, z_log_var])
encoder = Model(inputs, [z_mean, z_log_var, z], name="encoder")
latent_inputs = Input(shape=(latent_dim,), name="z_sampling")
x = Dense(intermediate_dim, activation="relu")(latent_inputs)
outputs = Dense(original_dim, activation="sigmoid")(x)
decoder = Model(latent_inputs, outputs, name="decoder")
outputs = decoder(encoder(inputs)[2])
vae = Model(inputs, outputs, name="vae_mlp")

reconstruction_loss = binary_crossentropy(inputs, outputs)
reconstruction_loss *= original_dim
kl_loss = 1 + z_log_var - K.square(z_mean) - K.exp(z_log_var)
kl_loss = K.sum(kl_loss, axis=-1)
kl_loss *= -0.5
vae_loss = K.mean(reconstruction_loss + kl_loss)
vae.add_loss(vae_loss)
vae.compile(optimizer="adam")
data = (np.random.random((60, original_dim)) > 0.5).astype("float32")
history = vae.fit(data, epochs=4, batch_size=batch_size, validation_data=(data, None), verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert sorted(history.history) == ["loss", "val_loss"]

# with a decoder that knows nothing, what is left of the loss is known
decoder.set_weights([np.zeros_like(w) for w in decoder.get_weights()])
mean, log_var, _ = encoder.predict(data)
expected = original_dim * np.log(2) - 0.5 * (1 + log_var - mean**2 - np.exp(log_var)).sum(axis=1).mean()
assert abs(vae.evaluate(data, batch_size=60, verbose=0) - expected) < 1e-3
assert K.int_shape(mse(inputs, inputs)) == (None,)
