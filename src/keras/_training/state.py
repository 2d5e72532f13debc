"""What changes during a run: weights, optimizer slots, metric sums, as one value with named fields."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from keras._jax import placement
from keras._jax.compile import copy_arrays, to_device
from keras._jax.packing import Pack
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


class Packs(NamedTuple):
    """The packs of a state's fields; None for fields whose variables stay as they are."""

    trainable: Pack | None
    non_trainable: Pack | None
    optimizer: Pack | None
    metrics: Pack | None


def opened(packs: Packs, carried: State) -> State:
    """The values of all variables one by one, from the form that programs take; also while tracing."""
    return State(*(part if pack is None else pack.opened(part) for pack, part in zip(packs, carried)))


def closed(packs: Packs, values: State) -> State:
    """The opposite of `opened`."""
    return State(*(part if pack is None else pack.closed(part) for pack, part in zip(packs, values)))


class RunningState:
    """The values of a run, on loan from the variables.

    The run works on values of its own, so the variables always have a value: whoever reads one during the run gets
    the newest (`settle`), whoever assigns one changes the run from its next step on (`forget`). At the end `close`
    gives everything back. Fields that are packed stay on loan to their packs, for the next run.

    Args:
        planner: knows the variables, by field, their packs, and whether programs take over their memory.
        phase: 'train' changes all of them, other phases the non-trainable ones and the metrics alone.
    """

    def __init__(self, planner: Any, phase: str):
        self._planner = planner
        self._phase = phase
        self.donates = phase == "train" and planner.donates
        self._lock = threading.RLock()
        self._lent = False
        self._times_asked = 0
        self._take_over()

    def _take_over(self) -> None:
        """Takes the variables as the planner knows them now."""
        planner = self._planner
        self._known = planner.variables
        self.packs: Packs = planner.packs
        self._variables = State(*([] if pack else field for pack, field in zip(self.packs, planner.variables)))
        self._flat: list[Variable] = self._variables.flat()
        self._first_changed = 0 if self._phase == "train" else len(self._variables.trainable)
        self._settled = True
        self._assigned = False
        self._own = self._own_values()

    def _own_values(self) -> State:
        values = State(*([placement.placed(v, v.own_value()) for v in field] for field in self._variables))
        return copy_arrays(values) if self.donates else values

    @property
    def is_packed(self) -> bool:
        """Whether all of it is packed, so that a step is kept as a whole or not at all."""
        return not self._flat

    @property
    def values(self) -> State:
        """The values in the form that programs take."""
        if self._known is not self._planner.variables:  # a program has met further variables
            self.settle()
            self._take_over()
            if self._lent:
                self.lend()
        if self._assigned:
            self._assigned = False
            self._own = State(*([placement.placed(v, v.raw_value()) for v in field] for field in self._variables))
            self._own = copy_arrays(self._own) if self.donates else self._own
        return State(*(own if pack is None else pack.load() for pack, own in zip(self.packs, self._own)))

    @values.setter
    def values(self, values: State) -> None:
        for pack, part in zip(self.packs, values):
            if pack is not None and part is not pack.load():
                pack.store(part)
        if self._flat:
            self._own = State(*(part if pack is None else [] for pack, part in zip(self.packs, values)))
            self._settled = False

    def lend(self) -> RunningState:
        """From now on reading or assigning a variable asks this run: for runs with callbacks in between."""
        for v in self._flat:
            if v._lease is not None and v._lease is not self:
                v._lease.forget(v)
            v._lease = self
        self._lent = True
        return self

    def advance(self, program: Callable[[State], tuple[State, Any]]) -> Any:
        """Runs `(state) -> (state, result)` on the values and returns the result."""
        with self._lock:
            try:
                self.values, result = program(self.values)
            except BaseException:
                self._go_back_if_lost()
                raise
        return result

    def _go_back_if_lost(self) -> None:
        """Takes the values that the variables have, where a program failed after it had been given the run's own."""
        if self.donates and any(value.is_deleted() for value in self._own.flat()):
            self._settled = True  # there is nothing any more that the variables could be given
            self._own = self._own_values()

    def replace_metrics(self, metrics: list[Any] | Callable[[list[Any]], list[Any]]) -> None:
        """Gives the metric variables other values, or those that follow from the ones that they have."""
        with self._lock:
            if callable(metrics):
                metrics = metrics(list(opened(self.packs, self.values).metrics))
            if self.packs.metrics is not None:
                self.packs.metrics.store(self.packs.metrics.joined(metrics))
            else:
                values = to_device(metrics)
                metrics = [placement.placed(v, m) for v, m in zip(self._variables.metrics, values)]
                self.values = self.values._replace(metrics=copy_arrays(metrics) if self.donates else metrics)

    def times_asked(self) -> int:
        """How often variables were read or assigned so far, by whomever."""
        return self._times_asked + sum(pack.times_asked for pack in self.packs if pack is not None)

    def restore(self, values: State) -> None:
        """Takes back a step: the values are those from before it."""
        with self._lock:
            self.values = values

    def settle(self) -> None:
        """Gives the variables the newest values; the run goes on."""
        self._times_asked += 1
        with self._lock:
            if self._settled:
                return
            self._settled = True
            values = copy_arrays(self._own) if self.donates else self._own
            for v, value in list(zip(self._flat, values.flat()))[self._first_changed :]:
                if v._lease is not None and v._lease is not self and value is not v._raw:
                    v._lease.forget(v)
                v._raw = value

    def forget(self, variable: Variable) -> None:
        """A variable is being assigned by someone else."""
        self.settle()
        self._assigned = True

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
