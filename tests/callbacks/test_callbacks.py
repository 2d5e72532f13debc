"""Callbacks that stop, save, schedule and write. Their decisions equal those of Keras 3.15 on the same values."""

import csv
import types

import numpy as np
import pytest

import keras
from keras.callbacks import (
    CallbackList,
    CSVLogger,
    EarlyStopping,
    History,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)


class Model:
    """Stands in for a model: one number as weights, a learning rate, and a list of what was saved."""

    def __init__(self, metrics=(), rate=0.1):
        self.weights = 0
        self.metrics = list(metrics)
        self.optimizer = types.SimpleNamespace(learning_rate=rate)
        self.saved = []
        self.stop_training = False

    def get_weights(self):
        return [np.array(self.weights)]

    def set_weights(self, weights):
        self.weights = int(weights[0])

    def save(self, path, overwrite):
        assert overwrite
        self.saved.append(path)

    def save_weights(self, path, overwrite):
        assert overwrite
        self.saved.append("weights " + path)


def run(callback, values, model=None, name="val_loss", batches=0):
    """Epochs whose logs hold one value each, until the model is told to stop; None is an epoch without it."""
    model = model or Model()
    model.stop_training = False
    callbacks = CallbackList([callback], add_history=True, model=model)
    callbacks.on_train_begin()
    for epoch, value in enumerate(values):
        callbacks.on_epoch_begin(epoch)
        for batch in range(batches):
            callbacks.on_train_batch_begin(batch)
            callbacks.on_train_batch_end(batch, {"loss": 1.0})
        model.weights = epoch + 1
        callbacks.on_epoch_end(epoch, {} if value is None else {name: value})
        if model.stop_training:
            break
    callbacks.on_train_end()
    return model


def metric(name, direction=None):
    return types.SimpleNamespace(name=name, **({} if direction is None else {"_direction": direction}))


# --- EarlyStopping


@pytest.mark.parametrize(
    ("settings", "values", "stopped_after"),
    [
        ({}, [3, 2, 2, 1], 3),
        ({"patience": 1}, [3, 2, 2, 1], 3),
        ({"patience": 2}, [3, 2, 2, 1], None),
        ({"patience": 2}, [3, 2, 2, 2, 1], 4),
        ({"min_delta": 0.5}, [3, 2.8, 2.4, 2.1], 2),
        ({"min_delta": 0.5, "patience": 2}, [3, 2.8, 2.4, 2.1], None),
        ({"min_delta": -0.5}, [3, 2.8, 2.4, 2.1], 2),
        ({"mode": "max"}, [1, 2, 3, 2, 4], 4),
        ({"baseline": 2}, [3, 2.5, 2.4, 1], None),
        ({"baseline": 2, "patience": 2}, [3, 3.5, 1], 2),
        ({"start_from_epoch": 3}, [1, 2, 3, 4, 5], 5),
        ({"start_from_epoch": 3, "patience": 2}, [1, 2, 3, 4, 5], None),
        ({"patience": 1}, [float("nan"), float("nan"), 1], 2),
        ({"patience": 1}, [float("nan"), 3, 2, 2], 4),
        ({}, [1], None),
    ],
)
def test_early_stopping_ends_training_after_patience(settings, values, stopped_after):
    model = run(EarlyStopping(**settings), values)
    assert model.weights == (stopped_after or len(values))
    assert model.stop_training == (stopped_after is not None)


def test_early_stopping_says_in_which_epoch_it_stopped():
    callback = EarlyStopping(patience=1)
    run(callback, [3, 2, 2, 1])
    assert (callback.stopped_epoch, callback.best, callback.best_epoch) == (2, 2, 1)


@pytest.mark.parametrize(
    ("values", "weights"),
    [([3, 1, 2, 2], 2), ([3, 2, 1], 3), ([float("nan")] * 3, 1), ([1, 2, 3], 1)],
)
def test_early_stopping_restores_the_weights_of_the_best_epoch_also_when_it_did_not_stop(values, weights):
    assert run(EarlyStopping(patience=2, restore_best_weights=True), values).weights == weights


def test_early_stopping_can_be_used_for_a_second_run():
    callback = EarlyStopping(min_delta=0.5, restore_best_weights=True)
    assert run(callback, [1, 1]).weights == 1
    assert run(callback, [9, 8, 7, 7]).weights == 3
    assert callback.best == 7


def test_early_stopping_says_what_it_does(capsys):
    run(EarlyStopping(restore_best_weights=True, verbose=1), [1, 2])
    assert capsys.readouterr().out == (
        "Epoch 2: early stopping\nRestoring model weights from the end of the best epoch: 1.\n"
    )


def test_a_value_that_is_not_in_the_logs_is_named_with_those_that_are():
    with pytest.warns(UserWarning, match=r"EarlyStopping: there is no 'val_loss' in the logs, .* There are: loss\."):
        run(EarlyStopping(), [1.0], name="loss")


@pytest.mark.parametrize("make", [EarlyStopping, ReduceLROnPlateau, lambda **k: ModelCheckpoint("a.keras", **k)])
def test_an_unknown_mode_is_said_and_counts_as_auto(make):
    with pytest.warns(UserWarning, match=r"`mode` must be one of 'auto', 'min', 'max'. Got 'low', so it is 'auto'"):
        assert make(mode="low").mode == "auto"


@pytest.mark.parametrize(
    ("name", "metrics", "stops_when_it_rises"),
    [
        ("val_loss", [], True),
        ("loss", [], True),
        ("val_age_loss", [], True),
        ("val_mae", [metric("loss"), metric("mae", "down")], True),
        ("val_score", [metric("score", "up")], False),
        ("val_age_score", [metric("score", "up")], False),
        ("val_score", [types.SimpleNamespace(name="all", metrics=[metric("score", "down")])], True),
        ("val_acc", [metric("acc")], False),
        ("accuracy", [], False),
    ],
)
def test_auto_asks_the_metric_for_its_direction(name, metrics, stops_when_it_rises):
    model = run(EarlyStopping(monitor=name), [1.0, 2.0, 3.0], Model(metrics), name)
    assert model.weights == (2 if stops_when_it_rises else 3)


HIGH = [
    "AUC()", "Accuracy()", "BinaryAccuracy()", "BinaryIoU()", "CategoricalAccuracy()", "ConcordanceCorrelation()",
    "CosineSimilarity()", "F1Score()", "FBetaScore()", "IoU(num_classes=2, target_class_ids=[0])",
    "MeanIoU(num_classes=2)", "OneHotIoU(num_classes=2, target_class_ids=[0])", "OneHotMeanIoU(num_classes=2)",
    "PearsonCorrelation()", "Precision()", "PrecisionAtRecall(recall=0.5)", "R2Score()", "Recall()",
    "RecallAtPrecision(precision=0.5)", "SensitivityAtSpecificity(specificity=0.5)", "SparseCategoricalAccuracy()",
    "SparseTopKCategoricalAccuracy()", "SpecificityAtSensitivity(sensitivity=0.5)", "TopKCategoricalAccuracy()",
]  # fmt: skip
LOW = [
    "BinaryCrossentropy()", "CategoricalCrossentropy()", "CategoricalHinge()", "Hinge()", "KLDivergence()",
    "LogCoshError()", "MeanAbsoluteError()", "MeanAbsolutePercentageError()", "MeanSquaredError()",
    "MeanSquaredLogarithmicError()", "Poisson()", "RootMeanSquaredError()", "SparseCategoricalCrossentropy()",
    "SquaredHinge()",
]  # fmt: skip


@pytest.mark.parametrize("made", HIGH + LOW)
def test_auto_knows_the_direction_of_every_metric_as_keras_3_does(made):
    metric = eval(f"keras.metrics.{made}")
    metric.name = "own"  # so that the name gives no hint
    model = run(EarlyStopping(monitor="val_own"), [1.0, 2.0, 3.0], Model([metric]), "val_own")
    assert model.weights == (3 if made in HIGH else 2)


@pytest.mark.parametrize("kind", ["Mean", "Sum", "TruePositives", "FalseNegatives"])
def test_counts_and_means_have_no_direction(kind):
    model = Model([getattr(keras.metrics, kind)(name="own")])
    with pytest.raises(ValueError, match="it is not known whether 'val_own'"):
        run(EarlyStopping(monitor="val_own"), [1.0, 2.0], model, "val_own")


def test_auto_for_a_value_of_unknown_direction_is_an_error():
    with pytest.raises(ValueError, match="EarlyStopping: it is not known whether 'val_own' should become high or low"):
        run(EarlyStopping(monitor="val_own"), [1.0, 2.0], Model([metric("own")]), "val_own")


# --- ModelCheckpoint


def test_a_checkpoint_is_saved_after_every_epoch_under_a_name_from_the_logs(tmp_path):
    model = run(ModelCheckpoint(str(tmp_path / "new" / "{epoch:02d}-{val_loss:.1f}.keras")), [0.5, 0.25])
    assert model.saved == [str(tmp_path / "new" / name) for name in ("01-0.5.keras", "02-0.2.keras")]
    assert (tmp_path / "new").is_dir()


def test_only_the_weights_are_saved_where_that_is_asked_for(tmp_path):
    model = run(ModelCheckpoint(tmp_path / "w.weights.h5", save_weights_only=True), [1.0])
    assert model.saved == [f"weights {tmp_path}/w.weights.h5"]


@pytest.mark.parametrize(
    ("settings", "values", "saved"),
    [
        ({}, [3, 2, 2, 1], [1, 2, 4]),
        ({"mode": "max"}, [3, 2, 5], [1, 3]),
        ({"initial_value_threshold": 2}, [3, 2, 1], [3]),
        ({}, [float("nan"), 2, float("nan")], [2]),
    ],
)
def test_only_the_best_is_saved_where_that_is_asked_for(settings, values, saved):
    model = run(ModelCheckpoint("{epoch}.keras", save_best_only=True, **settings), values)
    assert model.saved == [f"{epoch}.keras" for epoch in saved]


def test_the_best_of_an_earlier_run_stays_the_best():
    callback, model = ModelCheckpoint("{epoch}.keras", save_best_only=True), Model()
    run(callback, [1.0], model)
    run(callback, [2.0, 0.5], model)
    assert model.saved == ["1.keras", "2.keras"]


def test_an_epoch_without_the_value_never_replaces_the_best():
    with pytest.warns(UserWarning, match="ModelCheckpoint: there is no 'val_loss' in the logs"):
        assert run(ModelCheckpoint("{epoch}.keras", save_best_only=True), [1.0, None, 0.5]).saved == [
            "1.keras",
            "3.keras",
        ]


def test_until_the_value_is_there_every_model_is_saved():
    with pytest.warns(UserWarning, match="there is no 'val_loss' in the logs, so it is saved"):
        saved = run(ModelCheckpoint("{epoch}.keras", save_best_only=True), [None, None, 2.0, 3.0]).saved
    assert saved == ["1.keras", "2.keras", "3.keras"]


def test_a_save_that_fails_is_tried_again_at_the_same_value():
    def fail(path, overwrite):
        raise OSError("disk full")

    callback, model = ModelCheckpoint("{epoch}.keras", save_best_only=True), Model()
    save, model.save = model.save, fail
    with pytest.raises(OSError, match="disk full"):
        run(callback, [1.0], model)
    model.save = save
    assert run(callback, [1.0], model).saved == ["1.keras"]


@pytest.mark.parametrize(
    ("every", "saved"),
    [(1, ["1-1", "1-2", "1-3", "2-1", "2-2", "2-3"]), (2, ["1-2", "2-1", "2-3"]), (4, ["2-1"]), (6, ["2-3"])],
)
def test_saving_every_so_many_batches_counts_across_epochs(every, saved):
    callback = ModelCheckpoint("{epoch}-{batch}.keras", save_freq=every)
    assert run(callback, [1.0, 1.0], batches=3).saved == [f"{name}.keras" for name in saved]


def test_a_subclass_finds_what_that_of_weights_and_biases_calls():
    class Logs(ModelCheckpoint):
        def on_train_batch_end(self, batch, logs=None):
            if self._should_save_on_batch(batch):
                self._save_model(epoch=self._current_epoch, batch=batch, logs=logs)
                paths.append(self._get_file_path(epoch=self._current_epoch, batch=batch, logs=logs))

        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            paths.append(self._get_file_path(epoch=epoch, batch=None, logs=logs))

    paths = []
    assert run(Logs("{epoch}.keras"), [1.0, 1.0]).saved == paths[:2] == ["1.keras", "2.keras"]
    callback = Logs("{epoch}-{batch}.keras", save_freq=2)
    callback.set_model(Model())
    callback.on_epoch_begin(0)
    for batch in range(3):
        callback.on_train_batch_end(batch, {})
    assert callback.model.saved == paths[2:] == ["1-2.keras"]


def test_batches_that_run_together_are_counted_together():
    callback, model = ModelCheckpoint("{batch}.keras", save_freq=4), Model()
    callbacks = CallbackList([callback], model=model)
    callbacks.on_epoch_begin(0)
    for batch in (2, 5, 8):
        callbacks.on_train_batch_end(batch, {})
    assert model.saved == ["6.keras"]


def test_a_name_with_a_value_that_is_not_in_the_logs_says_which_there_are():
    with pytest.raises(KeyError, match="names 'val_acc', but there are only: epoch, val_loss"):
        run(ModelCheckpoint("{val_acc}.keras"), [1.0])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"filepath": "model"}, r"`filepath` must end in '.keras'. Got 'model'"),
        ({"filepath": "cp.ckpt", "save_weights_only": True}, r"`filepath` must end in '.weights.h5'. Got 'cp.ckpt'"),
        (
            {"filepath": "a.keras", "save_freq": "batch"},
            r"`save_freq` must be 'epoch' or a number of batches. Got 'batch'",
        ),
        ({"filepath": "a.keras", "save_freq": 0}, "Got 0"),
        ({"filepath": "a.weights.h5"}, "'a.weights.h5' is a name for weights alone"),
        ({"filepath": "a.keras", "save_weights_only": True}, r"must end in '.weights.h5'. Got 'a.keras'"),
    ],
)
def test_a_checkpoint_that_cannot_work_is_an_error_at_once(settings, message):
    with pytest.raises(ValueError, match=message):
        ModelCheckpoint(**settings)


def test_a_checkpoint_says_what_it_saves(capsys):
    run(ModelCheckpoint("b.keras", save_best_only=True, verbose=1), [0.5, 0.75])
    assert capsys.readouterr().out == (
        "Epoch 1: val_loss improved from None to 0.50000, saving model to b.keras\n"
        "Epoch 1: finished saving model to b.keras\n"
        "Epoch 2: val_loss did not improve from 0.50000\n"
    )


# --- learning rates


def rates_of(callback, values=(1.0,) * 4, rate=0.1, name="val_loss"):
    model = run(callback, values, Model(rate=rate), name)
    return [round(r, 6) for r in model.history.history["learning_rate"]], round(model.optimizer.learning_rate, 6)


def test_a_schedule_of_the_epoch_sets_the_rate_before_each():
    assert rates_of(LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1))) == ([0.5, 0.25, 0.166667, 0.125], 0.125)


def test_a_schedule_may_take_the_present_rate():
    assert rates_of(LearningRateScheduler(lambda epoch, rate: rate / 2)) == ([0.05, 0.025, 0.0125, 0.00625], 0.00625)


@pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), np.array([0.5]), 1])
def test_a_schedule_may_return_any_number(value):
    assert rates_of(LearningRateScheduler(lambda epoch: value))[1] == float(np.ravel(value)[0])


@pytest.mark.parametrize("value", [None, "0.1", [0.1, 0.2], True])
def test_a_schedule_that_returns_no_number_is_an_error(value):
    with pytest.raises(ValueError, match=r"`schedule` must return a number. Got .* for epoch 0"):
        run(LearningRateScheduler(lambda epoch: value), [1.0])


def test_an_error_inside_a_schedule_is_the_users_own():
    def schedule(epoch, rate):
        return {} + rate

    with pytest.raises(TypeError, match="unsupported operand"):
        run(LearningRateScheduler(schedule), [1.0])


def test_a_schedule_must_be_a_function():
    with pytest.raises(ValueError, match=r"`schedule` must be a function of the epoch. Got 0.1"):
        LearningRateScheduler(0.1)


def test_an_optimizer_without_a_rate_is_an_error():
    model = Model()
    model.optimizer = None
    with pytest.raises(ValueError, match="LearningRateScheduler: the optimizer None has no `learning_rate`"):
        run(LearningRateScheduler(lambda epoch: 0.1), [1.0], model)


def test_a_schedule_says_what_it_sets(capsys):
    run(LearningRateScheduler(lambda epoch: 0.25, verbose=1), [1.0])
    assert capsys.readouterr().out == "Epoch 1: LearningRateScheduler setting learning rate to 0.25.\n"


@pytest.mark.parametrize(
    ("settings", "values", "rates"),
    [
        ({"patience": 0}, [3, 2, 2, 2], [0.1, 0.1, 0.1, 0.05]),
        ({"patience": 2}, [3, 3, 3, 3, 3], [0.1, 0.1, 0.1, 0.05, 0.05]),
        ({"patience": 1, "cooldown": 1}, [3, 3, 3, 3, 3], [0.1, 0.1, 0.05, 0.025, 0.0125]),
        ({"patience": 1, "cooldown": 2}, [3, 3, 3, 3, 3], [0.1, 0.1, 0.05, 0.05, 0.025]),
        ({"patience": 1, "min_lr": 0.03}, [3, 3, 3, 3, 3], [0.1, 0.1, 0.05, 0.03, 0.03]),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.8, 2.2], [0.1, 0.1, 0.05]),
        ({"patience": 1, "mode": "max"}, [1, 2, 1], [0.1, 0.1, 0.1]),
    ],
)
def test_the_rate_falls_on_a_plateau(settings, values, rates):
    assert rates_of(ReduceLROnPlateau(factor=0.5, **settings), values)[0] == rates


def test_a_factor_that_lowers_nothing_is_an_error():
    with pytest.raises(ValueError, match=r"`factor` must be below 1, to make the rate lower. Got 1.0"):
        ReduceLROnPlateau(factor=1.0)


def test_a_plateau_says_what_it_sets(capsys):
    run(ReduceLROnPlateau(factor=0.5, patience=1, verbose=1), [1.0, 1.0])
    assert capsys.readouterr().out == "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.05.\n"


# --- TerminateOnNaN


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), np.float32("-inf")])
def test_a_loss_that_is_no_number_ends_training(loss, capsys):
    model = Model()
    callbacks = CallbackList([TerminateOnNaN()], model=model)
    callbacks.on_train_batch_end(0, {"loss": 1.0})
    assert not model.stop_training
    callbacks.on_train_batch_end(1, {"loss": loss})
    assert model.stop_training
    assert capsys.readouterr().out == "Batch 1: Invalid loss, terminating training\n"


def test_or_raises_an_error_where_that_is_asked_for():
    callbacks = CallbackList([TerminateOnNaN(raise_error=True)], model=Model())
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 3"):
        callbacks.on_train_batch_end(3, {"loss": float("nan")})


# --- CSVLogger


def rows_of(path, separator=","):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=separator))


def write(path, *epochs, first=0, **settings):
    logger = CSVLogger(path, **settings)
    logger.on_train_begin()
    for i, logs in enumerate(epochs):
        logger.on_epoch_end(first + i, logs)
    return logger


def test_a_line_per_epoch_with_the_names_in_order(tmp_path):
    write(tmp_path / "log.csv", {"loss": 0.5, "acc": 1, "val_loss": 0.25})
    assert rows_of(tmp_path / "log.csv") == [["epoch", "acc", "loss", "val_loss"], ["0", "1", "0.5", "0.25"]]


def test_every_line_is_in_the_file_when_its_epoch_is_over(tmp_path):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    logger.on_train_begin()
    for epoch in range(3):
        logger.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 1.0})
        assert len(rows_of(path)) == epoch + 2


def test_epochs_without_validation_have_na(tmp_path):
    path = tmp_path / "log.csv"
    write(path, {"loss": 0.5}, {"loss": 0.25, "val_loss": 1.0})
    assert rows_of(path) == [["epoch", "loss", "val_loss"], ["0", "0.5", "NA"], ["1", "0.25", "1.0"]]


def test_separator_and_lists_of_values(tmp_path):
    path = tmp_path / "log.tsv"
    write(path, {"loss": np.array([1.0, 2.0]), "val_loss": np.float32(0.5)}, separator=";")
    assert rows_of(path, ";") == [["epoch", "loss", "val_loss"], ["0", '"[1.0, 2.0]"', "0.5"]]


def test_a_second_run_starts_the_file_anew_unless_it_appends(tmp_path):
    path = tmp_path / "log.csv"
    for _ in range(2):
        write(path, {"loss": 0.5, "val_loss": 1.0})
    assert len(rows_of(path)) == 2
    write(path, {"val_loss": 3.0, "loss": 2.0}, append=True, first=1)
    assert rows_of(path) == [["epoch", "loss", "val_loss"], ["0", "0.5", "1.0"], ["1", "2.0", "3.0"]]


@pytest.mark.parametrize("text", [None, ""])
def test_appending_to_no_file_or_an_empty_one_writes_the_names_first(tmp_path, text):
    path = tmp_path / "log.csv"
    if text is not None:
        path.write_text(text)
    write(path, {"loss": 0.5, "val_loss": 1.0}, append=True)
    assert rows_of(path)[0] == ["epoch", "loss", "val_loss"]


def test_values_without_a_column_in_the_file_are_named(tmp_path):
    path = tmp_path / "log.csv"
    write(path, {"loss": 0.5, "val_loss": 1.0})
    with pytest.warns(UserWarning, match=r"log.csv has no columns for mae, so they are not written"):
        write(path, {"loss": 0.5, "mae": 1.0}, append=True, first=1)
    assert rows_of(path)[2] == ["1", "0.5", "NA"]


def test_appending_to_some_other_file_is_an_error(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("buy milk\n")
    with pytest.raises(ValueError, match=r"notes.txt was not written by a CSVLogger"):
        write(path, {"loss": 0.5}, append=True)
    assert path.read_text() == "buy milk\n"


def test_a_file_that_cannot_be_written_is_an_error_when_training_begins(tmp_path):
    with pytest.raises(FileNotFoundError):
        CSVLogger(tmp_path / "nowhere" / "log.csv").on_train_begin()


# --- together


def test_the_rate_reaches_history_and_file_through_the_logs(tmp_path):
    path = tmp_path / "log.csv"
    history = History()
    callbacks = CallbackList(
        [LearningRateScheduler(lambda epoch: 0.5), CSVLogger(path), history], add_progbar=True, model=Model(), verbose=0
    )
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.on_epoch_end(0, {"loss": 1.0})
    assert history.history == {"loss": [1.0], "learning_rate": [0.5]}
    assert rows_of(path)[0] == ["epoch", "learning_rate", "loss", "val_learning_rate", "val_loss"]
