"""Layers that make one tensor of several."""

import numpy as np
import pytest

from keras import layers, ops

from .contract import assert_close

A, B, C = (np.array([[1.0, 5.0]]), np.array([[4.0, 2.0]]), np.array([[0.0, 2.0]]))


@pytest.mark.parametrize(
    ("function", "layer", "wanted"),
    [
        (layers.add, layers.Add, [[5.0, 9.0]]),
        (layers.multiply, layers.Multiply, [[0.0, 20.0]]),
        (layers.average, layers.Average, [[5 / 3, 3.0]]),
        (layers.maximum, layers.Maximum, [[4.0, 5.0]]),
        (layers.minimum, layers.Minimum, [[0.0, 2.0]]),
    ],
)
def test_element_by_element(function, layer, wanted):
    assert_close(layer()([A, B, C]), wanted)
    assert_close(function([A, B, C]), wanted)
    assert_close(layer()([A]), A)


@pytest.mark.parametrize("layer", [layers.Add, layers.Concatenate, layers.Maximum, layers.Average])
@pytest.mark.parametrize("dtypes", [("int32", "float32"), ("uint8", "int32"), ("float32", "bool")])
def test_inputs_of_several_dtypes_are_promoted_alike_on_symbols_and_arrays(layer, dtypes):
    symbol = layer()([layers.Input((2,), dtype=d) for d in dtypes])
    array = layer()([np.ones((1, 2), d) for d in dtypes])
    assert symbol.dtype == array.dtype.name


def test_subtract_takes_the_second_from_the_first():
    assert_close(layers.subtract([A, B]), [[-3.0, 3.0]])
    with pytest.raises(ValueError, match=r"takes two inputs. Got 3"):
        layers.subtract([A, B, C])


def test_sizes_of_one_are_stretched_and_missing_axes_put_behind_the_batch():
    assert layers.Add()([np.ones((2, 1, 3)), np.ones((2, 4, 1))]).shape == (2, 4, 3)
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((2, 3, 2))
    assert_close(layers.Add()([a, b])[:, 2], a)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([np.ones((2, 3)), np.ones((2, 4))], r"combines inputs whose sizes are equal or 1. Got \(2, 3\), \(2, 4\)"),
        ([np.ones((2, 3)), np.ones((1, 3))], r"the inputs must have the same batch size. Got \(2, 3\), \(1, 3\)"),
        (np.ones((2, 3)), r"takes a list of tensors. Got one of shape \(2, 3\)"),
        ({"a": np.ones((2, 3))}, "takes a list of tensors. Got a dict"),
    ],
)
def test_shapes_that_do_not_fit(inputs, message):
    with pytest.raises(ValueError, match=message):
        layers.Add()(inputs)


def test_concatenate_along_any_axis():
    a, b = np.ones((2, 3, 1)), np.zeros((2, 3, 2))
    assert_close(layers.concatenate([a, b]), np.concatenate([a, b], -1))
    assert layers.Concatenate(axis=0)([np.ones((2, 3)), np.ones((4, 3))]).shape == (6, 3)
    assert layers.Concatenate(axis=1)([layers.Input((None, 2)), layers.Input((3, 2))]).shape == (None, None, 2)


@pytest.mark.parametrize(
    ("shapes", "axis", "message"),
    [
        ([(2, 3, 5), (2, 4, 5)], -1, r"all other sizes must be equal. Got \(2, 3, 5\), \(2, 4, 5\)"),
        ([(2, 5), (2, 4, 5)], -1, "must have equally many axes"),
        ([(2, 5), (2, 5)], 2, r"there is no axis 2. Got \(2, 5\), \(2, 5\)"),
    ],
)
def test_concatenate_says_which_shapes_do_not_fit(shapes, axis, message):
    with pytest.raises(ValueError, match=message):
        layers.Concatenate(axis=axis)([np.ones(s) for s in shapes])


def test_dot_of_vectors_and_its_cosine():
    x, y = np.array([[3.0, 4.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])
    assert_close(layers.dot([x, y], axes=1), [[3.0], [0.0]])
    assert_close(layers.dot([x, y], axes=1, normalize=True), [[0.6], [0.0]])


def test_dot_keeps_the_other_axes_of_the_first_then_of_the_second():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(2, 3, 4)), draw.normal(size=(2, 5, 3))
    assert_close(layers.Dot(axes=(1, 2))([x, y]), np.einsum("bij,bki->bjk", x, y))
    assert_close(layers.Dot(axes=-1)([x, draw.normal(size=(2, 4)) * 0]), np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("axes", "message"),
    [(0, "`axes` must be axes of the inputs other than the batch"), (3, "`axes` must be axes"), (2, "equal sizes")],
)
def test_dot_says_which_axes_do_not_fit(axes, message):
    with pytest.raises(ValueError, match=message):
        layers.Dot(axes=axes)([np.ones((2, 3, 4)), np.ones((2, 3, 5))])


MASKS = [np.array([[True, False, False]]), np.array([[False, True, False]])]
XS = [np.ones((1, 3, 2)), np.ones((1, 3, 2))]


def masked(x, mask):
    """A tensor with a mask: steps where it is false become zero and are hidden."""
    return layers.Masking()(x * mask[..., None])


def test_a_step_is_kept_if_any_input_keeps_it():
    y = layers.Add()([masked(x, m) for x, m in zip(XS, MASKS)])
    np.testing.assert_array_equal(y._keras_mask, [[True, True, False]])
    y = layers.Add()([masked(XS[0], MASKS[0]), XS[1]])
    assert getattr(y, "_keras_mask", None) is None


def test_concatenate_puts_masks_together_like_its_inputs():
    found = [masked(x, m) for x, m in zip(XS, MASKS)]
    np.testing.assert_array_equal(layers.Concatenate()(found)._keras_mask, [[True, True, False]])
    steps = layers.Concatenate(axis=1)([*found, XS[0]])
    np.testing.assert_array_equal(steps._keras_mask, [[True, False, False, False, True, False, True, True, True]])
    np.testing.assert_array_equal(layers.Concatenate()([found[0], XS[0]])._keras_mask, [[True, True, True]])


def test_dot_ends_masks():
    y = layers.Dot(axes=2)([masked(x, m) for x, m in zip(XS, MASKS)])
    assert getattr(y, "_keras_mask", None) is None


# what Keras 3.15.1 gives
ROWS = [[[[1.0], [3.0], [5.0], [7.0]]], [[[-10.0], [-30.0], [-50.0], [70.0]]], [[[0.5], [0.5], [0.5], [0.5]]]]
KEPT = [[[1, 1, 0, 0]], [[1, 0, 1, 0]], [[0, 0, 0, 1]]]
MERGED = {
    "Multiply": {(0, 1): [-10, 3, -50, 0], (0, 1, 2): [-10, 3, -50, 0.5], (0, None): [-10, -90, -50, 70]},
    "Maximum": {(0, 1): [1, 3, -50, 7], (1, 0): [1, 3, -50, 70], (0, 1, 2): [1, 3, -50, 0.5], (None, 1): [1, 3, 5, 7]},
    "Minimum": {(0, 1): [-10, 3, -50, 7], (0, None): [-10, -30, -50, 70], (None, 1): [-10, 3, -50, 7]},
    "Average": {(0, 1): [-4.5, -13.5, -22.5, 38.5]},
}


@pytest.mark.parametrize("kind", MERGED)
def test_what_masks_leave_out_takes_no_part_in_products_and_extremes(kind):
    for order, wanted in MERGED[kind].items():
        xs = []
        for place, i in enumerate(order):
            x = ops.convert_to_tensor(np.array(ROWS[place if i is None else i], "float16"))
            if i is not None:
                x._keras_mask = ops.convert_to_tensor(np.array(KEPT[i], bool))
            xs.append(x)
        assert_close(getattr(layers, kind)()(xs)[..., 0], [wanted])


@pytest.mark.parametrize("layer", [layers.Add(), layers.Concatenate()])
def test_masks_come_in_a_list_as_long_as_that_of_the_inputs(layer):
    x, mask = ops.ones((2, 3)), ops.ones((2,), "bool")
    for inputs, masks in [([x, x], mask), (x, [None, None]), ([x, x], [None])]:
        with pytest.raises(ValueError, match="must be lists of the same length"):
            layer.compute_mask(inputs, masks)
