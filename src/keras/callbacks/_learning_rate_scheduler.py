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

    The epoch's logs get the rate as `learning_rate`. The schedule sets the rate of each optimizer of a
    `MultiOptimizer`, and the logs get them as `learning_rate_` and the optimizer's name.

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
        for optimizer in optimizers_of(self).values():
            self._set_rate(epoch, optimizer)

    def _set_rate(self, epoch, optimizer) -> None:
        rate = float(np.asarray(optimizer.learning_rate))
        found = self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)
        number = _number(found)
        if number is None:
            raise ValueError(
                f"LearningRateScheduler: `schedule` must return a number. Got {found!r} for epoch {epoch}."
            )
        optimizer.learning_rate = number
        if self.verbose > 0:
            whose = "" if optimizer is self.model.optimizer else f"{optimizer.name}'s "
            _progress.message(f"Epoch {epoch + 1}: LearningRateScheduler setting {whose}learning rate to {number:.6g}.")

    def on_epoch_end(self, epoch, logs=None):
        """Adds the rate to the logs."""
        if logs is not None:
            logs.update(learning_rates_of(self))


def optimizers_of(callback) -> dict:
    """Name of the rate in logs -> optimizer: that of a callback's model, or the parts of a `MultiOptimizer`.

    Raises:
        ValueError: it has no rate.
    """
    optimizer = getattr(callback.model, "optimizer", None)
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if hasattr(inner, "optimizers"):
        return {f"learning_rate_{part.name}": part for part in inner.optimizers}
    if not hasattr(optimizer, "learning_rate"):
        raise ValueError(f"{type(callback).__name__}: the optimizer {optimizer!r} has no `learning_rate` to set.")
    return {"learning_rate": optimizer}


def learning_rates_of(callback) -> dict[str, float]:
    """The rates of the optimizers of a callback's model, by their names in logs."""
    return {name: float(np.asarray(one.learning_rate)) for name, one in optimizers_of(callback).items()}


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
