"""Labels, rows and sequences in the form that training wants."""

import numpy as np
import pytest

import keras
from keras.utils import get_source_inputs, is_keras_tensor, normalize, pad_sequences, standardize_dtype, to_categorical


@pytest.mark.parametrize(
    ("x", "rows"),
    [
        ([0, 2, 1], [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
        ([[0], [2]], [[1, 0, 0], [0, 0, 1]]),
        ([[0, 1], [1, 0]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]),
        ([0.0, 1.0], [[1, 0], [0, 1]]),
        ([True, False], [[0, 1], [1, 0]]),
        ([-1, 1], [[0, 1], [0, 1]]),
        ([[1]], [[0, 1]]),
        (1, [0, 1]),
    ],
)
def test_class_numbers_become_rows_with_one_one(x, rows):
    got = to_categorical(x)
    assert got.dtype == "float64"
    assert got.tolist() == rows


def test_the_number_of_classes_may_be_larger_than_the_numbers_show():
    assert to_categorical([0, 1], 4).tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert to_categorical(np.zeros((0, 1)), 3).shape == (0, 3)


def test_no_number_of_classes_is_written_none_or_0():
    assert to_categorical([0, 1], 0).tolist() == to_categorical([0, 1]).tolist()


def test_a_tensor_of_class_numbers_gives_a_tensor():
    got = to_categorical(keras.ops.convert_to_tensor([[0], [2]]))
    assert keras.ops.is_tensor(got)
    assert np.asarray(got).tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ("x", "classes", "message"),
    [
        ([0, 5], 3, "with 3 classes the numbers must be from 0 to 2. Got numbers from 0 to 5"),
        ([], None, "`x` is empty"),
        (["a"], None, "`x` must hold class numbers"),
        ([0], -1, "`num_classes` must be a positive integer. Got -1"),
    ],
)
def test_labels_that_are_none_are_refused(x, classes, message):
    with pytest.raises(ValueError, match=message):
        to_categorical(x, classes)


@pytest.mark.parametrize(
    ("x", "arguments", "rows"),
    [
        ([[3.0, 4.0], [0.0, 0.0]], {}, [[0.6, 0.8], [0, 0]]),
        ([[3.0, 4.0]], {"order": 1}, [[3 / 7, 4 / 7]]),
        ([[3.0, -4.0]], {"order": np.inf}, [[0.75, -1.0]]),
        ([[3.0], [4.0]], {"axis": 0}, [[0.6], [0.8]]),
    ],
)
def test_vectors_are_divided_by_their_norm(x, arguments, rows):
    for form in (np.array, list):
        np.testing.assert_allclose(np.asarray(normalize(form(x), **arguments)), rows, rtol=1e-6)


@pytest.mark.parametrize("order", [0, -1, "2", True])
def test_a_norm_that_is_none_is_refused(order):
    with pytest.raises(ValueError, match="`order` must be a number of at least 1"):
        normalize([[1.0]], order=order)


@pytest.mark.parametrize(
    ("sequences", "arguments", "rows"),
    [
        ([[1, 2, 3], [4]], {}, [[1, 2, 3], [0, 0, 4]]),
        ([[1, 2, 3], [4]], {"padding": "post"}, [[1, 2, 3], [4, 0, 0]]),
        ([[1, 2, 3], [4]], {"maxlen": 2}, [[2, 3], [0, 4]]),
        ([[1, 2, 3], [4]], {"maxlen": 2, "truncating": "post", "value": -1}, [[1, 2], [-1, 4]]),
        ([[], [1]], {}, [[0], [1]]),
        ([[1], [2, 3]], {"dtype": "float32", "value": 0.5}, [[0.5, 1], [2, 3]]),
        ([[[1, 2]], [[3, 4], [5, 6]]], {}, [[[0, 0], [1, 2]], [[3, 4], [5, 6]]]),
        ([["a", "b"], ["c"]], {"dtype": object, "value": ""}, [["a", "b"], ["", "c"]]),
        (np.arange(6).reshape(2, 3), {"maxlen": 2}, [[1, 2], [4, 5]]),
        ([[1]], {"maxlen": 0}, [[]]),
        ([[1.9, 2]], {}, [[1, 2]]),
    ],
)
def test_short_sequences_are_filled_and_long_ones_cut(sequences, arguments, rows):
    got = pad_sequences(sequences, **arguments)
    assert got.dtype == np.dtype(arguments.get("dtype", "int32"))
    assert got.tolist() == rows


@pytest.mark.parametrize(
    ("sequences", "arguments", "message"),
    [
        ([1, 2], {}, "a list of sequences, .* Got a int among them"),
        (3, {}, "a list of sequences, .* Got a int"),
        ([[1], [[2, 3]]], {}, r"Sequence 1 has items of shape \(2,\), others have \(\)"),
        ([[1]], {"padding": "both"}, "`padding` must be one of 'pre', 'post'. Got 'both'"),
        ([[1]], {"truncating": "past"}, "`truncating` must be one of .* Did you mean 'post'"),
        ([["a"]], {"value": "z"}, "text needs dtype=object"),
        ([["a"]], {}, "sequence 0 does not fit dtype int32"),
    ],
)
def test_sequences_that_cannot_be_one_array_are_refused(sequences, arguments, message):
    with pytest.raises(ValueError, match=message):
        pad_sequences(sequences, **arguments)


def test_the_older_place_of_pad_sequences_has_the_same_function():
    assert keras.preprocessing.sequence.pad_sequences is pad_sequences


def test_symbolic_tensors_are_told_from_others():
    assert is_keras_tensor(keras.Input((2,)))
    assert not is_keras_tensor(np.zeros(2))


def test_the_inputs_behind_a_tensor_are_found_in_order():
    a, b = keras.Input((2,)), keras.Input((2,))
    total = keras.layers.Add()([keras.layers.Dense(2)(a), b])
    assert [id(x) for x in get_source_inputs(total)] == [id(a), id(b)]
    assert get_source_inputs(a) == [a]


@pytest.mark.parametrize(
    ("dtype", "name"), [(None, "float32"), (np.float64, "float64"), ("bfloat16", "bfloat16"), (bool, "bool")]
)
def test_dtypes_have_one_name(dtype, name):
    assert standardize_dtype(dtype) == name
