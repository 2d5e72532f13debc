"""Saves the model, or its weights, while it trains."""

import os

from keras._core.checks import positive_integer
from keras.callbacks import _progress
from keras.callbacks._monitor import MonitorCallback

_MODELS = (".keras", ".h5", ".hdf5", ".safetensors")
_WEIGHTS = (".h5", ".hdf5", ".safetensors")


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after every epoch or every so many batches.

    Args:
        filepath: where to. May hold `{epoch}` (from 1), `{batch}` where it saves between batches, and every name in the
            logs, with a format: "weights.{epoch:02d}-{val_loss:.2f}.weights.h5". Missing folders are made.
        monitor: the name of the value that decides with `save_best_only`.
        verbose: 1 says so when it saves.
        save_best_only: whether to save only when the value is better than at the last save. Until the logs have
            it for the first time every model is saved, with a warning.
        save_weights_only: whether to save the weights, with `model.save_weights`, or all, with `model.save`.
        mode: 'min' if lower is better, 'max' if higher is; 'auto' asks the metric.
        save_freq: "epoch", or the number of batches between two saves.
        initial_value_threshold: the value to beat at first.

    Raises:
        ValueError: the name does not end as that of a file of models, or of weights, does.
        KeyError: `filepath` names a value that is not in the logs.

    >>> callback = keras.callbacks.ModelCheckpoint("best.weights.h5", save_weights_only=True, save_best_only=True)
    """

    _kept = ("best", "_current_epoch", "_last_batch", "_batches")

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
    ):
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        _check_ending(self.filepath, save_weights_only)
        if save_freq != "epoch":
            try:
                save_freq = positive_integer("save_freq", save_freq)
            except ValueError:
                raise ValueError(
                    f"ModelCheckpoint: `save_freq` must be 'epoch' or a number of batches. Got {save_freq!r}."
                ) from None
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._current_epoch = 0
        self._last_batch = -1
        self._batches = 0  # since the last save

    def on_epoch_begin(self, epoch, logs=None):
        """Remembers the epoch for names."""
        self._current_epoch = epoch
        self._last_batch = -1

    def on_train_batch_end(self, batch, logs=None):
        """Saves if it is time."""
        if self._should_save_on_batch(batch):
            self._save_model(self._current_epoch, batch, logs)

    # the run need not stop at every batch when it saves after epochs
    on_train_batch_end.acts_if = lambda callback: callback.save_freq != "epoch"

    def on_epoch_end(self, epoch, logs=None):
        """Saves if that is asked for."""
        if self.save_freq == "epoch":
            self._save_model(epoch, None, logs)

    # the three names that subclasses of others call, as that of Weights & Biases

    def _should_save_on_batch(self, batch) -> bool:
        if self.save_freq == "epoch":
            return False
        self._batches += batch - self._last_batch  # several, where many steps run as one
        self._last_batch = batch
        due = self._batches >= self.save_freq
        if due:
            self._batches = 0
        return due

    def _save_model(self, epoch, batch, logs) -> None:
        self._save(_names(epoch, batch, logs))

    def _get_file_path(self, epoch, batch, logs) -> str:
        return self._path(_names(epoch, batch, logs))

    def _save(self, names) -> None:
        path = self._path(names)
        value = None
        if self.save_best_only:
            value = self._watched(names)
            if value is None and self.best is not None:
                return
            if value is not None and not self.is_better(value, self.best):
                self._say(names, f"{self.monitor} did not improve from {_short(self.best)}")
                return
        better = "" if value is None else f"{self.monitor} improved from {_short(self.best)} to {_short(value)}, "
        self._say(names, f"{better}saving model to {path}")
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        self._say(names, f"finished saving model to {path}")
        if value is not None:  # only now is there a file that holds it
            self.best = value

    def _watched(self, names):
        logs = {name: value for name, value in names.items() if name not in ("epoch", "batch")}
        return self.get_monitor_value(logs, "so it is saved" if self.best is None else "so nothing is done")

    def _path(self, names) -> str:
        try:
            return self.filepath.format(**names)
        except KeyError as error:
            raise KeyError(
                f"ModelCheckpoint: `filepath` {self.filepath!r} names {error}, but there are only: {', '.join(names)}."
            ) from None

    def _say(self, names, text) -> None:
        if self.verbose > 0:
            _progress.message(f"Epoch {names['epoch']}: {text}")


def _names(epoch, batch, logs) -> dict:
    """What a template of a name may name."""
    numbers = {"epoch": epoch + 1} if batch is None else {"epoch": epoch + 1, "batch": batch + 1}
    return {**numbers, **(logs or {})}


def _check_ending(filepath, weights_only) -> None:
    if not filepath.endswith(_WEIGHTS if weights_only else _MODELS):
        wanted = ".weights.h5" if weights_only else ".keras"
        raise ValueError(f"ModelCheckpoint: `filepath` must end in {wanted!r}. Got {filepath!r}.")
    if filepath.endswith(".weights.h5") and not weights_only:
        raise ValueError(
            f"ModelCheckpoint: {filepath!r} is a name for weights alone.\n"
            "  Pass save_weights_only=True, or a name that ends in '.keras'."
        )


def _short(value) -> str:
    return "None" if value is None else f"{value:.5f}"
