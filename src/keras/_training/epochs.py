"""The epochs of one `fit`: training, validation, and the hooks around both."""

from __future__ import annotations

import warnings
from typing import Any

from keras._data import ArraySource, BatchSource
from keras._training.interrupts import Interrupts
from keras._training.loop import ArrayRun, BatchRun
from keras._training.place import FitPlace
from keras._training.state import RunningState
from keras.callbacks import CallbackList

EXHAUSTED = """fit: the data can be gone through once and is used up, so training ends after {epoch} of {epochs} epochs.
  A generator: let it go on for ever and pass `steps_per_epoch`, or pass an object whose `__iter__` begins anew."""


class Epochs:
    """What a `fit` goes through once everything is prepared.

    Args:
        trainer: the model.
        run: the run over the data to train on.
        validation: the source of the data to validate on, if any.
        validation_freq: validate every so many epochs, or after the epochs in a list.
        callbacks: what is told of it.
        state: the values that are trained.
        reset: values of the metric variables at the start of an epoch, or how they follow from those before it.
        interrupts: what Ctrl-C does meanwhile.
    """

    def __init__(
        self,
        trainer: Any,
        run: ArrayRun | BatchRun,
        validation: ArraySource | BatchSource | None,
        validation_freq: Any,
        callbacks: CallbackList,
        state: RunningState,
        reset: Any,
        interrupts: Interrupts,
    ):
        self.trainer = trainer
        self.run = run
        self.validation = validation
        self.validation_freq = validation_freq
        self.callbacks = callbacks
        self.state = state
        self.reset = reset
        self.interrupts = interrupts
        self._prepare_watching()

    def _prepare_watching(self) -> None:
        self.watcher = self.trainer._watcher(self.interrupts, self.callbacks, "train")
        self.watcher.pause = self.callbacks.pause
        self.test_run: Any = None
        self._learns_by = (self.trainer.optimizer, self.trainer._loss_tracker)

    def pass_all(self, initial_epoch: int, epochs: int) -> None:
        """Trains from `initial_epoch`, or where a callback goes on, until there were so many `epochs`."""
        trainer, run, callbacks = self.trainer, self.run, self.callbacks
        trainer._start = (initial_epoch, 0, None)
        callbacks.on_train_begin()
        start, step, place = trainer._start
        goes_on = place is not None or (start, step) != (initial_epoch, 0)
        logs: dict[str, Any] = {}
        for epoch in range(start, epochs):
            if getattr(run.source, "exhausted", False):
                warnings.warn(EXHAUSTED.format(epoch=epoch, epochs=epochs), stacklevel=4)
                break
            self._follow_changes()
            if not step:
                self.state.replace_metrics(self.reset)
            callbacks.on_epoch_begin(epoch)
            if epoch == start and goes_on:
                (callbacks.place or FitPlace(run, self.validation)).go_to(place, step)
            epoch_logs = self._train(step)
            if not run.done:
                break
            step = 0
            if self.validation is not None and _validates(epoch, self.validation_freq):
                epoch_logs.update({f"val_{k}": v for k, v in self._validate().items()})
            logs = trainer._by_name(epoch_logs)
            callbacks.on_epoch_end(epoch, logs)
            if trainer.stop_training:
                break
        trained_by, _ = self._learns_by  # a callback may have given the model another one after the last epoch
        if trained_by is not None and (run.done or goes_on):
            trained_by.finalize_variable_values(run.planner.variables.trainable)
        callbacks.on_train_end(logs)

    def _follow_changes(self) -> None:
        """Goes on with another optimizer, or what the model was compiled with anew, by a callback after an epoch."""
        trainer, run = self.trainer, self.run
        if all(a is b for a, b in zip(self._learns_by, (trainer.optimizer, trainer._loss_tracker))):
            return
        trainer._check_ready("fit", training=True)
        if isinstance(run, BatchRun) and not run.has_more():
            return  # this epoch will tell that the data has ended
        self.state.close()
        run.prepare(trainer._planner("train", run.first_batch()))
        self.reset = trainer._reset_metric_values()
        self.state = RunningState(run.planner, "train").lend()
        self._prepare_watching()

    def _train(self, step: int) -> dict[str, Any]:
        """The logs of an epoch's training, which begins with a step."""
        run = self.run
        run.planner.read_numbers()
        logs = run.epoch(self.state, self.watcher, step)
        if not run.done:
            return logs
        if step and not logs:  # an epoch that was gone on with after its last step
            logs = {name: float(value) for name, value in self.trainer.get_metrics_result().items()}
        if self.watcher.progress is not None or run.steps is None:
            self.callbacks.on_progress(run.done, run.steps, logs)
        return logs

    def _validate(self) -> dict[str, Any]:
        """The logs of validation after an epoch."""
        trainer, callbacks = self.trainer, self.callbacks
        if self.test_run is None:
            self.test_run = trainer._validation_run(self.validation, self.run.planner)
        callbacks.on_test_begin()
        watcher = trainer._watcher(self.interrupts, callbacks, "test", quiet=True)
        if len(self.test_run.planner.variables.flat()) == len(self.run.planner.variables.flat()):
            found = trainer._evaluate_with(self.test_run, self.state, self.reset, watcher)
        else:
            found = self._validate_apart(watcher)
        callbacks.on_test_end(trainer._by_name(found))
        return found

    def _validate_apart(self, watcher: Any) -> dict[str, Any]:
        """The same where validation uses variables that training does not, such as a network within a metric."""
        self.state.settle()
        state = RunningState(self.test_run.planner, "test")
        try:
            return self.trainer._evaluate_with(self.test_run, state, self.reset, watcher)
        finally:
            state.close()


def _validates(epoch: int, validation_freq: Any) -> bool:
    if isinstance(validation_freq, (list, tuple, set)):
        return epoch + 1 in validation_freq
    return (epoch + 1) % validation_freq == 0
