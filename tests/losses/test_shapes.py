"""Which shapes of labels and predictions go together, and what is said about the others."""

import warnings

import numpy as np
import pytest

from keras import losses

ELEMENTWISE = [
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
    "log_cosh", "huber", "cosine_similarity", "hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "poisson",
]  # fmt: skip
EXACT = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
]


def shape_of(function, labels, predictions):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # one class only
        return np.shape(getattr(losses, function)(np.full(labels, 0.5), np.full(predictions, 0.25)))


@pytest.mark.parametrize("function", ELEMENTWISE + EXACT)
def test_labels_may_lack_or_have_a_last_axis_of_size_one(function):
    assert shape_of(function, (4,), (4, 1)) == (4,)
    assert shape_of(function, (4, 1), (4,)) == (4,)
    assert shape_of(function, (4, 3, 1), (4, 3)) == (4,)
    assert shape_of(function, (4, 3), (4, 3)) == (4,)
    assert shape_of(function, (4, 2, 3), (4, 2, 3)) == (4, 2)
    assert shape_of(function, (4,), (4,)) == ()


def test_labels_of_n_and_predictions_of_n_by_1_are_compared_one_by_one():
    y, p = np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [5.0]])
    np.testing.assert_allclose(losses.mean_squared_error(y, p), [0, 0, 4])
    np.testing.assert_allclose(losses.MeanSquaredError()(y, p), 4 / 3, rtol=1e-6)
    np.testing.assert_allclose(losses.dice([1.0, 0.0], [[1.0], [0.0]]), 0, atol=1e-6)


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_sizes_of_one_stretch(function):
    assert shape_of(function, (4, 1), (4, 3)) == (4,)
    assert shape_of(function, (), (4, 3)) == (4,)


@pytest.mark.parametrize("function", ELEMENTWISE + EXACT)
@pytest.mark.parametrize(
    ("labels", "predictions"), [((4,), (4, 3)), ((4, 3), (4,)), ((4, 2), (4, 3)), ((4,), (4, 1, 1))]
)
def test_other_shapes_are_refused(function, labels, predictions):
    with pytest.raises(ValueError, match=f"{function}: labels and predictions must have the same shape") as info:
        shape_of(function, labels, predictions)
    for shape in (labels, predictions):
        assert str(shape) in str(info.value)


@pytest.mark.parametrize("function", EXACT)
def test_crossentropies_stretch_nothing(function):
    with pytest.raises(ValueError, match="must have the same shape"):
        shape_of(function, (4, 1), (4, 3))


def test_class_numbers_for_a_loss_of_one_hot_labels_get_a_hint():
    with pytest.raises(ValueError, match=r"class numbers: use sparse_categorical_crossentropy") as info:
        losses.CategoricalCrossentropy()(np.arange(4), np.full((4, 10), 0.1))
    assert "keras.utils.to_categorical(labels, 10)" in str(info.value)
    with pytest.raises(ValueError, match=r"For one of 10 classes\n  use sparse_categorical_crossentropy"):
        losses.BinaryCrossentropy()(np.arange(4), np.full((4, 10), 0.1))


def test_one_hot_labels_for_a_loss_of_class_numbers_get_a_hint():
    with pytest.raises(ValueError, match=r"\(n, 10\): one-hot; use categorical_crossentropy or pass integers"):
        losses.SparseCategoricalCrossentropy()(np.eye(10)[:4], np.full((4, 10), 0.1))
    with pytest.raises(ValueError, match=r"become class numbers with ops.argmax\(labels, axis=-1\)"):
        losses.categorical_generalized_cross_entropy(np.eye(3), np.eye(3), 0.5)


@pytest.mark.parametrize("function", ["sparse_categorical_crossentropy", "categorical_generalized_cross_entropy"])
def test_class_numbers_may_have_a_last_axis_of_size_one(function):
    more = {"q": 0.5} if "generalized" in function else {}
    p = np.full((2, 3, 4), 0.25)
    for labels in (np.zeros((2, 3), int), np.zeros((2, 3, 1), int)):
        assert np.shape(getattr(losses, function)(labels, p, **more)) == (2, 3)
    with pytest.raises(ValueError, match=r"must be class numbers of shape \(2, 3\).*\n.*\(2, 2\)"):
        getattr(losses, function)(np.zeros((2, 2), int), p, **more)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.mean_squared_error(1.0, 2.0), r"the predictions have no axis -1. Got shape \(\)"),
        (lambda: losses.binary_crossentropy([[1.0]], [[1.0]], axis=2), r"the predictions have no axis 2"),
        (lambda: losses.sparse_categorical_crossentropy([0], [[0.5, 0.5]], axis=3), r"need an axis 3 for the classes"),
        (lambda: losses.circle([0, 1], np.eye(3)), r"circle: labels must be class numbers of shape \(n,\)"),
        (lambda: losses.ctc([1, 2], np.ones((2, 3, 4))), r"ctc: labels must have the shape \(batch, labels\)"),
        (lambda: losses.mean_squared_error([["a"]], [[1.0]]), r"tensors hold numbers"),
    ],
)
def test_what_does_not_fit_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_single_class_gets_a_warning():
    with pytest.warns(SyntaxWarning, match="have one class only, so the loss is always 0"):
        losses.categorical_crossentropy([[1.0]], [[0.7]])
