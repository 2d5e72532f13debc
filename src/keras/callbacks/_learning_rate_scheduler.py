"""A learning rate of one's own for every epoch."""

import inspect

import numpy as np

from keras.callbacks import _progress
from keras.callbacks._callback import Callback


class LearningRateScheduler(Callback):
    """Sets the learning rate before every epoch.

    Args:
        schedule: a function of the epoch's number, from 0, or of that and the present rate; returns the new rate.
        verbose: 1 prints the rate.

    The epoch's logs get the rate as `learning_rate`.

    Raises:
        ValueError: `schedule` returns something that is no number.

    >>> callback = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * 0.9)
    """

    def __init__(self, schedule, verbose=0):
        if not callable(schedule):
            raise ValueError(f"LearningRateScheduler: `schedule` must be a function of the epoch. Got {schedule!r}.")
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch, logs=None):
        """Sets the rate."""
        rate = learning_rate_of(self)
        found = self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)
        number = _number(found)
        if number is None:
            raise ValueError(
                f"LearningRateScheduler: `schedule` must return a number. Got {found!r} for epoch {epoch}."
            )
        self.model.optimizer.learning_rate = number
        if self.verbose > 0:
            _progress.message(f"Epoch {epoch + 1}: LearningRateScheduler setting learning rate to {number:.6g}.")

    def on_epoch_end(self, epoch, logs=None):
        """Adds the rate to the logs."""
        if logs is not None:
            logs["learning_rate"] = learning_rate_of(self)


def learning_rate_of(callback) -> float:
    """The rate of the optimizer of a callback's model.

    Raises:
        ValueError: it has none.
    """
    optimizer = getattr(callback.model, "optimizer", None)
    if not hasattr(optimizer, "learning_rate"):
        raise ValueError(f"{type(callback).__name__}: the optimizer {optimizer!r} has no `learning_rate` to set.")
    return float(np.asarray(optimizer.learning_rate))


def _takes_two(schedule) -> bool:
    try:
        signature = inspect.signature(schedule)
    except (TypeError, ValueError):  # some functions of C
        return False
    try:
        signature.bind(0, 0.0)
    except TypeError:
        return False
    return True


def _number(found):
    """`found` as a float if it is one number, else None."""
    array = np.asarray(found)
    if array.size != 1 or array.dtype.kind not in "fiuV":  # bfloat16 is of the kind V
        return None
    return float(array.reshape(()))
