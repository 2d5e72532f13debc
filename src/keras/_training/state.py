"""What changes during a run: weights, optimizer slots, metric sums, as one value with named fields."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from keras._jax.compile import copy_arrays
from keras._jax.variable import Variable

# Above this size a program takes over the memory of the state that goes in; below it, sharing arrays is cheaper.
_DONATE_FROM = 4 << 20


class State(NamedTuple):
    """Values of all variables a training step reads and changes, or of those variables themselves."""

    trainable: list[Any]
    non_trainable: list[Any]
    optimizer: list[Any]
    metrics: list[Any]

    def flat(self) -> list[Any]:
        """All fields in one list."""
        return [*self.trainable, *self.non_trainable, *self.optimizer, *self.metrics]


class RunningState:
    """The values of a run, on loan from the variables.

    The run works on values of its own, so the variables always have a value: whoever reads one during the run gets
    the newest (`settle`), whoever assigns one changes the run from its next step on (`forget`). At the end `close`
    gives everything back.

    Args:
        planner: knows the variables, by field, and whether programs take over their memory.
        phase: 'train' changes all of them, other phases the non-trainable ones and the metrics alone.
    """

    def __init__(self, planner: Any, phase: str):
        variables = planner.variables
        self.variables = variables
        self._flat: list[Variable] = variables.flat()
        self._first_changed = 0 if phase == "train" else len(variables.trainable)
        self.donates = phase == "train" and planner.donates
        self._lock = threading.RLock()
        self._settled = True
        self._assigned = False
        values = State(*([v.own_value() for v in field] for field in variables))
        self.values = copy_arrays(values) if self.donates else values
        self._lent = False

    def lend(self) -> RunningState:
        """From now on reading or assigning a variable asks this run: for runs with callbacks in between."""
        for v in self._flat:
            v._lease = self
        self._lent = True
        return self

    def advance(self, program: Callable[[State], tuple[State, Any]]) -> Any:
        """Runs `(state) -> (state, result)` on the values and returns the result."""
        with self._lock:
            if self._assigned:
                self._take_assigned()
            self.values, result = program(self.values)
            self._settled = False
        return result

    def replace_metrics(self, metrics: Sequence[Any]) -> None:
        """Gives the metric variables other values."""
        with self._lock:
            if self._assigned:
                self._take_assigned()
            self.values = self.values._replace(metrics=copy_arrays(list(metrics)) if self.donates else list(metrics))
            self._settled = False

    def restore(self, values: State) -> None:
        """Takes back a step: the values are those from before it."""
        with self._lock:
            self.values = values
            self._settled = False

    def settle(self) -> None:
        """Gives the variables the newest values; the run goes on."""
        with self._lock:
            if self._settled:
                return
            self._settled = True
            values = copy_arrays(self.values) if self.donates else self.values
            for v, value in list(zip(self._flat, values.flat()))[self._first_changed :]:
                v._raw = value

    def forget(self, variable: Variable) -> None:
        """A variable is being assigned by someone else."""
        self.settle()
        self._assigned = True

    def _take_assigned(self) -> None:
        self._assigned = False
        values = State(*([v._raw for v in field] for field in self.variables))
        self.values = copy_arrays(values) if self.donates else values

    def close(self) -> None:
        """Ends the run: the variables keep the newest values."""
        with self._lock:
            self.settle()
            if self._lent:
                for v in self._flat:
                    if v._lease is self:
                        v._lease = None
                self._lent = False


def donates(variables: State) -> bool:
    """Whether training programs take over the memory of the state: worth it for large models."""
    return sum(v.size for v in (*variables.trainable, *variables.optimizer)) * 4 >= _DONATE_FROM
