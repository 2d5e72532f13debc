"""Results of metrics worked out by hand."""

import math

import numpy as np
import pytest

import keras
from keras import metrics


def close(got, wanted, rtol=1e-5):
    np.testing.assert_allclose(np.array(got, "float64"), np.array(wanted, "float64"), rtol=rtol, atol=1e-6)


# --- sums and means


def test_mean_weighs_values():
    close(metrics.Mean()([1, 3, 5, 7], sample_weight=[1, 1, 0, 2]), 18 / 4)


def test_mean_of_nothing_is_zero():
    assert metrics.Mean().result() == 0


def test_mean_counts_samples_not_numbers():
    m = metrics.Mean()
    m.update_state([[1.0, 3.0], [5.0, 7.0]])
    m.update_state(9.0)
    assert float(m.count.value) == 3
    close(m.result(), (2 + 6 + 9) / 3)


def test_weights_with_fewer_axes_weigh_means_of_the_others():
    # sample means 2 and 6, weights 3 and 1
    close(metrics.Mean()([[1.0, 3.0], [5.0, 7.0]], sample_weight=[3, 1]), 12 / 4)
    # each number by itself: (1 * 1 + 0 * 3) / 2 and (5 + 7) / 2 over weights 0.5 and 1
    close(metrics.Mean()([[1.0, 3.0], [5.0, 7.0]], sample_weight=[[1, 0], [1, 1]]), (0.5 + 6) / 1.5)


def test_sum_adds_weighted_values():
    m = metrics.Sum()
    m.update_state([[1.0, 2.0], [3.0, 4.0]], sample_weight=[2, 1])
    m.update_state(0.5)
    close(m.result(), 2 * 3 + 7 + 0.5)


def test_masked_steps_do_not_count():
    y_pred = keras.ops.convert_to_tensor(np.zeros((2, 3, 1), "float32"))
    y_pred._keras_mask = keras.ops.convert_to_tensor([[True, True, False], [True, False, False]])
    y_true = np.array([[[1.0], [2.0], [9.0]], [[3.0], [9.0], [9.0]]])
    close(metrics.MeanSquaredError()(y_true, y_pred), (1 + 4 + 9) / 3)
    # a weight per sample counts for its steps
    close(metrics.MeanSquaredError()(y_true, y_pred, sample_weight=[1, 2]), (1 + 4 + 2 * 9) / 4)


# --- accuracy


def test_binary_accuracy_takes_more_than_the_threshold_as_one():
    close(metrics.binary_accuracy([[1, 0, 1]], [[0.5, 0.2, 0.6]]), [[0, 1, 1]])
    close(metrics.BinaryAccuracy(threshold=0.1)([1, 0, 1], [0.5, 0.2, 0.6]), 2 / 3)


def test_accuracy_of_columns_and_rows_of_numbers_agrees():
    close(metrics.BinaryAccuracy()([1, 0], [[0.9], [0.8]]), 0.5)
    close(metrics.BinaryAccuracy()([[1], [0]], [0.9, 0.8]), 0.5)


def test_categorical_accuracy_compares_places_of_the_largest():
    close(metrics.categorical_accuracy([[0, 1], [1, 0]], [[0.3, 0.7], [0.4, 0.6]]), [1, 0])
    close(metrics.sparse_categorical_accuracy([1, 0], [[0.3, 0.7], [0.4, 0.6]]), [1, 0])
    close(metrics.sparse_categorical_accuracy([[1], [0]], [[0.3, 0.7], [0.4, 0.6]]), [1, 0])


def test_top_k_counts_larger_predictions():
    y_pred = [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.4, 0.4, 0.4]]
    close(metrics.sparse_top_k_categorical_accuracy([2, 1, 2], y_pred, k=2), [0, 1, 1])
    close(metrics.top_k_categorical_accuracy(np.eye(3)[[2, 1, 2]], y_pred, k=2), [0, 1, 1])
    close(metrics.sparse_top_k_categorical_accuracy([2, 1, 2], y_pred, k=9), [1, 1, 1])


def test_top_k_never_finds_what_is_not_a_number_or_not_a_class():
    close(metrics.sparse_top_k_categorical_accuracy([0, 5], [[np.nan, 0.1], [0.5, 0.5]], k=2), [0, 0])


def test_top_k_of_class_numbers_looks_at_the_first_ones():
    close(metrics.sparse_top_k_categorical_accuracy([2, 0], [[2, 1, 0], [2, 1, 0]], k=2, from_sorted_ids=True), [1, 0])


# --- errors


def test_errors_of_regression():
    y_true, y_pred = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 4.0], [2.0, 4.0]]
    close(metrics.MeanSquaredError()(y_true, y_pred), (4 + 1) / 4)
    close(metrics.MeanAbsoluteError()(y_true, y_pred), 3 / 4)
    close(metrics.MeanAbsolutePercentageError()(y_true, y_pred), 100 * (1 + 1 / 3) / 4)
    close(metrics.RootMeanSquaredError()(y_true, y_pred), math.sqrt(5 / 4))
    close(metrics.LogCoshError()([[0.0]], [[1.0]]), math.log(math.cosh(1.0)))
    close(metrics.MeanSquaredLogarithmicError()([[0.0]], [[math.e - 1]]), 1.0)


def test_cosine_similarity_is_positive_for_equal_directions():
    close(metrics.CosineSimilarity()([[3.0, 4.0], [1.0, 0.0]], [[6.0, 8.0], [0.0, 5.0]]), 0.5)


def test_r2_is_one_minus_the_unexplained_share():
    # labels 1, 2, 6: mean 3, variation 4 + 1 + 9; residuals 1, 0, 1
    close(metrics.R2Score()([[1.0], [2.0], [6.0]], [[2.0], [2.0], [5.0]]), 1 - 2 / 14)
    # with weights 1, 1, 2: mean 15 / 4, sum of squares 77
    close(
        metrics.R2Score()([[1.0], [2.0], [6.0]], [[2.0], [2.0], [5.0]], sample_weight=[1, 1, 2]),
        1 - 3 / (77 - 15**2 / 4),
    )
    # a model with one output predicts columns for labels that are a vector
    close(metrics.R2Score()([1.0, 2.0, 6.0], [[2.0], [2.0], [5.0]]), 1 - 2 / 14)
    close(metrics.R2Score()([[1.0], [2.0], [6.0]], [2.0, 2.0, 5.0]), 1 - 2 / 14)


def test_r2_of_several_outputs():
    y_true, y_pred = [[1.0, 1.0], [3.0, 5.0]], [[1.0, 1.0], [2.0, 5.0]]
    close(metrics.R2Score(class_aggregation=None)(y_true, y_pred), [0.5, 1.0])
    close(metrics.R2Score()(y_true, y_pred), 0.75)
    close(metrics.R2Score(class_aggregation="variance_weighted_average")(y_true, y_pred), (2 * 0.5 + 8) / 10)


def test_adjusted_r2_counts_regressors():
    # R2 = 1 - 2 / 14, three labels, one regressor: 1 - (2 / 14) * 2 / 1
    y_true, y_pred = [[1.0], [2.0], [6.0]], [[2.0], [2.0], [5.0]]
    close(metrics.R2Score(num_regressors=1)(y_true, y_pred), 1 - 4 / 14)
    close(metrics.R2Score(num_regressors=7)(y_true, y_pred), 1 - 2 / 14)


def test_correlations():
    # deviations -1, 0, 1 and -2, 1, 1: covariance 1, variances 2 / 3 and 2
    close(metrics.pearson_correlation([[1.0, 2.0, 3.0]], [[0.0, 3.0, 3.0]]), [1 / math.sqrt(4 / 3)])
    close(metrics.concordance_correlation([[1.0, 2.0, 3.0]], [[0.0, 3.0, 3.0]]), [2 / (2 / 3 + 2)])
    close(metrics.concordance_correlation([[1.0, 2.0, 3.0]], [[2.0, 3.0, 4.0]]), [(4 / 3) / (4 / 3 + 1)])
    close(metrics.PearsonCorrelation(axis=0)([[1.0], [2.0]], [[5.0], [4.0]]), -1)


def test_crossentropies():
    close(metrics.BinaryCrossentropy()([[1.0, 0.0]], [[0.5, 0.75]]), (math.log(2) + math.log(4)) / 2)
    close(metrics.BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]]), math.log(2))
    close(metrics.CategoricalCrossentropy()([[0.0, 1.0]], [[0.75, 0.25]]), math.log(4))
    close(metrics.SparseCategoricalCrossentropy()([1, 0], [[0.75, 0.25], [0.5, 0.5]]), (math.log(4) + math.log(2)) / 2)
    close(metrics.KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]), 0.5 * math.log(2) + 0.5 * math.log(2 / 3))
    close(metrics.Poisson()([[2.0]], [[3.0]]), 3 - 2 * math.log(3))


def test_an_ignored_class_counts_as_zero_or_not_at_all():
    y_true, y_pred = [0, 1], [[0.5, 0.5], [0.5, 0.5]]
    m = metrics.SparseCategoricalCrossentropy(ignore_class=1)
    close(m(y_true, y_pred), math.log(2) / 2)
    m.reset_state()
    close(m(y_true, y_pred, sample_weight=[1, 1]), math.log(2))


def test_hinges():
    close(metrics.Hinge()([[1.0, 0.0]], [[0.5, -2.0]]), 0.25)
    close(metrics.SquaredHinge()([[1.0, 0.0]], [[0.5, 0.0]]), (0.25 + 1) / 2)
    close(metrics.CategoricalHinge()([[1.0, 0.0, 0.0]], [[0.5, 0.75, 0.1]]), 1.25)


# --- counts

LABELS, SCORES = [0, 0, 1, 1, 1], [0.1, 0.6, 0.4, 0.7, 0.9]


@pytest.mark.parametrize(
    ("name", "at_half", "at_two"),
    [
        ("TruePositives", 2, [3, 1]),
        ("FalsePositives", 1, [1, 0]),
        ("TrueNegatives", 1, [1, 2]),
        ("FalseNegatives", 1, [0, 2]),
    ],
)
def test_counts_at_thresholds(name, at_half, at_two):
    close(getattr(metrics, name)()(LABELS, SCORES), at_half)
    close(getattr(metrics, name)(thresholds=[0.3, 0.8])(LABELS, SCORES), at_two)
    weighted = getattr(metrics, name)()(LABELS, SCORES, sample_weight=[2, 2, 2, 2, 2])
    close(weighted, 2 * at_half)


def test_precision_and_recall():
    close(metrics.Precision()(LABELS, SCORES), 2 / 3)
    close(metrics.Recall()(LABELS, SCORES), 2 / 3)
    close(metrics.Precision(thresholds=[0.8, 0.3])(LABELS, SCORES), [1, 3 / 4])
    close(metrics.Recall(thresholds=[0.8, 0.3])(LABELS, SCORES), [1 / 3, 1])
    close(metrics.Precision()([0, 0], [0.1, 0.2]), 0)
    close(metrics.Precision()(LABELS, SCORES, sample_weight=[0, 0, 1, 1, 1]), 1)


def test_precision_of_the_largest_predictions():
    y_true, y_pred = [[0, 1, 0], [1, 0, 0]], [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]]
    close(metrics.Precision(top_k=1)(y_true, y_pred), 0.5)
    close(metrics.Recall(top_k=2)(y_true, y_pred), 1.0)
    close(metrics.Precision(top_k=2, class_id=1)(y_true, y_pred), 0.5)
    close(metrics.Precision(class_id=0, thresholds=0.2)(y_true, y_pred), 1.0)


def test_best_rates_under_a_condition():
    # thresholds 0, 0.25, 0.5, 0.75, 1; sensitivity 1, 1, 2/3, 1/3, 0; specificity 0, 1/2, 1/2, 1, 1
    close(metrics.SensitivityAtSpecificity(0.5, num_thresholds=5)(LABELS, SCORES), 1)
    close(metrics.SensitivityAtSpecificity(0.8, num_thresholds=5)(LABELS, SCORES), 1 / 3)
    close(metrics.SpecificityAtSensitivity(0.6, num_thresholds=5)(LABELS, SCORES), 1 / 2)
    close(metrics.SpecificityAtSensitivity(0.3, num_thresholds=5)(LABELS, SCORES), 1)
    # precision 3/5, 3/4, 2/3, 1, 0
    close(metrics.PrecisionAtRecall(0.6, num_thresholds=5)(LABELS, SCORES), 3 / 4)
    close(metrics.RecallAtPrecision(0.7, num_thresholds=5)(LABELS, SCORES), 1)
    close(metrics.RecallAtPrecision(0.9, num_thresholds=5)(LABELS, SCORES), 1 / 3)
    close(metrics.RecallAtPrecision(0.9, num_thresholds=1)([0, 1], [0.9, 0.1]), 0)


# --- areas


def test_roc_area_is_the_share_of_rightly_ordered_pairs():
    # of 6 pairs (label 0, label 1) only 0.6 against 0.4 is ordered wrongly
    close(metrics.AUC()(LABELS, SCORES), 5 / 6)
    close(metrics.AUC()([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]), 1)
    close(metrics.AUC()([1, 1], [0.1, 0.2]), 0)


def test_roc_area_of_three_points():
    # thresholds 0, 0.5, 1: points (1, 1), (1/2, 2/3), (0, 0)
    close(metrics.AUC(num_thresholds=3)(LABELS, SCORES), 0.5 * (1 + 2 / 3) / 2 + 0.5 * (2 / 3) / 2)
    close(metrics.AUC(thresholds=[0.5])(LABELS, SCORES), 0.5 * (1 + 2 / 3) / 2 + 0.5 * (2 / 3) / 2)
    close(metrics.AUC(num_thresholds=3, summation_method="minoring")(LABELS, SCORES), 0.5 * 2 / 3)
    close(metrics.AUC(num_thresholds=3, summation_method="majoring")(LABELS, SCORES), 0.5 + 0.5 * 2 / 3)


def test_precision_recall_area_by_steps():
    # recall 1, 2/3, 0 and precision 3/5, 2/3, 0
    close(metrics.AUC(num_thresholds=3, curve="PR", summation_method="majoring")(LABELS, SCORES), 2 / 9 + 4 / 9)
    close(metrics.AUC(num_thresholds=3, curve="PR", summation_method="minoring")(LABELS, SCORES), 1 / 5)


def test_precision_recall_area_between_counts():
    # counts (TP, P) fall from (3, 5) to (2, 3) to (0, 0): slopes 1/2 and 2/3, the first with TP = 1/2 + P / 2
    wanted = (0.5 * (1 + 0.5 * math.log(5 / 3)) + 2 / 3 * 2) / 3
    close(metrics.AUC(num_thresholds=3, curve="PR")(LABELS, SCORES), wanted)


def test_gain_area():
    # three ones, two zeros: odds 3/2; gains of precision 0, 1 - 1.5 / 2, of recall 1, 1 - 1.5 / 2
    got = metrics.AUC(num_thresholds=3, curve="PRGAIN", summation_method="minoring")(LABELS, SCORES)
    close(got, 0.75 * 0 + 0.25 * 0.25)


def test_areas_of_several_labels_are_averaged():
    y_true, y_pred = np.array([[0, 1], [1, 0]]), np.array([[0.2, 0.3], [0.8, 0.6]])
    close(metrics.AUC(multi_label=True)(y_true, y_pred), (1 + 0) / 2)
    close(metrics.AUC(multi_label=True, label_weights=[3, 1])(y_true, y_pred), 0.75)
    # without `multi_label` the weights count in one curve: ones 0.8 (3), 0.3 (1) against zeros 0.2 (3), 0.6 (1)
    close(metrics.AUC(label_weights=[3, 1])(y_true, y_pred), (3 * 3 + 3 * 1 + 1 * 3) / 16)


def test_area_of_logits():
    close(metrics.AUC(from_logits=True)([0, 0, 1, 1, 1], [-2.0, 0.4, -0.4, 1.0, 3.0]), 5 / 6)


# --- F and IoU

TRUE, PRED = [[1, 0], [1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.2, 0.8]]


def test_f_scores():
    # class 0: precision 1, recall 1/2; class 1: precision 2/3, recall 1
    close(metrics.F1Score()(TRUE, PRED), [2 / 3, 4 / 5])
    close(metrics.FBetaScore(beta=2.0)(TRUE, PRED), [5 * 0.5 / 4.5, 5 * (2 / 3) / (4 * 2 / 3 + 1)])
    close(metrics.F1Score(average="macro")(TRUE, PRED), (2 / 3 + 4 / 5) / 2)
    close(metrics.F1Score(average="micro")(TRUE, PRED), 3 / 4)
    close(metrics.F1Score(average="weighted")(TRUE, PRED, sample_weight=[1, 1, 0, 0]), 2 / 3)
    # above 0.35: class 0 from the first two, class 1 from the last three
    close(metrics.F1Score(threshold=0.35)(TRUE, PRED), [1, 4 / 5])


def test_a_row_of_zeros_predicts_no_class():
    close(metrics.F1Score()([[1, 0]], [[0.0, 0.0]]), [0, 0])


def test_intersections_over_unions():
    # matrix (true, predicted): 0-0 1, 0-1 1, 1-1 2, 2-1 1
    y_true, y_pred = [0, 0, 1, 1, 2], [0, 1, 1, 1, 1]
    close(metrics.IoU(3, [0])(y_true, y_pred), 1 / 2)
    close(metrics.MeanIoU(3)(y_true, y_pred), (1 / 2 + 2 / 4 + 0) / 3)
    close(metrics.MeanIoU(4)(y_true, y_pred), (1 / 2 + 2 / 4 + 0) / 3)  # class 3 does not occur
    close(metrics.MeanIoU(3, ignore_class=2)(y_true, y_pred), (1 / 2 + 2 / 3) / 2)
    close(metrics.OneHotMeanIoU(3)(np.eye(3)[y_true], np.eye(3)[y_pred]), 1 / 3)
    close(metrics.OneHotIoU(3, [1], sparse_y_pred=True)(np.eye(3)[y_true], y_pred), 1 / 2)
    close(metrics.IoU(3, [1], sparse_y_true=False, axis=0)(np.eye(3)[y_true].T, y_pred), 1 / 2)


def test_binary_intersection_takes_the_threshold_as_one():
    close(metrics.BinaryIoU([1], threshold=0.5)([0, 1, 1], [0.1, 0.5, 0.4]), 1 / 2)


def test_labels_outside_the_classes_are_not_counted():
    m = metrics.MeanIoU(2)
    m.update_state([0, 5, -1, 1], [0, 1, 1, 1])
    assert m.total_cm.numpy().tolist() == [[1, 0], [0, 1]]


def test_pixels_weigh_as_their_image():
    m = metrics.MeanIoU(2, dtype="float32")
    m.update_state([[0, 1], [1, 1]], [[0, 1], [0, 1]], sample_weight=[0.5, 2])
    assert m.total_cm.numpy().tolist() == [[0.5, 0], [2, 2.5]]


@pytest.mark.parametrize("dtype", ["int32", "float16", "bfloat16", "float32"])
def test_ratios_of_overlap_are_floats_of_32_bits_whatever_counts(dtype):  # as in Keras 3.15.1
    m = metrics.MeanIoU(3, dtype=dtype)
    m.update_state([0, 0, 0, 1], [0, 0, 1, 1])
    assert m.result().dtype == "float32"
    close(m.result(), (2 / 3 + 1 / 2) / 2)  # of which 16 bits would lose digits


@pytest.mark.parametrize(
    ("labels", "rows", "counted"), [((2, 1), (1, 2), 2), ((1, 2), (2,), 1), ((2,), (1, 2), 1), ((2, 1, 1), (2,), 2)]
)
def test_class_numbers_may_be_arranged_in_another_way_than_the_predictions(labels, rows, counted):
    """Counted as Keras 3.15.1 does: by the first axis of the labels, or of the predictions if they have more axes."""
    y_true = np.array([2, 0]).reshape(labels)
    y_pred = np.broadcast_to([0.1, 0.2, 0.7], (*rows, 3))
    for metric in (metrics.SparseCategoricalAccuracy(), metrics.SparseTopKCategoricalAccuracy(k=1)):
        metric.update_state(y_true, y_pred)
        assert float(metric.result()) == 0.5
    metric = metrics.SparseCategoricalAccuracy()
    metric.update_state(y_true, y_pred)
    assert float(metric.count) == counted
    with pytest.raises(ValueError, match="class numbers"):
        metric.update_state(np.zeros((2, 2), int), np.ones((4, 3)))


@pytest.mark.parametrize("settings", [{"beta": 1}, {"threshold": 1}, {"beta": np.float32(1.0)}])
def test_settings_of_f_scores_are_floats(settings):
    with pytest.raises(ValueError, match="must be a float"):
        metrics.FBetaScore(**settings)
    assert metrics.FBetaScore(beta=np.float64(2.0), threshold=0.5).beta == 2.0
