"""What every metric promises: names, configs, variables, weights, tracing, dtypes."""

import copy
import json
import pickle

import jax
import numpy as np
import pytest

import keras
from keras import metrics
from keras._core.fingerprint import fingerprint

R = np.random.RandomState(11)
REAL = R.randn(6, 3)
POSITIVE = R.rand(6, 3) + 0.2
YES_NO = R.randint(0, 2, (6, 3))
CHANCES = 0.05 + 0.9 * R.rand(6, 3)
SHARES = POSITIVE / POSITIVE.sum(1, keepdims=True)
OTHER_SHARES = CHANCES / CHANCES.sum(1, keepdims=True)
CLASSES = np.array([0, 2, 1, 1, 0, 2])
ONE_HOT = np.eye(3)[CLASSES]
OTHER_CLASSES = np.array([0, 2, 2, 1, 1, 2])


def absolute_difference(y_true, y_pred, scale=1.0):
    return scale * keras.ops.abs(y_true - y_pred)


# class -> arguments that differ from the defaults, labels, predictions
CASES = {
    "Accuracy": [({}, CLASSES[:, None], OTHER_CLASSES[:, None])],
    "BinaryAccuracy": [({"threshold": 0.4}, YES_NO, CHANCES)],
    "CategoricalAccuracy": [({}, ONE_HOT, CHANCES)],
    "SparseCategoricalAccuracy": [({}, CLASSES, CHANCES)],
    "TopKCategoricalAccuracy": [({"k": 2}, ONE_HOT, CHANCES)],
    "SparseTopKCategoricalAccuracy": [
        ({"k": 2}, CLASSES, CHANCES),
        ({"k": 2, "from_sorted_ids": True}, CLASSES, np.argsort(-CHANCES)),
    ],
    "MeanSquaredError": [({}, REAL, REAL[::-1])],
    "MeanAbsoluteError": [({}, REAL, REAL[::-1])],
    "MeanAbsolutePercentageError": [({}, POSITIVE, POSITIVE[::-1])],
    "MeanSquaredLogarithmicError": [({}, POSITIVE, POSITIVE[::-1])],
    "RootMeanSquaredError": [({}, REAL, REAL[::-1])],
    "LogCoshError": [({}, REAL, REAL[::-1])],
    "CosineSimilarity": [({"axis": 1}, REAL, REAL[::-1])],
    "R2Score": [({"class_aggregation": None}, REAL, REAL + 0.3 * POSITIVE), ({"num_regressors": 2}, REAL, REAL * 0.9)],
    "PearsonCorrelation": [({"axis": 1}, REAL, POSITIVE)],
    "ConcordanceCorrelation": [({"axis": 1}, REAL, POSITIVE)],
    "BinaryCrossentropy": [({"label_smoothing": 0.1}, YES_NO, CHANCES)],
    "CategoricalCrossentropy": [({"from_logits": True, "label_smoothing": 0.1}, ONE_HOT, REAL)],
    "SparseCategoricalCrossentropy": [({"ignore_class": 2}, CLASSES, SHARES)],
    "KLDivergence": [({}, SHARES, OTHER_SHARES)],
    "Poisson": [({}, POSITIVE, CHANCES)],
    "Hinge": [({}, YES_NO, REAL)],
    "SquaredHinge": [({}, YES_NO, REAL)],
    "CategoricalHinge": [({}, ONE_HOT, REAL)],
    "TruePositives": [({"thresholds": [0.7, 0.2]}, YES_NO, CHANCES)],
    "FalsePositives": [({"thresholds": 0.3}, YES_NO, CHANCES)],
    "TrueNegatives": [({"thresholds": [0.7, 0.2]}, YES_NO, CHANCES)],
    "FalseNegatives": [({}, YES_NO, CHANCES)],
    "Precision": [({"thresholds": [0.7, 0.2]}, YES_NO, CHANCES), ({"top_k": 2, "class_id": 1}, YES_NO, CHANCES)],
    "Recall": [({"class_id": 2}, YES_NO, CHANCES), ({"top_k": 1}, YES_NO, CHANCES)],
    "SensitivityAtSpecificity": [({"specificity": 0.4, "num_thresholds": 9}, YES_NO, CHANCES)],
    "SpecificityAtSensitivity": [({"sensitivity": 0.4, "class_id": 1}, YES_NO, CHANCES)],
    "PrecisionAtRecall": [({"recall": 0.4, "num_thresholds": 9}, YES_NO, CHANCES)],
    "RecallAtPrecision": [({"precision": 0.4, "num_thresholds": 9}, YES_NO, CHANCES)],
    "AUC": [
        ({"num_thresholds": 9}, YES_NO, CHANCES),
        ({"curve": "PR", "thresholds": [0.2, 0.3, 0.9]}, YES_NO, CHANCES),
        ({"multi_label": True, "label_weights": [1.0, 2.0, 0.5], "summation_method": "minoring"}, YES_NO, CHANCES),
        ({"multi_label": True, "num_labels": 3, "from_logits": True}, YES_NO, REAL),
    ],
    "FBetaScore": [({"beta": 2.0, "average": "weighted"}, ONE_HOT, CHANCES)],
    "F1Score": [({"threshold": 0.4}, ONE_HOT, CHANCES), ({"average": "micro"}, ONE_HOT, CHANCES)],
    "IoU": [
        ({"num_classes": 3, "target_class_ids": [0, 2], "dtype": "float32"}, CLASSES, OTHER_CLASSES),
        ({"num_classes": 3, "target_class_ids": [1], "ignore_class": 2, "dtype": "float32"}, CLASSES, OTHER_CLASSES),
    ],
    "BinaryIoU": [({"target_class_ids": [1], "threshold": 0.4, "dtype": "float32"}, YES_NO, CHANCES)],
    "MeanIoU": [({"num_classes": 3, "dtype": "float32"}, CLASSES, OTHER_CLASSES)],
    "OneHotIoU": [({"num_classes": 3, "target_class_ids": [0], "dtype": "float32"}, ONE_HOT, CHANCES)],
    "OneHotMeanIoU": [({"num_classes": 3, "dtype": "float32"}, ONE_HOT, CHANCES)],
    "MeanMetricWrapper": [({"fn": absolute_difference, "scale": 2.0}, REAL, REAL[::-1])],
}
ALL = [(name, *case) for name, cases in CASES.items() for case in cases]
VALUES_ALONE = {"Mean", "Sum"}
NEED_ARGUMENTS = {
    "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "MeanMetricWrapper", "PrecisionAtRecall", "RecallAtPrecision",
    "SensitivityAtSpecificity", "SpecificityAtSensitivity",
}  # fmt: skip

every = pytest.mark.parametrize(
    ("name", "settings", "y_true", "y_pred"), ALL, ids=[f"{c[0]}-{'-'.join(c[1])}" for c in ALL]
)


def new(class_name, settings, /, **more):
    return getattr(metrics, class_name)(**settings, **more)


def halves(y_true, y_pred):
    return [(y_true[:4], y_pred[:4]), (y_true[4:], y_pred[4:])]


def assert_close(got, wanted, rtol=1e-5, atol=1e-6):
    np.testing.assert_allclose(np.array(got, "float64"), np.array(wanted, "float64"), rtol=rtol, atol=atol)


def test_there_is_a_case_for_every_public_metric():
    public = {n for n in metrics.__all__ if isinstance(getattr(metrics, n), type)} - {"Metric"}
    assert public - VALUES_ALONE == set(CASES)


@every
def test_two_batches_count_like_one(name, settings, y_true, y_pred):
    one, two = new(name, settings), new(name, settings)
    one.update_state(y_true, y_pred)
    for batch in halves(y_true, y_pred):
        two.update_state(*batch)
    assert_close(two.result(), one.result())


@every
def test_config_makes_the_same_metric(name, settings, y_true, y_pred):
    metric = new(name, settings, name="mine")
    config = json.loads(json.dumps(metric.get_config()))
    assert {k: v for k, v in settings.items() if k != "fn"}.items() <= config.items()
    assert config["name"] == "mine"
    with keras.saving.custom_object_scope({"absolute_difference": absolute_difference}):
        again = type(metric).from_config(config)
    assert again.get_config() == metric.get_config()
    assert_close(again(y_true, y_pred), metric(y_true, y_pred), 0, 0)


@every
def test_serialized_metric_comes_back(name, settings, y_true, y_pred):
    metric = new(name, settings)
    text = json.loads(json.dumps(metrics.serialize(metric)))
    assert (text["module"], text["class_name"]) == ("keras.metrics", name)
    again = metrics.deserialize(text, {"absolute_difference": absolute_difference})
    assert type(again) is type(metric)
    assert_close(again(y_true, y_pred), metric(y_true, y_pred), 0, 0)


@every
def test_compiled_updates_count_like_eager_ones(name, settings, y_true, y_pred):
    metric, eager = new(name, settings), new(name, settings)
    if hasattr(metric, "build"):
        metric.build(y_true.shape, y_pred.shape)
    update = jax.jit(lambda values, *batch: metric.stateless_update_state(values, *batch))
    values = metric.stateless_reset_state()
    weights = np.array([1.0, 2.0, 0.5, 0.0], "float32")
    for batch in halves(y_true.astype("float32"), y_pred.astype("float32")):
        values = update(values, *batch, weights[: len(batch[0])])
        eager.update_state(*batch, sample_weight=weights[: len(batch[0])])
    assert_close(jax.jit(metric.stateless_result)(values), eager.result())
    assert all(np.all(np.array(v.value) == 0) for v in metric.variables)
    for value, v in zip(values, eager.variables):
        assert_close(value, v.value)


@every
def test_weights_zero_and_one_choose_samples(name, settings, y_true, y_pred):
    chosen, metric = np.array([True, True, False, True, False, True]), new(name, settings)
    metric.update_state(y_true, y_pred, sample_weight=chosen.astype("float32"))
    alone = new(name, settings)
    alone.update_state(y_true[chosen], y_pred[chosen], sample_weight=np.ones(4, "float32"))
    if "num_regressors" in settings:  # counts labels, not weights
        return
    assert_close(metric.result(), alone.result())


@every
def test_weights_as_a_column_mean_the_same(name, settings, y_true, y_pred):
    weights = np.array([1.0, 2.0, 0.5, 0.0, 3.0, 1.0], "float32")
    flat, column = new(name, settings), new(name, settings)
    flat.update_state(y_true, y_pred, sample_weight=weights)
    if np.ndim(y_pred) > 1 and "class_id" not in settings:
        column.update_state(y_true, y_pred, sample_weight=weights[:, None])
        assert_close(column.result(), flat.result())


@every
def test_reset_forgets_everything(name, settings, y_true, y_pred):
    metric = new(name, settings)
    first = np.array(metric(y_true, y_pred))
    metric.reset_state()
    assert all(np.all(np.array(v.value) == 0) for v in metric.variables)
    assert_close(metric(y_true, y_pred), first, 0, 0)


@every
def test_fingerprint_is_that_of_the_settings(name, settings, y_true, y_pred):
    one = new(name, settings, name="one")
    one.update_state(y_true, y_pred)
    two = new(name, settings, name="two")
    two.update_state(y_true[::-1], y_pred)
    assert fingerprint(one) == fingerprint(two)
    number = next((k for k, v in settings.items() if isinstance(v, float)), None)
    if number:
        other = new(name, {**settings, number: settings[number] / 2})
        other.update_state(y_true, y_pred)
        assert fingerprint(other) != fingerprint(one)
    assert fingerprint(new(name, {**settings, "dtype": "float16"})) != fingerprint(one)


@every
def test_copies_count_on_their_own(name, settings, y_true, y_pred):
    metric = new(name, settings)
    first = np.array(metric(y_true, y_pred))
    for duplicate in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):
        assert_close(duplicate.result(), first, 0, 0)
        duplicate.update_state(y_true[::-1], y_pred)
    assert_close(metric.result(), first, 0, 0)


@every
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_16_bit_predictions_are_counted_in_32_bits(name, settings, y_true, y_pred, dtype):
    narrow = keras.ops.cast(keras.ops.convert_to_tensor(y_pred), dtype)
    metric, wide = new(name, settings), new(name, settings)
    metric.update_state(y_true, narrow)
    wide.update_state(y_true, np.array(narrow).astype("float32"))
    assert all(v.dtype == "float32" for v in metric.variables)
    assert_close(metric.result(), wide.result())


@every
def test_variables_are_named_under_the_metric_and_summed_over_devices(name, settings, y_true, y_pred):
    metric = new(name, settings, name="mine")
    metric.update_state(y_true, y_pred)
    assert all(v.path.startswith("mine/") and v.aggregation == "sum" and not v.trainable for v in metric.variables)


@every
def test_get_finds_it(name, settings, y_true, y_pred):
    cls = getattr(metrics, name)
    with keras.saving.custom_object_scope({"absolute_difference": absolute_difference}):
        assert type(metrics.get({"class_name": name, "config": new(name, settings).get_config()})) is cls
    if name not in NEED_ARGUMENTS:
        assert type(metrics.get(name)) is cls
        assert type(metrics.get(name.lower())) is cls
        assert type(metrics.get(cls)) is cls


def test_get_knows_the_short_names():
    for short, name in {
        "acc": "Accuracy", "accuracy": "Accuracy", "mse": "MeanSquaredError", "MSE": "MeanSquaredError",
        "mae": "MeanAbsoluteError", "mape": "MeanAbsolutePercentageError", "bce": "BinaryCrossentropy",
        "msle": "MeanSquaredLogarithmicError", "mean_squared_error": "MeanSquaredError", "f1_score": "F1Score",
        "top_k_categorical_accuracy": "TopKCategoricalAccuracy", "kl_divergence": "KLDivergence",
    }.items():  # fmt: skip
        assert type(metrics.get(short)).__name__ == name
    assert metrics.get("huber") is metrics.huber
    assert metrics.get(None) is None
    assert metrics.get(absolute_difference) is absolute_difference


def test_get_names_the_nearest_known_metric():
    with pytest.raises(ValueError, match=r"Unknown metric: 'acuracy'\. Did you mean"):
        metrics.get("acuracy")
    with pytest.raises(ValueError, match="`metric` must be a name, a function, a Metric or a config"):
        metrics.get(3)
