"""The record of a run, which `fit` returns."""

from keras.callbacks._callback import Callback


class History(Callback):
    """Keeps the logs of every epoch; every `fit` makes one and returns it.

    Attributes:
        epoch: the numbers of the epochs, from 0.
        history: a list of values, one per epoch, for every name in the logs.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.on_epoch_end(1, {"loss": 0.25})
    >>> history.epoch, history.history
    ([0, 1], {'loss': [0.5, 0.25]})
    """

    def __init__(self):
        self.epoch = []
        self.history = {}

    def on_train_begin(self, logs=None):
        """Starts a new record."""
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        """Adds the values of one epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
