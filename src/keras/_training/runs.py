"""The run that a call of a model makes: its data, its plan, its programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import config as settings
from keras._core import release
from keras._core.errors import NotCompiled
from keras._core.fingerprint import Unshareable, structure_of
from keras._data import ArraySource, BatchSource, make_source
from keras._jax import placement, pure
from keras._jax.variable import Variable
from keras._training.across import run_for
from keras._training.build import build_for, is_matched
from keras._training.compiled import Compiled
from keras._training.interrupts import Interrupts
from keras._training.loop import ArrayRun, BatchRun, Watcher
from keras._training.own_functions import OwnRun, brings_own_function, own_function
from keras._training.plan import Planner
from keras._training.state import RunningState, State

_NOT_COMPILED = "{what} needs a compiled model.\n  Call model.compile(optimizer=..., loss=...) first."


class Runs(Compiled):
    """What stands between `fit` and its like, and the loops over batches."""

    def _makes_whole_calls(self) -> bool:
        """Whether the steps asked for are rounded up to whole calls of `steps_per_execution`, which hooks count too."""
        return True

    def read_on_host(self, x: Any) -> Any:
        """Inputs as compiled code takes them; a model overrides it that begins with layers for text."""
        return x

    def _source(self, x: Any, *settings: Any) -> ArraySource | BatchSource:
        """What a run was given, as `make_source` makes it; `settings` are its further arguments."""
        together = self.steps_per_execution if self._makes_whole_calls() else 1
        return make_source(self.read_on_host(x), *settings, together=together)

    def _run_over(self, phase: str, source: Any) -> ArrayRun | BatchRun:
        """A run over a source, with its programs made: what is wrong with the data shows here."""
        run = self._run_for(phase, source)
        run.prepare(self._planner(phase, run.first_batch()))
        if phase != "predict" and self._compiled_loss is not None and isinstance(source, ArraySource):
            _, y, sample_weight = source.data
            if sample_weight is None:  # a weight of zero may mark labels that mean nothing
                self._compiled_loss.check_labels(y, source.owner)
        return run

    def _run_for(self, phase: str, source: Any) -> ArrayRun | BatchRun:
        function = own_function(self, phase)
        return run_for(source) if function is None else OwnRun(self, function, source)

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
        run = self._run_for("test", source)
        batch = run.first_batch()
        if not is_matched(self):
            build_for(self, batch, "test")
        run.prepare(Planner(self, "test", train.variables, train.packs))
        return run

    def _validation_source(self, data: Any, batch_size: int | None, steps: int | None) -> Any:
        if data is None:
            return None
        if isinstance(data, (tuple, list)) and len(data) in (2, 3):
            x, y, weight = (*data, None)[:3]
            return self._source(x, y, weight, batch_size, steps, False, None, "validation")
        return self._source(data, None, None, None, steps, False, None, "validation")

    def _evaluate_with(self, run: Any, state: RunningState, reset: Any, watcher: Watcher) -> dict[str, Any]:
        state.replace_metrics(reset)
        return dict(run.epoch(state, watcher))

    def _watcher(self, interrupts: Interrupts, callbacks: Any, phase: str, quiet: bool = False) -> Watcher:
        wanted = getattr(callbacks, f"needs_{phase}_batches")
        draws = callbacks.draws_progress
        end = getattr(callbacks, f"on_{phase}_batch_end")
        flag = {"train": "stop_training", "test": "stop_evaluating", "predict": "stop_predicting"}[phase]
        return Watcher(
            interrupts,
            begin=getattr(callbacks, f"on_{phase}_batch_begin") if wanted else None,
            end=(lambda step, logs: end(step, self._by_name(logs))) if wanted else None,
            progress=callbacks.on_progress if draws and not quiet else None,
            stop=lambda: getattr(self, flag),
            steps_per_call=self.steps_per_execution,
            whole_calls=self._makes_whole_calls(),
        )

    def _check_ready(self, what: str, training: bool) -> None:
        phase = "train" if training else "test"
        own = self.has_own_step(f"{phase}_step") or brings_own_function(self, phase)
        if own and (self.compiled or not training):
            return
        if not self.compiled or (training and self.optimizer is None):
            raise NotCompiled(_NOT_COMPILED.format(what=f"`model.{what}`"))

    def _reset_metric_values(self) -> list[Any] | Callable[[list[Any]], list[Any]]:
        """Values of the metric variables at the start of an epoch, or how they follow from those before it."""
        key = self.structure_version()
        if self._reset_values.get("key") != key:
            metrics = self.metrics
            values: Any = self._reset_own_metrics
            if not any(map(_resets_itself, metrics)):
                for metric in metrics:
                    metric.reset_state()
                values = [v.host_or_device_value() for m in metrics for v in m.variables]
            self._reset_values = {"key": key, "values": values}
        return self._reset_values["values"]

    def _reset_own_metrics(self, values: list[Any]) -> list[Any]:
        def reset() -> None:
            for metric in self.metrics:
                metric.reset_state()

        return pure.lift(reset, [v for m in self.metrics for v in m.variables])(values)[1]

    def structure_key(self, phase: str, variables: State) -> Any:
        """What programs of this model may be shared by: equal for models that compute the same; None if unknown."""
        counts = tuple(len(field) for field in variables)
        version = (self.structure_version(), counts, release.meant)
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
                structure_of(parts, variables.flat()), counts, release.meant, settings.floatx(),
                settings.epsilon(), settings.image_data_format(), settings.is_flash_attention_enabled(),
            )  # fmt: skip
        except Unshareable:
            key = None
        self._keys[phase] = (version, key)
        return key


def _resets_itself(metric: Any) -> bool:
    """Whether a class of the user's says what a reset does, which may leave something as it is."""
    parts = getattr(metric, "metrics", ())  # of what stands for several
    if any(map(_resets_itself, parts)):
        return True
    for cls in type(metric).__mro__:
        if cls.__module__.startswith("keras."):
            return False
        if not {"reset_state", "reset_states"}.isdisjoint(vars(cls)):
            return True
    return False
