"""`K.gradients` within the function of a `Lambda` or `merge`: where a maximum was, for instance.

Gradients are taken of what a graph computes, and a function that a layer calls has values only. So such a function is
called once, on the symbolic tensors, and what it makes of them becomes part of the graph of the model.
"""

from __future__ import annotations

import functools
from types import CodeType
from typing import Any

from keras import layers
from keras._core.graph import any_symbolic


class Inlined(layers.Layer):
    """Stands in the model for a layer whose function became part of the graph; hands its result on.

    Args:
        kind: the class of that layer.
    """

    def __init__(self, kind, **kwargs):
        super().__init__(**kwargs)
        self.kind = kind

    def call(self, inputs):
        return inputs

    def get_config(self):
        """Not possible.

        Raises:
            NotImplementedError: always: the graph that the gradients are taken of is not part of a config.
        """
        raise NotImplementedError(
            f"{self.kind} {self.name!r} takes gradients in its function, which configs do not hold.\n"
            "  Save the weights and build the model by the code that made it."
        )


def teach(cls: type, attribute: str) -> None:
    """Lets functions of a layer class, which it keeps as `attribute`, take gradients."""
    call = cls.__call__

    @functools.wraps(call)
    def __call__(self, *args, **kwargs):
        if any_symbolic(args) and _takes_gradients(getattr(self, attribute, None)):
            found = self.call(*args, **kwargs)
            found = found[0] if isinstance(found, (list, tuple)) and len(found) == 1 else found
            return Inlined(type(self).__name__, name=self.name)(found)
        return call(self, *args, **kwargs)

    cls.__call__ = __call__


def _takes_gradients(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    return isinstance(code, CodeType) and _names_gradients(code)


def _names_gradients(code: CodeType) -> bool:
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return "gradients" in code.co_names or any(map(_names_gradients, inner))
