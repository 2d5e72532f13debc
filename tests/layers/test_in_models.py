"""Layers inside models: masks, several inputs, state that training changes."""

import numpy as np
import pytest

import keras
from keras import layers

from .contract import assert_close


def test_masks_go_through_a_functional_model_as_through_calls():
    words = np.array([[1, 2, 0, 0], [3, 1, 2, 0]])
    tags = np.array([[1, 1, 0, 0], [0, 1, 0, 0]])
    embed_words, embed_tags = layers.Embedding(4, 3, mask_zero=True), layers.Embedding(2, 3, mask_zero=True)
    dense, mean = layers.Dense(2, activation="tanh"), layers.GlobalAveragePooling1D()

    def network(a, b):
        return mean(dense(layers.concatenate([embed_words(a), embed_tags(b)])))

    inputs = [layers.Input((None,), dtype="int32"), layers.Input((None,), dtype="int32")]
    model = keras.Model(inputs, network(*inputs))
    assert model.output_shape == (None, 2)
    assert_close(model([words, tags]), network(words, tags))
    # a step counts if either input has something there
    steps = np.asarray(dense(np.concatenate([embed_words(words), embed_tags(tags)], -1)))
    assert_close(model([words, tags])[0], steps[0, :2].mean(0))
    assert_close(model([words, tags])[1], steps[1, :3].mean(0))
    assert_close(model.predict([words, tags], verbose=0), network(words, tags))


def test_training_moves_the_statistics_and_draws_new_masks():
    model = keras.Sequential([layers.Input((3,)), layers.BatchNormalization(momentum=0.5), layers.Dropout(0.5, seed=1)])
    model.compile(optimizer="sgd", loss="mse")
    x = np.random.default_rng(0).normal(2.0, size=(8, 3)).astype("float32")
    seed = model.layers[-1].seed_generator.state.numpy()
    model.fit(x, x, batch_size=8, epochs=1, verbose=0)
    assert_close(model.layers[0].moving_mean, x.mean(0) / 2)
    assert_close(model.layers[0].moving_variance, 0.5 + x.var(0) / 2)
    assert (model.layers[-1].seed_generator.state.numpy() != seed).any()


def test_frozen_batch_normalization_stays_in_training():
    model = keras.Sequential([layers.Input((3,)), layers.BatchNormalization(trainable=False), layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    x = np.random.default_rng(0).normal(2.0, size=(8, 3))
    before = model.layers[0].get_weights()
    model.fit(x, x[:, :1], epochs=2, verbose=0)
    assert_close(model.layers[0].get_weights(), before, rtol=0, atol=0)


@pytest.mark.parametrize("order", ["channels_last", "channels_first"])
def test_a_network_of_all_kinds_of_image_layers_learns(order):
    keras.utils.set_random_seed(3)
    keras.config.set_image_data_format(order)
    shape = (8, 8, 1) if order == "channels_last" else (1, 8, 8)
    axis = -1 if order == "channels_last" else 1
    model = keras.Sequential(
        [
            layers.Input(shape),
            layers.ZeroPadding2D(1),
            layers.Conv2D(4, 3, use_bias=False),
            layers.BatchNormalization(axis=axis),
            layers.ReLU(),
            layers.SpatialDropout2D(0.1),
            layers.MaxPooling2D(2),
            layers.SeparableConv2D(6, 3, padding="same", activation="relu"),
            layers.UpSampling2D(2),
            layers.Conv2DTranspose(4, 2, strides=2, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Cropping2D(1),
            layers.GroupNormalization(groups=2, axis=axis),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    # is the upper or the lower half brighter?
    draw = np.random.default_rng(0)
    x = draw.uniform(size=(64, 8, 8, 1)).astype("float32")
    y = draw.integers(0, 2, size=64)
    x[y == 0, :4] += 1
    x[y == 1, 4:] += 1
    x = x if order == "channels_last" else np.moveaxis(x, -1, 1)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy")
    losses = model.fit(x, y, batch_size=16, epochs=6, verbose=0).history["loss"]
    assert losses[-1] < 0.3 * losses[0]
    other = keras.Sequential.from_config(model.get_config())
    other.set_weights(model.get_weights())
    assert_close(other.predict(x, verbose=0), model.predict(x, verbose=0))


def test_a_network_of_all_kinds_of_sequence_layers_learns():
    keras.utils.set_random_seed(3)
    inputs = layers.Input((12,), dtype="int32")
    x = layers.Embedding(10, 8)(inputs)
    a = layers.Conv1D(8, 3, padding="causal", activation="relu")(x)
    b = layers.DepthwiseConv1D(3, padding="same")(x)
    x = layers.Add()([a, layers.Dropout(0.1)(b)])
    x = layers.LayerNormalization()(x)
    x = layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])
    x = layers.Multiply()([x, layers.Dense(16, activation="sigmoid")(x)])
    outputs = layers.Activation("sigmoid")(layers.EinsumDense("ab,bc->ac", output_shape=1, bias_axes="c")(x))
    model = keras.Model(inputs, outputs)
    draw = np.random.default_rng(0)
    x = draw.integers(0, 10, size=(96, 12))
    y = (x == 3).any(1).astype("float32")
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy")
    losses = model.fit(x, y, batch_size=16, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < 0.3 * losses[0]
