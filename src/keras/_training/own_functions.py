"""Functions that users put in the place of the programs, by `make_train_function` and its kin, and runs by them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from keras._core import tree
from keras._core.signature import takes_two
from keras._data import ArraySource, BatchSource, pack_x_y_sample_weight
from keras._data.streams import Rows
from keras._jax import compile as engine
from keras._jax import placement
from keras._training.loop import BatchRun, Watcher
from keras._training.plan import Planner, plain_logs
from keras._training.program import assign_all, public_fields, values_of
from keras._training.state import RunningState

_NOT_DIVIDED = (
    "{owner} brings its own `{phase}_function`, which is not divided among several processes.\n"
    "  Override `{phase}_step` to change what a step does, or call `{phase}_on_batch` in a loop of your own."
)


def brings_own_function(model: Any, phase: str) -> bool:
    """Whether a subclass makes the function of a phase itself, or the model was given one."""
    return _is_own(getattr(type(model), f"make_{phase}_function", None)) or _is_own(
        getattr(model, f"{phase}_function", None)
    )


def _is_own(found: Any) -> bool:
    return found is not None and not getattr(found, "__module__", "").startswith("keras.")


def own_function(model: Any, phase: str) -> Callable | None:
    """The function of a phase that stands in the place of programs; None if there is none.

    It takes an iterator over the batches of an epoch and returns the logs of a step, or outputs, as in tf.keras; or the
    state and the iterator, and returns them with the new state, as in Keras 3.
    """
    if not brings_own_function(model, phase):
        return None
    name = f"{phase}_function"
    if _is_own(getattr(type(model), f"make_{name}", None)):
        made = getattr(model, f"make_{name}")()
        if made is not None:
            object.__setattr__(model, name, made)
    found = getattr(model, name, None)
    if not _is_own(found):
        return None
    if placement.spans():
        raise NotImplementedError(_NOT_DIVIDED.format(owner=type(model).__name__, phase=phase))
    return found


class OwnRun(BatchRun):
    """Steps that a function of the user's makes.

    Args:
        model: whose function it is.
        function: what `own_function` found.
        source: the data.
    """

    def __init__(self, model: Any, function: Callable, source: ArraySource | BatchSource):
        if isinstance(source, ArraySource):
            source = BatchSource(Rows(source), owner=source.owner)
        super().__init__(source)
        self.model = model
        self.function = function

    def prepare(self, planner: Planner) -> None:
        """Lets `self.train_step(data)` within the function find the variables."""
        self.planner = planner
        self.model.step_context = (planner.variables, ())

    def _call_function(self, batches: _Batches) -> Any:
        with self.model.metrics_by_hand():
            if not takes_two(self.function):
                return self.function(batches)
            fields = public_fields(self.planner.variables, self.planner.phase)
            found = self.function(values_of(fields), batches)
        if not isinstance(found, (tuple, list)) or len(found) != 2 or len(found[1]) != len(fields):
            raise ValueError(
                f"{type(self.model).__name__}.{self.planner.phase}_function(state, iterator) must return what a step "
                f"hands out and the new state of {len(fields)} parts. It returned {tree.describe(found)}."
            )
        assign_all(fields, found[1])
        return found[0]

    def _calls(self, state: RunningState, watcher: Watcher, first_step: int = 0) -> Any:
        """What each call of the function returns, with the step it is."""
        state.lend()  # the function reads and assigns the variables
        batches = _Batches(self)
        for _ in range(first_step):
            next(batches, None)
        step = first_step
        while (self.steps is None or step < self.steps) and batches.has_more():
            watcher.before(step)
            try:
                result = self._call_function(batches)
            except StopIteration:  # it takes several batches, and the epoch ended among them
                break
            step += watcher.steps_per_call
            yield step, result
            if watcher.pause is not None:
                watcher.pause(step)
            if watcher.stop():
                break
        watcher.close()

    def epoch(self, state: RunningState, watcher: Watcher, first_step: int = 0) -> dict[str, Any]:
        """The steps of one epoch, or those from `first_step` on; returns the logs of the last."""
        logs: dict[str, Any] = {}
        done = first_step
        for done, result in self._calls(state, watcher, first_step):
            logs = plain_logs(_as_arrays(result if isinstance(result, dict) else {"loss": result}))
            if watcher.end is not None:
                watcher.after(done - 1, functools.partial(dict, logs))
            if watcher.progress is not None:
                watcher.progress(done, self.steps, logs)
        self._end_epoch()
        self.done = done
        return logs

    def outputs(self, state: RunningState, watcher: Watcher) -> Any:
        """What the function returns for all batches, joined."""
        found = []
        for step, result in self._calls(state, watcher):
            found.append(_as_arrays(result))
            if watcher.end is not None:
                watcher.after(step - 1, functools.partial(dict, outputs=found[-1]))
            if watcher.progress is not None:
                watcher.progress(step, self.steps, {})
        if not found:
            raise ValueError("predict: the data is empty: no batch came.")
        return tree.map_leaves(lambda *parts: np.concatenate(parts, axis=0), *found)


def _as_arrays(result: Any) -> Any:
    return tree.map_leaves(lambda x: np.array(x), result)


class _Batches:
    """The iterator that a function gets: the batches of an epoch, as a step gets them."""

    def __init__(self, run: OwnRun):
        self._run = run

    def has_more(self) -> bool:
        """Whether another batch will come."""
        if self._run._first is None:
            self._run._first = self._run._next()
        return self._run._first is not None

    def get_next(self) -> Any:
        """The next batch, as iterators of TensorFlow call it."""
        return next(self)

    def __iter__(self):
        return self

    def __next__(self) -> Any:
        batch = self._run._next()
        if batch is None:
            raise StopIteration
        given = pack_x_y_sample_weight(*engine.inputs(batch))
        if self._run.source.keeps_tuple and not isinstance(given, tuple):
            given = (given,)
        return tree.lists_as_tuples(given)
