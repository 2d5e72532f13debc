"""Pooling layers."""

import numpy as np
import pytest

from keras import layers

from .contract import assert_close

STEPS = np.array([3.0, 1.0, 4.0, 1.0, 5.0]).reshape(1, 5, 1)
MASK = np.array([[True, False, True, False, False]])


def test_max_pooling_keeps_the_largest_of_each_window():
    assert_close(layers.MaxPooling1D(2)(STEPS)[0, :, 0], [3.0, 4.0])
    assert_close(layers.MaxPooling1D(2, strides=1)(STEPS)[0, :, 0], [3.0, 4.0, 4.0, 5.0])
    assert_close(layers.MaxPooling1D(2, padding="same")(STEPS)[0, :, 0], [3.0, 4.0, 5.0])
    assert_close(layers.MaxPooling1D(2, padding="same")(-STEPS)[0, :, 0], [-1.0, -1.0, -5.0])


def test_padding_does_not_count_in_means():
    assert_close(layers.AveragePooling1D(2)(STEPS)[0, :, 0], [2.0, 2.5])
    assert_close(layers.AveragePooling1D(2, padding="same")(STEPS)[0, :, 0], [2.0, 2.5, 5.0])


def test_windows_of_images():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    assert_close(layers.MaxPooling2D((2, 4))(x)[0, :, :, 0], [[7.0], [15.0]])
    assert_close(layers.AveragePooling2D(2)(x)[0, :, :, 0], [[2.5, 4.5], [10.5, 12.5]])
    assert layers.MaxPooling2D()(x).shape == (1, 2, 2, 1)
    assert layers.MaxPooling2D(3, strides=1)(x).shape == (1, 2, 2, 1)


def test_global_pooling_leaves_one_number_per_channel():
    x = np.arange(12.0).reshape(1, 2, 3, 2)
    assert_close(layers.GlobalMaxPooling2D()(x), [[10.0, 11.0]])
    assert_close(layers.GlobalAveragePooling2D(keepdims=True)(x), [[[[5.0, 6.0]]]])


def test_masked_steps_do_not_count_in_the_global_mean_and_the_mask_ends_there():
    layer = layers.GlobalAveragePooling1D()
    assert_close(layer(STEPS, mask=MASK), [[3.5]])
    masked = layers.Masking()(STEPS * MASK[..., None])
    assert_close(layer(masked), [[3.5]])
    assert getattr(layer(masked), "_keras_mask", None) is None
    first = layers.GlobalAveragePooling1D("channels_first")
    assert_close(first(STEPS.reshape(1, 1, 5), mask=MASK), [[3.5]])


def test_strides_are_the_size_of_the_window_unless_given():
    config = layers.MaxPooling2D((3, 2)).get_config()
    assert (tuple(config["pool_size"]), tuple(config["strides"])) == ((3, 2), (3, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pool_size": 0}, "`pool_size` must be one positive integer, or 2 of them. Got 0"),
        ({"strides": (1, 2, 3)}, "`strides` must be one positive integer, or 2 of them"),
        ({"padding": "causal"}, "`padding` must be one of 'valid', 'same'"),
        ({"data_format": "last"}, "`data_format` must be one of"),
    ],
)
def test_pooling_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=f"MaxPooling2D: {message}"):
        layers.MaxPooling2D(**arguments)


def test_pooling_says_which_axes_it_takes():
    with pytest.raises(ValueError, match=r"takes images with 4 axes: \(batch, height, width, channels\)"):
        layers.AveragePooling2D(2)(np.ones((4, 4)))
    for layer in (layers.AveragePooling2D(2), layers.Conv2D(1, 2), layers.DepthwiseConv2D(2)):
        with pytest.raises(ValueError, match="takes images with 4 axes"):
            layer.compute_output_shape((None, 4))
    with pytest.raises(ValueError, match=r"takes sequences with 3 axes"):
        layers.GlobalMaxPooling1D()(np.ones((4, 4)))
