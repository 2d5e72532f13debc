"""Dropout and noise."""

import numpy as np
import pytest

from keras import layers

from .contract import assert_close

X = np.ones((200, 50))


@pytest.mark.parametrize(
    "layer",
    [layers.Dropout, layers.AlphaDropout, layers.GaussianDropout, layers.SpatialDropout1D, layers.GaussianNoise],
)
def test_nothing_happens_outside_training_or_at_rate_zero(layer):
    x = np.ones((2, 3, 4))
    assert_close(layer(0.5)(x), x)
    assert_close(layer(0.5)(x, training=False), x)
    assert_close(layer(0)(x, training=True), x)
    assert layer(0).variables == []


def test_dropout_drops_at_its_rate_and_keeps_the_mean():
    y = np.asarray(layers.Dropout(0.25, seed=1)(X, training=True))
    assert_close(np.unique(y), [0.0, 4 / 3])
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.015)
    assert_close(layers.Dropout(1.0)(X, training=True), X * 0)


def test_dropout_drops_along_axes_together():
    y = np.asarray(layers.Dropout(0.5, noise_shape=(None, 1), seed=1)(X, training=True))
    assert (y == y[:, :1]).all()
    assert 0.3 < (y[:, 0] == 0).mean() < 0.7


def test_dropout_of_integers_and_of_16_bits_keeps_the_dtype():
    assert layers.Dropout(0.5, dtype="mixed_bfloat16")(X, training=True).dtype == "bfloat16"


@pytest.mark.parametrize(
    ("layer", "shape", "together"),
    [
        (layers.SpatialDropout1D, (20, 4, 10), (1,)),
        (layers.SpatialDropout2D, (20, 3, 4, 10), (1, 2)),
        (layers.SpatialDropout3D, (20, 2, 3, 2, 10), (1, 2, 3)),
    ],
)
def test_spatial_dropout_drops_whole_channels(layer, shape, together):
    y = np.asarray(layer(0.5, seed=3)(np.ones(shape), training=True))
    first = y.min(together, keepdims=True)
    assert (y == first).all()
    assert 0.3 < (first == 0).mean() < 0.7


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=(400, 400))
    y = np.asarray(layers.AlphaDropout(0.3, seed=1)(x, training=True))
    assert y.mean() == pytest.approx(0.0, abs=0.02)
    assert y.std() == pytest.approx(1.0, abs=0.02)
    _, counts = np.unique(y.round(4), return_counts=True)
    assert counts.max() / y.size == pytest.approx(0.3, abs=0.02)
    assert_close(layers.AlphaDropout(1.0)(x, training=True), x * 0)


def test_gaussian_dropout_has_mean_one_and_the_deviation_of_dropout():
    y = np.asarray(layers.GaussianDropout(0.2, seed=1)(X, training=True))
    assert y.mean() == pytest.approx(1.0, abs=0.02)
    assert y.std() == pytest.approx(0.5, abs=0.02)


def test_gaussian_noise_has_its_deviation():
    y = np.asarray(layers.GaussianNoise(0.5, seed=1)(X * 0, training=True))
    assert y.mean() == pytest.approx(0.0, abs=0.02)
    assert y.std() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("layer", [layers.Dropout, layers.GaussianDropout, layers.SpatialDropout2D])
@pytest.mark.parametrize("rate", [-0.1, 1.5, "half", None])
def test_rates_are_numbers_from_0_to_1(layer, rate):
    with pytest.raises(ValueError, match=f"{layer.__name__}: `rate` must be a number from 0 to 1. Got"):
        layer(rate)


def test_gaussian_dropout_refuses_infinite_noise():
    with pytest.raises(ValueError, match="GaussianDropout: `rate` must be less than 1"):
        layers.GaussianDropout(1.0)


def test_gaussian_noise_says_what_is_wrong_with_stddev():
    with pytest.raises(ValueError, match=r"GaussianNoise: `stddev` must be a number of at least 0. Got -1"):
        layers.GaussianNoise(-1)


def test_the_seed_is_in_the_config_only_if_given():
    assert layers.Dropout(0.5, seed=4).get_config()["seed"] == 4
    assert layers.Dropout(0.5).get_config()["seed"] is None
    assert "noise_shape" not in layers.SpatialDropout2D(0.5).get_config()


def test_the_state_of_the_generator_is_a_variable_but_no_weight():
    layer = layers.Dropout(0.5, seed=4)
    assert layer.weights == []
    assert len(layer.non_trainable_variables) == 1
    before = layer.non_trainable_variables[0].numpy()
    layer(X, training=True)
    assert (layer.non_trainable_variables[0].numpy() != before).any()


@pytest.mark.parametrize("shape", [3, "x", (1.0, None), (2, 0, 3), (2, -1, 3)])
def test_a_noise_shape_is_a_tuple_of_sizes(shape):
    with pytest.raises(ValueError, match=r"`noise_shape` must be a tuple of positive integers and None, or None\. Got"):
        layers.AlphaDropout(0.5, noise_shape=shape)


def test_dropout_of_channels_is_dropout():
    for layer in (layers.SpatialDropout1D(0.3), layers.SpatialDropout2D(0.3), layers.SpatialDropout3D(0.3)):
        assert isinstance(layer, layers.Dropout)
        assert (layer.rate, "noise_shape" in layer.get_config()) == (0.3, False)
