"""Asks Keras 3 on JAX for the values and gradients of its losses.

    KERAS_BACKEND=jax PYTHON keras3_losses.py FOLDER

PYTHON is an interpreter with Keras 3; FOLDER is where `losses.json` and `losses.npz` go, as a rule tests/golden.
"""

import sys

import numpy as np
from asking import Table, ask, draw_for, new, public

TABLE = Table("losses")
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def reals(draw):
    return draw.real(4, 3), draw.real(4, 3)


def positives(draw):
    return draw.positive(4, 3), draw.positive(4, 3)


def shares(draw):
    """Rows that sum to one."""
    true, predicted = draw.positive(4, 3), draw.positive(4, 3)
    return true / true.sum(-1, keepdims=True), predicted / predicted.sum(-1, keepdims=True)


def bits(draw):
    return draw.integers(2, 4, 3).astype("float32"), draw.real(4, 3, low=0.03, high=0.97)


def signs(draw):
    return 2 * draw.integers(2, 4, 3).astype("float32") - 1, draw.real(4, 3)


def one_hot(draw):
    classes = draw.integers(3, 4)
    predicted = draw.positive(4, 3)
    return np.eye(3, dtype="float32")[classes], predicted / predicted.sum(-1, keepdims=True)


def classes(draw):
    predicted = draw.positive(4, 3)
    return draw.integers(3, 4), predicted / predicted.sum(-1, keepdims=True)


def scores(draw):
    return draw.integers(3, 4), draw.real(4, 3)


def one_hot_scores(draw):
    return np.eye(3, dtype="float32")[draw.integers(3, 4)], draw.real(4, 3)


def bit_scores(draw):
    return draw.integers(2, 4, 3).astype("float32"), draw.real(4, 3)


def labelled_points(draw):
    points = draw.real(6, 4)
    return np.array([0, 1, 0, 1, 2, 2], "int32"), points / np.linalg.norm(points, axis=-1, keepdims=True)


def ask_all(name, data, label="", function=None, rows=4, **options):
    """The class with every reduction and kind of weights, and the function below it."""
    draw = draw_for(name + label)
    y_true, y_pred = data(draw)
    weights = draw.positive(rows)
    short = f"{name}{':' + label if label else ''}"
    question = {"y_true": y_true, "y_pred": y_pred}

    def add(title, call, **arguments):
        loss = new(f"losses.{name}", **options, **arguments)
        TABLE.add(f"{short}:{title}", loss=loss, call=call, **question)

    add("default", {})
    add("weights", {"sample_weight": weights})
    if not label:
        add("weights-column", {"sample_weight": weights[:, None]})
        add("weights-some-zero", {"sample_weight": np.where(np.arange(rows) % 2, weights, 0).astype("float32")})
        for reduction in REDUCTIONS:
            add(f"{reduction}", {}, reduction=reduction)
            add(f"{reduction}-weights", {"sample_weight": weights}, reduction=reduction)
    if function:
        TABLE.add(f"{function}:{label or 'plain'}", loss=public(f"losses.{function}"), call=options, **question)


def regression_losses():
    ask_all("MeanSquaredError", reals, function="mean_squared_error")
    ask_all("MeanAbsoluteError", reals, function="mean_absolute_error")
    ask_all("MeanAbsolutePercentageError", reals, function="mean_absolute_percentage_error")
    ask_all("MeanSquaredLogarithmicError", positives, function="mean_squared_logarithmic_error")
    ask_all("MeanSquaredLogarithmicError", reals, "negative-values", "mean_squared_logarithmic_error")
    ask_all("Huber", reals, function="huber")
    ask_all("Huber", reals, "delta", "huber", delta=0.4)
    ask_all("LogCosh", reals, function="log_cosh")
    ask_all("CosineSimilarity", reals, function="cosine_similarity")
    ask_all("CosineSimilarity", reals, "axis", "cosine_similarity", axis=0, rows=3)
    ask_all("Poisson", positives, function="poisson")
    ask_all("KLDivergence", shares, function="kl_divergence")
    ask_all("KLDivergence", bits, "outside", "kl_divergence")


def margin_losses():
    ask_all("Hinge", signs, function="hinge")
    ask_all("Hinge", bit_scores, "bits", "hinge")
    ask_all("SquaredHinge", signs, function="squared_hinge")
    ask_all("SquaredHinge", bit_scores, "bits", "squared_hinge")
    ask_all("CategoricalHinge", one_hot, function="categorical_hinge")
    ask_all("CategoricalHinge", one_hot_scores, "scores", "categorical_hinge")


def cross_entropies():
    ask_all("BinaryCrossentropy", bits, function="binary_crossentropy")
    ask_all("BinaryCrossentropy", bit_scores, "from_logits", "binary_crossentropy", from_logits=True)
    ask_all("BinaryCrossentropy", bits, "smooth", "binary_crossentropy", label_smoothing=0.2)
    ask_all(
        "BinaryCrossentropy", bit_scores, "logits-smooth", "binary_crossentropy", label_smoothing=0.2, from_logits=True
    )
    ask_all("BinaryCrossentropy", bits, "axis", "binary_crossentropy", axis=0, rows=3)
    focal = "binary_focal_crossentropy"
    ask_all("BinaryFocalCrossentropy", bits, function=focal)
    ask_all("BinaryFocalCrossentropy", bits, "balanced", focal, apply_class_balancing=True, alpha=0.3, gamma=1.5)
    ask_all("BinaryFocalCrossentropy", bit_scores, "from_logits", focal, from_logits=True)
    ask_all("BinaryFocalCrossentropy", bits, "smooth", focal, label_smoothing=0.2)
    ask_all("CategoricalCrossentropy", one_hot, function="categorical_crossentropy")
    ask_all("CategoricalCrossentropy", one_hot_scores, "from_logits", "categorical_crossentropy", from_logits=True)
    ask_all("CategoricalCrossentropy", one_hot, "smooth", "categorical_crossentropy", label_smoothing=0.2)
    ask_all("CategoricalCrossentropy", shares, "soft-labels", "categorical_crossentropy")
    ask_all("CategoricalCrossentropy", positives, "not-shares", "categorical_crossentropy")
    ask_all("CategoricalCrossentropy", one_hot, "axis", "categorical_crossentropy", axis=0, rows=3)
    ask_all(
        "CategoricalCrossentropy",
        one_hot_scores,
        "logits-smooth",
        "categorical_crossentropy",
        from_logits=True,
        label_smoothing=0.1,
    )
    focal = "categorical_focal_crossentropy"
    ask_all("CategoricalFocalCrossentropy", one_hot, function=focal)
    ask_all("CategoricalFocalCrossentropy", one_hot, "alpha-gamma", focal, alpha=0.4, gamma=1.0)
    ask_all("CategoricalFocalCrossentropy", one_hot_scores, "from_logits", focal, from_logits=True)
    ask_all("CategoricalFocalCrossentropy", one_hot, "smooth", focal, label_smoothing=0.2)
    ask_all("CategoricalGeneralizedCrossEntropy", classes)
    ask_all("CategoricalGeneralizedCrossEntropy", classes, "q", "categorical_generalized_cross_entropy", q=0.8)
    sparse = "sparse_categorical_crossentropy"
    ask_all("SparseCategoricalCrossentropy", classes, function=sparse)
    ask_all("SparseCategoricalCrossentropy", scores, "from_logits", sparse, from_logits=True)
    ask_all("SparseCategoricalCrossentropy", classes, "ignore", sparse, ignore_class=1)
    ask_all("SparseCategoricalCrossentropy", scores, "logits-ignore", sparse, ignore_class=0, from_logits=True)
    ask_all(
        "SparseCategoricalCrossentropy",
        lambda draw: (classes(draw)[0] - 1, classes(draw)[1]),
        "ignore-minus-one",
        sparse,
        ignore_class=-1,
    )


def region_losses():
    def masks(draw):
        return draw.integers(2, 4, 3, 3, 1).astype("float32"), draw.real(4, 3, 3, 1, low=0.03, high=0.97)

    ask_all("Dice", masks, "image", "dice")
    ask_all("Dice", masks, "axis", "dice", axis=[1, 2, 3])
    ask_all("Dice", bits, "plain", "dice")
    ask_all("Tversky", masks, "image", "tversky")
    ask_all("Tversky", masks, "axis", "tversky", axis=[1, 2, 3])
    ask_all("Tversky", masks, "alpha-beta", "tversky", alpha=0.2, beta=0.7)


def other_losses():
    ask_all("Circle", labelled_points, rows=6)
    ask_all("Circle", labelled_points, "gamma-margin", "circle", rows=6, gamma=20.0, margin=0.2)
    ask_all("Circle", labelled_points, "diagonal", "circle", rows=6, gamma=10.0, remove_diagonal=False)

    def words(draw):
        # 0 is the blank
        return np.array([[1, 2, 1], [3, 3, 0], [2, 0, 0]], "int32"), draw.real(3, 6, 4)

    ask_all("CTC", words, rows=3, function="ctc")


def shapes():
    """Ranks, dtypes and shapes that have to be brought together."""

    def add(name, loss, y_true, y_pred, **call):
        TABLE.add(f"shapes:{name}", loss=loss, y_true=y_true, y_pred=y_pred, call=call)

    draw = draw_for("shapes")
    mse = new("losses.MeanSquaredError")
    x, column = draw.real(4), draw.real(4, 1)
    add("flat-true", mse, x, column)
    add("flat-pred", mse, column, x)
    add("both-flat", mse, x, draw.real(4))
    add("integers", mse, draw.integers(5, 4, 3), draw.real(4, 3))
    add("float64-true", mse, draw.real(4, 3).astype("float64"), draw.real(4, 3))
    steps, other = draw.real(2, 3, 4), draw.real(2, 3, 4)
    for reduction in REDUCTIONS:
        loss = new("losses.MeanSquaredError", reduction=reduction)
        add(f"steps-{reduction}", loss, steps, other)
        add(f"steps-{reduction}-row-weights", loss, steps, other, sample_weight=draw.positive(2, 1))
        add(f"steps-{reduction}-step-weights", loss, steps, other, sample_weight=draw.positive(2, 3))
        add(f"steps-{reduction}-number", loss, steps, other, sample_weight=0.5)
    add("steps-deep-weights", mse, steps, other, sample_weight=draw.positive(2, 3, 1))
    weights = draw.positive(3, 1)[:, 0]
    add("function-not-object", public("losses.mean_squared_error"), x, column)
    sparse = new("losses.SparseCategoricalCrossentropy")
    y_pred = draw.positive(2, 3, 4)
    y_pred /= y_pred.sum(-1, keepdims=True)
    for y_true in (draw.integers(4, 2, 3), draw.integers(4, 2, 3, 1)):
        add(f"sparse-steps-{y_true.ndim}D", sparse, y_true, y_pred)
        add(f"sparse-steps-{y_true.ndim}D-weights", sparse, y_true, y_pred, sample_weight=draw.positive(2, 3))
        add(f"sparse-steps-{y_true.ndim}D-floats", sparse, y_true.astype("float32"), y_pred)
    add("sparse-column", sparse, draw.integers(4, 3, 1), y_pred.reshape(6, 4)[:3])
    add("sparse-column-weights", sparse, draw.integers(4, 3, 1), y_pred.reshape(6, 4)[:3], sample_weight=weights)
    image = new("losses.SparseCategoricalCrossentropy", from_logits=True, ignore_class=255)
    labels = draw.integers(3, 2, 2, 2)
    labels[0, 0, 1] = 255
    add("sparse-image-ignore", image, labels, draw.real(2, 2, 2, 3))
    add("sparse-image-ignore-weights", image, labels, draw.real(2, 2, 2, 3), sample_weight=draw.positive(2, 2, 2))
    add(
        "categorical-steps",
        new("losses.CategoricalCrossentropy"),
        np.eye(4, dtype="float32")[draw.integers(4, 2, 3)],
        y_pred,
        sample_weight=draw.positive(2, 3),
    )
    bce = new("losses.BinaryCrossentropy")
    add("binary-column", bce, draw.integers(2, 4), draw.real(4, 1, low=0.1, high=0.9))
    add("binary-bool", bce, draw.chance(4, 1), draw.real(4, 1, low=0.1, high=0.9))
    add("binary-certain", bce, np.array([[0.0], [1], [0], [1]], "float32"), np.array([[0.0], [1], [1], [0]], "float32"))
    extreme = np.array([[-200.0], [200], [200], [-200]], "float32")
    add(
        "binary-logits-certain",
        new("losses.BinaryCrossentropy", from_logits=True),
        np.array([[0.0], [1], [0], [1]], "float32"),
        extreme,
    )
    certain = np.eye(3, dtype="float32")
    add("categorical-certain", new("losses.CategoricalCrossentropy"), certain, certain[[0, 2, 1]])
    add("sparse-certain", sparse, np.array([0, 1, 2], "int32"), certain[[0, 2, 1]])
    add("mape-zero", new("losses.MeanAbsolutePercentageError"), np.zeros((2, 2), "float32"), draw.real(2, 2))
    add("log-cosh-large", new("losses.LogCosh"), np.zeros((2, 2), "float32"), 100 * draw.real(2, 2))
    add(
        "cosine-zero",
        new("losses.CosineSimilarity"),
        np.eye(2, 3, dtype="float32"),
        np.eye(2, 3, dtype="float32")[::-1].copy(),
    )


for table in (regression_losses, margin_losses, cross_entropies, region_losses, other_losses, shapes):
    table()
TABLE.write(sys.argv[1], ask.ask_loss)
