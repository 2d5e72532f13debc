"""Checkpoints in the format of Orbax, which training on many machines uses."""

import os

import numpy as np

from keras._core.checks import positive_integer
from keras._core.tree import map_leaves
from keras.callbacks import _progress
from keras.callbacks._monitor import MonitorCallback
from keras.saving._model import checkpoint_parts
from keras.saving._orbax import checkpoint


class OrbaxCheckpoint(MonitorCallback):
    """Saves the values of all variables with Orbax after every epoch, or every so many batches.

    What is saved is the tree that `model.get_state_tree()` returns, the config of the model and what its layers keep in
    files, as Keras 3 saves them: `keras.models.load_model(directory)` makes the model of the newest checkpoint here and
    there, `model.load_weights(directory)` and `restore` put its values into one. What a distribution has divided is
    written in its parts, each by the process that has it, and can be restored on another number of processes and
    devices; all processes need the folder.

    Args:
        directory: where to; one folder per checkpoint is made in it, called after its number.
        monitor: the name of the value that decides with `save_best_only`.
        verbose: 1 says so when it saves.
        save_best_only: whether to save only when the value is better than at the last save.
        mode: 'min' if lower is better, 'max' if higher is; 'auto' asks the metric.
        save_freq: "epoch", or the number of batches between two checkpoints.
        initial_value_threshold: the value to beat at first.
        max_to_keep: how many checkpoints stay, the newest ones; None for all.
        save_on_background: whether training goes on while a checkpoint is written.
        save_weights_only: whether the optimizer's and the metrics' variables, the config and the layers' files are
            left out.

    Raises:
        ImportError: Orbax is not installed; names the extra.

    >>> callback = keras.callbacks.OrbaxCheckpoint("checkpoints", max_to_keep=3)  # doctest: +SKIP
    """

    _kept = ("best", "_batches", "_since", "_last_batch")

    def __init__(
        self,
        directory,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
        max_to_keep=1,
        save_on_background=True,
        save_weights_only=False,
    ):
        super().__init__(monitor, mode, initial_value_threshold)
        if save_freq != "epoch":
            save_freq = positive_integer("save_freq", save_freq, owner="OrbaxCheckpoint")
        if max_to_keep is not None:
            max_to_keep = positive_integer("max_to_keep", max_to_keep, owner="OrbaxCheckpoint")
        self._orbax = _orbax()
        self.directory = os.path.abspath(directory)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_freq = save_freq
        self.max_to_keep = max_to_keep
        self.save_on_background = save_on_background
        self.save_weights_only = save_weights_only
        self._made = None
        self._batches = 0  # in all epochs
        self._since = 0  # the last checkpoint
        self._last_batch = -1

    def is_multihost_enabled(self):
        """Whether several processes train together."""
        return self._orbax.multihost.process_count() > 1

    def is_primary_host(self):
        """Whether this is the process that writes what is written once."""
        return self._orbax.multihost.process_index() == 0

    def on_epoch_begin(self, epoch, logs=None):
        """Batches are counted from 0 again."""
        self._last_batch = -1

    def on_train_batch_end(self, batch, logs=None):
        """Saves if it is time."""
        if self.save_freq == "epoch":
            return
        new = batch - self._last_batch
        self._last_batch = batch
        self._batches += new
        self._since += new
        if self._since >= self.save_freq:
            self._since = 0
            self._save(self._batches, logs)

    # the run need not stop at every batch when it saves after epochs
    on_train_batch_end.acts_if = lambda callback: callback.save_freq != "epoch"

    def on_epoch_end(self, epoch, logs=None):
        """Saves if that is asked for."""
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def on_train_end(self, logs=None):
        """Waits until everything is written."""
        self.wait_until_finished()
        if self._made is not None:
            self._made.close()
            self._made = None

    def wait_until_finished(self):
        """Returns when no checkpoint is being written any more."""
        if self._made is not None:
            self._made.wait()

    def restore(self, model, step=None):
        """Gives a model the values of a checkpoint; the newest one if `step` is None. Returns its number.

        As `model.load_weights` does for the folder: an optimizer that has not begun is made ready, metrics begin anew.

        Raises:
            ValueError: there is none, or it does not fit the model.
        """
        self.wait_until_finished()
        found = checkpoint(self.directory if step is None else os.path.join(self.directory, str(step)))
        if found is None:
            raise ValueError(
                f"OrbaxCheckpoint: {self.directory} has no checkpoint{'' if step is None else f' {step}'}."
            )
        model.load_weights(found)
        return int(os.path.basename(found))

    def _save(self, step, logs) -> None:
        if self.save_best_only:
            value = self.get_monitor_value(logs)
            if value is None or not self.is_better(value, self.best):
                return
            self.best = value
        if self.verbose > 0:
            _progress.message(f"OrbaxCheckpoint: saving checkpoint {step} to {self.directory}")
        if os.path.exists(os.path.join(self.directory, str(step))):
            raise FileExistsError(
                f"OrbaxCheckpoint: {self.directory} has a checkpoint {step} already. Use another folder, or go on "
                "behind it: model.fit(..., initial_epoch=callback.restore(model) + 1)."
            )
        found = self.model.get_state_tree()
        parts = {}
        if self.save_weights_only:
            found = {field: found[field] for field in ("trainable_variables", "non_trainable_variables")}
        else:
            parts = checkpoint_parts(self.model)
        write = self._checkpointer().save_checkpointables
        if self.save_on_background:
            write = self._checkpointer().save_checkpointables_async
        write(step, {"pytree": map_leaves(_as_written, found), **parts}, force=True)

    def _checkpointer(self):
        if self._made is None:
            training = self._orbax.v1.training
            kept = None if self.max_to_keep is None else training.preservation_policies.LatestN(self.max_to_keep)
            self._made = training.Checkpointer(self.directory, preservation_policy=kept)
        return self._made


def _as_written(value):
    """What lies on several devices is written and read in its parts, by the processes that have them."""
    if len(value.devices()) > 1:
        return value
    return np.array(value)  # a copy: the next step may write over the array itself


def _orbax():
    try:
        import orbax.checkpoint as found
    except ImportError:
        raise ImportError("OrbaxCheckpoint needs Orbax. Install it: pip install kerata[checkpoint]") from None
    return found
