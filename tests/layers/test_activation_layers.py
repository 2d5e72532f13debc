"""ReLU, LeakyReLU, PReLU, ELU and Softmax."""

import numpy as np
import pytest

import keras
from keras import layers

from .contract import assert_close

X = np.array([[-2.0, 0.5, 3.0]])


def test_relu_has_a_ceiling_a_threshold_and_a_slope_below():
    assert_close(layers.ReLU()(X), [[0.0, 0.5, 3.0]])
    assert_close(layers.ReLU(max_value=2.0, negative_slope=0.1, threshold=1.0)(X), [[-0.3, -0.05, 2.0]])


@pytest.mark.parametrize("name", ["max_value", "negative_slope"])
def test_relu_says_what_is_wrong(name):
    with pytest.raises(ValueError, match=f"ReLU: `{name}` must be a number of at least 0. Got -1"):
        layers.ReLU(**{name: -1})


def test_leaky_relu_and_elu_damp():
    assert_close(layers.LeakyReLU()(X), [[-0.6, 0.5, 3.0]])
    assert_close(layers.ELU(2.0)(X), [[2 * (np.exp(-2.0) - 1), 0.5, 3.0]])


def test_prelu_has_a_factor_per_element_or_per_shared_axes():
    layer = layers.PReLU()
    layer.build((None, 3))
    layer.set_weights([np.array([0.5, 9.0, 9.0])])
    assert_close(layer(X), [[-1.0, 0.5, 3.0]])
    shared = layers.PReLU(shared_axes=[1, 2])
    shared.build((None, 5, 6, 7))
    assert shared.alpha.shape == (1, 1, 7)
    open_size = layers.PReLU(shared_axes=1)
    open_size.build((None, None, 7))
    assert open_size.alpha.shape == (1, 7)


@pytest.mark.parametrize(("axes", "shape"), [([-1], (5, 1, 7)), ([1, -2], (1, 6, 7)), (0, (5, 6, 1))])
def test_prelu_counts_shared_axes_from_behind_as_all_releases_do(axes, shape):
    layer = layers.PReLU(shared_axes=axes)
    layer.build((None, 5, 6, 7))
    assert layer.alpha.shape == shape


def test_prelu_says_which_axis_is_not_there():
    with pytest.raises(ValueError, match="there is no axis 4 in inputs of shape"):
        layers.PReLU(shared_axes=[4]).build((None, 5, 6, 7))


def test_softmax_sums_to_one_along_one_or_several_axes():
    assert_close(layers.Softmax()(np.log([[1.0, 3.0]])), [[0.25, 0.75]])
    assert_close(layers.Softmax(axis=(1, 2))(np.zeros((1, 2, 2))), np.full((1, 2, 2), 0.25))


def test_softmax_gives_masked_elements_nothing():
    x = np.log([[1.0, 3.0, 4.0]])
    assert_close(layers.Softmax()(x, mask=np.array([[True, True, False]])), [[0.25, 0.75, 0.0]])
    assert_close(layers.Softmax()(x, mask=np.array([[False, False, False]])), [[0.0, 0.0, 0.0]])
    half = layers.Softmax(dtype="float16")(x, mask=np.array([[True, True, False]]))
    assert_close(half, [[0.25, 0.75, 0.0]], atol=1e-3)


def test_softmax_spreads_a_mask_as_numpy_does():
    x = np.log([[[1.0, 3.0], [4.0, 4.0]]])
    wanted = [[[1.0, 0.0], [1.0, 0.0]]]
    assert_close(layers.Softmax()(x, mask=np.array([True, False])), wanted)
    assert_close(layers.Softmax()(x, mask=np.array([[True, False]])), wanted)
    assert_close(layers.Softmax()(x, mask=np.array([[[0.7, 0.5]]])), wanted)  # numbers above 0.5 are true


def test_softmax_takes_a_mask_of_steps():
    x = np.array([[[0.0, 0.0], [1.0, 1.0]], [[1.0, 1.0], [0.0, 0.0]]])
    wanted = [[[0.0, 0.0], [0.5, 0.5]], [[0.5, 0.5], [0.0, 0.0]]]
    assert_close(keras.Sequential([layers.Masking(), layers.Softmax()])(x), wanted)
    assert_close(layers.Softmax()(np.zeros((1, 2, 3)), mask=np.array([[True, False]]))[0, 1], [0.0, 0.0, 0.0])


@pytest.mark.parametrize("shape", [(2, 3), (1, 1, 3), (2,)])
def test_softmax_refuses_a_mask_that_does_not_fit(shape):
    with pytest.raises(ValueError, match="`mask` must have the shape of the inputs, or one that spreads over it"):
        layers.Softmax()(np.zeros((1, 3)), mask=np.ones(shape, bool))


@pytest.mark.parametrize("axis", ["last", 1.5, []])
def test_softmax_says_what_is_wrong_with_axis(axis):
    with pytest.raises(ValueError, match=r"Softmax: `axis` must be an integer, or a list of them. Got"):
        layers.Softmax(axis=axis)
