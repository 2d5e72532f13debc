"""Ends training when a value stops getting better."""

from keras.callbacks import _progress
from keras.callbacks._monitor import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Ends training when a value of the logs has not become better for some epochs.

    Args:
        monitor: the name of the value.
        min_delta: by how much it has to become better to count.
        patience: for how many epochs it may fail to become better; with 0 the first failure ends training.
        verbose: 1 says so when it happens.
        mode: 'min' if lower is better, 'max' if higher is; 'auto' asks the metric.
        baseline: a value that counts as the first to beat; being worse counts as a failure, even after an improvement.
        restore_best_weights: whether the model gets the weights of the best epoch back when training ends.
        start_from_epoch: epochs before this one are not looked at.

    Attributes:
        best, best_epoch, best_weights: the best value, and when it was seen with which weights.
        stopped_epoch: the epoch in which training was ended, 0 if it was not.

    Raises:
        ValueError: in the first epoch, if `mode` is 'auto' and the metric does not say.

    >>> callback = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    """

    _kept = ("best", "best_epoch", "best_weights", "stopped_epoch", "wait")

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__(monitor, mode, None, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._forget()

    def on_train_begin(self, logs=None):
        """Forgets an earlier run."""
        self._forget()

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the value."""
        value = self.get_monitor_value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            # if no epoch is ever better than none, because the values are NaN, the first one stands for the best
            self._remember(epoch)
        self.wait += 1
        if self.is_better(value, self.best):
            self.best = value
            self._remember(epoch)
            if self.baseline is None or self.is_better(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        """Says what happened, and gives the best weights back."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            _progress.message(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                _progress.message(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def _forget(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights = None

    def _remember(self, epoch) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()
