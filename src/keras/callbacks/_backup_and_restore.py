"""Goes on where a process that was killed had stopped."""

import os
import sys

import numpy as np

from keras._core.checks import positive_integer
from keras.callbacks import _backup
from keras.callbacks._callback import Callback
from keras.callbacks._history import History

OTHER_MODEL = (
    "BackupAndRestore: {path} was written for another model: {reason}.\n"
    "  Use another folder, or delete the file to train from the beginning."
)


class BackupAndRestore(Callback):
    """Saves where training is, and goes on there when the same program is started again.

    A backup holds the values of all variables, the optimizer's and the metrics' included, the epoch and the step, the
    place in the data, the states of the other callbacks and of the generators of Python, NumPy and PyTorch, which
    decide the order of rows. It is one file, always the old or the new one whole. A run that went on ends with the same
    weights as one that was never stopped, if its data is what it was. A generator is asked again for the batches that
    were used; a `keras.utils.PyDataset` or a loader only for those of the epoch under way. A dataset that changes
    between epochs, in `on_epoch_end`, tells its state by `state_dict()` and takes it by `load_state_dict(state)`.

    Args:
        backup_dir: the folder for the file; used by this run alone.
        save_freq: 'epoch', or the number of batches between two backups.
        double_checkpoint: whether the backup before the last is kept too, and used where the last cannot be read.
        delete_checkpoint: whether the file is deleted when training has ended as it should.

    Raises:
        ValueError: the backup cannot be read, or is one of another model.

    >>> callback = keras.callbacks.BackupAndRestore("backup")
    """

    run = None  # the `CallbackList` of the run
    keeps_history = False  # whether the `History` of a run that goes on has the epochs before

    def __init__(self, backup_dir, save_freq="epoch", double_checkpoint=False, delete_checkpoint=True):
        if not backup_dir:
            raise ValueError(f"BackupAndRestore: `backup_dir` must be the path of a folder. Got {backup_dir!r}.")
        self.backup_dir = os.fspath(backup_dir)
        if save_freq != "epoch":
            save_freq = positive_integer("save_freq", save_freq, owner="BackupAndRestore")
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._epoch = 0
        self._last_batch = -1
        self._batches = 0  # since the last backup
        self._restored = None  # what was found, until the first epoch has begun

    def on_train_begin(self, logs=None):
        """Takes everything from the backup, if there is one."""
        self._restored = None
        found = _backup.read(self.backup_dir, "BackupAndRestore", self.double_checkpoint)
        if found is None:
            return
        path, self._restored = found
        _check_same(path, self._variables(), self._restored["variables"])
        self._restore()
        # a callback had ended the run, so no epoch is left
        epoch = sys.maxsize if self._restored["ended"] else self._restored["epoch"]
        self.model.continue_at(epoch, self._restored["step"], self._restored["place"])

    def on_epoch_begin(self, epoch, logs=None):
        """In an epoch that is gone on with, takes back what other callbacks did at its beginning once more."""
        if self._restored is not None and self._restored["step"]:
            self._restore()
        self._restored = None
        self._epoch = epoch
        self._last_batch = -1

    def on_train_batch_end(self, batch, logs=None):
        """Makes a backup if it is time."""
        if self.save_freq == "epoch":
            return
        if self._last_batch < 0 < batch:  # the first batch of an epoch that was gone on with
            self._last_batch = batch - 1
        self._batches += batch - self._last_batch
        self._last_batch = batch
        if self._batches >= self.save_freq:
            self._batches = 0
            self.save(self._epoch, batch + 1)

    # the run need not stop at every batch when backups are made after epochs
    on_train_batch_end.acts_if = lambda callback: callback.save_freq != "epoch"

    def on_epoch_end(self, epoch, logs=None):
        """Makes a backup."""
        if self.save_freq == "epoch":
            self.save(epoch + 1, 0)

    def on_train_end(self, logs=None):
        """Deletes the backup, which is not needed any more."""
        if self.delete_checkpoint:
            _backup.delete(self.backup_dir)

    def save(self, epoch, step) -> None:
        """Writes a backup from which training goes on with that step of that epoch."""
        place = getattr(self.run, "place", None)
        content = {
            "epoch": epoch,
            "step": step,
            "ended": step == 0 and bool(self.model.stop_training),
            "place": None if place is None else place.now(),
            "callbacks": [[type(c).__name__, c.resume_state()] for c in self._others()],
            "variables": [{"path": v.path, "value": np.asarray(v)} for v in self._variables()],
        }
        _backup.write(self.backup_dir, content, self.double_checkpoint)

    def _restore(self) -> None:
        for variable, entry in zip(self._variables(), self._restored["variables"]):
            variable.assign(entry["value"])
        states = list(self._restored["callbacks"])
        for callback in self._others():
            kind = type(callback).__name__
            state = next((pair for pair in states if pair[0] == kind), None)
            if state is not None:
                states.remove(state)
                callback.load_resume_state(state[1])

    def _others(self) -> list:
        """The callbacks of the run that have a state."""
        callbacks = [] if self.run is None else self.run.callbacks
        found = [c for c in callbacks if hasattr(c, "resume_state") and c is not self]
        return [c for c in found if self.keeps_history or not isinstance(c, History)]

    def _variables(self) -> list:
        """The variables of the run: the model's, the optimizer's, the metrics', and others that a step changes."""
        place = getattr(self.run, "place", None)
        of_run = [] if place is None else place.variables()
        optimizer = [] if self.model.optimizer is None else self.model.optimizer.variables
        metrics = [v for metric in self.model.metrics for v in metric.variables]
        return list({id(v): v for v in (*self.model.variables, *optimizer, *metrics, *of_run)}.values())


def _check_same(path, variables, entries) -> None:
    reason = None
    if len(variables) != len(entries):
        reason = f"it holds {len(entries)} variables, and this one has {len(variables)}"
    for variable, entry in zip(variables, entries):
        value = entry["value"]
        if reason is None and (value.shape, value.dtype.name) != (tuple(variable.shape), variable.dtype):
            reason = (
                f"{entry['path']} in it is {value.dtype.name} of shape {value.shape}, "
                f"and {variable.path} here is {variable.dtype} of shape {tuple(variable.shape)}"
            )
    if reason is not None:
        raise ValueError(OTHER_MODEL.format(path=path, reason=reason))
