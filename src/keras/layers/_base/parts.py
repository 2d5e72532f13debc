"""What a layer holds: layers inside it, variables, settings, and what came of changing them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keras._core import tree
from keras._jax.variable import Variable

# attributes that say nothing about what a layer computes
BOOKKEEPING = frozenset(
    (
        "name", "built", "_inbound_nodes", "_outbound_nodes", "_arguments", "_build_shapes", "_losses", "_scope_open",
        "_building", "_first_shape", "_path", "_kept", "_version", "_to_train", "_made_in_call",
        "_trainable_since",
    )
)  # fmt: skip


class _Version:
    """Counts changes to layers of the process, so that what was derived from them knows when it is out of date."""

    number = 0


structure = _Version()

# values that layers and models tell here, beyond those of Keras 3: whose classes have attributes of their own by these
# names there may have them here
_FREE_NAMES = frozenset(
    (
        "compiled_loss", "compiled_metrics", "debugs_values", "inbound_nodes", "input_mask", "input_names",
        "input_shape", "inputs", "loss_functions", "loss_weights_list", "operations", "output_mask", "output_names",
        "output_shape", "outputs", "sample_weight_modes", "sample_weights", "single_state", "state_size", "targets",
        "total_loss",
    )
)  # fmt: skip


class Told:
    """What a property of this package tells to objects that have no attribute of its name: theirs comes first."""

    def __init__(self, name: str, told: Any):
        self.name, self.told, self.__doc__ = name, told, told.__doc__

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        return self.told.__get__(owner, kind)

    def __fingerprint__(self, of):
        return self.name


def _give_up(kind: type, name: str) -> bool:
    """Lets objects of a user's class have an attribute by the name of a property; False if it is not for us to say."""
    of = next(base for base in kind.__mro__ if name in vars(base))
    if kind.__module__.startswith("keras.") or not of.__module__.startswith("keras."):
        return False
    type.__setattr__(kind, name, Told(name, vars(of)[name]))
    return True


_PLAIN = frozenset({type(None), bool, int, float, str})  # types of what has no parts and is none, as most attributes


class Parts:
    """A layer as the owner of what its attributes hold."""

    _keras_hidden: frozenset[str] = frozenset()
    """Attributes that are no part of what it computes, beside the bookkeeping of every layer."""

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Variable):
            known = self.__dict__.get("_variables")  # None before the base class's constructor, which looks for them
            if known is not None and not any(v is value for v in known) and not self._takes_place(name, value):
                self._keep(value)
        if name not in BOOKKEEPING and name not in self._keras_hidden:
            structure.number += 1
        try:
            object.__setattr__(self, name, value)
        except AttributeError:
            made_of_tensors = self.__dict__.get("_graph") is not None
            if name not in _FREE_NAMES or made_of_tensors or not _give_up(type(self), name):
                raise
            object.__setattr__(self, name, value)

    def _takes_place(self, name: str, value: Variable) -> bool:
        """Whether a variable is kept in the place of the one that the attribute held; here both are kept."""
        return False

    def __delattr__(self, name: str) -> None:
        structure.number += 1
        value = self.__dict__.get(name)
        if isinstance(value, Variable):
            self._variables[:] = [v for v in self._variables if v is not value]
            self._to_train[:] = [v for v in self._to_train if v is not value]
        object.__delattr__(self, name)

    def _parts(self) -> Iterator[Any]:
        """What its attributes hold but names, numbers and the like, in the order in which they were set.

        Lists and dicts are opened.
        """
        for name, value in list(vars(self).items()):
            if type(value) in _PLAIN or name in BOOKKEEPING or name in self._keras_hidden or name == "_variables":
                continue
            if isinstance(value, (list, tuple, dict)):
                yield from tree.leaves_opened_once(list(value.values()) if isinstance(value, dict) else value)
            else:
                yield value

    @property
    def _layers(self) -> list[Parts]:
        """Layers directly inside this one."""
        found: dict[int, Parts] = {}
        for part in self._parts():
            if isinstance(part, Parts) and part is not self:
                found.setdefault(id(part), part)
        return list(found.values())

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Parts]:
        """This layer and all layers inside it, each once, outer ones first."""
        found: dict[int, Parts] = {id(self): self}
        stack = list(reversed(self._layers))
        while stack:
            layer = stack.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                if recursive:
                    stack.extend(reversed(layer._layers))
        layers = list(found.values())
        return layers if include_self else layers[1:]

    def __fingerprint__(self, of):
        items = []
        for name in sorted(vars(self)):
            # what weights and masks start from is a value that goes into programs, never a constant in them
            if name in BOOKKEEPING or name in self._keras_hidden or name.endswith("_initializer") or name == "seed":
                continue
            items.append((name, of(vars(self)[name])))
        return tuple(items)
