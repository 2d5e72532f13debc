"""Nested structures of lists, tuples, named tuples, deques and dicts, as trees with leaves.

Dicts are gone through in the order of their keys, an `OrderedDict` in its own.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Mapping

from keras._core.tree import ordered_keys

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]


class MAP_TO_NONE:
    """What the function given to `traverse` returns to put None in the place of something."""


def is_nested(structure):
    """Whether it holds others: lists, tuples, named tuples, deques and dicts do.

    >>> is_nested((1, 2)), is_nested("text")
    (True, False)
    """
    return isinstance(structure, (list, tuple, deque, Mapping))


def flatten(structure):
    """All leaves from left to right; None is a leaf.

    >>> flatten({"b": [1, None], "a": (2, 3)})
    [2, 3, 1, None]
    """
    return [leaf for _, leaf in flatten_with_path(structure)]


def flatten_with_path(structure):
    """All leaves, each in a pair with the keys and positions that lead to it.

    >>> flatten_with_path({"a": [5, 6]})
    [(('a', 0), 5), (('a', 1), 6)]
    """
    if not is_nested(structure):
        return [((), structure)]
    return [
        ((key, *path), leaf) for key, item in _entries(structure) for path, leaf in flatten_with_path(item)
    ]  # fmt: skip


def map_structure(func, *structures, none_is_leaf=True):
    """A structure like the first one, with `func(leaf, ...)` in the place of every leaf.

    Args:
        func: takes as many arguments as there are structures.
        structures: structures of the same types, lengths and keys.
        none_is_leaf: whether None is passed to `func`; if not, it stays None and must be None in all structures.

    Raises:
        ValueError: the structures differ.

    >>> map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    _check_callable(func, "map_structure")
    if not structures:
        raise ValueError("map_structure: at least one structure is needed.")
    return _map(func, structures, none_is_leaf, ())


def _map(func, structures, none_is_leaf, path):
    first, *others = structures
    if first is None and not none_is_leaf:
        if any(other is not None for other in others):
            raise ValueError(f"map_structure: the first structure has None{_at(path)}, and another has a value there.")
        return None
    if not is_nested(first):
        for other in others:
            if is_nested(other):
                raise ValueError(f"The structures differ{_at(path)}: one has a leaf, another a {type(other).__name__}.")
        return func(*structures)
    for other in others:
        _check_alike(first, other, path)
    found = {
        key: _map(func, [item, *(_item(o, key, i) for o in others)], none_is_leaf, (*path, key))
        for i, (key, item) in enumerate(_entries(first))
    }
    return _rebuilt(first, found)


def map_structure_up_to(shallow_structure, func, *structures):
    """A structure like the shallow one, with `func(part, ...)` where it has leaves; deeper parts are passed whole.

    Raises:
        ValueError: a structure does not begin as the shallow one does.

    >>> map_structure_up_to([0, 0], lambda part: part, [[1, 2], 3])
    [[1, 2], 3]
    """
    _check_callable(func, "map_structure_up_to")
    if not structures:
        raise ValueError("map_structure_up_to: at least one structure is needed beside the shallow one.")
    return _map_up_to(shallow_structure, func, structures, ())


def _map_up_to(shallow, func, structures, path):
    if not is_nested(shallow):
        return func(*structures)
    for structure in structures:
        _check_alike(shallow, structure, path)
    found = {
        key: _map_up_to(item, func, [_item(s, key, i) for s in structures], (*path, key))
        for i, (key, item) in enumerate(_entries(shallow))
    }
    return _rebuilt(shallow, found)


def map_shape_structure(func, structure):
    """`map_structure` with shapes as leaves: lists and tuples of whole numbers and None. `func` gets other leaves too.

    >>> map_shape_structure(len, {"a": (None, 2), "b": [(1, 2, 3)]})
    {'a': 2, 'b': [3]}
    """
    _check_callable(func, "map_shape_structure")
    if _is_shape(structure) or not is_nested(structure):
        return func(structure)
    return _rebuilt(structure, {key: map_shape_structure(func, item) for key, item in _entries(structure)})


def _is_shape(x):
    return isinstance(x, (list, tuple)) and all(d is None or isinstance(d, int) for d in x)


def pack_sequence_as(structure, flat_sequence):
    """The leaves in `flat_sequence` arranged as `structure` is.

    Raises:
        ValueError: there are more or fewer leaves than places.

    >>> pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
    {'b': 3, 'a': (1, 2)}
    """
    if not isinstance(flat_sequence, (list, tuple)):
        raise TypeError(f"pack_sequence_as: `flat_sequence` must be a list. Got {flat_sequence!r}.")
    wanted = len(flatten(structure))
    if wanted != len(flat_sequence):
        raise ValueError(f"pack_sequence_as: the structure has {wanted} leaves, but {len(flat_sequence)} came.")
    left = iter(flat_sequence)
    return _map(lambda _: next(left), [structure], True, ())


def assert_same_structure(a, b, check_types=None):
    """Raises an error unless both nest in the same way, with the same types, lengths and keys.

    Args:
        a, b: the structures.
        check_types: of older releases, and without effect: types are always compared.

    Raises:
        ValueError: they differ; the message says where.
    """
    try:
        _map(lambda *leaves: None, (a, b), True, ())
    except ValueError as error:
        if check_types in (None, True):
            raise
        raise ValueError(
            f"{error}\n  Types are compared in spite of `check_types=False`.\n"
            "  To compare keys and positions alone, write assert_same_paths(a, b)."
        ) from error


def assert_same_paths(a, b):
    """Raises an error unless the same keys and positions lead to leaves in both, whatever types are on the way.

    Raises:
        ValueError: they differ; the message lists the paths that one of them misses.
    """
    paths_a = [path for path, _ in flatten_with_path(a)]
    paths_b = [path for path, _ in flatten_with_path(b)]
    missing = [
        f"Paths in `{here}` missing in `{there}`: {', '.join(map(str, paths))}"
        for here, there, paths in (
            ("a", "b", [p for p in paths_a if p not in set(paths_b)]),
            ("b", "a", [p for p in paths_b if p not in set(paths_a)]),
        )
        if paths
    ]
    if missing:
        raise ValueError("`a` and `b` don't have the same paths.\n" + "\n".join(f"  {line}" for line in missing))


def lists_to_tuples(structure):
    """The same with a tuple in the place of every list.

    >>> lists_to_tuples([1, [2, {"a": [3]}]])
    (1, (2, {'a': (3,)}))
    """
    return traverse(lambda x: tuple(x) if isinstance(x, list) else None, structure, top_down=False)


def traverse(func, structure, top_down=True):
    """Goes through everything that is nested and through the leaves, and replaces what `func` returns something for.

    Args:
        func: called with each part; None leaves the part as it is, `MAP_TO_NONE` puts None in its place.
        structure: where to go through.
        top_down: True asks about a structure before its parts, and not about the parts of what is replaced; False
            asks about the parts first.

    >>> traverse(lambda x: x * 2 if isinstance(x, int) else None, [1, {"a": 2}])
    [2, {'a': 4}]
    """
    _check_callable(func, "traverse")
    if top_down:
        found = func(structure)
        if found is not None:
            return _none_or(found)
        if not is_nested(structure):
            return structure
        return _rebuilt(structure, {key: traverse(func, item) for key, item in _entries(structure)})
    if is_nested(structure):
        parts = {key: traverse(func, item, top_down=False) for key, item in _entries(structure)}
        structure = _rebuilt(structure, parts)
    found = func(structure)
    return structure if found is None else _none_or(found)


def _none_or(found):
    return None if found is MAP_TO_NONE or isinstance(found, MAP_TO_NONE) else found


def _entries(structure):
    """Keys or positions, and what is there."""
    if not isinstance(structure, Mapping):
        return list(enumerate(structure))
    return [(key, structure[key]) for key in ordered_keys(structure)]


def _item(structure, key, position):
    return structure[key] if isinstance(structure, Mapping) else structure[position]


def _rebuilt(like, found):
    """The entries in `found` in a structure of the type of `like`."""
    if isinstance(like, Mapping):
        entries = {key: found[key] for key in like}
        if isinstance(like, defaultdict):
            return defaultdict(like.default_factory, entries)
        return type(like)(entries) if isinstance(like, OrderedDict) else entries
    items = list(found.values())
    if isinstance(like, tuple):
        return type(like)(*items) if hasattr(like, "_fields") else tuple(items)
    return deque(items, like.maxlen) if isinstance(like, deque) else items


def _check_alike(first, other, path):
    """Raises an error unless two structures have the same type, length and keys; deeper parts are not compared."""
    kinds = (Mapping, deque, list, tuple)
    kind = next(k for k in kinds if isinstance(first, k))
    named = type(first) if hasattr(first, "_fields") else None
    if not isinstance(other, named or kind) or (named is None and hasattr(other, "_fields")):
        raise ValueError(f"The structures differ{_at(path)}: a {type(first).__name__} and a {type(other).__name__}.")
    if isinstance(first, Mapping) and set(first) != set(other):
        raise ValueError(f"The structures differ{_at(path)}: the keys are {list(first)} and {list(other)}.")
    if len(first) != len(other):
        raise ValueError(f"The structures differ{_at(path)}: they have {len(first)} and {len(other)} items.")


def _at(path):
    return f" at {''.join(f'[{key!r}]' for key in path)}" if path else ""


def _check_callable(func, owner):
    if not callable(func):
        raise TypeError(f"{owner}: `func` must be a function. Got {func!r}.")
