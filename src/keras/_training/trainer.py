"""What users call: compile, fit, evaluate, predict, and the calls for one batch."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import config as settings
from keras import losses, optimizers
from keras import metrics as metrics_module
from keras._core import tree
from keras._core.fingerprint import Unshareable, structure_of
from keras._core.signature import takes_two
from keras._data import ArraySource, BatchSource, make_source
from keras._jax import compile as engine
from keras._jax import placement
from keras._jax.variable import Variable
from keras._training.across import run_for
from keras._training.build import build_for, is_matched
from keras._training.compiled_loss import CompiledLoss
from keras._training.compiled_metrics import CompiledMetrics
from keras._training.epochs import Epochs
from keras._training.interrupts import Interrupts
from keras._training.loop import ArrayRun, BatchRun, Watcher
from keras._training.memory import note_memory
from keras._training.place import FitPlace
from keras._training.plan import Planner
from keras._training.program import default_step, step_of_data
from keras._training.spread import spread_over
from keras._training.state import RunningState, State
from keras.callbacks import CallbackList
from keras.callbacks._resume import Resume

_NOT_COMPILED = "{what} needs a compiled model.\n  Call model.compile(optimizer=..., loss=...) first."


class Trainer:
    """The training half of a model: everything that `compile`, `fit`, `evaluate` and `predict` need."""

    # what training keeps on the model, which says nothing about what the model computes
    _not_structure = frozenset(
        (
            "optimizer", "loss", "history", "stop_training", "stop_evaluating", "stop_predicting", "private_programs",
            "_compile_arguments", "_compiled_loss", "_compiled_metrics", "_loss_tracker", "_captured", "_keys",
            "_reset_values", "_planners", "jit_compile", "run_eagerly", "steps_per_execution", "_debug", "compiled",
            "step_context", "_start",
        )
    )  # fmt: skip

    # what a model brings
    built: bool
    trainable_variables: list[Variable]
    non_trainable_variables: list[Variable]
    structure_version: Callable[[], int]

    def _layer_metrics(self) -> list[Any]:
        """Metrics of the layers; a model overrides it."""
        raise NotImplementedError

    def read_on_host(self, x: Any) -> Any:
        """Inputs as compiled code takes them; a model overrides it that begins with layers for text."""
        return x

    def _source(self, x: Any, *settings: Any) -> ArraySource | BatchSource:
        """What a run was given, as `make_source` makes it; `settings` are its further arguments."""
        return make_source(self.read_on_host(x), *settings)

    def _init_training(self) -> None:
        self.optimizer: Any = None
        self.loss: Any = None
        self.compiled = False
        self.stop_training = False
        self.stop_evaluating = False
        self.stop_predicting = False
        self._start: tuple[int, int, dict | None] = (0, 0, None)  # epoch, step and place that `fit` begins with
        self.run_eagerly = False
        self.jit_compile: Any = "auto"
        self.steps_per_execution = 1
        self.private_programs = engine.ProgramCache(64)
        self._compile_arguments: dict | None = None
        self._compiled_loss: CompiledLoss | None = None
        self._compiled_metrics: CompiledMetrics | None = None
        self._loss_tracker: Any = None
        self._captured: tuple | None = None
        self._keys: dict = {}
        self._reset_values: dict = {}
        self._planners = engine.ProgramCache(8)
        self._debug: str | None = None

    # --- compile

    def compile(
        self,
        optimizer="rmsprop",
        loss=None,
        loss_weights=None,
        metrics=None,
        weighted_metrics=None,
        run_eagerly=False,
        steps_per_execution=1,
        jit_compile="auto",
        auto_scale_loss=True,
        debug=None,
    ):
        """Chooses how the model learns.

        Args:
            optimizer: a name, an optimizer, or its config.
            loss: a name, a loss or a function; a list or a dict of them for several outputs.
            loss_weights: a list or a dict of numbers for several outputs.
            metrics: a list of names, metrics or functions; a list of lists or a dict of them for several outputs.
            weighted_metrics: the same, for metrics that respect sample weights.
            run_eagerly: whether steps run operation by operation, for debugging.
            steps_per_execution: steps between two calls of per-batch hooks.
            jit_compile: False is the same as `run_eagerly`; True compiles, and so does 'auto' unless a layer's
                `supports_jit` is False.
            auto_scale_loss: whether the loss is scaled by itself where the policy is 'mixed_float16'.
            debug: 'nan' looks at the loss of every step and raises an error that names the layer when it is not finite.
        """
        if debug not in (None, "nan"):
            raise ValueError(f"compile: `debug` must be 'nan' or None. Got {debug!r}.")
        if not isinstance(steps_per_execution, (int, np.integer)) or steps_per_execution < 1:
            raise ValueError(f"compile: `steps_per_execution` must be a positive integer. Got {steps_per_execution!r}.")
        if jit_compile not in ("auto", True, False, None):
            raise ValueError(f"compile: `jit_compile` must be True, False or 'auto'. Got {jit_compile!r}.")
        for number in tree.leaves(loss_weights):
            if number is not None and not isinstance(number, (int, float, np.number)):
                raise ValueError(
                    f"compile: `loss_weights` must be numbers. Got {number!r}.\n"
                    f"  For metrics, write compile(optimizer, loss, metrics=[{number!r}])."
                )
        optimizer = optimizers.get(optimizer)
        policy = getattr(self, "dtype_policy", None)
        scales = auto_scale_loss and policy is not None and policy.name == "mixed_float16"
        if scales and optimizer is not None and not isinstance(optimizer, optimizers.LossScaleOptimizer):
            optimizer = optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
        names = getattr(self, "output_names", None)
        compiled_loss = None if loss is None else CompiledLoss(loss, loss_weights, names)
        compiled_metrics = None
        if metrics is not None or weighted_metrics is not None:
            compiled_metrics = CompiledMetrics(metrics, weighted_metrics, names)
        self._check_compile(compiled_loss, compiled_metrics)
        self.optimizer = optimizer
        self.loss = loss
        self._compiled_loss = compiled_loss
        self._compiled_metrics = compiled_metrics
        self._loss_tracker = metrics_module.Mean(name="loss")
        cannot_compile = jit_compile == "auto" and not all(layer.supports_jit for layer in self._flatten_layers())
        self.run_eagerly = bool(run_eagerly) or jit_compile is False or cannot_compile
        self.jit_compile = jit_compile
        self.steps_per_execution = int(steps_per_execution)
        self._debug = debug
        self._captured = None
        self.private_programs.clear()
        self._keys.clear()
        self._reset_values.clear()
        self._planners.clear()
        self.stop_training = False
        self.compiled = True
        self._compile_arguments = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": jit_compile,
        }  # fmt: skip
        self._capture_trainable()

    def _check_compile(self, compiled_loss: CompiledLoss | None, compiled_metrics: CompiledMetrics | None) -> None:
        """Finds unknown names now, where the outputs are known, rather than in the middle of `fit`."""
        from_names = [] if compiled_loss is None else tree.leaves(compiled_loss.loss)
        for one in from_names:
            if isinstance(one, str) and one.lower() not in ("crossentropy", "ce"):
                losses.get(one)
        for given in () if compiled_metrics is None else (compiled_metrics.given, compiled_metrics.given_weighted):
            for one in tree.leaves(given):
                if isinstance(one, str) and one.lower() not in ("accuracy", "acc", "crossentropy", "ce"):
                    metrics_module.get(one)

    def _capture_trainable(self) -> None:
        """Freezing takes effect when a model is compiled: what is trainable now stays so until the next `compile`."""
        if self.built and self._captured is None and self.compiled:
            self._captured = (self.trainable_variables, self.non_trainable_variables)

    @property
    def debugs_values(self) -> bool:
        """Whether the loss of every step is looked at, as `compile(debug="nan")` asks."""
        return self._debug == "nan"

    # --- what a step computes; users may override these

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The total loss of one batch: the compiled losses, and what layers and regularizers add."""
        total = None
        if self._compiled_loss is not None:
            if y is None:
                raise ValueError(
                    "The model was compiled with a loss, but the data has no targets.\n  Pass y, or batches (x, y)."
                )
            total = self._compiled_loss(y, y_pred, sample_weight)
        for one in self.losses:
            one = one.sum() if getattr(one, "ndim", 0) else one
            total = one if total is None else total + one
        if total is None:
            raise ValueError("There is no loss: compile(loss=...) was not given one and no layer adds one.")
        return total

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Counts one batch in the compiled metrics and returns all results by name."""
        if self._compiled_metrics is not None and y is not None:
            self._compiled_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def count_loss(self, loss, x) -> None:
        """Counts the loss of one batch, weighted by its rows."""
        if self._loss_tracker is not None:
            rows = next((leaf.shape[0] for leaf in tree.leaves(x) if getattr(leaf, "ndim", 0)), 1)
            self._loss_tracker.update_state(loss, sample_weight=rows)

    def get_metrics_result(self):
        """Results of all `metrics` by name; those that return a dict are opened."""
        found: dict[str, Any] = {}
        metrics = {id(m): m for m in self.metrics}  # a subclass may leave some out
        if self._loss_tracker is not None and id(self._loss_tracker) in metrics:
            found["loss"] = self._loss_tracker.result()
        if self._compiled_loss is not None:
            found.update((m.name, m.result()) for m in self._compiled_loss.metrics if id(m) in metrics)
        if self._compiled_metrics is not None and any(id(m) in metrics for m in self._compiled_metrics.metrics):
            found.update(self._compiled_metrics.result())
        listed = {id(m) for m in self._listed_metrics()}
        for metric in metrics.values():
            if id(metric) in listed:
                continue
            value = metric.result()
            found.update(value if isinstance(value, dict) else {metric.name: value})
        # a metric may return its variable as it is
        return {name: value.value if isinstance(value, Variable) else value for name, value in found.items()}

    def _listed_metrics(self) -> list[Any]:
        found = [] if self._loss_tracker is None else [self._loss_tracker]
        for part in (self._compiled_loss, self._compiled_metrics):
            found += [] if part is None else part.metrics
        return found

    @property
    def metrics(self) -> list[Any]:
        """Metrics of `compile`, then those of the layers."""
        found = {id(m): m for m in (*self._listed_metrics(), *self._layer_metrics())}
        return list(found.values())

    def metrics_by_hand(self, weighs_all: bool = False):
        """Around a step of the user's own: its calls of each metric's `update_state` count what Keras 3 counts."""
        compiled = self._compiled_metrics
        return contextlib.nullcontext() if compiled is None else compiled.counted_by_hand(weighs_all)

    @property
    def metrics_names(self) -> list[str]:
        """Names of the values that `evaluate` returns, in order."""
        if not self.compiled:
            return []
        return list(self._in_order(self.get_metrics_result()))

    def _in_order(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Logs as `evaluate` lists them, in the order of Keras 3: losses, a single output's metrics, others by name."""
        if self._compiled_loss is not None and len(self._compiled_loss.functions) > 1:
            first = ["loss", *(m.name for m in self._compiled_loss.metrics)]
        elif self.has_own_logs("train") or self.has_own_logs("test"):
            first = [m.name for m in self.metrics]
        else:
            return logs
        rest = sorted(n for n in logs if n not in first)
        return {n: logs[n] for n in (*first, *rest) if n in logs}

    def reset_metrics(self) -> None:
        """Starts all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def has_own_step(self, name: str) -> bool:
        """Whether a subclass brings its own `train_step`, `test_step` or `predict_step`."""
        return getattr(type(self), name) is not getattr(Trainer, name)

    def has_own_logs(self, phase: str) -> bool:
        """Whether logs are what a step of the user's returns, rather than the results of the metrics."""
        return (
            self.has_own_step(f"{phase}_step")
            or type(self).compute_metrics is not Trainer.compute_metrics
            or type(self).get_metrics_result is not Trainer.get_metrics_result
        )

    def step_takes_state(self, phase: str) -> bool:
        """Whether the user's step is one of values, `(state, data)`."""
        return takes_two(getattr(self, f"{phase}_step"))

    def train_step(self, state, data=None):
        """One update as a function of values; override it to train in another way.

        A step of data alone, as in 2.x, hands it the data alone: `super().train_step(data)` returns the logs.

        Args:
            state: values of the trainable, the non-trainable, the optimizer's and the metrics' variables.
            data: one batch, `(x, y, sample_weight)`, as far as they were given.

        Returns:
            Logs by name, and the new state.
        """
        return step_of_data(self, "train", state) if data is None else default_step(self, "train", state, data)

    def test_step(self, state, data=None):
        """One step of `evaluate` as a function of values; override it to evaluate in another way."""
        return step_of_data(self, "test", state) if data is None else default_step(self, "test", state, data)

    def predict_step(self, state, data=None):
        """One step of `predict` as a function of values: the outputs and the new non-trainable values."""
        if data is None:
            return step_of_data(self, "predict", state)
        outputs, after = default_step(self, "predict", state, data)
        return outputs, after[1]

    # --- fit, evaluate, predict

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
        state = RunningState(run.planner, "train").lend()
        try:
            with Interrupts() as interrupts:
                passes = Epochs(self, run, validation, validation_freq, callbacks, state, reset, interrupts)
                passes.pass_all(initial_epoch, epochs)
        except Exception as error:
            note_memory(error, run)
            raise
        finally:
            state.close()
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
            The loss, or a list of the loss and the metrics in the order of `metrics_names`, or a dict.
        """
        if kwargs:
            raise TypeError(f"evaluate: unknown arguments {', '.join(kwargs)}.")
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
                callbacks.on_test_end(dict(sorted(logs.items())))
        except Exception as error:
            note_memory(error, run)
            raise
        finally:
            if state is not None:
                state.close()
            run.source.close()
            callbacks.end_progress()
        return _as_asked(self._in_order(logs), return_dict)

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
        run = self._run_over("predict", self._source(x, None, None, _rows_of(x), None, False, None, "predict_on_batch"))
        state = RunningState(run.planner, "predict")
        try:
            return run.outputs(state, Watcher(Interrupts()))
        finally:
            state.close()

    def _on_batch(self, phase: str, x, y, sample_weight, class_weight, return_dict) -> Any:
        source = self._source(x, y, sample_weight, _rows_of(x), None, False, class_weight, f"{phase}_on_batch")
        if not isinstance(source, ArraySource):
            raise ValueError(f"{phase}_on_batch takes one batch as arrays. Got {type(x).__name__}.")
        planner = self._planner(phase, source.data)
        batch = engine.inputs(source.data)
        program = planner.program("batch", 0, batch)
        state = RunningState(planner, phase)
        try:
            with contextlib.nullcontext(Interrupts()) if state.is_packed else Interrupts() as interrupts:
                state.replace_metrics(self._reset_metric_values())
                logs = program.logs(interrupts.run(program.run, state, planner.numbers, batch))
        finally:
            state.close()
        return _as_asked(self._in_order(logs), return_dict)

    # --- below

    def _run_over(self, phase: str, source: Any) -> ArrayRun | BatchRun:
        """A run over a source, with its programs made: what is wrong with the data shows here."""
        run = run_for(source)
        run.prepare(self._planner(phase, run.first_batch()))
        if phase != "predict" and self._compiled_loss is not None and isinstance(source, ArraySource):
            _, y, sample_weight = source.data
            if sample_weight is None:  # a weight of zero may mark labels that mean nothing
                self._compiled_loss.check_labels(y, source.owner)
        return run

    def _planner(self, phase: str, batch: tuple) -> Planner:
        """Builds what is not built yet for data like `batch`, and collects the variables of a run."""
        version = (self.structure_version(), id(self.optimizer), placement.version())
        known = self._planners.find(phase)
        if known is not None and known[0] == version:
            known[1].read_numbers()
            return known[1]
        if known is not None:
            known = None
            self._planners.clear()  # before others are made: packs belong to those who use them
        if not self.built or not (phase == "predict" or is_matched(self)):
            build_for(self, batch, phase)
        self._capture_trainable()
        trained, others = self._captured or (self.trainable_variables, self.non_trainable_variables)
        slots: list[Variable] = []
        if phase == "train" and self.optimizer is not None:
            if not self.optimizer.built:
                self.optimizer.build(trained)
            slots = self.optimizer.variables
        counted = [] if phase == "predict" else [v for m in self.metrics for v in m.variables]
        planner = Planner(self, phase, State(trained, others, slots, counted))
        if phase == "predict" or is_matched(self):
            self._planners.keep(phase, ((self.structure_version(), id(self.optimizer), placement.version()), planner))
        return planner

    def _validation_run(self, source: Any, train: Planner) -> ArrayRun | BatchRun:
        """A run over validation data within `fit`, which reads the state of the training run."""
        run = run_for(source)
        batch = run.first_batch()
        if not is_matched(self):
            build_for(self, batch, "test")
        planner = Planner(self, "test", train.variables, train.packs)
        run.prepare(planner)
        if len(planner.variables.flat()) != len(train.variables.flat()):
            raise ValueError(
                "Validation uses variables that training did not use. Call evaluate() after fit() instead."
            )
        return run

    def _validation_source(self, data: Any, batch_size: int | None, steps: int | None) -> Any:
        if data is None:
            return None
        if isinstance(data, (tuple, list)) and len(data) in (2, 3):
            x, y, weight = (*data, None)[:3]
            return self._source(x, y, weight, batch_size, steps, False, None, "validation")
        return self._source(data, None, None, None, steps, False, None, "validation")

    def _evaluate_with(self, run: Any, state: RunningState, reset: list, watcher: Watcher) -> dict[str, Any]:
        state.replace_metrics(reset)
        return dict(run.epoch(state, watcher))

    def _watcher(self, interrupts: Interrupts, callbacks: Any, phase: str, quiet: bool = False) -> Watcher:
        wanted = getattr(callbacks, f"needs_{phase}_batches")
        draws = callbacks.draws_progress
        flag = {"train": "stop_training", "test": "stop_evaluating", "predict": "stop_predicting"}[phase]
        return Watcher(
            interrupts,
            begin=getattr(callbacks, f"on_{phase}_batch_begin") if wanted else None,
            end=getattr(callbacks, f"on_{phase}_batch_end") if wanted else None,
            progress=callbacks.on_progress if draws and not quiet else None,
            stop=lambda: getattr(self, flag),
            steps_per_call=self.steps_per_execution,
        )

    def _check_ready(self, what: str, training: bool) -> None:
        own = self.has_own_step("train_step" if training else "test_step")
        if own and (self.compiled or not training):
            return
        if not self.compiled or (training and self.optimizer is None):
            raise ValueError(_NOT_COMPILED.format(what=f"`model.{what}`"))

    def _reset_metric_values(self) -> list[Any]:
        """Values of the metric variables at the start of an epoch."""
        key = self.structure_version()
        if self._reset_values.get("key") != key:
            metrics = self.metrics
            for metric in metrics:
                metric.reset_state()
            self._reset_values = {"key": key, "values": [v.own_value() for m in metrics for v in m.variables]}
        return self._reset_values["values"]

    def structure_key(self, phase: str, variables: State) -> Any:
        """What programs of this model may be shared by: equal for models that compute the same; None if unknown."""
        counts = tuple(len(field) for field in variables)
        version = (self.structure_version(), counts)
        known = self._keys.get(phase)
        if known is not None and known[0] == version:
            return known[1]
        parts: list[Any] = [self]
        if phase != "predict":
            parts += [self._compiled_loss, self._compiled_metrics, self._loss_tracker, self.metrics]
        if phase == "train":
            parts.append(self.optimizer)
        try:
            key = (
                structure_of(parts, variables.flat()), counts, settings.floatx(),
                settings.epsilon(), settings.image_data_format(), settings.is_flash_attention_enabled(),
            )  # fmt: skip
        except Unshareable:
            key = None
        self._keys[phase] = (version, key)
        return key


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


def _as_asked(logs: dict[str, Any], return_dict: bool) -> Any:
    if return_dict:
        return dict(sorted(logs.items()))
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
