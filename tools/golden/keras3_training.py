"""Asks Keras 3 on JAX what fit, evaluate, predict and the per-batch methods return for small models.

    KERAS_BACKEND=jax PYTHON keras3_training.py FOLDER

PYTHON is an interpreter with Keras 3 (values now stored: see `made_by` in the index) and JAX, on the CPU; FOLDER is
where `training.json` and `training.npz` go, as a rule tests/golden. The models are in tests/golden/builders.py.
Rows never fill the last batch, so that every number shows how the smaller batch counts.
"""

import sys

import numpy as np
from asking import Draw, Table, ask, builders, draw_for, function, new

import keras

TABLE = Table("training")


def add(name, model, compile, *do, **more):
    TABLE.add(name, model=model, compile=compile, do=[list(one) for one in do], **more)


def fit(x, y, **arguments):
    return "fit", {"x": x, "y": y, "batch_size": 4, "epochs": 2, "shuffle": False, **arguments}


def evaluate(x, y, **arguments):
    return "evaluate", {"x": x, "y": y, "batch_size": 4, **arguments}


def both(x, y, **arguments):
    return evaluate(x, y, **arguments), evaluate(x, y, return_dict=True, **arguments)


def predict(x, **arguments):
    return "predict", {"x": x, "batch_size": 4, **arguments}


D = Draw(3)
X, XV = D.real(10, 3), D.real(7, 3)
Y, YV = D.real(10, 1), D.real(7, 1)
Y2 = D.real(10, 2)
BIT, BITV = D.integers(2, 10, 1), D.integers(2, 7, 1)
KIND, KINDV = D.integers(3, 10), D.integers(3, 7)
ONE_HOT, ONE_HOTV = np.eye(3, dtype="float32")[KIND], np.eye(3, dtype="float32")[KINDV]
W, WV = D.positive(10), D.positive(7)
SGD = new("optimizers.SGD", learning_rate=0.1)
ADAM = new("optimizers.Adam", learning_rate=0.05)
MSE = {"optimizer": SGD, "loss": "mse"}


def plain_runs():
    add(
        "regression",
        "regression",
        {**MSE, "metrics": ["mae", "mse"]},
        fit(X, Y, validation_data=[XV, YV]),
        *both(XV, YV),
        predict(XV),
    )
    for kind in ("sgd", "adam", "rmsprop"):
        add(f"optimizer-by-name-{kind}", "regression", {"optimizer": kind, "loss": "mse"}, fit(X, Y), predict(XV))
    add("no-loss-metrics", "regression", {"optimizer": SGD, "loss": "mean_squared_error"}, fit(X, Y), *both(XV, YV))
    add("one-batch", "regression", MSE, fit(X, Y, batch_size=32), *both(XV, YV, batch_size=32))
    add("batches-divide", "regression", {**MSE, "metrics": ["mae"]}, fit(X, Y, batch_size=5), *both(X, Y, batch_size=5))
    add("batch-of-one", "regression", {**MSE, "metrics": ["mae"]}, fit(X, Y, batch_size=1))
    add(
        "default-batch-size",
        "regression",
        MSE,
        ("fit", {"x": X, "y": Y, "shuffle": False}),
        ("evaluate", {"x": X, "y": Y}),
    )
    add("targets-without-last-axis", "regression", {**MSE, "metrics": ["mae"]}, fit(X, Y[:, 0]), *both(XV, YV[:, 0]))
    add("integer-targets", "regression", {**MSE, "metrics": ["mae"]}, fit(X, BIT), *both(XV, BITV))
    add(
        "float64-data",
        "regression",
        {**MSE, "metrics": ["mae"]},
        fit(X.astype("float64"), Y.astype("float64")),
        *both(XV.astype("float64"), YV.astype("float64")),
    )
    add("two-targets", "two_targets", {**MSE, "metrics": ["mae"]}, fit(X, Y2))
    add("deferred-build", "deferred_regression", {**MSE, "metrics": ["mae"]}, fit(X, Y), predict(XV), input_shape=[3])
    add("own-call", "own_call", {**MSE, "metrics": ["mae"]}, fit(X, Y), *both(XV, YV), input_shape=[3])
    add("own-loss-method", "own_loss_method", {**MSE, "metrics": ["mae"]}, fit(X, Y), *both(XV, YV), input_shape=[3])
    add("half-frozen", "half_frozen", MSE, fit(X, Y))
    add("regularized", "regularized", {**MSE, "metrics": ["mae"]}, fit(X, Y, validation_data=[XV, YV]), *both(XV, YV))
    add(
        "own-loss-layer",
        "with_own_loss",
        {**MSE, "metrics": ["mae"]},
        fit(X, Y, validation_data=[XV, YV]),
        *both(XV, YV),
    )
    add("own-loss-layer-without-loss", "with_own_loss", {"optimizer": SGD, "loss": None}, fit(X, None), *both(XV, None))
    add("normalized", "normalized", MSE, fit(X, Y, validation_data=[XV, YV]), *both(XV, YV), predict(XV))
    add("fit-twice", "regression", {"optimizer": ADAM, "loss": "mse"}, fit(X, Y), fit(X, Y), predict(XV))
    add(
        "fit-compile-fit",
        "regression",
        {"optimizer": ADAM, "loss": "mse"},
        fit(X, Y),
        ("compile", {"optimizer": ADAM, "loss": "mae"}),
        fit(X, Y),
        predict(XV),
    )
    add("initial-epoch", "regression", MSE, fit(X, Y, epochs=3, initial_epoch=1))
    add("run-eagerly", "regression", {**MSE, "metrics": ["mae"], "run_eagerly": True}, fit(X, Y), *both(XV, YV))
    add("no-jit", "regression", {**MSE, "metrics": ["mae"], "jit_compile": False}, fit(X, Y), *both(XV, YV))
    for steps in (2, 3, 7):
        add(
            f"steps-per-execution-{steps}",
            "regression",
            {**MSE, "metrics": ["mae"], "steps_per_execution": steps},
            fit(X, Y, validation_data=[XV, YV]),
            *both(XV, YV),
            predict(XV),
        )


def validation_runs():
    metrics = {**MSE, "metrics": ["mae"]}
    add("validation-split", "regression", metrics, fit(X, Y, validation_split=0.25))
    add(
        "validation-split-weights",
        "regression",
        {**MSE, "weighted_metrics": ["mae"]},
        fit(X, Y, validation_split=0.3, sample_weight=W),
    )
    add(
        "validation-weights",
        "regression",
        {**MSE, "metrics": ["mae"], "weighted_metrics": ["mse"]},
        fit(X, Y, validation_data=[XV, YV, WV]),
    )
    add("validation-batch-size", "regression", metrics, fit(X, Y, validation_data=[XV, YV], validation_batch_size=3))
    add("validation-freq", "regression", metrics, fit(X, Y, epochs=4, validation_data=[XV, YV], validation_freq=2))
    add(
        "validation-freq-list",
        "regression",
        metrics,
        fit(X, Y, epochs=4, validation_data=[XV, YV], validation_freq=[1, 4]),
    )
    add("validation-steps", "regression", metrics, fit(X, Y, validation_data=[XV, YV], validation_steps=1))
    add("steps-per-epoch", "regression", metrics, fit(X, Y, steps_per_epoch=2))
    add("evaluate-steps", "regression", metrics, evaluate(X, Y, steps=2), predict(X, steps=2))
    batches = [[X[:4], Y[:4]], [X[4:8], Y[4:8]], [X[8:], Y[8:]]]
    weighted = [[X[:4], Y[:4], W[:4]], [X[4:8], Y[4:8], W[4:8]], [X[8:], Y[8:], W[8:]]]
    add(
        "generator",
        "regression",
        metrics,
        ("fit", {"x": {"$generate": batches * 2}, "steps_per_epoch": 3, "epochs": 2}),
        ("evaluate", {"x": {"$generate": batches}}),
        ("predict", {"x": {"$generate": [[X[:4]], [X[4:]]]}}),
    )
    add(
        "generator-weights",
        "regression",
        {**metrics, "weighted_metrics": ["mse"]},
        ("fit", {"x": {"$generate": weighted}, "epochs": 1}),
        ("evaluate", {"x": {"$generate": weighted}, "steps": 3}),
    )


def classifying_runs():
    add(
        "binary",
        "binary",
        {"optimizer": ADAM, "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        fit(X, BIT, validation_data=[XV, BITV]),
        *both(XV, BITV),
        predict(XV),
    )
    add(
        "binary-acc",
        "binary",
        {"optimizer": ADAM, "loss": "binary_crossentropy", "metrics": ["acc"]},
        fit(X, BIT[:, 0]),
    )
    add(
        "binary-many-metrics",
        "binary",
        {
            "optimizer": ADAM,
            "loss": "bce",
            "metrics": ["AUC", "Precision", "Recall", "binary_accuracy"],
        },
        fit(X, BIT, validation_data=[XV, BITV]),
        *both(XV, BITV),
    )
    add(
        "binary-metric-objects",
        "binary",
        {
            "optimizer": ADAM,
            "loss": new("losses.BinaryCrossentropy", label_smoothing=0.1),
            "metrics": [
                new("metrics.AUC", name="area"),
                new("metrics.Precision"),
                new("metrics.Recall", thresholds=0.3),
                new("metrics.BinaryAccuracy", threshold=0.4),
                new("metrics.TruePositives"),
                new("metrics.FalseNegatives", name="missed"),
            ],
        },
        fit(X, BIT, validation_data=[XV, BITV]),
        *both(XV, BITV),
    )
    add(
        "three-labels",
        "three_labels",
        {"optimizer": ADAM, "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        fit(X, D.integers(2, 10, 3)),
    )
    add(
        "sparse",
        "softmax",
        {"optimizer": ADAM, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        fit(X, KIND, validation_data=[XV, KINDV]),
        *both(XV, KINDV),
        predict(XV),
    )
    add(
        "sparse-column",
        "softmax",
        {"optimizer": ADAM, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        fit(X, KIND[:, None]),
        *both(XV, KINDV[:, None]),
    )
    add(
        "sparse-top-k",
        "softmax",
        {
            "optimizer": ADAM,
            "loss": "sparse_categorical_crossentropy",
            "metrics": [new("metrics.SparseTopKCategoricalAccuracy", k=2)],
        },
        fit(X, KIND),
    )
    add(
        "one-hot",
        "softmax",
        {"optimizer": ADAM, "loss": "categorical_crossentropy", "metrics": ["accuracy"]},
        fit(X, ONE_HOT, validation_data=[XV, ONE_HOTV]),
        *both(XV, ONE_HOTV),
    )
    add(
        "one-hot-top-k",
        "softmax",
        {
            "optimizer": ADAM,
            "loss": new("losses.CategoricalCrossentropy", label_smoothing=0.2),
            "metrics": [new("metrics.TopKCategoricalAccuracy", k=2), "categorical_accuracy", "F1Score"],
        },
        fit(X, ONE_HOT),
    )
    add(
        "logits",
        "logits",
        {
            "optimizer": ADAM,
            "loss": new("losses.SparseCategoricalCrossentropy", from_logits=True),
            "metrics": ["accuracy"],
        },
        fit(X, KIND),
        *both(XV, KINDV),
    )
    add("hinge", "regression", {"optimizer": SGD, "loss": "hinge", "metrics": ["hinge"]}, fit(X, 2 * BIT - 1))
    add(
        "same-metric-twice",
        "binary",
        {"optimizer": ADAM, "loss": "bce", "metrics": ["accuracy", "binary_accuracy", "mse"]},
        fit(X, BIT),
    )
    add(
        "functions",
        "regression",
        {
            "optimizer": SGD,
            "loss": function("mean_of_cubes"),
            "metrics": [function("largest_error"), {"$name": "losses.huber"}],
        },
        fit(X, Y, validation_data=[XV, YV]),
        *both(XV, YV),
    )


def weighted_runs():
    metrics = {**MSE, "metrics": ["mae"], "weighted_metrics": ["mae", "mse"]}
    add(
        "weights-for-metrics",
        "regression",
        metrics,
        fit(X, Y, sample_weight=W, validation_data=[XV, YV, WV]),
        *both(XV, YV, sample_weight=WV),
        *both(XV, YV),
    )
    add("weights-some-zero", "regression", metrics, fit(X, Y, sample_weight=(W > 1.2).astype("float32")))
    add("weights-column", "regression", metrics, fit(X, Y, sample_weight=W[:, None]))
    add("weights-integers", "regression", metrics, fit(X, Y, sample_weight=np.arange(10)))
    add("weighted-metrics-without-weights", "regression", metrics, fit(X, Y))
    for reduction in ("sum", "mean_with_sample_weight", "sum_over_batch_size"):
        loss = new("losses.MeanSquaredError", reduction=reduction)
        add(
            f"weights-reduction-{reduction}",
            "regression",
            {**metrics, "loss": loss},
            fit(X, Y, sample_weight=W),
            *both(XV, YV, sample_weight=WV),
            *both(XV, YV),
        )
    weights = {"$pairs": [[0, 0.5], [1, 2.0], [2, 1.25]]}
    for name, loss, model, y in (
        ("sparse", "sparse_categorical_crossentropy", "softmax", KIND),
        ("sparse-column", "sparse_categorical_crossentropy", "softmax", KIND[:, None]),
        ("one-hot", "categorical_crossentropy", "softmax", ONE_HOT),
        ("binary", "binary_crossentropy", "binary", BIT),
    ):
        setup = {"optimizer": ADAM, "loss": loss, "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]}
        add(f"class-weight-{name}", model, setup, fit(X, y, class_weight=weights))
    setup = {"optimizer": ADAM, "loss": "sparse_categorical_crossentropy", "weighted_metrics": ["accuracy"]}
    add("class-weight-validation", "softmax", setup, fit(X, KIND, class_weight=weights, validation_data=[XV, KINDV]))
    add("class-weight-partial", "softmax", setup, fit(X, KIND, class_weight={"$pairs": [[1, 3.0]]}))
    add(
        "loss-weight-for-one-output",
        "regression",
        {**metrics, "loss_weights": 0.5},
        fit(X, Y, validation_data=[XV, YV]),
    )


def many_outputs_runs():
    by_place = {
        "optimizer": SGD,
        "loss": ["mse", "sparse_categorical_crossentropy"],
        "metrics": [["mae"], ["accuracy"]],
    }
    xs = (X, [Y, KIND])
    val = {"validation_data": [XV, [YV, KINDV]]}
    add("two-outputs", "two_outputs", by_place, fit(*xs, **val), *both(XV, [YV, KINDV]), predict(XV))
    add(
        "two-outputs-loss-weights",
        "two_outputs",
        {**by_place, "loss_weights": [0.3, 2.0]},
        fit(*xs, **val),
        *both(XV, [YV, KINDV]),
    )
    add(
        "two-outputs-weights",
        "two_outputs",
        {**by_place, "weighted_metrics": [["mse"], ["accuracy"]]},
        fit(*xs, sample_weight=[W, 2 * W[::-1].copy()]),
    )
    add(
        "two-outputs-one-weight",
        "two_outputs",
        {**by_place, "weighted_metrics": [["mse"], ["accuracy"]]},
        fit(*xs, sample_weight=[W, W]),
    )
    add(
        "two-outputs-one-loss",
        "same_output_twice",
        {"optimizer": SGD, "loss": "mse", "metrics": [["mae"], ["mae"]]},
        fit(X, [Y, 2 * Y]),
        *both(XV, [YV, YV]),
    )
    add(
        "two-outputs-one-without-loss",
        "two_outputs",
        {**by_place, "loss": ["mse", None]},
        fit(*xs),
        *both(XV, [YV, KINDV]),
    )
    add("two-outputs-flat-metrics", "two_outputs", {**by_place, "metrics": ["mae", "accuracy"]}, fit(*xs))
    add("two-outputs-no-metrics", "two_outputs", {**by_place, "metrics": None}, fit(*xs), *both(XV, [YV, KINDV]))
    add(
        "two-outputs-dict-settings",
        "two_outputs",
        {
            "optimizer": SGD,
            "loss": {"value": "mse", "kind": "sparse_categorical_crossentropy"},
            "metrics": {"kind": ["accuracy"], "value": ["mae"]},
            "loss_weights": {"value": 0.5, "kind": 1.5},
        },
        fit(*xs, **val),
        *both(XV, [YV, KINDV]),
    )
    named = {"value": Y, "kind": KIND}
    named_v = {"value": YV, "kind": KINDV}
    by_name = {
        "optimizer": SGD,
        "loss": {"value": "mse", "kind": "sparse_categorical_crossentropy"},
        "metrics": {"value": "mae", "kind": ["accuracy", "sparse_categorical_crossentropy"]},
    }
    add(
        "outputs-by-name",
        "two_outputs_by_name",
        by_name,
        fit(X, named, validation_data=[XV, named_v]),
        *both(XV, named_v),
        predict(XV),
    )
    add(
        "outputs-by-name-loss-weights",
        "two_outputs_by_name",
        {**by_name, "loss_weights": {"value": 0.3, "kind": 2.0}},
        fit(X, named),
        *both(XV, named_v),
    )
    add(
        "outputs-by-name-metrics-for-one",
        "two_outputs_by_name",
        {**by_name, "metrics": {"kind": "accuracy"}},
        fit(X, named),
    )
    add(
        "outputs-by-name-weights",
        "two_outputs_by_name",
        {**by_name, "weighted_metrics": {"value": ["mae"], "kind": ["accuracy"]}},
        fit(X, named, sample_weight={"value": W, "kind": 2 * W[::-1].copy()}),
    )
    add(
        "outputs-by-other-name",
        "two_outputs_by_other_name",
        {
            "optimizer": SGD,
            "loss": {"out_b": "mse", "out_a": "sparse_categorical_crossentropy"},
            "metrics": {"out_b": "mae", "out_a": ["accuracy"]},
        },
        fit(X, {"out_b": Y, "out_a": KIND}),
        *both(XV, {"out_b": YV, "out_a": KINDV}),
    )
    a, b = D.real(10, 2), X
    add("two-inputs", "two_inputs", {**MSE, "metrics": ["mae"]}, fit([a, b], Y), *both([a, b], Y), predict([a, b]))
    add(
        "two-inputs-by-name",
        "two_inputs_by_name",
        {**MSE, "metrics": ["mae"]},
        fit({"a": a, "b": b}, Y),
        *both({"a": a, "b": b}, Y),
        predict({"a": a, "b": b}),
    )
    add("two-inputs-list-model-dict-data", "two_inputs", {**MSE, "metrics": ["mae"]}, fit({"a": a, "b": b}, Y))
    add("shared-layer", "shared_layer", {**MSE, "metrics": ["mae"]}, fit([X, X[::-1].copy()], Y))


def image_and_sequence_runs():
    image, image_v = D.real(7, 6, 6, 2), D.real(5, 6, 6, 2)
    add(
        "convolutional",
        "convolutional",
        {"optimizer": ADAM, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        fit(image, KIND[:7], batch_size=3, validation_data=[image_v, KINDV[:5]], validation_batch_size=2),
        *both(image_v, KINDV[:5]),
        predict(image_v),
    )
    small = D.real(7, 4, 4, 3)
    slow = {"optimizer": new("optimizers.SGD", learning_rate=0.003), "loss": "mse", "metrics": ["mae"]}
    add("residual", "residual", slow, fit(small, Y2[:7], batch_size=3), predict(small))
    line = D.real(7, 8, 2)
    add(
        "convolutional-1d",
        "convolutional_1d",
        slow,
        fit(line, Y[:7], batch_size=3),
        predict(line),
    )
    steps = D.real(7, 5, 2)
    add("recurrent", "recurrent", {**MSE, "metrics": ["mae"]}, fit(steps, Y[:7], batch_size=3), predict(steps))
    hidden = steps.copy()
    for row, step in ((0, 3), (0, 4), (1, 0), (3, 2), (4, 1), (4, 2), (4, 3), (4, 4), (6, 4)):
        hidden[row, step] = 0
    tags = D.integers(2, 7, 5)
    tagger = {
        "optimizer": ADAM,
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        "weighted_metrics": ["accuracy"],
    }
    add(
        "masked-steps",
        "tagger",
        tagger,
        fit(hidden, tags, batch_size=3),
        *both(hidden, tags, batch_size=3),
        predict(hidden),
    )
    add(
        "masked-steps-and-weights",
        "tagger",
        tagger,
        fit(hidden, tags, batch_size=3, sample_weight=W[:7, None] + np.zeros((7, 5), "float32")),
    )
    add("masked-steps-and-row-weights", "tagger", tagger, fit(hidden, tags, batch_size=3, sample_weight=W[:7, None]))
    for reduction in ("sum", "mean_with_sample_weight"):
        loss = new("losses.SparseCategoricalCrossentropy", reduction=reduction)
        add(f"masked-steps-reduction-{reduction}", "tagger", {**tagger, "loss": loss}, fit(hidden, tags, batch_size=3))
    add("step-weights", "tagger", tagger, fit(steps, tags, batch_size=3, sample_weight=D.positive(7, 5)))
    words = D.integers(6, 7, 5)
    words[:, 0] = np.maximum(words[:, 0], 1)
    add(
        "masked-words",
        "reader",
        {"optimizer": ADAM, "loss": "bce", "metrics": ["accuracy"]},
        fit(words, BIT[:7], batch_size=3),
        predict(words),
    )


def batch_runs():
    setup = {"optimizer": ADAM, "loss": "mse", "metrics": ["mae"]}
    train = "train_on_batch", {"x": X[:4], "y": Y[:4]}
    rest = "train_on_batch", {"x": X[4:], "y": Y[4:]}
    named = "train_on_batch", {"x": X[4:], "y": Y[4:], "return_dict": True}
    test = "test_on_batch", {"x": XV, "y": YV}
    add(
        "train-on-batch",
        "regression",
        setup,
        train,
        rest,
        named,
        test,
        ("test_on_batch", {**test[1], "return_dict": True}),
        ("predict_on_batch", {"x": XV}),
    )
    add("train-on-batch-without-metrics", "regression", {"optimizer": ADAM, "loss": "mse"}, train, rest, test)
    add(
        "train-on-batch-weights",
        "regression",
        {**setup, "weighted_metrics": ["mse"]},
        ("train_on_batch", {"x": X, "y": Y, "sample_weight": W}),
        ("test_on_batch", {"x": X, "y": Y, "sample_weight": W}),
    )
    add(
        "train-on-batch-class-weight",
        "softmax",
        {"optimizer": ADAM, "loss": "sparse_categorical_crossentropy"},
        ("train_on_batch", {"x": X, "y": KIND, "class_weight": {"$pairs": [[0, 0.5], [2, 2.0]]}}),
    )
    add(
        "train-on-batch-two-outputs",
        "two_outputs",
        {"optimizer": SGD, "loss": ["mse", "sparse_categorical_crossentropy"], "metrics": [["mae"], ["accuracy"]]},
        ("train_on_batch", {"x": X, "y": [Y, KIND]}),
        ("train_on_batch", {"x": X, "y": [Y, KIND], "return_dict": True}),
        ("test_on_batch", {"x": X, "y": [Y, KIND]}),
    )
    add("batches-then-fit", "regression", setup, train, rest, fit(X, Y), train, *both(XV, YV), test)


def optimizer_runs():
    def with_optimizer(name, optimizer, *more, **arguments):
        add(
            f"optimizer-{name}",
            "regression",
            {"optimizer": optimizer, "loss": "mse"},
            fit(X, Y, **arguments),
            *more,
            predict(XV),
        )

    decay = new("optimizers.schedules.ExponentialDecay", initial_learning_rate=0.1, decay_steps=2, decay_rate=0.5)
    with_optimizer("schedule", new("optimizers.SGD", learning_rate=decay))
    with_optimizer("clipnorm", new("optimizers.SGD", learning_rate=0.1, clipnorm=0.1))
    with_optimizer("global-clipnorm", new("optimizers.SGD", learning_rate=0.1, global_clipnorm=0.1))
    with_optimizer("clipvalue", new("optimizers.SGD", learning_rate=0.1, clipvalue=0.05))
    with_optimizer("weight-decay", new("optimizers.AdamW", learning_rate=0.05, weight_decay=0.1))
    ema = {"use_ema": True, "ema_momentum": 0.7}
    with_optimizer("ema", new("optimizers.SGD", learning_rate=0.1, **ema), evaluate(XV, YV))
    with_optimizer(
        "ema-overwrite", new("optimizers.SGD", learning_rate=0.1, ema_overwrite_frequency=2, **ema), evaluate(XV, YV)
    )
    with_optimizer("accumulation", new("optimizers.SGD", learning_rate=0.1, gradient_accumulation_steps=2))
    with_optimizer(
        "accumulation-adam", new("optimizers.Adam", learning_rate=0.05, gradient_accumulation_steps=4), epochs=4
    )
    with_optimizer("momentum", new("optimizers.SGD", learning_rate=0.05, momentum=0.9, nesterov=True))
    halve = new("callbacks.LearningRateScheduler", schedule=function("halving"))
    with_optimizer("learning-rate-callback", ADAM, callbacks=[halve], epochs=3)
    plateau = new("callbacks.ReduceLROnPlateau", monitor="loss", patience=0, min_delta=10.0, factor=0.5)
    with_optimizer("plateau-callback", ADAM, callbacks=[plateau], epochs=3)
    stop = new("callbacks.EarlyStopping", monitor="val_loss", patience=0, mode="max", restore_best_weights=True)
    with_optimizer("early-stopping", ADAM, callbacks=[stop], epochs=5, validation_data=[XV, YV])


def weights_for(case):
    keras.utils.clear_session()
    model = getattr(builders, case["model"])()
    if not model.built:
        model(np.zeros((1, *case["input_shape"]), "float32"))
    draw = draw_for(case["model"])
    return [
        draw.positive(*weight.shape) if "variance" in weight.name else 0.5 * draw.real(*weight.shape)
        for weight in model.weights
    ]


def answer(case):
    case["weights"] = weights_for(case)
    return ask.ask_training(case)


for fill in (
    plain_runs,
    validation_runs,
    classifying_runs,
    weighted_runs,
    many_outputs_runs,
    image_and_sequence_runs,
    batch_runs,
    optimizer_runs,
):
    fill()
TABLE.write(sys.argv[1], answer)
