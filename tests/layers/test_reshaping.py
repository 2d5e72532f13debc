"""Layers that only move elements: Flatten, Reshape, Permute, RepeatVector, padding, cropping, up-sampling."""

import numpy as np
import pytest

from keras import config, layers

from .contract import assert_close

X = np.arange(24.0).reshape(1, 2, 3, 4)


def test_flatten_keeps_the_order_of_elements():
    assert_close(layers.Flatten()(X), np.arange(24.0)[None])


def test_flatten_of_channels_first_gives_the_order_of_channels_last():
    assert_close(layers.Flatten("channels_first")(np.moveaxis(X, -1, 1)), np.arange(24.0)[None])


def test_flatten_makes_numbers_vectors_and_leaves_open_sizes_open():
    assert layers.Flatten()(np.arange(3.0)).shape == (3, 1)
    assert layers.Flatten()(layers.Input((None, 3))).shape == (None, None)
    assert layers.Flatten()(np.ones((0, 2, 3))).shape == (0, 6)


def test_reshape_finds_the_size_that_is_left_open():
    assert_close(layers.Reshape((-1, 8))(X), X.reshape(1, 3, 8))
    assert layers.Reshape((3, None))(layers.Input((6, 4))).shape == (None, 3, 8)
    assert layers.Reshape((-1, 2))(layers.Input((None, 4))).shape == (None, None, 2)


@pytest.mark.parametrize("shape", [(5, 5), (-1, 5)])
def test_reshape_says_when_the_elements_do_not_fit(shape):
    with pytest.raises(ValueError, match="they have 24 elements, not"):
        layers.Reshape(shape)(X)
    with pytest.raises(ValueError, match="they have 24 elements, not"):
        layers.Reshape(shape)(layers.Input((2, 3, 4)))


@pytest.mark.parametrize("shape", [(-1, -1), 3, (2.5, 2), (-2, 3), "ab"])
def test_reshape_says_what_is_wrong_with_the_target(shape):
    with pytest.raises(ValueError, match="Reshape: `target_shape` m"):
        layers.Reshape(shape)


def test_permute_counts_axes_from_one():
    assert_close(layers.Permute((3, 1, 2))(X), X.transpose(0, 3, 1, 2))


@pytest.mark.parametrize("dims", [(1, 3), (0, 1), (1, 1)])
def test_permute_says_what_is_wrong_with_dims(dims):
    with pytest.raises(ValueError, match=r"Permute: `dims` must hold each position from 1 on once. Got"):
        layers.Permute(dims)


def test_repeat_vector_makes_steps():
    assert_close(layers.RepeatVector(2)(np.array([[1.0, 2.0]])), [[[1.0, 2.0], [1.0, 2.0]]])
    with pytest.raises(ValueError, match=r"RepeatVector: `n` must be a positive integer. Got 2.0"):
        layers.RepeatVector(2.0)


def test_zero_padding_puts_zeros_where_it_says():
    x = np.array([[[1.0], [2.0]]])
    assert_close(layers.ZeroPadding1D((1, 2))(x)[0, :, 0], [0.0, 1.0, 2.0, 0.0, 0.0])
    image = np.ones((1, 1, 1, 1))
    assert_close(layers.ZeroPadding2D(((1, 0), (0, 2)))(image)[0, :, :, 0], [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    assert layers.ZeroPadding2D((1, 2))(image).shape == (1, 3, 5, 1)
    assert layers.ZeroPadding3D((0, 1, 2))(np.ones((1, 2, 2, 2, 1))).shape == (1, 2, 4, 6, 1)


@pytest.mark.parametrize(
    ("layer", "padding"), [(layers.ZeroPadding1D, -1), (layers.ZeroPadding2D, (1, 2, 3)), (layers.ZeroPadding3D, "a")]
)
def test_zero_padding_says_what_is_wrong_with_padding(layer, padding):
    with pytest.raises(ValueError, match=rf"{layer.__name__}: `padding` must be an integer(?s:.*)none below 0"):
        layer(padding)


def test_cropping_undoes_padding():
    x = np.arange(24.0).reshape(1, 3, 4, 2)
    edges = ((1, 2), (3, 0))
    assert_close(layers.Cropping2D(edges)(layers.ZeroPadding2D(edges)(x)), x)
    assert_close(layers.Cropping1D((2, 1))(layers.ZeroPadding1D((2, 1))(x[0])), x[0])


def test_cropping_says_when_nothing_would_be_left():
    with pytest.raises(ValueError, match=r"cuts off \(2, 2\), which leaves nothing of shape \(1, 4, 2\)"):
        layers.Cropping1D(2)(np.ones((1, 4, 2)))
    with pytest.raises(ValueError, match="leaves nothing of shape"):
        layers.Cropping2D(2)(layers.Input((4, 9, 1)))


def test_up_sampling_repeats():
    x = np.array([[[1.0], [2.0]]])
    assert_close(layers.UpSampling1D(3)(x)[0, :, 0], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
    image = np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1)
    assert_close(layers.UpSampling2D((2, 1))(image)[0, :, :, 0], [[1.0, 2.0], [1.0, 2.0]])


def test_up_sampling_blends_when_asked():
    image = np.array([0.0, 4.0]).reshape(1, 1, 2, 1)
    # new pixels lie at -1/4, 1/4, 3/4 and 5/4 of the way, and are held at the edges
    blended = layers.UpSampling2D((1, 2), interpolation="bilinear")(image)
    assert_close(blended[0, 0, :, 0], [0.0, 1.0, 3.0, 4.0])
    with pytest.raises(ValueError, match="UpSampling2D: `interpolation` must be one of 'nearest', 'bilinear'"):
        layers.UpSampling2D(2, interpolation="cubical")


def test_the_global_axis_order_holds_where_none_is_given():
    config.set_image_data_format("channels_first")
    assert layers.ZeroPadding2D(1)(np.ones((1, 2, 3, 4))).shape == (1, 2, 5, 6)
    assert layers.UpSampling2D(2).data_format == "channels_first"
    assert layers.Cropping1D(1)(np.ones((1, 4, 2))).shape == (1, 2, 2)  # has one axis order only
    with pytest.raises(ValueError, match="ZeroPadding2D: `data_format` must be one of 'channels_last'"):
        layers.ZeroPadding2D(1, data_format="channels")
