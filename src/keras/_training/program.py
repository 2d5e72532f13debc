"""The pure steps of a run, and chunks of them as one program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras._core import graph, tree
from keras._data import pack_x_y_sample_weight
from keras._jax import compile as engine
from keras._jax import one_kernel, placement, pure
from keras._jax.cost import operations_in
from keras._jax.variable import Variable
from keras._training.batch_loss import loss_of_batch
from keras._training.short_batches import CannotFill
from keras._training.state import Packs, State, closed, opened


class ForeignVariables(Exception):
    """A trace met variables that are not part of the state; it has to be made again with them in it."""

    def __init__(self, variables: list[Variable]):
        super().__init__("variables outside the state")
        self.variables = variables


class Step:
    """One step of a run as a function of values.

    Args:
        model: whose step it is.
        variables: the variables of the state, by field.
        names: names of the numbers that come as one vector.
        phase: 'train', 'test' or 'predict'.
        keeps_tuple: whether a step of the user's gets inputs alone as `(x,)`, as the data has it, instead of `x`.
    """

    def __init__(self, model: Any, variables: State, names: tuple[str, ...], phase: str, keeps_tuple: bool = False):
        self.model = model
        self.variables = variables
        self.names = names
        self.phase = phase
        self.keeps_tuple = keeps_tuple

    def __call__(self, state: State, numbers: Any, batch: tuple) -> tuple[State, Any]:
        """New state, and what the step hands out: logs, or outputs when predicting."""
        own = f"{self.phase}_step"
        if self.model.has_own_step(own):
            return self._own(getattr(self.model, own), state, numbers, batch)
        return {"train": self._train, "test": self._test, "predict": self._predict}[self.phase](state, numbers, batch)

    def _scope(self, state: State, numbers: Any, rows: Any = None) -> pure.Scope:
        scope = pure.Scope(self.variables.flat(), state.flat(), closed=True)
        scope.losses = []
        scope.rows = rows
        owner = self.model.optimizer
        scope.numbers = {(id(owner), name): numbers[i] for i, name in enumerate(self.names)}
        return scope

    def _after(self, scope: pure.Scope) -> State:
        """The state a scope ends with."""
        if scope.foreign:
            raise ForeignVariables(list(scope.foreign.values()))
        return State(*(scope.values_of(field) for field in self.variables))

    def _train(self, state: State, numbers: Any, batch: tuple) -> tuple[State, Any]:
        model = self.model
        x, y, sample_weight, rows = _with_rows(batch)

        def loss_of(trainable):
            with self._scope(state._replace(trainable=trainable), numbers, rows) as scope:
                self._hand_numbers_down()
                y_pred = model(x, training=True)
                _check_losses(scope)
                loss = loss_of_batch(model, x, y, y_pred, sample_weight, training=True)
                masks = [pure.find_mask(x) for x in tree.leaves(y_pred)]
                known = graph.known_values(y_pred)
                return model.optimizer.scale_loss(loss), (loss, y_pred, masks, known, self._after(scope))

        (_, (loss, y_pred, masks, known, after)), gradients = engine.value_and_gradient(loss_of, list(state.trainable))
        with self._scope(after._replace(trainable=state.trainable), numbers, rows) as scope:
            self._hand_numbers_down()
            # metrics count what the loss counts
            for output, mask in zip(tree.leaves(y_pred), masks):
                if mask is not None:
                    pure.put_mask(output, mask)
            graph.know_values(known, y_pred)
            logs = self._count(loss, x, y, y_pred, sample_weight)
            model.optimizer.apply(gradients, self.variables.trainable)
            return self._after(scope), logs

    def _test(self, state: State, numbers: Any, batch: tuple) -> tuple[State, Any]:
        model = self.model
        x, y, sample_weight, rows = _with_rows(batch)
        with self._scope(state, numbers, rows) as scope:
            y_pred = model(x, training=False)
            _check_losses(scope)
            loss = loss_of_batch(model, x, y, y_pred, sample_weight, training=False)
            logs = self._count(loss, x, y, y_pred, sample_weight)
            return self._after(scope), logs

    def _count(self, loss, x, y, y_pred, sample_weight) -> Any:
        self.model.count_loss(loss, x)
        return _plain(self.model.compute_metrics(x, y, y_pred, sample_weight=sample_weight))

    def _predict(self, state: State, numbers: Any, batch: tuple) -> tuple[State, Any]:
        with self._scope(state, numbers) as scope:
            outputs = self.model(batch[0], training=False)
            return self._after(scope), outputs

    def _opened(self, result: Any) -> Any:
        return result if self.phase == "predict" else _opened(result)

    def _own(self, method: Callable, state: State, numbers: Any, batch: tuple) -> tuple[State, Any]:
        """A step that the user wrote: of values `(state, data)` as in Keras 3 on JAX, or of `(data)` alone."""
        given = pack_x_y_sample_weight(*batch)
        if self.keeps_tuple and not isinstance(given, tuple):
            given = (given,)
        self.model.step_context = (self.variables, self.names)
        with self.model.metrics_by_hand(), self._scope(state, numbers) as scope:
            self._hand_numbers_down()
            if not self.model.step_takes_state(self.phase):
                result = _plain(method(tree.lists_as_tuples(given)))  # as tf.data, which such steps come from
                return self._after(scope), self._opened(result)
            fields = PUBLIC_STATE[self.phase]
            found = method(tuple(getattr(state, f) for f in fields), given)
            if not isinstance(found, (tuple, list)) or len(found) != 2:
                raise ValueError(
                    f"{type(self.model).__name__}.{self.phase}_step(state, data) must return its logs and the new "
                    f"state, as in `return logs, state`. It returned {tree.describe(found)}."
                )
            result, returned = self._opened(_plain(found[0])), found[1]
            after = self._after(scope)
        if self.phase == "predict":  # Keras 3 hands back the non-trainable values alone
            return after._replace(non_trainable=list(returned)), result
        if len(returned) != len(fields):
            raise ValueError(
                f"{type(self.model).__name__}.{self.phase}_step must return its logs and a state of {len(fields)} "
                f"parts ({', '.join(fields)}). The state it returned has {len(returned)}."
            )
        return after._replace(**{f: list(r) for f, r in zip(fields, returned)}), result

    def _hand_numbers_down(self) -> None:
        if self.names:
            self.model.optimizer.hand_numbers_down()


def _with_rows(batch: tuple) -> tuple:
    """`(x, y, sample_weight, rows)`: with None for the rows that count where all of them do."""
    return batch if len(batch) == 4 else (*batch, None)


def _check_losses(scope: pure.Scope) -> None:
    if scope.rows is not None and scope.losses:  # of layers, which have seen rows that do not count
        raise CannotFill


def _opened(logs: Any) -> Any:
    """Logs with those of a metric of several values, such as 'compile_metrics', among the others."""
    if not isinstance(logs, dict):
        return logs
    found: dict[str, Any] = {}
    for name, value in logs.items():
        found.update(_opened(value) if isinstance(value, dict) else {name: value})
    return found


def _plain(result: Any) -> Any:
    """What a step of the user's returned, with arrays for what stands for one: variables, values of a tape."""
    return tree.map_leaves(lambda x: x.__jax_array__() if callable(getattr(x, "__jax_array__", None)) else x, result)


def default_step(model: Any, phase: str, state: tuple, data: Any) -> tuple[Any, tuple]:
    """The step that a model without one of its own takes, in the form users know: for `super().train_step(...)`."""
    variables, names = model.step_context
    fields = PUBLIC_STATE[phase]
    data = data if isinstance(data, (tuple, list)) else (data,)
    batch = (*data, None, None)[:3]
    scope = pure.current_scope()
    around = State(*([scope.read(v) for v in field] if scope else [v.value for v in field] for field in variables))
    given = around._replace(**{f: list(part) for f, part in zip(fields, state)})
    numbers = [pure.number(model.optimizer, n) for n in names]
    step = Step(model, variables, names, phase)
    after, result = {"train": step._train, "test": step._test, "predict": step._predict}[phase](given, numbers, batch)
    return result, tuple(getattr(after, f) for f in fields)


def step_of_data(model: Any, phase: str, data: Any) -> Any:
    """`default_step` inside a step of data alone, `super().train_step(data)`: it reads and assigns the variables."""
    fields = public_fields(model.step_context[0], phase)
    result, after = default_step(model, phase, values_of(fields), data)
    assign_all(fields, after)
    return result


PUBLIC_STATE = {
    "train": ("trainable", "non_trainable", "optimizer", "metrics"),
    "test": ("trainable", "non_trainable", "metrics"),
    "predict": ("trainable", "non_trainable"),
}


def public_fields(variables: State, phase: str) -> list[list[Variable]]:
    """The variables whose values steps and functions in the form of Keras 3 take and return, in that order."""
    return [getattr(variables, name) for name in PUBLIC_STATE[phase]]


def values_of(fields: list[list[Variable]]) -> tuple:
    """The values of the variables of each field."""
    return tuple([v.value for v in field] for field in fields)


def assign_all(fields: list[list[Variable]], values: Any) -> None:
    """Gives the variables of each field their values."""
    for field, given in zip(fields, values):
        for variable, value in zip(field, given):
            variable.assign(value)


class Traced:
    """A step traced once, ready to be put into programs.

    Only training hands the whole state on. Other phases hand on what they change, so that weights are not copied.

    Attributes:
        convolution: whether it contains a convolution.
        by_library: whether it calls a library, which keeps it from being stored on disk.
        operations: arithmetic operations of it.
        bytes_out: how much of memory what it hands out takes, 0 where only the last step's is handed out.
        changed: positions of the non-trainable variables it changes.
        counts: whether there are metrics.
        whole: whether it hands on the whole state.
    """

    def __init__(self, step: Step, state: State, numbers: Any, batch: Any, keeps_result: bool):
        self.whole = step.phase == "train"
        self._variables = step.variables
        self.counts = bool(state.metrics)
        self.changed: list[int] = []
        self._names: list[str] = []

        def run(state, numbers, batch):
            after, result = step(state, numbers, batch)
            if step.phase != "predict":
                result = result if isinstance(result, dict) else {"loss": result}
                self._names = list(result)
            if not self.whole:
                self.changed = [i for i, v in enumerate(after.non_trainable) if v is not state.non_trainable[i]]
                after = State([], [after.non_trainable[i] for i in self.changed], [], after.metrics)
            return after, result if keeps_result else ()

        self.closed, self.shapes = engine.trace(f"{step.phase}_step", run, state, numbers, batch)
        self.convolution = engine.has_convolution(self.closed)
        self.by_library = engine.calls_library(self.closed)
        self.operations = operations_in(self.closed)
        self.bytes_out = engine.bytes_of(self.shapes[1]) if step.phase == "predict" else 0

    def in_order(self, result: Any) -> Any:
        """Logs in the order in which the step listed them, which is lost where a dict enters or leaves a program."""
        return {name: result[name] for name in self._names} if self._names and result else result

    def packed(self, packs: Packs, state: State, moving: State) -> State:
        """The moving part with its fields joined where they are packed."""
        if self.whole:
            return closed(packs, moving)
        others = moving.non_trainable
        if packs.non_trainable is not None and self.changed:
            others = packs.non_trainable.closed(merged(state, moving, self.changed, False).non_trainable)
        metrics = moving.metrics if packs.metrics is None else packs.metrics.closed(moving.metrics)
        return State([], others, [], metrics)

    def unpacked(self, packs: Packs, carried: State) -> State:
        """The opposite of `packed`."""
        if self.whole:
            return opened(packs, carried)
        others = carried.non_trainable
        if packs.non_trainable is not None and self.changed:
            values = packs.non_trainable.opened(others)
            others = [values[i] for i in self.changed]
        metrics = carried.metrics if packs.metrics is None else packs.metrics.opened(carried.metrics)
        return State([], others, [], metrics)

    def in_place(self, moving: State) -> State:
        """The moving part as a result: under a distribution, on the devices where it came from."""
        if placement.current() is None:
            return moving
        return State(*map(placement.all_kept, self.moving(self._variables), moving))

    def moving(self, state: State) -> State:
        """The part of the state that the step hands on."""
        if self.whole:
            return state
        return State([], [state.non_trainable[i] for i in self.changed], [], state.metrics)

    def function(self, as_one: bool = False) -> Callable:
        """`(fixed state, moving state, numbers, batch) -> (moving state, result)` as traced, or for a single kernel."""
        run = (one_kernel if as_one else engine).replay(self.closed, self.shapes)

        def step(fixed, moving, numbers, batch):
            return run(merged(fixed, moving, self.changed, self.whole), numbers, batch)

        return step


def merged(state: State, moving: State, changed: list[int], whole: bool) -> State:
    """`state` with the part that a step handed on put in."""
    if whole:
        return moving
    others = list(state.non_trainable)
    for i, value in zip(changed, moving.non_trainable):
        others[i] = value
    return state._replace(non_trainable=others, metrics=moving.metrics)


def chunk_of_steps(traced: Traced, logs_of: Callable, batch_size: int, packs: Packs, as_one: bool) -> Callable:
    """`(state, numbers, data, order, first, last) -> (moving state, logs)`: many steps as one program.

    A program that fills its last batch up takes, last, how many of the rows in `order` count. With `as_one` its loop is
    one kernel.
    """
    many = _many_steps(traced, logs_of, packs, as_one)

    def chunk(carried, numbers, data, order, first, last, *count):
        return many(carried, numbers, lambda i: engine.rows_of_step(data, order, batch_size, i, *count), first, last)

    return chunk


def chunk_of_batches(traced: Traced, logs_of: Callable, packs: Packs, as_one: bool, most: int) -> Callable:
    """`(state, numbers, batches, count) -> (moving state, logs)`: a step for each of the first `count` batches.

    When predicting it hands out the outputs of all of them, with room for those of `most`, joined as the batches are.
    """
    many = _many_steps(traced, logs_of, packs, as_one, most if traced.bytes_out else None)

    def chunk(carried, numbers, batches, count):
        return many(carried, numbers, lambda i: engine.batch_of(batches, i), engine.step_number(0), count)

    return chunk


def _many_steps(traced: Traced, logs_of: Callable, packs: Packs, as_one: bool, results: int | None = None) -> Callable:
    """Steps in a loop, which hand out the result of the last one, or those of all, of at most so many."""
    step, loop = traced.function(as_one), one_kernel.loop if as_one else engine.chunk_loop

    def many(carried, numbers, batch_of, first, last):
        def body(i, carry):
            state = opened(packs, carried)
            before = traced.unpacked(packs, carry[0])
            moving, result = step(state, before, numbers, placement.split(batch_of(i)))
            result = result if results is None else engine.with_result(carry[1], i, result)
            return traced.packed(packs, state, moving), result

        state, shapes = opened(packs, carried), traced.shapes[1]
        room = engine.zeros_of(shapes) if results is None else engine.room_for(shapes, results)
        packed, result = loop(body, first, last, (traced.packed(packs, state, traced.moving(state)), room))
        return traced.in_place(packed), logs_of(traced.unpacked(packs, packed), traced.in_order(result))

    return many


def one_step(traced: Traced, logs_of: Callable, batch_size: int, packs: Packs) -> Callable:
    """The same for step `first` alone, without a loop: for what is slow inside loops, and for a last, smaller batch."""
    batch = one_batch(traced, logs_of, packs)

    def one(carried, numbers, data, order, first, last, *count):
        return batch(carried, numbers, engine.rows_of_step(data, order, batch_size, first, *count))

    return one


def one_batch(traced: Traced, logs_of: Callable, packs: Packs) -> Callable:
    """`(state, numbers, batch) -> (moving state, logs)`: one step on a batch that came as a whole."""
    step = traced.function()

    def batch(carried, numbers, data):
        state = opened(packs, carried)
        moving, result = step(state, traced.moving(state), numbers, placement.split(data))
        return traced.in_place(traced.packed(packs, state, moving)), logs_of(moving, traced.in_order(result))

    return batch
