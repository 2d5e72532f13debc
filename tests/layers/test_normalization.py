"""Layers that bring their inputs to a common scale."""

import numpy as np
import pytest

from keras import KerasTensor, layers

from .contract import assert_close

X = np.array([[1.0, 10.0], [3.0, 10.0]])


def normal(x, axes, epsilon=1e-3):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def test_batch_normalization_uses_the_batch_in_training_and_moves_its_statistics():
    layer = layers.BatchNormalization(momentum=0.9)
    assert_close(layer(X, training=True), normal(X, 0))
    assert_close(layer.moving_mean, [0.2, 1.0])
    assert_close(layer.moving_variance, [0.9 + 0.1 * 1.0, 0.9])


def test_batch_normalization_uses_its_statistics_otherwise():
    layer = layers.BatchNormalization(epsilon=1.0)
    layer.build(X.shape)
    layer.set_weights([np.array([2.0, 1.0]), np.array([0.0, 5.0]), np.array([1.0, 10.0]), np.array([3.0, 0.0])])
    assert_close(layer(X), [[0.0, 5.0], [2.0, 5.0]])
    assert_close(layer.moving_mean, [1.0, 10.0])


def test_frozen_batch_normalization_neither_uses_nor_moves_statistics_of_the_batch():
    layer = layers.BatchNormalization()
    layer.build(X.shape)
    layer.trainable = False
    assert_close(layer(X, training=True), X / np.sqrt(1.001))
    assert_close(layer.moving_mean, [0.0, 0.0])


def test_masked_steps_do_not_count():
    layer = layers.BatchNormalization(momentum=0.0)
    x = np.array([[[1.0], [5.0], [99.0]], [[3.0], [99.0], [99.0]]])
    mask = np.array([[True, True, False], [True, False, False]])
    layer(x, training=True, mask=mask)
    kept = np.array([1.0, 5.0, 3.0])
    assert_close(layer.moving_mean, [kept.mean()])
    assert_close(layer.moving_variance, [kept.var()])
    other = layers.BatchNormalization(momentum=0.0)
    assert (other(layers.Masking(99.0)(x), training=True)._keras_mask == mask).all()
    assert_close(other.moving_mean, [kept.mean()])


def test_sixteen_bit_statistics_do_not_overflow():
    layer = layers.BatchNormalization(momentum=0.0, dtype="mixed_float16")
    x = np.array([[500.0], [-500.0]])
    y = layer(x, training=True)
    assert y.dtype == "float16"
    assert_close(y, [[1.0], [-1.0]], atol=1e-3)
    assert_close(layer.moving_variance, [250000.0])


def test_renormalisation_keeps_to_the_running_statistics():
    layer = layers.BatchNormalization(renorm=True, renorm_momentum=0.8)
    # running mean 0 and deviation 1 leave the batch as it is
    assert_close(layer(X, training=True), X)
    assert_close(layer.renorm_mean, [0.4, 2.0])
    clipped = layers.BatchNormalization(renorm=True, renorm_clipping={"rmax": 1.0, "rmin": 1.0, "dmax": 0.5})
    assert_close(clipped(X, training=True), normal(X, 0) + 0.5)
    with pytest.raises(ValueError, match=r"`renorm_clipping` may hold 'rmax', 'rmin' and 'dmax'. Got 'max'"):
        layers.BatchNormalization(renorm=True, renorm_clipping={"max": 1})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"axis": [1, 2]}, "`axis` must be an integer"),
        ({"momentum": 1.5}, "`momentum` must be a number from 0 to 1. Got 1.5"),
        ({"epsilon": -1}, "`epsilon` must be a number of at least 0. Got -1"),
    ],
)
def test_batch_normalization_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=f"BatchNormalization: {message}".replace("[", r"\[")):
        layers.BatchNormalization(**arguments)


def test_batch_normalization_says_when_there_is_no_such_axis():
    with pytest.raises(ValueError, match=r"there is no axis 2 in inputs of shape \(2, 2\)"):
        layers.BatchNormalization(axis=2)(X)


def test_layer_normalization_of_one_and_of_several_axes():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert_close(layers.LayerNormalization()(x), normal(x, -1))
    layer = layers.LayerNormalization(axis=[2, 1], epsilon=1e-5)
    layer.build(x.shape)
    gamma, beta = np.arange(12.0).reshape(3, 4), np.ones((3, 4))
    layer.set_weights([gamma, beta])
    assert_close(layer(x), normal(x, (1, 2), 1e-5) * gamma + beta, atol=1e-4)


def test_layer_normalization_with_neither_scale_nor_shift_has_no_weights():
    layer = layers.LayerNormalization(center=False, scale=False)
    layer(X)
    assert layer.weights == []


def test_layer_normalization_by_deviation_alone():
    layer = layers.LayerNormalization(rms_scaling=True)
    assert_close(layer(np.array([[1.0, 3.0]])), np.array([[1.0, 3.0]]) / np.sqrt(1.001))
    assert [w.name for w in layer.weights] == ["gamma"]


def test_group_normalization_takes_channels_in_order():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    groups = normal(x.reshape(2, 3, 2, 2), (1, 3)).reshape(x.shape)
    assert_close(layers.GroupNormalization(groups=2)(x), groups)
    assert_close(layers.GroupNormalization(groups=-1)(x), normal(x, 1))
    assert_close(layers.GroupNormalization(groups=1)(x), normal(x, (1, 2)))
    assert layers.GroupNormalization(groups=2)(layers.Input((None, 4))).shape == (None, None, 4)


def test_group_normalization_says_what_is_wrong_with_groups():
    with pytest.raises(ValueError, match=r"must be a multiple of `groups`, 32. Got shape \(2, 2\)"):
        layers.GroupNormalization()(X)
    with pytest.raises(ValueError, match=r"`groups` must be a positive integer or -1. Got 0"):
        layers.GroupNormalization(groups=0)


def test_unit_normalization_leaves_zeros_alone():
    assert_close(layers.UnitNormalization()(np.array([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0.0, 0.0]])


def test_rms_normalization_divides_by_the_root_mean_square_and_scales():
    layer = layers.RMSNormalization()
    layer.build((None, 2))
    layer.set_weights([np.array([1.0, 10.0])])
    assert_close(layer(np.array([[1.0, 7.0]])), [[0.2, 14.0]])


def test_nothing_need_be_added_to_the_variance():
    assert_close(layers.LayerNormalization(epsilon=0)([[1.0, 3.0]]), [[-1.0, 1.0]])
    assert_close(layers.GroupNormalization(1, epsilon=0)([[1.0, 3.0]]), [[-1.0, 1.0]])
    assert_close(layers.RMSNormalization(epsilon=0)([[3.0, -3.0]]), [[1.0, -1.0]])
    assert_close(layers.BatchNormalization(epsilon=0)(np.array([[1.0], [3.0]]), training=True), [[-1.0], [1.0]])


@pytest.mark.parametrize(
    "layer",
    [
        layers.BatchNormalization(axis=5), layers.LayerNormalization(axis=(0, 2)), layers.RMSNormalization(axis=-3),
        layers.UnitNormalization(axis=2), layers.PReLU(shared_axes=[2]),
    ],
    ids=lambda layer: layer.name,
)  # fmt: skip
def test_an_axis_that_inputs_have_not_is_an_error_when_traced_too(layer):
    with pytest.raises(ValueError, match="there is no axis"):
        layer(KerasTensor((None, 4)))


@pytest.mark.parametrize("layer", [layers.LayerNormalization, layers.RMSNormalization])
def test_axes_from_the_end_hold_for_inputs_of_another_rank(layer):
    made = layer()
    made.build((2, 3, 2))
    x = np.array([[1.0, 3.0], [2.0, 8.0]])
    wanted = made(x[None])[0]
    assert_close(made(x), wanted)
    assert_close(made(x[None, None])[0, 0], wanted)


@pytest.mark.parametrize("make", [layers.LayerNormalization, lambda dtype: layers.GroupNormalization(1, dtype=dtype)])
def test_numbers_beyond_16_bits_are_normalised_before_they_are_rounded(make):
    y = make(dtype="mixed_float16")(np.array([[70000.0, 90000.0]], "float32"))
    assert y.dtype == "float16"
    assert_close(y, [[-1.0, 1.0]])
    assert make(dtype="float32")(np.array([[1, 2]])).dtype == "float32"
