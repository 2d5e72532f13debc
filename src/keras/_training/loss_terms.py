"""Losses of nested outputs: of which part of the outputs each is, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from keras._core import tree
from keras._core.errors import UnknownOutput


class Term(NamedTuple):
    """One of several losses: of which part of the outputs, and how much it weighs."""

    way: tuple
    loss: Any
    weight: Any


def terms_of(given: Any, weights: Any, y_pred: Any, names: list[str]) -> list[Term] | None:
    """The losses of parts of the outputs, where what `compile` was given is nested; None where it is not.

    An output may have a list of losses, which add up. Where outputs are nested, a loss may be of a part of them as a
    whole: a list in place of another structure holds such losses, or what is built like the structure.
    """
    if not any(is_container(one) for one in _items(given)):
        return None
    flat = None if weights is None else tree.leaves(weights)
    if flat is not None and len(flat) != _count(given):
        raise ValueError(f"compile: `loss_weights` has {len(flat)} numbers for {_count(given)} losses.")
    given = _weighed(given, iter(flat or ()))
    if isinstance(given, dict) and isinstance(y_pred, (list, tuple)) and set(given) <= set(names):
        given = [given.get(name) for name in names]
    elif isinstance(given, dict) and not tree.is_nested(y_pred) and set(given) == set(names):
        given = given[names[0]]
    return list(_terms(given, y_pred, ()))


def entries_of_nested(given: Any, y_pred: Any) -> list[Any] | None:
    """One entry for each of the outputs where these are nested and `given` is built like them; None elsewhere."""
    ways = [way for way, _ in tree.paths(y_pred)]
    if max(map(len, ways), default=0) < 2 or (isinstance(given, dict) and set(given) - {way[0] for way in ways}):
        return None
    found = []
    for way in ways:
        here = given
        for step in way:
            if isinstance(here, dict) and not is_config(here):
                here = here.get(step)
            elif isinstance(here, (list, tuple)) and isinstance(step, int) and step < len(here):
                here = here[step]
            elif here is not None:
                return None
        found.append(here)
    return found


def _count(given: Any) -> int:
    return sum(map(_count, _items(given))) if is_container(given) else 1


class _Weighed:
    def __init__(self, loss: Any, weight: Any):
        self.loss = loss
        self.weight = weight


def _weighed(given: Any, weights: Iterator[Any]) -> Any:
    """The same structure with pairs of a loss and its weight, which `_terms` finds."""
    if isinstance(given, dict) and not is_config(given):
        found = {key: _weighed(given[key], weights) for key in sorted(given)}  # as `tree.leaves` goes through weights
        return {key: found[key] for key in given}
    if isinstance(given, (list, tuple)):
        return tree.rebuild(given, [_weighed(one, weights) for one in given])
    weight = next(weights, None)
    return None if given is None else _Weighed(given, weight)


def _terms(given: Any, y_pred: Any, way: tuple) -> Iterator[Term]:
    if not is_container(given):
        if given is not None:
            yield Term(way, given.loss, given.weight)
        return
    inside = tree.is_nested(y_pred)
    flat = [one for one, _ in tree.paths(y_pred)]
    if isinstance(given, (list, tuple)) and inside and len(given) == len(flat) and not any(map(is_container, given)):
        yield from (Term((*way, *leaf), one.loss, one.weight) for leaf, one in zip(flat, given) if one is not None)
    elif isinstance(given, (list, tuple)) and not isinstance(y_pred, type(given)):
        for one in given:
            yield from _terms(one, y_pred, way)
    else:
        for key, one in given.items() if isinstance(given, dict) else enumerate(given):
            if not inside or (key not in y_pred if isinstance(y_pred, dict) else key >= len(y_pred)):
                raise UnknownOutput(f"compile: `loss` names the output {(*way, key)}, which the model does not have.")
            yield from _terms(one, y_pred[key], (*way, key))


def part_at(x: Any, way: tuple) -> Any:
    """What stands at the end of a way through lists and dicts."""
    for step in way:
        x = x[step]
    return x


def label_of_part(way: tuple, y_pred: Any, names: list[str]) -> str:
    """What the loss of a part of the outputs is called: after the way to it, positions after their output."""
    inside = [name for (leaf, _), name in zip(tree.paths(y_pred), names) if leaf[: len(way)] == way]
    if not way or (isinstance(way[-1], int) and len(inside) > 1):
        return "/".join((*map(str, way[:-1]), "_".join(inside)))
    return "/".join(map(str, (*way[:-1], inside[0] if isinstance(way[-1], int) else way[-1])))


def is_container(x: Any) -> bool:
    """Whether `x` holds several losses; the config of one is a dict as well."""
    return isinstance(x, (list, tuple)) or (isinstance(x, dict) and not is_config(x))


def _items(x: Any) -> list[Any]:
    return [] if not is_container(x) else list(x.values()) if isinstance(x, dict) else list(x)


def is_config(x: dict) -> bool:
    """Whether a dict describes one object."""
    return "class_name" in x and "config" in x
