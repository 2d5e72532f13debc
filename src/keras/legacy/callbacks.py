"""What callbacks were told before tf.keras: the sizes of the run and of its batches."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from keras._core.checks import one_of, positive_integer
from keras.callbacks import LambdaCallback
from keras.callbacks._monitor import MonitorCallback
from keras.callbacks._progress import message
from keras.legacy import any_name, arguments, era, looks
from keras.legacy.wrapping import wrap


def teach(module: ModuleType) -> None:
    """Lets the classes of `keras.callbacks` take and tell what they did."""
    arguments.apply(module)
    module.CallbackList.make_logs = make_logs
    wrap(module.CallbackList, "set_params", set_params)
    wrap(module.CallbackList, "on_train_batch_begin", batch_hook)
    wrap(module.CallbackList, "on_train_batch_end", batch_hook)
    wrap(MonitorCallback, "_found_direction", direction)
    wrap(module.ModelCheckpoint, "_save", save)
    wrap(module.ModelCheckpoint, "__init__", checkpoint, {"period"})
    wrap(module.ModelCheckpoint, "_say", say)
    wrap(module.ModelCheckpoint, "on_epoch_end", after_a_period)
    wrap(module.EarlyStopping, "on_epoch_end", patience_until("2.0"))
    wrap(module.ReduceLROnPlateau, "on_epoch_end", patience_until("2.2"))
    wrap(module.ReduceLROnPlateau, "_reduce", reduce)
    wrap(module.EarlyStopping, "on_train_begin", begin_at_baseline)
    wrap(module.EarlyStopping, "on_epoch_end", give_back_when_stopped)
    wrap(module.EarlyStopping, "on_train_end", end_as_it_is)
    for name in ("LearningRateScheduler", "ReduceLROnPlateau"):
        wrap(getattr(module, name), "on_epoch_end", rate_in_logs)


def patience_until(release: str) -> Callable:
    """`on_epoch_end` for callbacks that lost patience one epoch later before a release."""

    def on_epoch_end(function: Callable, self, epoch, logs=None):
        if not era.before(release):
            return function(self, epoch, logs)
        said = self.patience
        self.patience = said + 1
        try:
            return function(self, epoch, logs)
        finally:
            self.patience = said

    return on_epoch_end


def reduce(function: Callable, self, *args):
    """`ReduceLROnPlateau._reduce`: before 2.2, the epoch of a reduction was the first of those it waits for again."""
    function(self, *args)
    if era.before("2.2"):
        self.wait = 1


def begin_at_baseline(function: Callable, self, logs=None):
    """`EarlyStopping`: until tf.keras nothing was an improvement that did not beat the baseline."""
    function(self, logs)
    if self.baseline is not None and era.before("tf2.0"):
        self.best = self.baseline


def give_back_when_stopped(function: Callable, self, epoch, logs=None):
    """`EarlyStopping.on_epoch_end`: until TensorFlow 2.11 a run that it stopped got the best weights back at once."""
    function(self, epoch, logs)
    stopped = 0 < epoch == self.stopped_epoch
    if stopped and self.restore_best_weights and self.best_weights is not None and era.before("tf2.11"):
        if self.verbose > 0:
            message(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
        self.model.set_weights(self.best_weights)


def end_as_it_is(function: Callable, self, logs=None):
    """`EarlyStopping.on_train_end`: until TensorFlow 2.11 only runs that it stopped got weights back."""
    wanted = self.restore_best_weights
    self.restore_best_weights = wanted and not era.before("tf2.11")
    try:
        function(self, logs)
    finally:
        self.restore_best_weights = wanted


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


def make_logs(self, model, logs, outputs, mode, prefix=""):
    """`CallbackList.make_logs` of tf.keras: `logs` with what a step gave, by the names of the model's metrics.

    Args:
        model: the model.
        logs: a dict, which is changed and returned.
        outputs: the values of 'train' and 'test', in the order of `metrics_names` or by name; what 'predict' returned.
        mode: 'train', 'test' or 'predict'.
        prefix: put before the names of metrics.
    """
    one_of("mode", mode, ("train", "test", "predict"), owner="CallbackList.make_logs")
    if mode == "predict":
        logs["outputs"] = outputs
        return logs
    named = outputs if isinstance(outputs, dict) else dict(zip(model._in_order(model.get_metrics_result()), outputs))
    logs.update({prefix + name: value for name, value in named.items()})
    return logs


def batch_hook(function: Callable, self, batch, logs=None):
    """`CallbackList.on_train_batch_begin` or `_end` with the number of the batch, and of its rows, in the logs.

    The values at the end of a batch were its own: those of the losses until tf.keras, those of metrics until 2.3.
    """
    if not era.before("tf2.0"):
        function(self, batch, logs)
        return
    run = looks.current()
    size = {} if run.rows is None else {"size": min(run.batch, run.rows - batch * run.batch)}
    more = {"batch": batch, **size}
    everyone = self.callbacks
    own = [c for c in everyone if isinstance(c, LambdaCallback) or not type(c).__module__.startswith("keras.")]
    if not own or not logs:
        function(self, batch, {**more, **(logs or {})})
        return
    others = [c for c in everyone if c not in own]
    try:
        for callbacks, values in ((own, _of_the_batch(self, batch, logs, size.get("size", 1))), (others, logs)):
            self.callbacks, self._asked = callbacks, None
            function(self, batch, {**more, **values})
    finally:
        self.callbacks, self._asked = everyone, None


def _of_the_batch(run: Any, batch: int, logs: dict, size: int) -> dict:
    """The values of one batch, from averages up to it and up to the one before."""
    rows, before = vars(run).get("_before_batch", (0, {})) if batch else (0, {})
    vars(run)["_before_batch"] = (rows + size, dict(logs))
    found = dict(logs)
    for name in logs.keys() & before.keys():
        if name == "loss" or name.endswith("_loss") or era.before("2.3"):
            found[name] = (logs[name] * (rows + size) - before[name] * rows) / size
    return found


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


def say(function: Callable, self, names, text):
    """`ModelCheckpoint._say`, which before Keras 3 had nothing to say after it had saved."""
    if not (era.before("3") and text.startswith("finished")):
        function(self, names, text)


def direction(function: Callable, self):
    """`_found_direction` of callbacks that watch a value: until Keras 3 one that nobody knew was to become low."""
    try:
        return function(self)
    except ValueError:
        if not era.before("3"):
            raise
    high = self.monitor.startswith("fmeasure") or ("acc" in self.monitor and era.before("tf2.0"))
    return np.greater if high else np.less


def rate_in_logs(function: Callable, self, epoch, logs=None):
    """`on_epoch_end` of callbacks that set the rate, which logs and histories called `lr` until Keras 3."""
    function(self, epoch, logs)
    if logs and "learning_rate" in logs and era.before("3"):
        logs["lr"] = logs.pop("learning_rate")
