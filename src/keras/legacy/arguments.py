"""Older arguments, and what they are called today: the one mechanism that applies the tables of `rows`."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any

from keras._core.names import nearest
from keras.legacy import era, report, values
from keras.legacy.rows import (
    DEFAULTS,
    GENERATOR_ORDERS,
    GENERATOR_ROWS,
    LAYERS,
    MODELS,
    ORDERS,
    TABLES,
    Default,
    Order,
    Row,
)

__all__ = [
    "DEFAULTS", "GENERATOR_ORDERS", "GENERATOR_ROWS", "LAYERS", "MODELS", "ORDERS", "TABLES", "Default", "NotTogether",
    "Order", "Row", "Translator", "apply", "entries_for", "home_of", "load", "names_in", "of_generator_method",
    "translated",
]  # fmt: skip


# arguments that tell an older order from today's, as only numbers can be meant by them
_NUMBERS = frozenset(("nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3", "epsilon"))


class NotTogether(TypeError):
    """An argument was given twice, once by an older name."""


class Translator:
    """Turns the arguments of one call, as some year spelled them, into today's.

    Args:
        where: what it translates for, in messages: 'Dense', 'Model.fit'.
        function: the constructor or function.
        rows, orders, defaults: the entries that are about it.
    """

    def __init__(self, where: str, function: Callable, rows: list[Row], orders: list[Order], defaults: list[Default]):
        self.where = where
        self.rows = rows
        self.orders = orders
        self.defaults = defaults
        parameters = list(inspect.signature(function).parameters.values())
        self.bound = 1 if parameters and parameters[0].name == "self" else 0
        plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self.names = [p.name for p in parameters if p.kind in plain][self.bound :]
        self.always = [d.argument for d in defaults if not d.before]
        self.old = {name: row for row in rows for name in _several(row.old) if name not in _several(row.today)}
        self.converted = {name: row for row in rows for name in _several(row.old) if name in _several(row.today)}

        # calls of which nothing but defaults was missing: (release, number of arguments, names) -> these defaults
        self._plain_calls: dict[tuple, dict] = {}

    def defaults_of(self, args: tuple, kwargs: dict) -> dict | None:
        """The defaults that a call lacks, if a call like it was seen to lack nothing else; else None."""
        found = self._plain_calls.get((era.current(), len(args), *kwargs))
        if found is None or any(order.when(args) for order in self.orders if order.when is not None):
            return None
        return found

    def touches(self, args: tuple, kwargs: dict) -> bool:
        """Whether a call has anything to translate; `args` without self."""
        if (kwargs and not self.old.keys().isdisjoint(kwargs)) or not era.is_today():
            return True
        if self.always and self.always[0] not in kwargs and self.always[0] not in self.names[: len(args)]:
            return True
        if self.converted and not self.converted.keys().isdisjoint(kwargs):
            return True
        return (len(args) > 1 and any(o.when(args) for o in self.orders if o.when)) or (
            len(args) == 1 and any(o.when is not None and o.when(args) for o in self.orders)
        )

    def translate(self, args: tuple, kwargs: dict) -> tuple[tuple, dict, str | None]:
        """Today's arguments, and the release whose defaults the spelling asks for, or None."""
        spoken: set[str] = set()
        key, before = (era.current(), len(args), *kwargs), kwargs
        order = self._order(args, kwargs)
        if order is not None:
            names = order.order.split()
            if len(args) > len(names):
                raise TypeError(f"{self.where} takes {len(names)} arguments without a name. Got {len(args)}.")
            for name, value in zip(names, args):
                if name in kwargs:
                    raise NotTogether(f"{self.where}: `{name}` was given twice.")
                kwargs = {**kwargs, name: value}
            args = ()
            if set(order.eras.split()) <= {"0.x", "1.x"}:
                spoken.add(order.eras)
            report.note(self.where, f"({', '.join(names[:3])}, ...)", "arguments by name")
        kwargs = dict(kwargs)
        for row in self.rows:
            self._apply(row, args, kwargs, spoken)
        release = _release_spoken(spoken)
        with era.during(release):
            given = {*self.names[: len(args)], *kwargs}
            for default in self.defaults:
                if default.argument not in given and _holds(default):
                    kwargs[default.argument] = default.value
        if order is None and (self.old.keys() | self.converted.keys()).isdisjoint(before) and self._is_clear(args):
            self._plain_calls[key] = {name: value for name, value in kwargs.items() if name not in before}
        return args, kwargs, release

    def _is_clear(self, args: tuple) -> bool:
        """Whether so many arguments without a name mean the same in all years."""
        return all(
            len(args) <= _same_beginning(order.order.split(), self.names, self) for order in self.orders if order.before
        )

    def _order(self, args: tuple, kwargs: dict) -> Order | None:
        """The order that the positional arguments are in, or None for today's."""
        if not args:
            return None
        for order in self.orders:
            if order.when is not None and order.when(args):
                return order
        common = {
            order: _same_beginning(order.order.split(), self.names, self) for order in self.orders if order.before
        }
        unclear = [order for order, same in common.items() if len(args) > same]
        for order in unclear:
            olds = set(order.order.split()) - set(self.names)
            if not olds.isdisjoint(kwargs) and set(order.eras.split()) <= {"0.x", "1.x"}:
                return order
            if era.before(order.before) and (order.when is None or self._fits(order, args, kwargs)):
                return order
        return None

    def _fits(self, order: Order, args: tuple, kwargs: dict) -> bool:
        """Whether arguments that could mean either are of the kind that an older order needs."""
        names = order.order.split()
        given = {*names[: len(args)], *kwargs}
        for row in self.rows:
            # of several that make one argument of today, such as `nb_row` and `nb_col`, all are needed
            if not given.isdisjoint(olds := _several(row.old)) and not given.issuperset(olds):
                return False
        for name, value in zip(names, args):
            if name in _NUMBERS and not values.is_number(value):
                return False
            if name in ("init", "inner_init") and isinstance(value, str) and not values.is_initializer_name(value):
                return False
        return len(args) <= len(names) and not order.names.startswith(("LSTM", "GRU", "SimpleRNN", "Dense", "Model"))

    def _apply(self, row: Row, args: tuple, kwargs: dict, spoken: set[str]) -> None:
        olds, todays = _several(row.old), _several(row.today)
        given = [kwargs[name] for name in olds if name in kwargs]
        if not given:
            return
        if len(given) < len(olds):
            missing = [name for name in olds if name not in kwargs]
            raise TypeError(
                f"{self.where}: `{missing[0]}` is missing beside {', '.join(n for n in olds if n in kwargs)}."
            )
        for name in todays:
            if name not in olds and (name in kwargs or name in self.names[: len(args)]):
                raise NotTogether(f"{self.where}: give `{name}` or its older name `{olds[0]}`, not both.")
        for name in olds:
            del kwargs[name]
        found = self._converted_value(row, given)
        if not todays:  # one of the values that need nothing done
            pass
        elif len(todays) == 1:
            kwargs[todays[0]] = found
        else:
            kwargs.update(zip(todays, found))
        if olds != todays:
            if set(row.eras.split()) <= {"0.x", "1.x"}:
                spoken.add(row.eras)
            report.note(self.where, ", ".join(olds), ", ".join(todays) or "(left out)")

    def _converted_value(self, row: Row, given: list) -> Any:
        if row.value is None:
            return given[0]
        if callable(row.value):
            return row.value(*given)
        try:
            return row.value[given[0]]
        except (KeyError, TypeError):
            if row.today and given[0] in row.value.values():
                return given[0]
            known = ", ".join(repr(k) for k in row.value)
            raise ValueError(f"{self.where}: `{row.old}` must be one of {known}. Got {given[0]!r}.") from None


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(names, tuple):
        return names
    return (names,) if names else ()


def _same_beginning(order: list[str], names: list[str], translator: Translator) -> int:
    """How many arguments at the beginning an order and today's have in common, by whatever name."""
    same = 0
    for old, today in zip(order, names):
        row = translator.old.get(old)
        if old != today and (row is None or _several(row.today) != (today,) or len(_several(row.old)) > 1):
            break
        same += 1
    return same


def _release_spoken(eras: set[str]) -> str | None:
    """The release whose defaults a call takes that uses spellings of these eras; None if the setting is as old."""
    if not eras or era.before("tf2.0"):  # 2.x understood the spellings of 1.x, and kept its own defaults
        return None
    return "1.2" if any("1.x" in e for e in eras) else "0.3"


def _holds(default: Default) -> bool:
    if not default.before:  # today's release wants the argument, so nothing is read differently
        return True
    return era.before(default.before) and not era.before(default.since)


def entries_for(name: str, table: list) -> list:
    """The rows, orders or defaults about one callable."""
    return [entry for entry in table if name in entry.names.split()]


def names_in(tables: list[list]) -> list[str]:
    """All callables that entries are about, each once."""
    return list(dict.fromkeys(name for table in tables for entry in table for name in entry.names.split()))


def translated(function: Callable, translator: Translator, before: Callable | None = None) -> Callable:
    """`function`, taking the arguments of all years.

    Args:
        function: a constructor, a method, or a function.
        translator: the entries about it.
        before: called with the arguments, self included, in place of `function`; gets `function` first.
    """
    skip = translator.bound
    is_constructor = getattr(function, "__name__", "") == "__init__"

    @functools.wraps(function)
    def older(*args, **kwargs):
        if not translator.touches(args[skip:], kwargs):
            return function(*args, **kwargs) if before is None else before(function, *args, **kwargs)
        more = translator.defaults_of(args[skip:], kwargs)
        if more is not None and not (more and is_constructor):  # which notes what it was given
            kwargs = {**kwargs, **more}
            return function(*args, **kwargs) if before is None else before(function, *args, **kwargs)
        today, kwargs, release = translator.translate(args[skip:], kwargs)
        if is_constructor and hasattr(args[0], "_arguments") and getattr(type(args[0]).__init__, "_older", 0) is marker:
            object.__setattr__(args[0], "_arguments", (today, kwargs))
        with era.during(release):
            if before is not None:
                return before(function, *args[:skip], *today, **kwargs)
            return function(*args[:skip], *today, **kwargs)

    marker = object()
    older._older = marker  # type: ignore[attr-defined]
    known = getattr(function, "__keras_legacy_arguments__", ())
    older.__keras_legacy_arguments__ = {*translator.old, *known}  # type: ignore[attr-defined]
    return older


def apply(module: Any, special: dict[str, Callable] | None = None) -> None:
    """Lets the callables of a module of today take the arguments of all years."""
    rows = TABLES.get(module.__name__, [])
    special = special or {}
    for name in dict.fromkeys([*names_in([rows, ORDERS, DEFAULTS]), *special]):
        owner, _, method = name.rpartition(".")
        if owner:
            cls = vars(module).get(owner)
        else:
            cls, method = vars(module).get(name), "__init__"
        if cls is None:
            continue
        found = [entries_for(name, table) for table in (rows, ORDERS, DEFAULTS)]
        if isinstance(cls, type):
            home = cls if method == "__init__" else home_of(cls, method)
            function = getattr(home, method)
            if name in special:
                function = _telling_unknown(function, name)
            setattr(home, method, translated(function, Translator(name, function, *found), special.get(name)))
        elif inspect.isfunction(cls):
            setattr(module, name, translated(cls, Translator(name, cls, *found), special.get(name)))


def _telling_unknown(function: Callable, where: str) -> Callable:
    """A method that says which of its arguments is nearest to one that it has not."""
    known = inspect.signature(function).parameters
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in known.values()):
        return function

    @functools.wraps(function)
    def checked(*args, **kwargs):
        unknown = kwargs.keys() - known
        if unknown:
            name = min(unknown)
            raise TypeError(f"{where} has no argument `{name}`.{nearest(name, [*known][1:])}")
        return function(*args, **kwargs)

    return checked


def of_generator_method(function: Callable, where: str) -> Callable:
    """A method `fit_generator`, `evaluate_generator` or `predict_generator`, taking the arguments of 1.x."""
    rows, orders = (entries_for(function.__name__, table) for table in (GENERATOR_ROWS, GENERATOR_ORDERS))
    return translated(function, Translator(where, function, rows, orders, []))


def home_of(cls: type, method: str) -> type:
    """The class that defines a method."""
    return next(base for base in cls.__mro__ if method in vars(base))


def load(path: str) -> Any:
    """The object at a dotted path `module:name`."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
