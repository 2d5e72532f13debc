"""Ends trials of Optuna that promise nothing."""

from keras.callbacks._monitor import MonitorCallback


class OptunaPruning(MonitorCallback):
    """Tells a trial of Optuna a value after every epoch, and ends training where the study's pruner says so.

    Args:
        trial: the trial that Optuna hands to the function it optimizes.
        monitor: the name of the value; what the function returns should be the same.

    Raises:
        optuna.TrialPruned: when the trial is to be ended; Optuna expects it from the function it optimizes.

    >>> def objective(trial):
    ...     model = network(units=trial.suggest_int("units", 2, 8))
    ...     pruning = keras.callbacks.OptunaPruning(trial, "val_loss")
    ...     return min(model.fit(x, y, validation_split=0.2, callbacks=[pruning]).history["val_loss"])
    """

    def __init__(self, trial, monitor="val_loss"):
        super().__init__(monitor)
        self.trial = trial

    def on_epoch_end(self, epoch, logs=None):
        """Reports the value of this epoch and asks whether to go on."""
        value = self.get_monitor_value(logs)
        if value is None:
            return
        self.trial.report(float(value), step=epoch)
        if self.trial.should_prune():
            raise _pruned()(f"Trial was pruned at epoch {epoch}.")


def _pruned():
    from optuna import TrialPruned

    return TrialPruned
