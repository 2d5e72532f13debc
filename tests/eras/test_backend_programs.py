"""Small whole programs around `keras.backend`, as they were written in 1.x and 2.x."""

import numpy as np

from keras import backend as K
from keras.layers import Activation, Conv2D, Convolution2D, Dense, Flatten, Input, Lambda
from keras.models import Model, Sequential


def small_images_model():
    model = Sequential()
    model.add(Convolution2D(4, 3, 3, border_mode="same", input_shape=(6, 6, 3)))
    model.add(Activation("tanh"))
    model.add(Flatten())
    model.add(Dense(2))
    return model


def test_saliency_is_the_gradient_of_a_class_score():
    model = small_images_model()
    gradient = K.gradients(model.output[:, 1], model.input)[0]
    saliency = K.function([model.input, K.learning_phase()], [gradient])
    image = np.random.RandomState(0).rand(1, 6, 6, 3).astype("float32")
    found = saliency([image, 0])[0]
    assert found.shape == image.shape
    changed = image.copy()
    changed[0, 2, 3, 1] += 1e-2
    slope = (model.predict(changed, verbose=0) - model.predict(image, verbose=0))[0, 1] / 1e-2
    np.testing.assert_allclose(found[0, 2, 3, 1], slope, rtol=0.05, atol=1e-4)


def test_gradient_ascent_finds_what_a_filter_likes():
    model = small_images_model()
    layers = {layer.name: layer for layer in model.layers}
    output = layers[model.layers[0].name].output
    loss = K.mean(output[:, :, :, 2])
    grads = K.gradients(loss, model.input)[0]
    grads /= K.sqrt(K.mean(K.square(grads))) + 1e-5
    iterate = K.function([model.input], [loss, grads])
    image = np.zeros((1, 6, 6, 3), "float32")
    losses = []
    for _ in range(5):
        value, direction = iterate([image])
        losses.append(float(value))
        image += direction
    assert losses == sorted(losses)
    assert losses[0] < losses[-1]


def test_style_and_content_losses_of_a_combination_image():
    """Neural style: three images in one batch, losses between their features."""
    base = K.variable(np.random.RandomState(1).rand(1, 6, 6, 3))
    style = K.variable(np.random.RandomState(2).rand(1, 6, 6, 3))
    combination = K.placeholder((1, 6, 6, 3))
    batch = K.concatenate([base, style, combination], axis=0)
    features = Conv2D(4, (3, 3), activation="relu", padding="same")(Input(tensor=batch))

    def gram_matrix(x):
        flat = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
        return K.dot(flat, K.transpose(flat))

    loss = K.variable(0.0)
    loss = loss + 0.5 * K.sum(K.square(features[2, :, :, :] - features[0, :, :, :]))
    difference = gram_matrix(features[1, :, :, :]) - gram_matrix(features[2, :, :, :])
    loss = loss + K.sum(K.square(difference)) / (4.0 * 3**2 * 36**2)
    outputs = [loss]
    outputs += K.gradients(loss, combination)
    f_outputs = K.function([combination], outputs)
    image = np.random.RandomState(3).rand(1, 6, 6, 3).astype("float32")
    first, slope = f_outputs([image])
    second = f_outputs([image - 0.01 * slope])[0]
    assert slope.shape == image.shape
    assert second < first


def test_deep_dream_adds_up_activations_of_layers():
    model = small_images_model()
    dream = model.input
    loss = K.variable(0.0)
    for layer, coefficient in ((model.layers[0], 0.2), (model.layers[1], 3.0)):
        x = layer.output
        scaling = K.prod(K.cast(K.shape(x), "float32"))
        loss = loss + coefficient * K.sum(K.square(x[:, 2:-2, 2:-2, :])) / scaling
    grads = K.gradients(loss, dream)[0]
    grads /= K.maximum(K.mean(K.abs(grads)), 1e-7)
    fetch = K.function([dream], [loss, grads])
    image = np.random.RandomState(4).rand(1, 6, 6, 3).astype("float32")
    before, direction = fetch([image])
    assert fetch([image + 0.01 * direction])[0] > before


def test_a_vae_of_1_samples_in_a_lambda_layer():
    samples, original, latent = 8, 6, 2
    x = Input(batch_shape=(samples, original))
    h = Dense(5, activation="relu")(x)
    z_mean, z_log_var = Dense(latent)(h), Dense(latent)(h)

    def sampling(args):
        z_mean, z_log_var = args
        epsilon = K.random_normal(shape=(samples, latent), mean=0.0, std=1.0)
        return z_mean + K.exp(z_log_var / 2) * epsilon

    z = Lambda(sampling, output_shape=(latent,))([z_mean, z_log_var])
    vae = Model(x, Dense(original, activation="sigmoid")(z))

    def vae_loss(x, x_decoded):
        return original * K.mean(K.binary_crossentropy(x, x_decoded), axis=-1)

    vae.compile(optimizer="rmsprop", loss=vae_loss)
    data = np.random.RandomState(5).rand(16, original).astype("float32")
    history = vae.fit(data, data, shuffle=True, nb_epoch=2, batch_size=samples, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    drawn = K.function([x], [vae.output])
    assert (drawn([data[:samples]])[0] != drawn([data[:samples]])[0]).any()


def test_a_vae_of_2_adds_its_loss():
    inputs = Input(shape=(6,))
    z_mean, z_log_var = Dense(2)(inputs), Dense(2)(inputs)

    def sampling(args):
        z_mean, z_log_var = args
        batch, size = K.shape(z_mean)[0], K.int_shape(z_mean)[1]
        return z_mean + K.exp(0.5 * z_log_var) * K.random_normal(shape=(batch, size))

    outputs = Dense(6, activation="sigmoid")(Lambda(sampling, output_shape=(2,))([z_mean, z_log_var]))
    encode = K.function([inputs], [z_mean, K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)])
    data = np.random.RandomState(6).rand(5, 6).astype("float32")
    mean, spread = encode([data])
    assert (mean.shape, spread.shape) == ((5, 2), (5,))
    vae = Model(inputs, outputs)
    vae.compile(optimizer="adam", loss="binary_crossentropy")
    assert np.isfinite(vae.train_on_batch(data, data))
