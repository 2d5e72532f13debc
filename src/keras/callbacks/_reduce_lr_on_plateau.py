"""Lowers the learning rate when a value stops getting better."""

import numpy as np

from keras.callbacks import _progress
from keras.callbacks._learning_rate_scheduler import learning_rates_of, optimizers_of
from keras.callbacks._monitor import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by a factor when a value of the logs has not become better for some epochs.

    `rate = max(rate * factor, min_lr)`

    Args:
        monitor: the name of the value.
        factor: below 1.
        patience: for how many epochs the value may fail to become better.
        verbose: 1 says so when it happens.
        mode: 'min' if lower is better, 'max' if higher is; 'auto' asks the metric.
        min_delta: by how much the value has to become better to count.
        cooldown: for how many epochs after a reduction nothing is counted.
        min_lr: the rate is not made lower than this.

    The epoch's logs get the rate of the epoch as `learning_rate`.

    >>> callback = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=5, min_lr=0.001)
    """

    _kept = ("best", "cooldown_counter", "wait")

    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=0.0001,
        cooldown=0,
        min_lr=0.0,
    ):
        super().__init__(monitor, mode, None, min_delta)
        if not factor < 1:
            raise ValueError(f"ReduceLROnPlateau: `factor` must be below 1, to make the rate lower. Got {factor!r}.")
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._forget()

    def on_train_begin(self, logs=None):
        """Forgets an earlier run."""
        self._forget()

    def in_cooldown(self):
        """Whether nothing is counted just now."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the value."""
        logs = {} if logs is None else logs
        rates = learning_rates_of(self)
        logs.update(rates)
        value = self.get_monitor_value(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_better(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                for name, optimizer in optimizers_of(self).items():
                    if rates[name] > np.float32(self.min_lr):
                        self._reduce(epoch, optimizer, rates[name])

    def _reduce(self, epoch, optimizer, rate) -> None:
        lower = max(rate * self.factor, self.min_lr)
        optimizer.learning_rate = lower
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose > 0:
            whose = "" if optimizer is self.model.optimizer else f"{optimizer.name}'s "
            _progress.message(f"Epoch {epoch + 1}: ReduceLROnPlateau reducing {whose}learning rate to {lower:.6g}.")

    def _forget(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0
