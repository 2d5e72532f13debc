"""Goes on where a process that was killed had stopped."""

import contextlib
import io
import json
import os
import secrets
import zipfile

import numpy as np

from keras._core.checks import positive_integer
from keras.callbacks._callback import Callback
from keras.saving._atomic import written_atomically

FILE, PREVIOUS = "backup.npz", "previous.npz"

OTHER_MODEL = (
    "BackupAndRestore: {path} was written for another model: {reason}.\n"
    "  Use another folder, or delete the file to train from the beginning."
)


class BackupAndRestore(Callback):
    """Saves where training is, and goes on there when the same program is started again.

    A backup holds the values of all variables, the optimizer's and the metrics' included, the epoch and the step, and
    the state of `numpy.random`, which decides the order of rows. It is one file, always the old or the new one whole.
    A run that went on ends with the same weights as one that was never stopped, if its data is what it was; for a
    generator, which begins anew, that is up to the program.

    Args:
        backup_dir: the folder for the file; used by this run alone.
        save_freq: 'epoch', or the number of batches between two backups.
        double_checkpoint: whether the backup before the last is kept too, and used where the last cannot be read.
        delete_checkpoint: whether the file is deleted when training has ended as it should.

    Raises:
        ValueError: the backup cannot be read, or is one of another model.

    >>> callback = keras.callbacks.BackupAndRestore("backup")
    """

    def __init__(self, backup_dir, save_freq="epoch", double_checkpoint=False, delete_checkpoint=True):
        self.backup_dir = os.fspath(backup_dir)
        if not self.backup_dir:
            raise ValueError("BackupAndRestore: `backup_dir` must be the path of a folder. Got an empty one.")
        if save_freq != "epoch":
            save_freq = positive_integer("save_freq", save_freq, owner="BackupAndRestore")
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._epoch = 0
        self._last_batch = -1
        self._batches = 0  # since the last backup
        self._drawn = None  # the state of numpy.random at the start of the epoch
        self._restored = None

    def on_train_begin(self, logs=None):
        """Takes everything from the backup, if there is one."""
        self._restored = None
        found = self._read()
        if found is None:
            return
        path, arrays, about = found
        variables = _variables_of(self.model)
        _check_same(path, variables, about["variables"])
        for (name, variable), entry in zip(variables, about["variables"]):
            variable.assign(arrays[name].view(np.dtype(entry["dtype"])).reshape(entry["shape"]))
        self._restored = ("MT19937", arrays["random"], *about["random"])
        self.model.continue_at(about["epoch"], about["step"])

    def on_epoch_begin(self, epoch, logs=None):
        """Notes what will decide the order of rows."""
        if self._restored is not None:
            np.random.set_state(self._restored)
            self._restored = None
        self._drawn = np.random.get_state()
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
            self._save(self._epoch, batch + 1, self._drawn)

    # the run need not stop at every batch when backups are made after epochs
    on_train_batch_end.acts_if = lambda callback: callback.save_freq != "epoch"

    def on_epoch_end(self, epoch, logs=None):
        """Makes a backup."""
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0, np.random.get_state())

    def on_train_end(self, logs=None):
        """Deletes the backup, which is not needed any more."""
        if self.delete_checkpoint:
            for name in (FILE, PREVIOUS):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(self.backup_dir, name))

    def _save(self, epoch, step, drawn) -> None:
        variables = _variables_of(self.model)
        arrays = {name: np.asarray(variable) for name, variable in variables}
        about = {
            "epoch": epoch,
            "step": step,
            "random": list(drawn[2:]),
            "variables": [
                {"path": variable.path, "shape": list(arrays[name].shape), "dtype": arrays[name].dtype.name}
                for name, variable in variables
            ],
        }
        # as bytes, because NumPy's format does not know bfloat16 and its like
        members = {name: np.frombuffer(np.ascontiguousarray(a).tobytes(), np.uint8) for name, a in arrays.items()}
        members["random"] = drawn[1]
        members["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
        os.makedirs(self.backup_dir, exist_ok=True)
        path = os.path.join(self.backup_dir, FILE)
        if self.double_checkpoint and os.path.exists(path):
            spare = os.path.join(self.backup_dir, f".kerata-{secrets.token_hex(8)}.part")
            os.link(path, spare)
            os.replace(spare, os.path.join(self.backup_dir, PREVIOUS))
        with written_atomically(path) as part, open(part, "wb") as file:
            np.savez(file, **members)

    def _read(self):
        """`(path, arrays, about)` of the newest backup that can be read; None if there is none."""
        names = (FILE, PREVIOUS) if self.double_checkpoint else (FILE,)
        paths = [path for name in names if os.path.isfile(path := os.path.join(self.backup_dir, name))]
        for path in paths:
            try:
                with np.load(path, allow_pickle=False) as file:
                    arrays = {name: file[name] for name in file.files}
                return path, arrays, json.loads(arrays.pop("about").tobytes())
            except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, io.UnsupportedOperation) as error:
                if path == paths[-1]:
                    raise ValueError(
                        f"BackupAndRestore: {path} cannot be read: {error}.\n  Delete it to train from the beginning."
                    ) from error
        return None


def _variables_of(model) -> list:
    """Pairs of a name in the file and a variable: the model's, the optimizer's and the metrics'."""
    optimizer = [] if model.optimizer is None else model.optimizer.variables
    metrics = [v for metric in model.metrics for v in metric.variables]
    found = {id(v): v for v in (*model.variables, *optimizer, *metrics)}
    return [(f"variable{i}", v) for i, v in enumerate(found.values())]


def _check_same(path, variables, entries) -> None:
    reason = None
    if len(variables) != len(entries):
        reason = f"it holds {len(entries)} variables, and this one has {len(variables)}"
    for (_, variable), entry in zip(variables, entries):
        if reason is None and (tuple(entry["shape"]), entry["dtype"]) != (tuple(variable.shape), variable.dtype):
            reason = (
                f"{entry['path']} in it is {entry['dtype']} of shape {tuple(entry['shape'])}, "
                f"and {variable.path} here is {variable.dtype} of shape {tuple(variable.shape)}"
            )
    if reason is not None:
        raise ValueError(OTHER_MODEL.format(path=path, reason=reason))
