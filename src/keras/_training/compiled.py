"""What a model was compiled with, and what a step of it computes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import losses, optimizers
from keras import metrics as metrics_module
from keras._core import tree
from keras._core.checks import NO_SUPER
from keras._core.signature import takes_two
from keras._jax import compile as engine
from keras._jax.variable import Variable
from keras._training import short_batches
from keras._training.compiled_loss import CompiledLoss
from keras._training.compiled_metrics import CompiledMetrics
from keras._training.program import default_step, step_of_data


class Compiled:
    """What `compile` made of a model."""

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
    computes_rows_apart: Callable[[bool], bool]
    trainable_variables: list[Variable]
    non_trainable_variables: list[Variable]
    variables: list[Variable]
    structure_version: Callable[[], int]

    def _layer_metrics(self) -> list[Any]:
        """Metrics of the layers; a model overrides it."""
        raise NotImplementedError

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
            steps_per_execution: steps between two calls of per-batch hooks; `steps_per_epoch` and its like are rounded
                up to a multiple of it.
            jit_compile: False is the same as `run_eagerly`; True compiles, and so does 'auto' unless a layer's
                `supports_jit` is False.
            auto_scale_loss: whether the loss is scaled by itself where the policy is 'mixed_float16'.
            debug: 'nan' looks at the loss of every step and raises an error that names the layer when it is not finite.
        """
        if "_planners" not in self.__dict__:
            raise RuntimeError(NO_SUPER.format(name=type(self).__name__))
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
        self.jit_compile = not self.run_eagerly
        self.steps_per_execution = int(steps_per_execution)
        self._debug = debug
        self._captured = None
        self.private_programs.clear()
        self._keys.clear()
        self._reset_values.clear()
        self._planners.clear()
        for phase in ("train", "test", "predict"):  # functions that were made for the former settings
            self.__dict__.pop(f"{phase}_function", None)
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
                    metrics_module._named(one)  # without making one, which would be counted in names

    def _capture_trainable(self) -> None:
        """Freezing takes effect when a model is compiled: what is trainable now stays so until the next `compile`."""
        if self.built and self._captured is None and self.compiled:
            trained = self.trainable_variables
            ids = {id(v) for v in trained}
            self._captured = (trained, [v for v in self.variables if id(v) not in ids])

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
        if total is None and training:
            raise ValueError("There is no loss: compile(loss=...) was not given one and no layer adds one.")
        return np.float32(0) if total is None else total  # a model that is only measured needs none

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Counts one batch in the compiled metrics and returns all results by name."""
        if self._compiled_metrics is not None and y is not None:
            self._compiled_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def count_loss(self, loss, x) -> None:
        """Counts the loss of one batch, weighted by its rows."""
        if self._loss_tracker is not None:
            rows = short_batches.rows_of(next((leaf for leaf in tree.leaves(x) if getattr(leaf, "ndim", 0)), None))
            self._loss_tracker.update_state(loss, sample_weight=rows)

    def get_metrics_result(self):
        """Results of all `metrics` by name; those that return a dict are opened."""
        found: dict[str, Any] = {}
        for metric in self._results_are_of():
            value = metric.result()
            found.update(value if isinstance(value, dict) else {metric.name: value})
        # a metric may return its variable as it is
        return {name: value.value if isinstance(value, Variable) else value for name, value in found.items()}

    def _results_are_of(self) -> list[Any]:
        """The metrics whose results make the logs."""
        return self.metrics

    def _metrics_of_compile(self) -> list[Any]:
        found = [self._loss_tracker, self._compiled_metrics]
        return [*(m for m in found if m is not None), *(self._compiled_loss.metrics if self._compiled_loss else ())]

    @property
    def metrics(self) -> list[Any]:
        """The mean of the loss, all of `compile(metrics=...)` as one, means of single losses; then those of layers."""
        found = {id(m): m for m in (*self._metrics_of_compile(), *self._layer_metrics())}
        return list(found.values())

    def metrics_by_hand(self) -> contextlib.AbstractContextManager:
        """Around a step of the user's own."""
        return contextlib.nullcontext()

    @property
    def metrics_names(self) -> list[str]:
        """Names of `metrics`: today one of them, 'compile_metrics', stands for all that `compile` was given."""
        return [m.name for m in self.metrics]

    def _in_order(self, logs: dict[str, Any]) -> list[str]:
        """Names of logs as `evaluate` lists them: in the order of `metrics`, the others sorted.

        As in Keras 3, what is counted both with and without weights is listed twice.
        """
        known = _names_of(self._metrics_of_compile())
        if not logs.keys() <= set(known):  # only then, as going through all layers takes long beside a step
            known = _names_of(self.metrics)
        return [*(n for n in known if n in logs), *sorted(n for n in logs if n not in known)]

    def _by_name(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Logs as hooks and the history list them."""
        return dict(sorted(logs.items()))

    def reset_metrics(self) -> None:
        """Starts all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def has_own_step(self, name: str) -> bool:
        """Whether a subclass brings its own `train_step`, `test_step`, `predict_step` or `compute_loss`."""
        return getattr(type(self), name) is not getattr(Compiled, name)

    def has_own_logs(self, phase: str) -> bool:
        """Whether logs are what a step of the user's returns, rather than the results of the metrics."""
        return (
            self.has_own_step(f"{phase}_step")
            or type(self).compute_metrics is not Compiled.compute_metrics
            or type(self).get_metrics_result is not Compiled.get_metrics_result
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


def _names_of(metrics: list[Any]) -> list[str]:
    """Their names, where one stands for several of those."""
    return [m.name for metric in metrics for m in getattr(metric, "metrics", (metric,))]
