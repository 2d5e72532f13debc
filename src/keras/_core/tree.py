"""Nested structures of lists, tuples, named tuples and dicts. Dict values are visited in the order of their keys."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any


def is_nested(x: Any) -> bool:
    """Whether `x` is a list, tuple or dict."""
    return isinstance(x, (list, tuple, Mapping))


def ordered_keys(x: Mapping) -> list:
    """The keys in the order in which leaves come."""
    if isinstance(x, OrderedDict):
        return list(x)
    try:
        return sorted(x)
    except TypeError:  # keys of several types: type by type, as Keras 3 orders them
        pass
    try:
        return sorted(x, key=lambda key: (f"{type(key).__module__}.{type(key).__qualname__}", key))
    except TypeError:  # keys without an order keep the one they were written in
        return list(x)


def leaves(x: Any) -> list[Any]:
    """All leaves from left to right. None is a leaf."""
    found: list[Any] = []
    _collect(x, found)
    return found


def leaves_opened_once(x: Any) -> Iterator[Any]:
    """The same, but of each list, tuple and dict once: what users build may hold itself."""
    seen: set[int] = set()
    stack = [x]
    while stack:
        one = stack.pop()
        if not is_nested(one):
            yield one
        elif id(one) not in seen:
            seen.add(id(one))
            stack += [one[k] for k in reversed(ordered_keys(one))] if isinstance(one, Mapping) else reversed(one)


def contained(x: Any, kinds: Any) -> Iterator[Any]:
    """Objects of some classes: `x` itself, or those in lists, tuples and plain dicts, however deep."""
    if isinstance(x, kinds):
        yield x
    elif isinstance(x, (list, tuple)) or type(x) is dict:
        for item in x.values() if isinstance(x, dict) else x:
            yield from contained(item, kinds)


def _collect(x: Any, found: list[Any]) -> None:
    if isinstance(x, (list, tuple)):
        for item in x:
            _collect(item, found)
    elif x is not None and isinstance(x, Mapping):
        for key in ordered_keys(x):
            _collect(x[key], found)
    else:
        found.append(x)


def map_leaves(function: Callable, x: Any, *others: Any) -> Any:
    """`x` with every leaf replaced by `function(leaf, ...)`; `others` have the same structure."""
    if isinstance(x, (list, tuple)):
        for other in others:
            if not isinstance(other, (list, tuple)) or len(other) != len(x):
                raise ValueError(f"The structures differ: {describe(x)} and {describe(other)}.")
        items = [map_leaves(function, *group) for group in zip(x, *others)]
        return rebuild(x, items)
    if x is not None and isinstance(x, Mapping):
        entries = {k: map_leaves(function, x[k], *(o[k] for o in others)) for k in x}
        return type(x)(entries) if isinstance(x, OrderedDict) else entries
    return function(x, *others)


def lists_as_tuples(x: Any) -> Any:
    """The same structure with tuples in place of lists."""
    if isinstance(x, Mapping):
        return {key: lists_as_tuples(item) for key, item in x.items()}
    if not isinstance(x, (list, tuple)):
        return x
    items = map(lists_as_tuples, x)
    return tuple(items) if isinstance(x, list) else rebuild(x, list(items))


def rebuild(like: Any, items: list) -> Any:
    """`items` as a sequence of the type of `like`."""
    if isinstance(like, tuple):
        return type(like)(*items) if hasattr(like, "_fields") else tuple(items)
    return list(items)


def pack_like(structure: Any, flat: list[Any]) -> Any:
    """The leaves in `flat` arranged as `structure` is."""
    wanted = len(leaves(structure))
    if wanted != len(flat):
        raise ValueError(f"The structure {describe(structure)} has {wanted} leaves, but {len(flat)} came.")
    return _pack(structure, iter(flat))


def _pack(structure: Any, flat: Iterator[Any]) -> Any:
    if isinstance(structure, Mapping):
        found = {key: _pack(structure[key], flat) for key in ordered_keys(structure)}
        ordered = {key: found[key] for key in structure}
        return type(structure)(ordered) if isinstance(structure, OrderedDict) else ordered
    if isinstance(structure, (list, tuple)):
        return rebuild(structure, [_pack(item, flat) for item in structure])
    return next(flat)


def same_structure(a: Any, b: Any) -> bool:
    """Whether lists, tuples and dicts nest in the same way (a list and a tuple count as the same)."""
    if isinstance(a, Mapping) or isinstance(b, Mapping):
        if not (isinstance(a, Mapping) and isinstance(b, Mapping)) or set(a) != set(b):
            return False
        return all(same_structure(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
        if not (isinstance(a, (list, tuple)) and isinstance(b, (list, tuple))) or len(a) != len(b):
            return False
        return all(same_structure(p, q) for p, q in zip(a, b))
    return True


def paths(x: Any, before: tuple = ()) -> list[tuple[tuple, Any]]:
    """Pairs of the way to each leaf (keys and positions) and the leaf."""
    if isinstance(x, Mapping):
        return [pair for key in ordered_keys(x) for pair in paths(x[key], (*before, key))]
    if isinstance(x, (list, tuple)):
        return [pair for i, item in enumerate(x) for pair in paths(item, (*before, i))]
    return [(before, x)]


def describe(x: Any) -> str:
    """The structure in a few words for a message, without the values."""
    if isinstance(x, Mapping):
        return "{" + ", ".join(f"{k!r}: {describe(x[k])}" for k in x) + "}"
    if isinstance(x, tuple):
        return "(" + ", ".join(describe(i) for i in x) + ")"
    if isinstance(x, list):
        return "[" + ", ".join(describe(i) for i in x) + "]"
    shape = getattr(x, "shape", None)
    return type(x).__name__ if shape is None else f"shape {tuple(shape)}"
