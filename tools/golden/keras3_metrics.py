"""Asks Keras 3 on JAX for the results of its metrics after updates, with and without weights.

    KERAS_BACKEND=jax PYTHON keras3_metrics.py FOLDER

PYTHON is an interpreter with Keras 3; FOLDER is where `metrics.json` and `metrics.npz` go, as a rule tests/golden.
"""

import sys

import numpy as np
from asking import Table, ask, draw_for, new, public

TABLE = Table("metrics")
ROWS = (5, 3)


def share(array):
    return (array / array.sum(-1, keepdims=True)).astype("float32")


def reals(draw, rows):
    return draw.real(rows, 3), draw.real(rows, 3)


def positives(draw, rows):
    return draw.positive(rows, 3), draw.positive(rows, 3)


def shares(draw, rows):
    return share(draw.positive(rows, 3)), share(draw.positive(rows, 3))


def bits(draw, rows):
    return draw.integers(2, rows, 3).astype("float32"), draw.real(rows, 3, low=0.03, high=0.97)


def bit_column(draw, rows):
    return draw.integers(2, rows, 1).astype("float32"), draw.real(rows, 1, low=0.03, high=0.97)


def bit_flat(draw, rows):
    return draw.integers(2, rows), draw.real(rows, low=0.03, high=0.97)


def bit_scores(draw, rows):
    return draw.integers(2, rows, 3).astype("float32"), draw.real(rows, 3)


def signs(draw, rows):
    return 2 * draw.integers(2, rows, 3).astype("float32") - 1, draw.real(rows, 3)


def one_hot(draw, rows):
    return np.eye(4, dtype="float32")[draw.integers(4, rows)], share(draw.positive(rows, 4))


def classes(draw, rows):
    return draw.integers(4, rows), share(draw.positive(rows, 4))


def class_column(draw, rows):
    return draw.integers(4, rows, 1), share(draw.positive(rows, 4))


def scores(draw, rows):
    return draw.integers(4, rows), draw.real(rows, 4)


def labels(draw, rows):
    return draw.integers(3, rows), draw.integers(3, rows)


def label_rows(draw, rows):
    return draw.integers(3, rows, 2), draw.integers(3, rows, 2)


def step_classes(draw, rows):
    return draw.integers(4, rows, 2), share(draw.positive(rows, 2, 4))


def ask_metric(kind, data, label="", weights=("none", "rows"), **options):
    for weight in weights:
        name = f"{kind}:{label}:{weight}"
        draw = draw_for(name)
        updates = []
        for rows in ROWS:
            update = list(data(draw, rows))
            if weight == "rows":
                update.append(draw.positive(rows))
            if weight == "column":
                update.append(draw.positive(rows, 1))
            if weight == "elements":
                update.append(draw.positive(*update[1].shape))
            if weight == "number":
                update.append(0.5)
            updates.append(update)
        TABLE.add(name, metric=new(f"metrics.{kind}", **options), updates=updates)


def averages():
    def values(draw, rows):
        return (draw.real(rows),)

    def matrix(draw, rows):
        return (draw.real(rows, 3),)

    for kind in ("Mean", "Sum"):
        ask_metric(kind, values, "flat")
        ask_metric(kind, matrix, "matrix", ("none", "rows", "column", "number"))
        ask_metric(kind, lambda draw, rows: (np.float32(rows),), "number", ("none", "number"))
        ask_metric(kind, lambda draw, rows: (draw.real(rows, 2, 3),), "3D", ("none", "rows", "column"))
    ask_metric("MeanMetricWrapper", reals, "function", fn=public("losses.mean_squared_error"), name="own")
    ask_metric("MeanMetricWrapper", reals, "huber", fn=public("losses.huber"), delta=0.3)


def accuracies():
    ask_metric("Accuracy", labels)
    ask_metric("Accuracy", label_rows, "rows", ("none", "rows", "elements"))
    ask_metric("BinaryAccuracy", bits, "", ("none", "rows", "column"))
    ask_metric("BinaryAccuracy", bit_column, "column")
    ask_metric("BinaryAccuracy", bit_flat, "flat")
    ask_metric("BinaryAccuracy", lambda draw, rows: (draw.integers(2, rows), draw.real(rows, 1)), "flat-true")
    ask_metric("BinaryAccuracy", bits, "threshold", threshold=0.3)
    ask_metric("CategoricalAccuracy", one_hot)
    ask_metric(
        "CategoricalAccuracy",
        lambda draw, rows: (np.eye(4, dtype="float32")[draw.integers(4, rows, 2)], draw.real(rows, 2, 4)),
        "steps",
        ("none", "rows", "column"),
    )
    ask_metric("SparseCategoricalAccuracy", classes)
    ask_metric("SparseCategoricalAccuracy", class_column, "column")
    ask_metric(
        "SparseCategoricalAccuracy",
        lambda draw, rows: (classes(draw, rows)[0].astype("float32"), draw.real(rows, 4)),
        "floats",
    )
    ask_metric("SparseCategoricalAccuracy", step_classes, "steps", ("none", "column"))
    for k in (1, 2, 5):
        ask_metric("TopKCategoricalAccuracy", one_hot, f"k={k}", k=k)
        ask_metric("SparseTopKCategoricalAccuracy", classes, f"k={k}", k=k)
    ask_metric("TopKCategoricalAccuracy", one_hot)
    ask_metric("SparseTopKCategoricalAccuracy", class_column, "column", k=2)
    ask_metric("SparseTopKCategoricalAccuracy", step_classes, "steps", ("none", "column"), k=2)
    ask_metric(
        "SparseTopKCategoricalAccuracy",
        lambda draw, rows: (
            draw.integers(6, rows),
            np.stack([draw.order.permutation(6) for _ in range(rows)]).astype("int32"),
        ),
        "sorted",
        k=3,
        from_sorted_ids=True,
    )


def errors():
    for kind in (
        "MeanSquaredError",
        "RootMeanSquaredError",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "LogCoshError",
        "CosineSimilarity",
    ):
        ask_metric(kind, reals, "", ("none", "rows", "column"))
    ask_metric("MeanSquaredError", lambda draw, rows: (draw.real(rows), draw.real(rows, 1)), "flat-true")
    ask_metric("RootMeanSquaredError", lambda draw, rows: (draw.real(rows), draw.real(rows, 1)), "flat-true")
    ask_metric(
        "RootMeanSquaredError",
        lambda draw, rows: (draw.real(rows, 2, 3), draw.real(rows, 2, 3)),
        "3D",
        ("none", "rows", "column"),
    )
    ask_metric("MeanSquaredLogarithmicError", positives)
    ask_metric("Poisson", positives)
    ask_metric("KLDivergence", shares)
    ask_metric("CosineSimilarity", reals, "axis", ("none",), axis=0)
    ask_metric("Hinge", signs)
    ask_metric("Hinge", bit_scores, "bits")
    ask_metric("SquaredHinge", signs)
    ask_metric("CategoricalHinge", one_hot)
    ask_metric("BinaryCrossentropy", bits)
    ask_metric("BinaryCrossentropy", bit_scores, "logits", from_logits=True, label_smoothing=0.2)
    ask_metric("CategoricalCrossentropy", one_hot)
    ask_metric(
        "CategoricalCrossentropy",
        lambda draw, rows: (one_hot(draw, rows)[0], draw.real(rows, 4)),
        "logits",
        from_logits=True,
        label_smoothing=0.1,
    )
    ask_metric("SparseCategoricalCrossentropy", classes)
    ask_metric("SparseCategoricalCrossentropy", scores, "logits", from_logits=True)
    ask_metric("SparseCategoricalCrossentropy", classes, "ignore", ignore_class=1)
    for aggregation in ("uniform_average", "variance_weighted_average", None):
        ask_metric("R2Score", reals, str(aggregation), ("none", "rows", "column"), class_aggregation=aggregation)
    ask_metric("R2Score", reals, "regressors", num_regressors=2)
    ask_metric("R2Score", lambda draw, rows: (draw.real(rows, 1), draw.real(rows, 1)), "column")
    for kind in ("PearsonCorrelation", "ConcordanceCorrelation"):
        ask_metric(kind, reals)
        ask_metric(kind, reals, "axis", ("none",), axis=0)


def confusion():
    for kind in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"):
        ask_metric(kind, bits, "", ("none", "rows", "elements"))
        ask_metric(kind, bit_flat, "flat")
        ask_metric(kind, bits, "thresholds", thresholds=[0.2, 0.5, 0.8])
        ask_metric(kind, bits, "threshold", thresholds=0.3)
    for kind in ("Precision", "Recall"):
        ask_metric(kind, bits, "", ("none", "rows", "elements"))
        ask_metric(kind, bit_flat, "flat")
        ask_metric(kind, bit_column, "column")
        ask_metric(kind, bits, "threshold", thresholds=0.3)
        ask_metric(kind, bits, "thresholds", thresholds=[0.2, 0.5, 0.8])
        ask_metric(kind, one_hot, "top_k", top_k=2)
        ask_metric(kind, one_hot, "class_id", class_id=1)
        ask_metric(kind, one_hot, "top_k-class_id", top_k=2, class_id=1)
        ask_metric(kind, one_hot, "top_k-threshold", top_k=3, thresholds=0.25)
        ask_metric(
            kind, lambda draw, rows: (np.zeros(rows, "float32"), np.full(rows, 0.1, "float32")), "nothing", ("none",)
        )
    for kind, option in (
        ("SensitivityAtSpecificity", "specificity"),
        ("SpecificityAtSensitivity", "sensitivity"),
        ("PrecisionAtRecall", "recall"),
        ("RecallAtPrecision", "precision"),
    ):
        for value in (0.4, 0.9):
            ask_metric(kind, bits, f"{value}", **{option: value})
        ask_metric(kind, bits, "few-thresholds", **{option: 0.5}, num_thresholds=5)
        ask_metric(kind, bits, "one-threshold", **{option: 0.5}, num_thresholds=1)
        ask_metric(kind, one_hot, "class_id", **{option: 0.5}, class_id=2)
    for curve in ("ROC", "PR"):
        for method in ("interpolation", "minoring", "majoring"):
            ask_metric("AUC", bit_column, f"{curve}-{method}", curve=curve, summation_method=method)
        ask_metric("AUC", bits, f"{curve}-labels", multi_label=True, curve=curve)
        ask_metric(
            "AUC",
            bits,
            f"{curve}-label_weights",
            multi_label=True,
            curve=curve,
            num_labels=3,
            label_weights=[0.5, 1.0, 2.0],
        )
    ask_metric("AUC", bit_flat, "flat")
    ask_metric("AUC", bits, "matrix", ("none", "rows", "elements"))
    ask_metric("AUC", bit_column, "few-thresholds", num_thresholds=5)
    ask_metric("AUC", bit_column, "thresholds", thresholds=[0.15, 0.4, 0.77])
    ask_metric("AUC", bit_scores, "logits", from_logits=True)
    ask_metric(
        "AUC", lambda draw, rows: (np.ones(rows, "float32"), draw.real(rows, low=0, high=1)), "one-class", ("none",)
    )


def regions():
    for kind in ("MeanIoU", "IoU"):
        extra = {"target_class_ids": [0, 2]} if kind == "IoU" else {}
        ask_metric(kind, labels, "", num_classes=3, **extra)
        ask_metric(kind, label_rows, "rows", ("none", "elements"), num_classes=3, **extra)
        ask_metric(kind, labels, "ignore", num_classes=3, ignore_class=1, **extra)
        ask_metric(
            kind,
            lambda draw, rows: (draw.integers(3, rows), draw.real(rows, 3)),
            "scores",
            num_classes=3,
            sparse_y_pred=False,
            **extra,
        )
        ask_metric(
            kind,
            lambda draw, rows: (np.eye(3, dtype="float32")[draw.integers(3, rows)], draw.real(rows, 3)),
            "both",
            num_classes=3,
            sparse_y_pred=False,
            sparse_y_true=False,
            **extra,
        )

    def hot(draw, rows):
        return np.eye(3, dtype="float32")[draw.integers(3, rows)], draw.real(rows, 3)

    ask_metric("OneHotIoU", hot, num_classes=3, target_class_ids=[0, 2])
    ask_metric("OneHotMeanIoU", hot, num_classes=3)
    ask_metric(
        "OneHotMeanIoU",
        lambda draw, rows: (hot(draw, rows)[0], draw.integers(3, rows)),
        "sparse",
        num_classes=3,
        sparse_y_pred=True,
    )
    ask_metric("BinaryIoU", bit_flat)
    ask_metric("BinaryIoU", bits, "matrix", ("none", "elements"))
    ask_metric("BinaryIoU", bit_flat, "threshold", target_class_ids=[1], threshold=0.3)
    for average in (None, "micro", "macro", "weighted"):
        ask_metric("F1Score", one_hot, f"{average}", average=average)
        ask_metric("FBetaScore", one_hot, f"{average}", average=average, beta=2.0)
        ask_metric("F1Score", bits, f"threshold-{average}", average=average, threshold=0.4)
    ask_metric("FBetaScore", bits, "beta", beta=0.5, threshold=0.6)


def functions():
    """The functions among the metrics, which give one value per row."""
    draw = draw_for("functions")
    table = Table("metric_functions")
    for name, data, options in (
        ("binary_accuracy", bits, {}),
        ("binary_accuracy", bits, {"threshold": 0.3}),
        ("categorical_accuracy", one_hot, {}),
        ("sparse_categorical_accuracy", classes, {}),
        ("sparse_categorical_accuracy", class_column, {}),
        ("sparse_categorical_accuracy", step_classes, {}),
        ("top_k_categorical_accuracy", one_hot, {"k": 2}),
        ("sparse_top_k_categorical_accuracy", classes, {"k": 2}),
        ("sparse_top_k_categorical_accuracy", step_classes, {"k": 2}),
        ("pearson_correlation", reals, {}),
        ("pearson_correlation", reals, {"axis": 0}),
        ("concordance_correlation", reals, {}),
        ("concordance_correlation", reals, {"axis": 0}),
    ):
        y_true, y_pred = data(draw, 5)
        label = "-".join(f"{key}={value}" for key, value in options.items())
        label = f"{label}:{data.__name__}"
        table.add(f"{name}:{label}", make=public(f"metrics.{name}"), call=[y_true, y_pred], options=options)
    table.write(sys.argv[1], ask.ask_value)


for fill in (averages, accuracies, errors, confusion, regions):
    fill()
TABLE.write(sys.argv[1], ask.ask_metric)
functions()
