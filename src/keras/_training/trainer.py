"""What users call: fit, evaluate, predict, and the calls for one batch."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from keras import config as settings
from keras._core import tree
from keras._core.checks import no_more_arguments
from keras._data import ArraySource
from keras._jax import compile as engine
from keras._training.across import run_for
from keras._training.epochs import Epochs
from keras._training.interrupts import Interrupts
from keras._training.loop import Watcher
from keras._training.memory import note_memory
from keras._training.own_functions import OwnRun, own_function
from keras._training.place import FitPlace
from keras._training.runs import Runs
from keras._training.spread import spread_over
from keras._training.state import RunningState
from keras.callbacks import CallbackList
from keras.callbacks._resume import Resume


class Trainer(Runs):
    """The training half of a model: everything that `compile`, `fit`, `evaluate` and `predict` need."""

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_batch_size=None,
        validation_freq=1,
        *,
        resume=None,
        distribution=None,
    ):
        """Trains the model for a number of epochs.

        Args:
            x: inputs: an array, a list or dict of arrays, a frame, or a generator of batches `(x, y[, sample_weight])`.
            y: targets, like x; left out with a generator.
            batch_size: rows per update, 32 if None.
            epochs: the number of the last epoch to run.
            verbose: 0 silent, 1 a progress bar, 2 one line per epoch, 'auto' a bar.
            callbacks: a list of `Callback` objects.
            validation_split: the share of rows, taken from the end before shuffling, to validate on.
            validation_data: `(x, y)` or `(x, y, sample_weight)`, or a generator, to validate on after each epoch.
            shuffle: whether rows change their order before each epoch; 'batch' shuffles whole batches.
            class_weight: class number -> weight of its rows in the loss.
            sample_weight: one weight per row, or per row and time step.
            initial_epoch: epochs done before.
            steps_per_epoch: batches that make an epoch; needed with a generator that never ends.
            validation_steps, validation_batch_size: the same for validation.
            validation_freq: validate every so many epochs, or after the epochs in a list.
            resume: a folder. Where training is, is written into it after every epoch and every minute; when the same
                program is started again, it goes on from there to the very weights it would have ended with. The
                folder is kept at the end, so that more `epochs` continue the run.
            distribution: 'auto' trains on all devices, each with its part of the rows of a batch; 'sharded' divides the
                weights and the optimizer's state as well; or an object of `keras.distribution`. None is what
                `set_distribution` says.

        Returns:
            A `History` with the logs of each epoch.
        """
        if distribution is not None:
            return spread_over(distribution, Trainer.fit, locals())
        self._check_ready("fit", training=True)
        _check_epochs(epochs, initial_epoch, validation_freq)
        if validation_split and validation_data is None:
            source = self._source(x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight, "fit")
            source, validation = source.split(validation_split)
            validation.batch_size = validation_batch_size or validation.batch_size
        else:
            source = self._source(x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight, "fit")
            validation = self._validation_source(
                validation_data, validation_batch_size or getattr(source, "batch_size", None), validation_steps
            )
        if settings.max_epochs() is not None:
            epochs = min(epochs, settings.max_epochs())
        run = self._run_over("train", source)
        if not isinstance(callbacks, CallbackList):
            callbacks = CallbackList(
                callbacks, add_history=True, add_progbar=verbose != 0, verbose=verbose, epochs=epochs,
                steps=run.steps, model=self,
            )  # fmt: skip
        if resume is not None:
            callbacks.append(Resume(resume))
        callbacks.place = None if not callbacks.backups else FitPlace(run, validation)
        self.stop_training = False
        reset = self._reset_metric_values()
        interrupts = Interrupts()
        state = RunningState(run.planner, "train").lend()
        passes = Epochs(self, run, validation, validation_freq, callbacks, state, reset, interrupts)
        try:
            with interrupts:
                passes.pass_all(initial_epoch, epochs)
        except Exception as error:
            note_memory(error, run)
            raise
        finally:
            passes.state.close()
            source.close()
            if validation is not None:
                validation.close()
            callbacks.end_progress()
        return self.history

    def continue_at(self, epoch: int, step: int = 0, place: dict | None = None) -> None:
        """For callbacks, in `on_train_begin`: lets `fit` begin with that epoch, and after so many steps of it.

        The metrics then go on from the values that their variables have. `place` is where the data was, if that is
        known.
        """
        self._start = (int(epoch), int(step), place)

    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        steps=None,
        callbacks=None,
        return_dict=False,
        distribution=None,
        **kwargs,
    ):
        """The loss and the metrics on data.

        Args:
            x, y, sample_weight: the data, as `fit` takes it.
            batch_size: rows per step, 32 if None.
            verbose: 0 silent, 1 a progress bar, 2 one line.
            steps: steps to take from a generator.
            callbacks: a list of `Callback` objects.
            return_dict: whether to return values by name.
            distribution: as `fit` takes it.

        Returns:
            The loss, or a list of the loss and the metrics as `metrics` lists them, or a dict.
        """
        no_more_arguments("evaluate", kwargs)
        if distribution is not None:
            return spread_over(distribution, Trainer.evaluate, locals())
        self._check_ready("evaluate", training=False)
        run = self._run_over("test", self._source(x, y, sample_weight, batch_size, steps, False, None, "evaluate"))
        if not isinstance(callbacks, CallbackList):
            callbacks = CallbackList(
                callbacks, add_progbar=verbose != 0, verbose=verbose, epochs=1, steps=run.steps, model=self
            )
        self.stop_evaluating = False
        state: RunningState | None = None
        try:
            with Interrupts() as interrupts:
                callbacks.on_test_begin()
                state = RunningState(run.planner, "test")  # after the hook, which may have changed the weights
                watcher = self._watcher(interrupts, callbacks, "test")
                logs = self._evaluate_with(run, state, self._reset_metric_values(), watcher)
                state.close()
                if run.steps is None:  # now they are counted
                    callbacks.on_progress(run.done, None, self._by_name(logs))
                callbacks.on_test_end(self._by_name(logs))
        except Exception as error:
            note_memory(error, run)
            raise
        finally:
            if state is not None:
                state.close()
            run.source.close()
            callbacks.end_progress()
        return self._as_asked(logs, return_dict)

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None, distribution=None):
        """The outputs for inputs, as NumPy arrays.

        Args:
            x: inputs, as `fit` takes them.
            batch_size: rows per step, 32 if None.
            verbose: 0 silent, 1 a progress bar, 2 one line.
            steps: steps to take from a generator.
            callbacks: a list of `Callback` objects.
            distribution: as `fit` takes it.
        """
        if distribution is not None:
            return spread_over(distribution, Trainer.predict, locals())
        run = self._run_over("predict", self._source(x, None, None, batch_size, steps, False, None, "predict"))
        if not isinstance(callbacks, CallbackList):
            callbacks = CallbackList(
                callbacks, add_progbar=verbose != 0, verbose=verbose, epochs=1, steps=run.steps, model=self
            )
        self.stop_predicting = False
        state: RunningState | None = None
        try:
            callbacks.on_predict_begin()
            state = RunningState(run.planner, "predict")  # after the hook, which may have changed the weights
            outputs = run.outputs(state, self._watcher(Interrupts(), callbacks, "predict"))
            state.close()
            if run.steps is None:  # now they are counted
                callbacks.on_progress(run.done)
            callbacks.on_predict_end()
        except Exception as error:
            note_memory(error, run)
            raise
        finally:
            if state is not None:
                state.close()
            run.source.close()
            callbacks.end_progress()
        return outputs

    # --- one batch

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False):
        """One update on one batch; the metrics start anew.

        Returns:
            The loss, or a list of the loss and the metrics, or a dict.
        """
        self._check_ready("train_on_batch", training=True)
        return self._on_batch("train", x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """The loss and the metrics on one batch."""
        self._check_ready("test_on_batch", training=False)
        return self._on_batch("test", x, y, sample_weight, None, return_dict)

    def predict_on_batch(self, x):
        """The outputs for one batch, as NumPy arrays."""
        return self._outputs(self._run_over("predict", self._source_of_outputs(x)))

    def outputs_by_program(self, x):
        """The outputs for one batch by the program, whatever function stands in its place."""
        run = run_for(self._source_of_outputs(x))
        run.prepare(self._planner("predict", run.first_batch()))
        return self._outputs(run)

    def _source_of_outputs(self, x: Any) -> Any:
        return self._source(x, None, None, _rows_of(x), None, False, None, "predict_on_batch")

    def _outputs(self, run: Any) -> Any:
        state = RunningState(run.planner, "predict")
        try:
            return run.outputs(state, Watcher(Interrupts()))
        finally:
            state.close()

    def _on_batch(self, phase: str, x, y, sample_weight, class_weight, return_dict) -> Any:
        source = self._source(x, y, sample_weight, _rows_of(x), None, False, class_weight, f"{phase}_on_batch")
        if not isinstance(source, ArraySource):
            raise ValueError(f"{phase}_on_batch takes one batch as arrays. Got {type(x).__name__}.")
        function = own_function(self, phase)
        if function is None:
            return self._as_asked(self.step_by_program(phase, source.data, resets=True), return_dict)
        run = OwnRun(self, function, source)
        run.prepare(self._planner(phase, source.data))
        state = RunningState(run.planner, phase)
        try:
            logs = self._evaluate_with(run, state, self._reset_metric_values(), Watcher(Interrupts()))
        finally:
            state.close()
        return self._as_asked(logs, return_dict)

    def step_by_program(self, phase: str, data: tuple, resets: bool = False) -> dict[str, Any]:
        """The logs of one step by the program for `(x, y, sample_weight)`; the metrics begin anew, or go on."""
        planner = self._planner(phase, data)
        batch = engine.inputs(data)
        program = planner.program("batch", 0, batch)
        state = RunningState(planner, phase)
        try:
            with contextlib.nullcontext(Interrupts()) if state.is_packed else Interrupts() as interrupts:
                if resets:
                    state.replace_metrics(self._reset_metric_values())
                return program.logs(interrupts.run(program.run, state, planner.numbers, batch))
        finally:
            state.close()

    def _as_asked(self, logs: dict[str, Any], return_dict: bool) -> Any:
        if return_dict:
            return self._by_name(logs)
        values = [logs[name] for name in self._in_order(logs)]
        return values[0] if len(values) == 1 else values


def _check_epochs(epochs: Any, initial_epoch: Any, validation_freq: Any) -> None:
    if not isinstance(epochs, (int, np.integer)) or isinstance(epochs, bool) or epochs < 0:
        raise ValueError(f"fit: `epochs` must be an integer of at least 0. Got {epochs!r}.")
    if not isinstance(initial_epoch, (int, np.integer)) or initial_epoch < 0:
        raise ValueError(f"fit: `initial_epoch` must be an integer of at least 0. Got {initial_epoch!r}.")
    if isinstance(validation_freq, (int, np.integer)) and validation_freq < 1:
        raise ValueError(f"fit: `validation_freq` must be at least 1. Got {validation_freq!r}.")


def _rows_of(x: Any) -> int | None:
    """Rows of the first array in `x`, so that all of it is one batch."""
    for leaf in [x] if hasattr(x, "shape") else tree.leaves(x):  # a sparse matrix may be a dict
        shape = getattr(leaf, "shape", None)
        if shape:
            return max(int(shape[0]), 1)
    return max(len(x), 1) if hasattr(x, "__len__") else None
