"""Turns code that reads and assigns variables into functions of their values.

While a scope is open in a thread, reading a variable gives the scope's value for it and assigning changes only the
scope. So code in layers, losses and optimizers runs unchanged inside traced functions: open a scope with the values
that came in, run the code, read the values that go out.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

if TYPE_CHECKING:
    from keras._jax.variable import Variable


class _Current(threading.local):
    scope: Scope | None = None


_current = _Current()


class NeedsValues(TypeError):
    """A function needs the values of what compiled code knows the shape of."""


class Scope:
    """Values that stand for those of variables while the scope is open.

    Args:
        variables, values: which variables have which values at the start.
        closed: if True, reading or assigning a variable that no scope knows is noted in `foreign`, so that whoever
            traces can trace again with it among the inputs.
    """

    def __init__(self, variables: Iterable[Variable] = (), values: Iterable[Any] = (), closed: bool = False):
        self.values: dict[int, Any] = {id(v): x for v, x in zip(variables, values)}
        self.written: dict[int, Variable] = {}
        self.foreign: dict[int, Variable] = {}
        self.closed = closed
        self.masks: dict[int, tuple[Any, Any]] = {}  # id(tensor) -> (tensor, mask), for tensors that take no attributes
        self.losses: list[Any] | None = None  # a list where losses that layers add are wanted
        self.numbers: dict[tuple[int, str], Any] = {}  # (id(owner), name) -> value of a number passed as an input
        self.adopted: list[Variable] = []  # keeps variables alive whose ids stand in `values`
        self.stand_in: int | None = None  # the size of unknown axes where only shapes are being found out
        self.rows: Any = None  # how many rows of a batch count, where others fill it up
        self.parent: Scope | None = None

    def __enter__(self) -> Scope:
        self.parent = _current.scope
        _current.scope = self
        return self

    def __exit__(self, *_):
        _current.scope = self.parent

    def read(self, variable: Variable) -> Any:
        """The variable's value here, or in an outer scope, or its own."""
        scope: Scope | None = self
        key = id(variable)
        while scope is not None:
            if key in scope.values:
                return scope.values[key]
            if scope.closed:
                scope.foreign[key] = variable
            scope = scope.parent
        return variable.own_value()

    def write(self, variable: Variable, value: Any) -> None:
        """Gives the variable a value that lasts as long as this scope."""
        key = id(variable)
        if self.closed and key not in self.values:
            self.foreign[key] = variable
        self.values[key] = value
        self.written[key] = variable

    def adopt(self, variable: Variable) -> None:
        """Takes in a variable that was made while the scope was open and that nobody will ask for later."""
        self.values[id(variable)] = variable.own_value()
        self.adopted.append(variable)

    def values_of(self, variables: Sequence[Variable]) -> list[Any]:
        """The values the variables have now, in order."""
        return [self.read(v) for v in variables]


def current_scope() -> Scope | None:
    """The innermost open scope of this thread, or None."""
    return _current.scope


@contextlib.contextmanager
def outside() -> Iterator[None]:
    """Inside, no scope of this thread is open and nothing is traced: variables keep the values that they are given."""
    scope, _current.scope = _current.scope, None
    try:
        with jax.ensure_compile_time_eval():
            yield
    finally:
        _current.scope = scope


def _open_scopes() -> Iterator[Scope]:
    """The open scopes of this thread, the innermost first."""
    scope = _current.scope
    while scope is not None:
        yield scope
        scope = scope.parent


def number(owner: object, name: str) -> Any:
    """The value an open scope holds for a number of an object, or None."""
    key = (id(owner), name)
    return next((scope.numbers[key] for scope in _open_scopes() if key in scope.numbers), None)


def add_loss(loss: Any) -> bool:
    """Hands a loss to the innermost scope that wants them; False if none does."""
    losses = added_losses()
    if losses is None:
        return False
    losses.append(loss)
    return True


def added_losses() -> list[Any] | None:
    """Losses handed over so far to the innermost scope that wants them; None if none does."""
    return next((scope.losses for scope in _open_scopes() if scope.losses is not None), None)


def values_of(x: Any, otherwise: str) -> np.ndarray:
    """An array of NumPy.

    Raises:
        NeedsValues: it is traced, and has no values; says what `otherwise` does.
    """
    try:
        return np.asarray(x)
    except jax.errors.TracerArrayConversionError:
        raise NeedsValues(otherwise) from None


def rows_that_count() -> Any:
    """How many rows of the batch count where others, at its end, only fill it up; None elsewhere."""
    return next((scope.rows for scope in _open_scopes() if scope.rows is not None), None)


def may_fit(shape: tuple, other: tuple) -> bool:
    """Whether two shapes differ only where a size is not known, while shapes alone are being found."""
    unknown = {scope.stand_in for scope in _open_scopes()} - {None}
    return bool(unknown) and len(shape) == len(other) and all(a == b or a in unknown for a, b in zip(shape, other))


def in_scope() -> bool:
    """Whether a scope is open in this thread: whether variables are being traced."""
    return _current.scope is not None


def is_traced(x: Any) -> bool:
    """Whether `x` is a value inside a function that is being traced."""
    return isinstance(x, jax.core.Tracer)


def find_mask(tensor: Any) -> Any:
    """The mask that travels with a tensor, or None."""
    for scope in _open_scopes():
        found = scope.masks.get(id(tensor))
        if found is not None:
            return found[1]
    return getattr(tensor, "_keras_mask", None)


def put_mask(tensor: Any, mask: Any) -> None:
    """Lets `mask` travel with `tensor` to the next layer."""
    try:
        tensor._keras_mask = mask
    except AttributeError:  # traced values and NumPy arrays take no attributes
        if _current.scope is not None:
            _current.scope.masks[id(tensor)] = (tensor, mask)


def lift(function: Callable, variables: Sequence[Variable]) -> Callable:
    """`function` as one of values: `(values, *args) -> (result, new values)` for the given variables."""

    def pure(values, *args, **kwargs):
        with Scope(variables, values) as scope:
            result = function(*args, **kwargs)
            return result, scope.values_of(variables)

    return pure


def assigned_by(function: Callable, *args: Any) -> list[Variable]:
    """Variables that a call of `function` assigns, found by tracing it without computing."""
    found: dict[int, Variable] = {}

    def watched(*inner):
        with Scope() as scope:
            result = function(*inner)
            found.update(scope.written)
            return result

    jax.eval_shape(watched, *args)
    return list(found.values())
