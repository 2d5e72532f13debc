"""Traced functions in ONNX: what no table of layers knows is written step by step."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from keras.export import _onnx_indexing, _onnx_primitives, _onnx_products, _onnx_shapes
from keras.export._onnx_graph import Builder, NotInOnnx, held

# steps that hold others, and the setting under which they do
_HOLDERS = {
    "closed_call": "call_jaxpr", "checkpoint": "jaxpr", "core_call": "call_jaxpr", "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr", "jit": "jaxpr", "pjit": "jaxpr", "remat2": "jaxpr",
}  # fmt: skip


class Step(NamedTuple):
    """One step: `given` and `made` have the shapes and dtypes of its inputs and outputs."""

    kind: str
    given: list[Any]
    made: list[Any]
    settings: dict[str, Any]


def write_steps(b: Builder, jaxpr: Any, constants: list[str], inputs: list[str], wanted: list[int]) -> list[str]:
    """Writes the steps that some outputs need and returns the names of these outputs.

    Args:
        jaxpr: the steps.
        constants, inputs: names for what they begin with.
        wanted: numbers of the outputs.

    Raises:
        NotInOnnx: there is no counterpart of a step.
    """
    names = dict(zip(jaxpr.constvars, constants)) | dict(zip(jaxpr.invars, inputs))

    def name(x: Any) -> str:
        return b.constant(x.val, held(x.aval.dtype)) if hasattr(x, "val") else names[x]

    outputs = [jaxpr.outvars[i] for i in wanted]
    for equation in _needed(jaxpr.eqns, outputs):
        step = Step(
            equation.primitive.name, [x.aval for x in equation.invars], [x.aval for x in equation.outvars],
            equation.params,
        )  # fmt: skip
        names.update(zip(equation.outvars, _write(b, step, [name(x) for x in equation.invars])))
    return [name(x) for x in outputs]


def _needed(equations: list[Any], outputs: list[Any]) -> list[Any]:
    wanted = {id(x) for x in outputs}
    found = []
    for equation in reversed(equations):
        if any(id(x) in wanted for x in equation.outvars):
            found.append(equation)
            wanted.update(id(x) for x in equation.invars)
    return found[::-1]


def _write(b: Builder, step: Step, inputs: list[str]) -> list[str]:
    if step.kind in _HOLDERS:
        return _inlined(b, step.settings[_HOLDERS[step.kind]], inputs)
    for table in _TABLES:
        if step.kind in table:
            made = table[step.kind](b, step, inputs)
            return made if isinstance(made, list) else [made]
    if "callback" in step.kind:
        raise NotInOnnx("it calls Python while it computes")
    raise NotInOnnx(f"there is no counterpart of the operation {step.kind!r}")


def _inlined(b: Builder, held_steps: Any, inputs: list[str]) -> list[str]:
    """The steps in a step, in its place."""
    jaxpr = getattr(held_steps, "jaxpr", held_steps)
    constants = [b.kept(x) for x in getattr(held_steps, "consts", ())]
    return write_steps(b, jaxpr, constants, inputs, list(range(len(jaxpr.outvars))))


def _places(b: Builder, described: list[Any]) -> list[tuple]:
    return [(b.take("value"), held(x.dtype)) for x in described]


def _scan(b: Builder, step: Step, inputs: list[str]) -> list[str]:
    s = step.settings
    constants, carried = s["num_consts"], s["num_carry"]
    fixed, states, rows = inputs[:constants], inputs[constants : constants + carried], inputs[constants + carried :]
    first: tuple = ()
    if not rows:  # there is always something to go along
        count = b.op("Squeeze", b.size(s["length"]), b.integers(0))
        rows = [b.op("Range", b.constant(0, "int64"), count, b.constant(1, "int64"))]
        first = ((b.take("number"), "int64"),)
    changing = _places(b, [x.aval for x in s["jaxpr"].jaxpr.invars[constants:]])
    with b.collecting() as nodes:
        outputs = [b.op("Identity", x) for x in _inlined(b, s["jaxpr"], [*fixed, *(name for name, _ in changing)])]
    dtypes = [held(x.aval.dtype) for x in s["jaxpr"].jaxpr.outvars]
    body = b.graph(nodes, [*changing, *first], list(zip(outputs, dtypes)))
    made = len(outputs) - carried
    backwards = int(s["reverse"])
    directions = {"scan_output_directions": [backwards] * made} if made else {}
    found = b.op(
        "Scan", *states, *rows, outputs=len(outputs), body=body, num_scan_inputs=len(rows),
        scan_input_directions=[backwards] * len(rows), **directions,
    )  # fmt: skip
    return [found] if len(outputs) == 1 else found


def _while(b: Builder, step: Step, inputs: list[str]) -> list[str]:
    s = step.settings
    tested, looped = s["cond_nconsts"], s["body_nconsts"]
    for_test, fixed, states = inputs[:tested], inputs[tested : tested + looped], inputs[tested + looped :]
    (start,) = _inlined(b, s["cond_jaxpr"], [*for_test, *states])
    changing = _places(b, step.made)
    with b.collecting() as nodes:
        found = [b.op("Identity", x) for x in _inlined(b, s["body_jaxpr"], [*fixed, *(name for name, _ in changing)])]
        (again,) = _inlined(b, s["cond_jaxpr"], [*for_test, *found])
        again = b.op("Identity", again)
    leading = [(b.take("number"), "int64", ()), (b.take("again"), "bool", ())]
    outputs = [(again, "bool"), *zip(found, (dtype for _, dtype in changing))]
    made = b.op("Loop", "", start, *states, outputs=len(states), body=b.graph(nodes, [*leading, *changing], outputs))
    return [made] if len(states) == 1 else made


def _cond(b: Builder, step: Step, inputs: list[str]) -> list[str]:
    index, *given = inputs
    return _chosen(b, step, list(step.settings["branches"]), 0, index, given)


def _chosen(b: Builder, step: Step, branches: list[Any], number: int, index: str, given: list[str]) -> list[str]:
    if len(branches) == 1:
        return _inlined(b, branches[0], given)
    dtypes = [held(x.dtype) for x in step.made]
    is_this = b.op("LessOrEqual", index, b.constant(number, "int32"))  # an index below the first means the first
    with b.collecting() as then_nodes:
        then = [b.op("Identity", x) for x in _inlined(b, branches[0], given)]
    with b.collecting() as else_nodes:
        others = _chosen(b, step, branches[1:], number + 1, index, given)
        others = [b.op("Identity", x) for x in others]
    made = b.op(
        "If", is_this, outputs=len(dtypes), then_branch=b.graph(then_nodes, [], list(zip(then, dtypes))),
        else_branch=b.graph(else_nodes, [], list(zip(others, dtypes))),
    )  # fmt: skip
    return [made] if len(dtypes) == 1 else made


def _cumulative(kind: str, start: Any):
    def write(b: Builder, step: Step, inputs: list[str]) -> str:
        axis, backwards = step.settings["axis"], int(step.settings["reverse"])
        dtype, shape = held(step.made[0].dtype), step.made[0].shape
        first = b.constant(start(dtype), dtype)
        before = b.op("Expand", first, b.sizes([n for i, n in enumerate(shape) if i != axis]))
        so_far, one = b.take("so_far"), b.take("one")
        with b.collecting() as nodes:
            after = b.op(kind, so_far, one)
            kept = b.op("Identity", after)
        body = b.graph(nodes, [(so_far, dtype), (one, dtype)], [(after, dtype), (kept, dtype)])
        _, every = b.op(
            "Scan", before, *inputs, outputs=2, body=body, num_scan_inputs=1, scan_input_axes=[axis],
            scan_output_axes=[axis], scan_input_directions=[backwards], scan_output_directions=[backwards],
        )  # fmt: skip
        return every

    return write


def _lowest(dtype: str) -> Any:
    return -np.inf if dtype.startswith("float") else np.iinfo(dtype).min


def _highest(dtype: str) -> Any:
    return np.inf if dtype.startswith("float") else np.iinfo(dtype).max


_CONTROL = {
    "cond": _cond,
    "cummax": _cumulative("Max", _lowest),
    "cummin": _cumulative("Min", _highest),
    "cumprod": _cumulative("Mul", lambda dtype: 1),
    "scan": _scan,
    "while": _while,
}
_TABLES = (_onnx_primitives.TABLE, _onnx_shapes.TABLE, _onnx_indexing.TABLE, _onnx_products.TABLE, _CONTROL)
