"""Generators that use what a callback prepares: before tf.keras, training began before the first batch was drawn."""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._data import PyDataset
from keras.callbacks import BackupAndRestore, CallbackList
from keras.legacy import era


class Begun(CallbackList):
    """Callbacks that know already that training begins.

    Args:
        model: the model that is trained.
        callbacks: those of the program.
        params: what is known of the run.
    """

    def __init__(self, model: Any, callbacks: Any, **params):
        super().__init__(callbacks, add_history=True, add_progbar=params["verbose"] != 0, model=model, **params)
        super().on_train_begin()

    def on_train_begin(self, logs=None):
        """Nothing, as they have been told."""

    def learn_steps(self, steps: int) -> None:
        """Tells how many steps an epoch has, which 1.x found out by the first batch."""
        self.params = {**self.params, "steps": steps}
        for callback in self.callbacks:
            callback.set_params(self.params)


def matters(data: Any, callbacks: Any) -> bool:
    """Whether a callback of the program's own may prepare what the generator `data` draws from."""
    if not era.before("tf2.0") or not hasattr(data, "__next__") or isinstance(data, PyDataset):
        return False
    if callbacks is None or isinstance(callbacks, CallbackList):
        return False
    found = tree.leaves(callbacks)
    if any(isinstance(c, BackupAndRestore) for c in found):
        return False  # those tell `fit`, while training begins, where to go on
    return any(not type(c).on_train_begin.__module__.startswith("keras.") for c in found)
