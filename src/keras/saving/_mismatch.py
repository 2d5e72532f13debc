"""Why the weights of a file do not fit a model: the likely cause, told beside the shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from keras._core.names import nearest

Shape = tuple[int, ...]


class Mismatch(ValueError):
    """Arrays that do not fit a layer.

    Args:
        text: what was expected and what was found.
        cause: a sentence on why that may be, or an empty string.
    """

    def __init__(self, text: str, cause: str = ""):
        super().__init__(text)
        self.cause = cause


def cause_of_shape(expected: Iterable[int], found: Iterable[int]) -> str:
    """What makes an array of a file have another shape than the weight that it is for.

    >>> cause_of_shape((4, 5), (4, 3))
    'Likely cause: another number of units, filters or channels (5 in the model, 3 in the file).'
    """
    wanted, given = tuple(expected), tuple(found)
    reason = ""
    if len(wanted) == len(given):
        differ = [axis - len(wanted) for axis, (a, b) in enumerate(zip(wanted, given)) if a != b]
        if sorted(wanted) == sorted(given):
            reason = "the same numbers with the axes in another order, as of another data format or engine"
        elif differ == [-1]:
            reason = (
                f"another number of units, filters or channels ({wanted[-1]} in the model, {given[-1]} in the file)"
            )
        elif differ == [-2]:
            reason = (
                f"inputs of another size ({wanted[-2]} in the model, {given[-2]} in the file): the shape of the "
                "inputs or a layer before it differs"
            )
        elif differ and differ[-1] < -2:
            reason = "another `kernel_size`"
    if not reason and len(wanted) != len(given):
        reason = "a layer of another class"
        if math.prod(wanted) == math.prod(given):
            reason = "the same numbers in another shape, as of another release or class of layer"
    return f"Likely cause: {reason}." if reason else ""


def cause_of_count(expected: int, found: int) -> str:
    """What makes a file have another number of arrays for a layer."""
    if not found:
        return "Likely cause: the layer is new in the model, or stood elsewhere in it when the file was written."
    if abs(expected - found) in (1, 2):
        return "Likely cause: another `use_bias`, `center` or `scale`, or a layer of another class."
    return "Likely cause: a layer of another class."


def check(variables: list[Any], arrays: list[Any], source: str = "the file") -> None:
    """Compares the weights of a layer with what a file has for them.

    Args:
        source: what a message calls the file.

    Raises:
        Mismatch: their number or a shape differs.
    """
    if len(variables) != len(arrays):
        raise Mismatch(
            f"it has {len(variables)} weights, {source} has {len(arrays)}", cause_of_count(len(variables), len(arrays))
        )
    for v, array in zip(variables, arrays):
        if tuple(array.shape) != tuple(v.shape):
            raise Mismatch(
                f"{v.path} has shape {tuple(v.shape)}, {source} has {tuple(array.shape)}",
                cause_of_shape(v.shape, array.shape),
            )


def told(error: BaseException, variables: list[Any], arrays: list[Any]) -> str:
    """The likely cause that an error carries or that numbers of arrays tell, with a space before it; or nothing."""
    cause = getattr(error, "cause", "")
    if not cause and len(variables) != len(arrays):
        cause = cause_of_count(len(variables), len(arrays))
    return f" {cause}" if cause else ""


def cause_of_part(part: Any, store: Mapping, place: str, places: list[str]) -> str:
    """Why arrays at a place of a file do not fit a part of a model, with a space before it.

    Args:
        store: what the file has there.
        place: where the part is in the model.
        places: where the file has something.
    """
    variables = part._own_variables() if hasattr(part, "_own_variables") else []
    if len(variables) != len(store):
        near = (
            "" if store else nearest(place, [one for one in places if one != place]).replace("Did you mean", "Near it")
        )
        near = f"{near.removesuffix('?')} is in the file." if near else ""
        return f" {cause_of_count(len(variables), len(store))}{near}"
    for i, v in enumerate(variables):
        shape = getattr(store[str(i)], "shape", None) if str(i) in store else None
        if shape is not None and tuple(shape) != tuple(v.shape):
            return f" {cause_of_shape(v.shape, shape)}".rstrip()
    return ""
