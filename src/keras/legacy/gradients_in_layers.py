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


def teach(cls: type, attribute: str) -> None:
    """Lets functions of a layer class, which it keeps as `attribute`, take gradients."""
    call = cls.__call__

    @functools.wraps(call)
    def __call__(self, *args, **kwargs):
        if any_symbolic(args) and _takes_gradients(getattr(self, attribute, None)):
            found = self.call(*args, **kwargs)
            found = found[0] if isinstance(found, (list, tuple)) and len(found) == 1 else found
            return layers.Identity(name=self.name)(found)
        return call(self, *args, **kwargs)

    cls.__call__ = __call__


def _takes_gradients(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    return isinstance(code, CodeType) and _names_gradients(code)


def _names_gradients(code: CodeType) -> bool:
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return "gradients" in code.co_names or any(map(_names_gradients, inner))
