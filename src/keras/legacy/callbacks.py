"""What callbacks were told before tf.keras: the sizes of the run and of its batches."""

from __future__ import annotations

from collections.abc import Callable

from keras._core.checks import positive_integer
from keras.legacy import any_name, era, looks


def set_params(function: Callable, self, params):
    """`CallbackList.set_params` with what releases before tf.keras knew of a run, under their names."""
    if params and "epochs" in params and era.before("tf2.0"):
        run = looks.current()
        params = {**params, **_more_params(params["epochs"], run)}
        for callback in self.callbacks:
            if run.validation is not None or not hasattr(callback, "validation_data"):
                callback.validation_data = run.validation
    function(self, params)


def _more_params(epochs: int, run: looks.Run) -> dict:
    found = {"do_validation": run.tested, "metrics": [*run.names, *(f"val_{name}" for name in run.names)]}
    if run.rows is not None:
        found |= {"batch_size": run.batch, "samples": run.rows}
    if era.before("2.0"):
        found["nb_epoch"] = epochs
        if run.rows is not None:
            found["nb_sample"] = run.rows
    return found


def batch_hook(function: Callable, self, batch, logs=None):
    """`CallbackList.on_train_batch_begin` or `_end` with the number of the batch, and of its rows, in the logs."""
    if era.before("tf2.0"):
        run = looks.current()
        size = {} if run.rows is None else {"size": min(run.batch, run.rows - batch * run.batch)}
        logs = {"batch": batch, **size, **(logs or {})}
    function(self, batch, logs)


def checkpoint(function: Callable, self, filepath, *args, **kwargs):
    """`ModelCheckpoint` with a name that has no ending, as `Model.save` takes it, and with `period`."""
    if len(args) > _PERIOD and isinstance(args[_PERIOD], int) and era.before("tf2.0"):
        kwargs["period"] = args[_PERIOD]
        args = args[:_PERIOD]
    period = kwargs.pop("period", 1)
    unnamed = any_name.says_nothing(filepath)
    function(self, f"{filepath}.h5" if unnamed else filepath, *args, **kwargs)
    if unnamed:
        self.filepath = str(filepath)
    self.period = positive_integer("period", period, "ModelCheckpoint")
    self.epochs_since_last_save = 0


_PERIOD = 5  # its place behind the name of the file, where `save_freq` is today


def after_a_period(function: Callable, self, epoch, logs=None):
    """`ModelCheckpoint.on_epoch_end`, which looks at every `period`-th epoch alone."""
    self.epochs_since_last_save += 1
    if self.epochs_since_last_save >= self.period:
        self.epochs_since_last_save = 0
        function(self, epoch, logs)


def save(function: Callable, self, names):
    """`ModelCheckpoint._save`: 1.x counted the epochs in names of files from 0."""
    function(self, {**names, "epoch": names["epoch"] - 1} if era.before("2.0") else names)


def rate_in_logs(function: Callable, self, epoch, logs=None):
    """`on_epoch_end` of callbacks that set the rate, which logs and histories called `lr` until Keras 3."""
    function(self, epoch, logs)
    if logs and "learning_rate" in logs and era.before("3"):
        logs["lr"] = logs.pop("learning_rate")
