"""Metrics of one's own, parts, variables, and what goes wrong."""

import jax
import numpy as np
import pytest

import keras
from keras import metrics
from keras._core.fingerprint import fingerprint


class Spread(metrics.Metric):
    """The largest minus the smallest value, and their mean."""

    def __init__(self, name="spread", factor=1.0, **kwargs):
        super().__init__(name=name, **kwargs)
        self.factor = factor
        self.high = self.add_weight(name="high")
        self.low = self.add_variable((), "zeros", name="low")
        self.parts = [metrics.Mean(name="mean"), {"sum": metrics.Sum(name="sum")}]

    def update_state(self, values, sample_weight=None):
        values = keras.ops.convert_to_tensor(values)
        self.high.assign(keras.ops.maximum(self.high, keras.ops.max(values)))
        self.low.assign(keras.ops.minimum(self.low, keras.ops.min(values)))
        self.parts[0].update_state(values, sample_weight=sample_weight)
        self.parts[1]["sum"].update_state(values)

    def result(self):
        return {"spread": self.factor * (self.high - self.low), "mean": self.parts[0].result()}


def test_a_metric_of_ones_own_owns_the_variables_of_its_parts():
    metric = Spread()
    assert [v.path for v in metric.variables] == ["spread/high", "spread/low", "mean/total", "mean/count", "sum/total"]
    result = metric([3.0, -1.0, 4.0])
    assert (float(result["spread"]), float(result["mean"])) == (5, 2)
    metric.reset_state()
    assert [float(v.value) for v in metric.variables] == [0] * 5


def test_a_metric_of_ones_own_is_compiled_without_changes():
    metric = Spread(factor=2.0)
    update = jax.jit(metric.stateless_update_state)
    values = update(metric.stateless_reset_state(), np.array([3.0, -1.0, 4.0], "float32"))
    values = update(values, np.array([6.0, 0.0, 0.0], "float32"))
    result = metric.stateless_result(values)
    assert (float(result["spread"]), float(result["mean"])) == (14, 2)
    assert float(metric.high.value) == 0


def test_a_metric_of_ones_own_comes_back_from_its_config():
    again = Spread.from_config(Spread(factor=3.0, name="x", dtype="float16").get_config())
    assert (again.factor, again.name, again.dtype) == (3.0, "x", "float16")


def test_programs_of_ones_own_metrics_are_shared_when_settings_agree():
    assert fingerprint(Spread(name="a")) == fingerprint(Spread(name="b"))
    assert fingerprint(Spread()) != fingerprint(Spread(factor=2.0))


def test_a_wrapper_of_ones_own_reports_its_own_arguments():
    class Distance(metrics.MeanMetricWrapper):
        def __init__(self, power=2.0, name="distance", **kwargs):
            super().__init__(lambda a, b, power: keras.ops.abs(a - b) ** power, name=name, power=power, **kwargs)

    metric = Distance(power=3.0)
    assert metric.get_config() == {"power": 3.0, "name": "distance", "dtype": "float32"}
    again = Distance.from_config(metric.get_config())
    assert float(again([1.0], [3.0])) == 8.0


def test_a_wrapper_names_itself_after_its_class_unless_told():
    keras.utils.clear_session()
    assert metrics.MeanMetricWrapper(keras.losses.hinge).name == "mean_metric_wrapper"
    assert metrics.AUC().name == "auc"
    assert metrics.MeanIoU(2).name == "mean_io_u"
    assert metrics.AUC().name == "auc_1"


def test_metric_says_what_is_missing():
    with pytest.raises(NotImplementedError, match="Metric needs an `update_state`"):
        metrics.Metric()(1)
    with pytest.raises(NotImplementedError, match="Metric needs a `result`"):
        metrics.Metric().result()

    class Hasty(metrics.Metric):
        def __init__(self):
            self.total = keras.Variable(0.0)

    with pytest.raises(ValueError, match=r"Hasty: the constructor has to call `super\(\).__init__\(\)`"):
        _ = Hasty().variables


def test_values_must_come_one_per_variable():
    with pytest.raises(ValueError, match=r"Mean.stateless_update_state: `metric_variables` must have 2 values.*Got 1"):
        metrics.Mean().stateless_update_state([0.0], [1.0])
    with pytest.raises(ValueError, match=r"Mean.stateless_result: `metric_variables` must have 2 values"):
        metrics.Mean().stateless_result([0.0, 1.0, 2.0])


def test_weights_with_fractions_are_no_whole_numbers():
    with pytest.warns(UserWarning, match="MeanIoU counts in int32, so weights lose"):
        metrics.MeanIoU(2)([0, 1], [0, 1], sample_weight=[0.5, 1.0])
    assert float(metrics.MeanIoU(2, dtype="float32")([0, 1], [0, 1], sample_weight=[0.5, 1.0])) == 1.0


def test_dtype_of_a_metric():
    assert metrics.Mean().dtype == "float32"
    assert metrics.Mean(dtype="mixed_bfloat16").dtype == "bfloat16"
    assert metrics.MeanIoU(2).dtype == "int32"
    keras.config.set_floatx("float16")
    assert metrics.Mean().total.dtype == "float16"


def test_16_bit_metrics_keep_their_counts_in_32_bits():
    metric = metrics.TruePositives(dtype="float16")
    for _ in range(3):
        metric.update_state([1.0] * 1001, [1.0] * 1001)
    assert float(metric.result()) == 3003.0  # float16 has 3002 and 3004
    assert Spread(dtype="bfloat16").variables[0].dtype == "float32"
    # as in Keras 3, what only averages stays in the dtype it was given
    assert metrics.Mean(dtype="float16").total.dtype == metrics.Sum(dtype="float16").total.dtype == "float16"


def test_metrics_that_learn_the_number_of_outputs_from_data():
    metric = metrics.F1Score()
    assert metric.variables == []
    assert float(metric.result()) == 0
    metric.update_state([[1, 0]], [[0.7, 0.3]])
    assert len(metric.variables) == 4
    with pytest.raises(ValueError, match="F1Score: labels and predictions must have the shape"):
        metrics.F1Score().update_state([1, 0], [0.7, 0.3])
    score = metrics.R2Score()
    score.update_state([[1.0], [2.0]], [[1.0], [2.0]])
    with pytest.raises(ValueError, match=r"R2Score: there were 1 outputs before\. Got 2"):
        score.update_state([[1.0, 2.0]], [[1.0, 2.0]])
    area = metrics.AUC(multi_label=True, num_labels=3)
    with pytest.raises(ValueError, match=r"AUC: there are 3 labels\. Got predictions for 2"):
        area.update_state([[1, 0]], [[0.7, 0.3]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.AUC(curve="ROCK"), "`curve` must be one of 'ROC', 'PR', 'PRGAIN'"),
        (lambda: metrics.AUC(summation_method="x"), "`summation_method` must be one of"),
        (lambda: metrics.AUC(num_thresholds=1), "`num_thresholds` must be at least 2. Got 1"),
        (lambda: metrics.AUC(thresholds=[-1.0]), "`thresholds` must be a number from 0 to 1. Got -1.0"),
        (lambda: metrics.AUC(num_labels=3), "`num_labels` needs `multi_label=True`"),
        (lambda: metrics.AUC(label_weights=[-1.0]), "`label_weights` must not be negative"),
        (lambda: metrics.Precision(thresholds=1.5), "`thresholds` must be a number from 0 to 1. Got 1.5"),
        (lambda: metrics.Precision(top_k=0), "`top_k` must be a positive integer. Got 0"),
        (lambda: metrics.Recall(class_id=7)([[1, 0]], [[1, 0]]), "Recall: there are 2 classes. Got `class_id` 7"),
        (lambda: metrics.Precision(class_id=1)([1, 0], [0.9, 0.1]), "Precision: with `class_id`, predictions have the"),
        (lambda: metrics.PrecisionAtRecall(2.0), "`recall` must be a number from 0 to 1. Got 2.0"),
        (lambda: metrics.IoU(2, [2]), "`target_class_ids` must be from 0 to 1. Got 2"),
        (lambda: metrics.MeanIoU(2)([0, 1], [0]), "one prediction per label. Got 2 labels and 1 predictions"),
        (lambda: metrics.F1Score(average="x"), "`average` must be one of None, 'micro'"),
        (lambda: metrics.FBetaScore(beta=0.0), "`beta` must be a positive number. Got 0.0"),
        (lambda: metrics.F1Score(threshold=0.0), "`threshold` must be above 0 and at most 1"),
        (lambda: metrics.F1Score(threshold="0.5"), "`threshold` must be a float. Got '0.5'"),
        (lambda: metrics.F1Score().build((2, None), (2, None)), "inputs whose axis 1 has a known size"),
        (lambda: metrics.R2Score(class_aggregation="x"), "`class_aggregation` must be one of"),
        (lambda: metrics.R2Score(num_regressors=-1), "`num_regressors` must not be negative"),
        (lambda: metrics.TopKCategoricalAccuracy(k=0), "`k` must be a positive integer. Got 0"),
        (lambda: metrics.AUC()([1, 0], [0.1, 0.2, 0.3]), "labels and predictions must have the same shape"),
        (lambda: metrics.MeanSquaredError()([[1.0, 2.0]], [[1.0, 2.0, 3.0]]), "labels and predictions must have"),
        (
            lambda: metrics.SparseCategoricalAccuracy()([[0, 1]], [[0.5, 0.5]]),
            "labels must be class numbers of shape",
        ),
    ],
)
def test_impossible_settings_and_shapes_are_refused(make, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        make()


def test_one_number_for_a_batch_is_counted_whatever_the_mask():
    def mean(y_true, y_pred):
        return keras.ops.mean(y_pred)

    x = keras.Input((3,))
    model = keras.Model(x, keras.layers.Embedding(4, 1, mask_zero=True, embeddings_initializer="ones")(x))
    model.compile(loss="mse", metrics=[mean])
    found = model.evaluate(np.array([[1, 2, 0], [1, 0, 0]]), np.zeros((2, 3, 1)), verbose=0, return_dict=True)
    assert found["mean"] == 1.0
