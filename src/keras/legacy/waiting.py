"""Values for what has not made its variables yet: as in TensorFlow, it takes them when it makes them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax import pure
from keras._jax.op import symbolic_result

_METHODS = ("build", "_build_once")  # the second: what the first call of a layer does
_CALL_FIRST = (
    "{name} has values that wait for its weights, which are known in its first call alone. That cannot be traced:\n"
    "  {error}\n"
    "  Call it once before it is restored."
)


def unbuilt_in(value: Any) -> Iterator[Any]:
    """The layers, models and optimizers in lists and dicts that have not made their variables."""
    for one in tree.leaves(value):
        if getattr(one, "built", None) is False and callable(getattr(one, "build", None)):
            yield one


class Waiting:
    """What is to be done once objects are built; the first call has the values already.

    Args:
        name: what the values are for, for messages.
        parts: the objects.
        take: gives the variables their values, and says whether all of them were there.
    """

    def __init__(self, name: str, parts: list, take: Callable[[], bool]):
        self.name, self.is_done = name, False
        self._parts, self._take = parts, take

    def listen(self) -> None:
        """Goes in between when one of the objects is built."""
        for part in self._parts:
            for method in _METHODS:
                if hasattr(part, method):
                    vars(part)[method] = functools.partial(self._build, part, method)

    def _build(self, part: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        for name in _METHODS:
            vars(part).pop(name, None)
        result = getattr(part, method)(*args, **kwargs)
        if method == "_build_once":
            _build_inside(part, *args)
        with pure.outside():
            self.is_done = self.is_done or self._take()
        if not self.is_done and not part.built:
            self.listen()
        return result


def _build_inside(layer: Any, arguments: dict[str, Any]) -> None:
    """Builds what only the first call of a layer reaches, by tracing that call."""
    given = tree.map_leaves(lambda x: KerasTensor(x.shape, x.dtype) if hasattr(x, "dtype") else x, arguments)
    try:
        symbolic_result(layer._run, given)
    except Exception as error:
        raise ValueError(_CALL_FIRST.format(name=layer.name, error=error)) from error
