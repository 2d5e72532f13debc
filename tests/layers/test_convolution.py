"""Convolution layers, against sums written out by hand."""

import numpy as np
import pytest

from keras import layers

from .contract import assert_close


def draw(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape).astype("float32")


def with_kernel(layer, x, *weights):
    layer.build(x.shape)
    layer.set_weights(weights)
    return layer(x)


def test_conv1d_is_a_sum_over_a_window():
    x, kernel = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1), np.array([1.0, 10.0]).reshape(2, 1, 1)
    y = with_kernel(layers.Conv1D(1, 2), x, kernel, np.array([0.5]))
    assert_close(y[0, :, 0], [21.5, 32.5, 43.5])


def test_causal_conv1d_sees_no_later_step():
    x, kernel = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1), np.array([1.0, 10.0]).reshape(2, 1, 1)
    layer = layers.Conv1D(1, 2, padding="causal", dilation_rate=2, use_bias=False)
    assert_close(with_kernel(layer, x, kernel)[0, :, 0], [10.0, 20.0, 31.0, 42.0])
    flipped = layers.Conv1D(1, 2, padding="causal", dilation_rate=2, use_bias=False, data_format="channels_first")
    assert_close(with_kernel(flipped, x.reshape(1, 1, 4), kernel)[0, 0], [10.0, 20.0, 31.0, 42.0])


def test_conv2d_is_a_sum_over_a_window():
    x, kernel, bias = draw(2, 5, 6, 3), draw(2, 3, 3, 4), draw(4)
    y = with_kernel(layers.Conv2D(4, (2, 3), strides=(2, 1)), x, kernel, bias)
    wanted = np.zeros((2, 2, 4, 4))
    for i in range(2):
        for j in range(4):
            window = x[:, 2 * i : 2 * i + 2, j : j + 3]
            wanted[:, i, j] = np.tensordot(window, kernel, 3) + bias
    assert_close(y, wanted, atol=1e-4)


def test_groups_are_convolved_by_themselves():
    x, kernel = draw(1, 5, 4), draw(3, 2, 6)
    y = with_kernel(layers.Conv1D(6, 3, groups=2, use_bias=False), x, kernel)
    for group in range(2):
        part = with_kernel(
            layers.Conv1D(3, 3, use_bias=False),
            x[..., 2 * group : 2 * group + 2],
            kernel[..., 3 * group : 3 * group + 3],
        )
        assert_close(y[..., 3 * group : 3 * group + 3], part, atol=1e-4)


def test_depthwise_convolution_is_one_convolution_per_channel():
    x, kernel = draw(1, 4, 5, 2), draw(2, 2, 2, 3)
    y = with_kernel(layers.DepthwiseConv2D(2, depth_multiplier=3, use_bias=False), x, kernel)
    for channel in range(2):
        part = with_kernel(
            layers.Conv2D(3, 2, use_bias=False), x[..., channel : channel + 1], kernel[:, :, channel : channel + 1]
        )
        assert_close(y[..., 3 * channel : 3 * channel + 3], part, atol=1e-4)


def test_separable_convolution_mixes_what_a_depthwise_one_gives():
    x, depthwise, pointwise = draw(1, 4, 5, 2), draw(2, 2, 2, 3), draw(1, 1, 6, 4)
    y = with_kernel(layers.SeparableConv2D(4, 2, depth_multiplier=3, use_bias=False), x, depthwise, pointwise)
    between = with_kernel(layers.DepthwiseConv2D(2, depth_multiplier=3, use_bias=False), x, depthwise)
    assert_close(y, np.asarray(between) @ pointwise[0, 0], atol=1e-4)


def test_transposed_convolution_spreads_each_input_over_a_window():
    x, kernel = np.array([1.0, 2.0]).reshape(1, 2, 1), np.array([1.0, 10.0, 100.0]).reshape(3, 1, 1)
    y = with_kernel(layers.Conv1DTranspose(1, 3, strides=2, use_bias=False), x, kernel)
    assert_close(y[0, :, 0], [1.0, 10.0, 102.0, 20.0, 200.0])


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_transposed_convolution_is_the_transpose_of_the_convolution(padding, strides, width):
    # <conv(y), x> = <y, transposed(x)>
    forward = layers.Conv1D(2, width, strides=strides, padding=padding, use_bias=False)
    back = layers.Conv1DTranspose(3, width, strides=strides, padding=padding, use_bias=False)
    x, kernel = draw(1, 4, 2), draw(width, 3, 2)
    spread = np.asarray(with_kernel(back, x, kernel))
    y = draw(*spread.shape)
    found = np.asarray(with_kernel(forward, y, kernel))
    assert found.shape == x.shape
    np.testing.assert_allclose((found * x).sum(), (y * spread).sum(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((28, 28), r"Got shape \(28, 28\), which has 2.\n  For one grey image, pass x\[None, :, :, None\]."),
        (
            (2, 28, 28),
            r"Got shape \(2, 28, 28\), which has 3.\n  For one image, pass x\[None\]; for grey images, x\[..., None\].",
        ),
    ],
)
def test_conv2d_says_which_axes_images_have(shape, hint):
    with pytest.raises(ValueError, match=r"c takes images with 4 axes: \(batch, height, width, channels\).\n  " + hint):
        layers.Conv2D(2, 3, name="c")(np.ones(shape))


def test_conv2d_says_when_the_number_of_channels_changes():
    layer = layers.Conv2D(2, 3, name="c")
    layer(np.ones((1, 8, 8, 1)))
    with pytest.raises(ValueError, match=r"c takes inputs whose axis 3 has size 1(?s:.*)Got shape \(1, 8, 8, 3\)"):
        layer(np.ones((1, 8, 8, 3)))


def test_axis_names_follow_the_axis_order():
    with pytest.raises(ValueError, match=r"takes volumes with 5 axes: \(batch, channels, depth, height, width\)"):
        layers.Conv3D(2, 3, data_format="channels_first")(np.ones((1, 2, 3, 4)))
    with pytest.raises(ValueError, match=r"takes sequences with 3 axes: \(batch, steps, channels\)"):
        layers.Conv1D(2, 3)(np.ones((5, 4)))


@pytest.mark.parametrize("layer", [layers.Conv2D(2, 7), layers.DepthwiseConv2D(7), layers.MaxPooling2D(7)])
def test_windows_that_do_not_fit_are_refused(layer):
    with pytest.raises(ValueError, match=r"windows of size \(7, 7\) do not fit into inputs of shape \(None, 5, 9, 1\)"):
        layer(layers.Input((5, 9, 1)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "`filters` must be a positive integer. Got 0"),
        ({"kernel_size": (3, 3, 3)}, "`kernel_size` must be one positive integer, or 2 of them"),
        ({"strides": 0}, "`strides` must be one positive integer, or 2 of them. Got 0"),
        ({"padding": "full"}, "`padding` must be one of 'valid', 'same'. Got 'full'"),
        ({"padding": "causal"}, "`padding` must be one of 'valid', 'same'. Got 'causal'"),
        ({"data_format": "first"}, "`data_format` must be one of"),
        ({"strides": 2, "dilation_rate": 2}, "only one of `strides` and `dilation_rate` can be above 1"),
        ({"filters": 3, "groups": 2}, "`filters` must be a multiple of `groups`. Got 3 and 2"),
    ],
)
def test_conv2d_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=f"Conv2D: {message}"):
        layers.Conv2D(**{"filters": 4, "kernel_size": 3, **arguments})


def test_groups_must_divide_the_channels():
    with pytest.raises(
        ValueError, match=r"number of channels must be a multiple of `groups`, 2. Got shape \(1, 9, 3\)"
    ):
        layers.Conv1D(4, 3, groups=2)(np.ones((1, 9, 3)))


def test_output_padding_must_be_less_than_strides():
    with pytest.raises(ValueError, match=r"Conv2DTranspose: `output_padding` must be less than `strides`. Got 2 and 2"):
        layers.Conv2DTranspose(1, 3, strides=2, output_padding=2)


def test_conv3d_transpose_takes_the_axis_order_before_the_output_padding():
    layer = layers.Conv3DTranspose(1, 3, 2, "same", "channels_first", 1)
    assert (layer.data_format, layer.output_padding) == ("channels_first", (1, 1, 1))
    other = layers.Conv3DTranspose.from_config(layer.get_config())
    assert (other.data_format, other.output_padding) == ("channels_first", (1, 1, 1))


def test_same_padding_keeps_the_size_divided_by_the_stride():
    assert layers.Conv2D(1, 3, strides=2, padding="SAME")(layers.Input((7, 8, 1))).shape == (None, 4, 4, 1)
    assert layers.Conv2D(1, 3)(layers.Input((None, None, 1))).shape == (None, None, None, 1)


@pytest.mark.parametrize("kind", [layers.DepthwiseConv2D, layers.SeparableConv2D])
def test_channel_by_channel_windows_move_and_spread_at_once(kind):
    own = {"depthwise_initializer": "ones", "use_bias": False, "strides": 2, "dilation_rate": 2}
    layer = kind(2, **own) if kind is layers.DepthwiseConv2D else kind(1, 2, pointwise_initializer="ones", **own)
    x = np.arange(25.0, dtype="float32").reshape(1, 5, 5, 1)
    y = layer(x)
    assert y.shape == layer.compute_output_shape(x.shape) == (1, 2, 2, 1)
    np.testing.assert_allclose(y[0, :, :, 0], [[24, 32], [64, 72]])
