"""Values of the losses, worked by hand from their formulas."""

import itertools
import math

import numpy as np
import pytest

from keras import losses

LN2 = math.log(2)


@pytest.mark.parametrize(
    ("function", "y_true", "y_pred", "expected"),
    [
        ("mean_squared_error", [[0, 1], [2, 2]], [[1, 3], [2, 4]], [2.5, 2]),
        ("mean_absolute_error", [[0, 1], [2, 2]], [[1, 3], [2, 4]], [1.5, 1]),
        ("mean_absolute_percentage_error", [[2, 4]], [[1, 3]], [37.5]),
        ("mean_squared_logarithmic_error", [[0, 1]], [[math.e - 1, 1]], [0.5]),
        ("mean_squared_logarithmic_error", [[-3]], [[math.e - 1]], [1.0]),  # negative numbers count as 0
        ("log_cosh", [[0, 0]], [[1, 0]], [math.log(math.cosh(1)) / 2]),
        ("log_cosh", [[0]], [[200]], [200 - LN2]),
        ("huber", [[0, 0]], [[0.5, -3]], [(0.125 + 2.5) / 2]),
        ("cosine_similarity", [[1, 0], [1, 1], [1, 2]], [[3, 4], [-2, -2], [0, 0]], [-0.6, 1, 0]),
        ("binary_crossentropy", [[0, 1]], [[0.25, 0.5]], [(-math.log(0.75) + LN2) / 2]),
        ("binary_crossentropy", [[1]], [[0]], [-math.log(1e-7)]),
        ("categorical_crossentropy", [[0, 1, 0]], [[0.5, 0.25, 0.25]], [2 * LN2]),
        ("categorical_crossentropy", [[0, 1, 0]], [[2, 1, 1]], [2 * LN2]),  # made to sum to 1
        ("categorical_crossentropy", [[0, 1]], [[1, 0]], [-math.log(1e-7)]),
        ("categorical_crossentropy", [[0.5, 0.5]], [[0.5, 0.5]], [LN2]),
        ("sparse_categorical_crossentropy", [1, 0], [[0.5, 0.5], [0.25, 0.75]], [LN2, 2 * LN2]),
        ("binary_focal_crossentropy", [[1]], [[0.5]], [0.25 * LN2]),
        ("categorical_focal_crossentropy", [[0, 1]], [[0.5, 0.5]], [0.25 * 0.25 * LN2]),
        ("kl_divergence", [[0.5, 0.5]], [[0.25, 0.75]], [0.5 * LN2 + 0.5 * math.log(2 / 3)]),
        ("kl_divergence", [[0, 1]], [[0.5, 0.5]], [LN2]),
        ("poisson", [[2, 0]], [[1, 3]], [2]),
        ("hinge", [[-1, 1]], [[0.5, 2]], [0.75]),
        ("hinge", [[0, 1]], [[0.5, 2]], [0.75]),  # 0 and 1 mean -1 and 1
        ("hinge", [[0, -1]], [[0.5, 2]], [2]),  # but not beside other labels
        ("squared_hinge", [[-1, 1]], [[0.5, 2]], [1.125]),
        ("categorical_hinge", [[0, 1, 0]], [[0.5, 1, 2]], [2]),
        ("categorical_hinge", [[0, 1, 0]], [[0.5, 4, 2]], [0]),
    ],
)
def test_values_are_those_of_the_formula(function, y_true, y_pred, expected):
    got = getattr(losses, function)(y_true, np.asarray(y_pred, "float32"))
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("delta", [0.5, 2.0])
def test_huber_is_straight_beyond_delta(delta):
    got = losses.huber([[0.0], [0.0]], [[0.4], [3.0]], delta=delta)
    np.testing.assert_allclose(got, [0.08, delta * 3 - delta**2 / 2], rtol=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_logits_give_what_their_probabilities_give(smoothing):
    logits = np.array([[0.3, -1.2, 2.0], [1.0, 0.0, -0.5]])
    yes_no, one_hot, numbers = np.array([[1.0, 0, 0], [1, 0, 1]]), np.eye(3)[[1, 2]], np.array([1, 2])
    sigmoid = 1 / (1 + np.exp(-logits))
    softmax = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    for function, labels, chances, more in [
        (losses.binary_crossentropy, yes_no, sigmoid, {"label_smoothing": smoothing}),
        (losses.categorical_crossentropy, one_hot, softmax, {"label_smoothing": smoothing}),
        (losses.sparse_categorical_crossentropy, numbers, softmax, {}),
        (losses.binary_focal_crossentropy, yes_no, sigmoid, {"label_smoothing": smoothing}),
        (losses.categorical_focal_crossentropy, one_hot, softmax, {"label_smoothing": smoothing}),
    ]:
        from_logits = function(labels, logits, from_logits=True, **more)
        np.testing.assert_allclose(from_logits, function(labels, chances, **more), rtol=1e-4)


def test_large_logits_do_not_overflow():
    np.testing.assert_allclose(losses.binary_crossentropy([[1.0, 0.0]], [[-1e4, -1e4]], from_logits=True), [5000])
    np.testing.assert_allclose(losses.categorical_crossentropy([[1.0, 0.0]], [[0.0, 1e4]], from_logits=True), [1e4])
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy([0], [[0.0, 1e4]], from_logits=True), [1e4])


def test_label_smoothing_moves_labels_towards_equal_probabilities():
    p = np.array([[0.2, 0.3, 0.5]])
    smoothed = losses.categorical_crossentropy([[0.0, 1.0, 0.0]], p, label_smoothing=0.3)
    np.testing.assert_allclose(smoothed, losses.categorical_crossentropy([[0.1, 0.8, 0.1]], p), rtol=1e-5)
    smoothed = losses.binary_crossentropy([[0.0, 1.0, 0.0]], p, label_smoothing=0.3)
    np.testing.assert_allclose(smoothed, losses.binary_crossentropy([[0.15, 0.85, 0.15]], p), rtol=1e-5)
    # as many classes as the axis has
    smoothed = losses.categorical_crossentropy([[0.0], [1.0], [0.0]], p.T, label_smoothing=0.3, axis=0)
    np.testing.assert_allclose(smoothed, losses.categorical_crossentropy([[0.1, 0.8, 0.1]], p), rtol=1e-5)


def test_the_axis_of_the_classes_can_be_another():
    p = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    one_hot, numbers = np.eye(3)[[1, 0]], np.array([1, 0])
    expected = -np.log([0.3, 0.6])
    np.testing.assert_allclose(losses.categorical_crossentropy(one_hot.T, p.T, axis=0), expected, rtol=1e-5)
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy(numbers, p.T, axis=0), expected, rtol=1e-5)
    np.testing.assert_allclose(losses.cosine_similarity(p.T, p.T, axis=0), [-1, -1], rtol=1e-5)
    by_column = losses.binary_crossentropy(one_hot, p, axis=0)
    np.testing.assert_allclose(by_column, losses.binary_crossentropy(one_hot.T, p.T), rtol=1e-5)


def test_a_class_can_be_ignored():
    p = np.array([[0.2, 0.8], [0.5, 0.5], [0.25, 0.75]])
    values = losses.sparse_categorical_crossentropy([0, -1, 0], p, ignore_class=-1)
    np.testing.assert_allclose(values, [-math.log(0.2), 0, 2 * LN2], rtol=1e-5)
    mean = losses.SparseCategoricalCrossentropy(ignore_class=-1)([0, -1, 0], p)
    np.testing.assert_allclose(mean, (-math.log(0.2) + 2 * LN2) / 2, rtol=1e-5)
    assert float(losses.SparseCategoricalCrossentropy(ignore_class=0)([0, 0, 0], p)) == 0.0


def test_class_numbers_above_256_stay_exact_in_16_bits():
    p = np.full((1, 300), 0.1 / 299)
    p[0, 257] = 0.9
    for dtype in ("bfloat16", "float16"):
        value = losses.SparseCategoricalCrossentropy(dtype=dtype)(np.array([257]), p)
        np.testing.assert_allclose(np.asarray(value, "float32"), -math.log(0.9), rtol=2e-2)


def test_focal_losses_count_well_predicted_examples_less():
    labels, p = [[1.0, 0.0]], [[0.8, 0.3]]
    expected = (0.2**3 * -math.log(0.8) + 0.3**3 * -math.log(0.7)) / 2
    np.testing.assert_allclose(losses.binary_focal_crossentropy(labels, p, gamma=3.0), [expected], rtol=1e-5)
    plain = losses.binary_focal_crossentropy(labels, p, gamma=0.0)
    np.testing.assert_allclose(plain, losses.binary_crossentropy(labels, p), rtol=1e-5)
    balanced = (0.9 * 0.2**2 * -math.log(0.8) + 0.1 * 0.3**2 * -math.log(0.7)) / 2
    got = losses.binary_focal_crossentropy(labels, p, apply_class_balancing=True, alpha=0.9)
    np.testing.assert_allclose(got, [balanced], rtol=1e-5)


def test_the_focal_loss_of_classes_takes_a_factor_for_each():
    p = [[0.5, 0.25, 0.25], [0.25, 0.25, 0.5]]
    got = losses.categorical_focal_crossentropy([[1, 0, 0], [0, 1, 0]], p, alpha=[1.0, 2.0, 3.0], gamma=1.0)
    np.testing.assert_allclose(got, [0.5 * LN2, 2 * 0.75 * 2 * LN2], rtol=1e-5)


@pytest.mark.parametrize("q", [0.3, 0.8])
def test_the_generalized_crossentropy_lies_between_logarithm_and_difference(q):
    got = losses.categorical_generalized_cross_entropy([1, 0], [[0.4, 0.6], [0.0, 1.0]], q=q)
    np.testing.assert_allclose(got, [(1 - 0.6**q) / q, 1 / q], rtol=1e-5)


def test_overlap_is_measured_over_all_axes_or_some():
    y_true, y_pred = np.array([[1.0, 1, 0, 0], [1, 0, 0, 0]]), np.array([[0.5, 0.5, 0.5, 0], [1, 0, 0, 0]])
    np.testing.assert_allclose(losses.dice(y_true, y_pred), 1 - 2 * 2 / (3 + 2.5), rtol=1e-5)
    np.testing.assert_allclose(losses.dice(y_true, y_pred, axis=1), [1 - 2 * 1 / 3.5, 0], rtol=1e-5, atol=1e-6)
    # first row: overlap 1, missed 1, wrongly predicted 0.5
    got = losses.tversky(y_true, y_pred, alpha=0.2, beta=0.6, axis=1)
    np.testing.assert_allclose(got, [1 - 1 / (1 + 0.2 * 1 + 0.6 * 0.5), 0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(losses.tversky(y_true, y_pred), losses.dice(y_true, y_pred), rtol=1e-5)


def circle_by_hand(similarity, labels, gamma, margin, remove_diagonal):
    found = []
    for i, row in enumerate(similarity):
        near, far = 0.0, 0.0
        for j, s in enumerate(row):
            if labels[i] != labels[j]:
                far += math.exp(gamma * max(s + margin, 0) * (s - margin))
            elif i != j or not remove_diagonal:
                near += math.exp(-gamma * (1 + margin - s) * (s - 1 + margin))
        found.append(math.log(1 + near * far))
    return found


@pytest.mark.parametrize("remove_diagonal", [True, False])
@pytest.mark.parametrize(("gamma", "margin"), [(1.0, 0.4), (5.0, 0.1)])
def test_circle_pulls_one_class_together_and_pushes_others_away(gamma, margin, remove_diagonal):
    e = np.random.RandomState(1).randn(5, 3)
    e /= np.linalg.norm(e, axis=1, keepdims=True)
    labels = [0, 1, 0, 1, 2]
    got = losses.circle(labels, e, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal)
    expected = circle_by_hand(e @ e.T, labels, gamma, margin, remove_diagonal)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)
    mean = losses.Circle(gamma=gamma, margin=margin, remove_diagonal=remove_diagonal)(labels, e)
    counted = expected[:4] if remove_diagonal else expected  # the last has no other of its class
    np.testing.assert_allclose(mean, np.mean(counted), rtol=1e-4)


def test_circle_compares_with_references_where_given():
    e = np.eye(3)
    got = losses.circle([0, 1], e[:2], [0, 1], e[[0, 2]], remove_diagonal=False, gamma=1.0, margin=0.5)
    near_0, far_0 = math.exp(-0.5 * 0.5), math.exp(0.5 * -0.5)
    near_1, far_1 = math.exp(-1.5 * -0.5), math.exp(0.5 * -0.5)
    np.testing.assert_allclose(got, np.log1p([near_0 * far_0, near_1 * far_1]), rtol=1e-5)


def test_circle_without_pairs_to_compare_is_zero():
    e = np.eye(3)
    np.testing.assert_array_equal(losses.circle([0, 1, 2], e), [0, 0, 0])
    np.testing.assert_array_equal(losses.circle([1, 1, 1], e), [0, 0, 0])


def ctc_by_hand(labels, logits):
    """Sums over every sequence of classes that becomes the labels once repeats and blanks (0) are gone."""
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(p.shape[1]), repeat=len(p)):
        if [c for c, _ in itertools.groupby(path) if c] == labels:
            total += math.prod(p[t, c] for t, c in enumerate(path))
    return -math.log(total)


def test_ctc_sums_over_all_alignments():
    logits = np.random.RandomState(0).randn(3, 5, 4)
    labels = [[1, 3], [2], [2, 2]]
    filled = [[1, 3], [2, 0], [2, 2]]
    expected = [ctc_by_hand(one, at) for one, at in zip(labels, logits)]
    np.testing.assert_allclose(losses.ctc(filled, logits), expected, rtol=1e-4)
    np.testing.assert_allclose(losses.CTC()(filled, logits), np.mean(expected), rtol=1e-4)
