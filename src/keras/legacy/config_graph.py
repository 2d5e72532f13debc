"""How configs of older releases say which layer is called on which output, as it would be written today."""

from __future__ import annotations

from typing import Any


def shifts_of(layers: list, nodes_of: dict, inner: dict) -> dict[str, int]:
    """Layer -> the number of its first call in the model: models that existed before count their own first."""
    named: dict[str, list[int]] = {}

    def note(x: Any) -> None:
        if isinstance(x, list) and len(x) >= 3 and isinstance(x[0], str) and type(x[1]) is int and type(x[2]) is int:
            named.setdefault(x[0], []).append(x[1])
            for item in x[3:]:
                note(list(item.values()) if isinstance(item, dict) else item)
        elif isinstance(x, list):
            for item in x:
                note(item)

    note(list(nodes_of.values()))
    note(inner.get("output_layers"))
    found = {}
    for name, nodes in nodes_of.items():
        used = named.get(name)
        if used and max(used) >= len(nodes):
            found[name] = max(used) - len(nodes) + 1
    return found


def tensor_at(place: Any, shifts: dict) -> dict:
    """A tensor of the model, by the place that a config names."""
    name, index, position = place[:3]
    history = [name, index - shifts.get(name, 0), position]
    return {"class_name": "__keras_tensor__", "config": {"shape": [], "dtype": "float32", "keras_history": history}}


def _is_place(x: Any) -> bool:
    return (
        isinstance(x, list) and len(x) in (3, 4) and isinstance(x[0], str) and type(x[1]) is int and type(x[2]) is int
    ) and not _is_constant(x)


def _is_constant(x: Any) -> bool:
    return isinstance(x, list) and len(x) in (3, 4) and x[0] == "_CONSTANT_VALUE"


def places_of(node: Any) -> list:
    """The places of a call's inputs."""
    found = [node] if _is_place(node) else node
    if not isinstance(found, list) or not all(_is_place(x) for x in found):
        raise ValueError("a call of a layer names no tensor")
    return found


def call_of(node: Any, shifts: dict) -> dict:
    """One call: `[["dense_1", 0, 0, {}]]`, or the first of them without a list around it, as arguments."""
    kwargs: dict[str, Any] = {}
    if _is_place(node) or _is_constant(node):
        given = [node]
        single = True
    elif isinstance(node, list):
        given = node
        single = len(node) == 1
    elif isinstance(node, dict):
        return node
    else:
        raise ValueError(f"a call of a layer is described by a {type(node).__name__}")
    tensors = []
    for place in given:
        if _is_constant(place):
            tensors.append(place[2])
        elif _is_place(place):
            tensors.append(tensor_at(place, shifts))
        else:
            raise ValueError("a call of a layer names no tensor")
        if len(place) == 4 and isinstance(place[3], dict):
            kwargs.update({k: _filled(v, shifts) for k, v in place[3].items()})
    if "slice_spec" in kwargs:
        kwargs["slice_spec"] = _slices(kwargs["slice_spec"])
    return {"args": [tensors[0] if single else tensors], "kwargs": kwargs}


def _slices(spec: Any) -> Any:
    def one(x: Any) -> Any:
        if isinstance(x, dict) and set(x) <= {"start", "stop", "step"}:
            return {"class_name": "__slice__", "config": x}
        return {**x, "config": {}} if x == {"class_name": "__ellipsis__"} else x

    return [one(x) for x in check_slices(spec)] if isinstance(spec, list) else one(spec)


def check_slices(spec: list) -> list:
    """A key for an array, if it has no more entries than arrays have axes."""
    if len(spec) > _MOST_AXES:
        raise ValueError(f"a slice has {len(spec):,} entries, and arrays have at most {_MOST_AXES} axes")
    return spec


_MOST_AXES = 64


def _filled(value: Any, shifts: dict) -> Any:
    if _is_place(value):
        return tensor_at(value, shifts)
    if isinstance(value, dict) and "class_name" not in value:
        return {k: _filled(v, shifts) for k, v in value.items()}
    return [_filled(v, shifts) for v in value] if isinstance(value, list) else value


def places(value: Any, shifts: dict) -> Any:
    """Places of inputs or outputs; a list of one meant the tensor itself."""
    if _is_place(value):
        return [value[0], value[1] - shifts.get(value[0], 0), value[2]]
    if isinstance(value, list):
        found = [places(v, shifts) for v in value]
        return found[0] if len(found) == 1 and isinstance(found[0], list) else found
    if isinstance(value, dict):
        return {k: places(v, shifts) for k, v in value.items()}
    return value
