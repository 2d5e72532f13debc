"""What a layer's `call` and `build` take, and what holds while layers call each other."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable


class CallContext(threading.local):
    """What holds for all calls below the outermost one in this thread."""

    training: bool | None = None
    depth: int = 0
    watch: Callable | None = None  # called with (layer, inputs, outputs) after each call on values


context = CallContext()


class NodeRules:
    """What a node of a graph keeps of the call that made it; `legacy` changes it for programs of earlier years."""

    # (what the caller gave or None) -> the `training` that holds whenever the node runs; None: what the model is told
    training: Callable[[bool | None], bool | None] = staticmethod(lambda given: None)


node_rules = NodeRules()


class CallSignature:
    """The parameters of a `call` method, read once per class."""

    def __init__(self, function: Callable):
        _, *parameters = inspect.signature(function).parameters.values()
        plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self.positional: list[str] = [p.name for p in parameters if p.kind in plain]
        self.only_passes_on = {p.kind for p in parameters} == {
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        }
        self.names = frozenset(p.name for p in parameters)
        self.open_ended = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
        self.has_training = "training" in self.names
        self.takes_training = self.has_training or self.open_ended
        self.default_training = next(
            (p.default for p in parameters if p.name == "training" and p.default is not p.empty), None
        )
        self.first: str | None = self.positional[0] if self.positional else None
        self.mask_of: dict[str, str] = {}  # tensor argument -> the argument that takes its mask
        for name in self.positional:
            if f"{name}_mask" in self.names:
                self.mask_of[name] = f"{name}_mask"
        if self.first is not None and "mask" in self.names and self.first not in self.mask_of:
            self.mask_of[self.first] = "mask"

    def takes(self, name: str) -> bool:
        """Whether a call may give an argument of this name."""
        return name in self.names or self.open_ended


def signature_of(layer: type) -> CallSignature:
    """The signature of a class's `call`; of the one that it passes everything on to, if it takes `*args, **kwargs`."""
    own = call_signature(layer.call)  # type: ignore[attr-defined]
    if not own.only_passes_on:
        return own
    further = (call_signature(cls.call) for cls in layer.__mro__[1:] if hasattr(cls, "call"))
    return next((found for found in further if not found.only_passes_on), own)


@functools.lru_cache(maxsize=2048)
def call_signature(function: Callable) -> CallSignature:
    """The signature of a `call` function, remembered."""
    return CallSignature(function)


def needed_parameters(function: Callable) -> tuple[str, ...]:
    """Names of the parameters without a default."""
    return tuple(p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty)


@functools.lru_cache(maxsize=2048)
def takes_nothing(method: Callable) -> bool:
    """Whether a method has no parameters but the object."""
    return len(inspect.signature(method).parameters) == 1


@functools.lru_cache(maxsize=2048)
def build_parameters(function: Callable) -> tuple[str, ...]:
    """Names of the shapes a `build` function takes; empty if it takes one, whatever its name."""
    _, *parameters = inspect.signature(function).parameters.values()
    parameters = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    names = tuple(p.name for p in parameters)
    needed = [p for p in parameters if p.default is p.empty]
    if len(needed) <= 1 and not (len(names) > 1 and all(n.endswith("_shape") for n in names)):
        return ()
    return names
