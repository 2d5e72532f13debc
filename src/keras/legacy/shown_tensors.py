"""`model.metrics_names.append(name)`, `model.metrics_tensors.append(tensor)`: lists to add to, until 2.2."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from keras.legacy import era, loss_graph


def teach(trainer: type) -> None:
    """Gives models the two lists."""
    of_before: Any = trainer.metrics_names  # type: ignore[attr-defined]
    trainer.metrics_names = property(  # type: ignore[attr-defined]
        lambda self: _names(of_before.fget, self), lambda self, names: _longer(self.metrics_names, names)
    )
    trainer.metrics_tensors = property(  # type: ignore[attr-defined]
        lambda self: _lists_of(self).tensors_of(self), lambda self, tensors: _longer(self.metrics_tensors, tensors)
    )


class Watched(list):
    """A list that tells when something is added."""

    def __init__(self, items: Iterable, told: Callable):
        super().__init__(items)
        self.own = len(self)
        self.told = told

    def append(self, item: Any) -> None:
        self.extend([item])

    def extend(self, items: Iterable) -> None:
        super().extend(items)
        self.told()

    def __iadd__(self, items: Iterable):  # type: ignore[override,misc]
        self.extend(items)
        return self


class _Lists:
    """The two lists of a compiled model. A pair that was added to them is a metric of the model from then on."""

    def __init__(self, model: Any, names: list):
        self.of = model._compile_arguments
        self.names = Watched(names, lambda: self.show(model))
        self.tensors: Watched | None = None  # until somebody asks: to make them takes time
        self._shown = 0

    def tensors_of(self, model: Any) -> Watched:
        """What a step gives after the loss, and what was added."""
        if self.tensors is None:
            self.tensors = Watched(loss_graph.metrics_tensors(model), lambda: self.show(model))
        return self.tensors

    def show(self, model: Any) -> None:
        """Shows the values of further tensors under further names."""
        tensors = [] if self.tensors is None else self.tensors[self.tensors.own :]
        for name, tensor in list(zip(self.names[self.names.own :], tensors))[self._shown :]:
            self._shown += 1
            model.add_metric(tensor, name=name)


def _lists_of(model: Any, names: list | None = None) -> _Lists:
    known = vars(model).get("_lists_of_metrics")
    if known is None or known.of is not model._compile_arguments:
        known = _Lists(model, model.metrics_names if names is None else names)
        object.__setattr__(model, "_lists_of_metrics", known)
    return known


def _names(function: Callable, model: Any) -> list[str]:
    found = function(model)
    if not era.before("2.3") or not model.compiled or model._graph is None:
        return found
    known = _lists_of(model, found)
    if len(known.names) == known.names.own:  # nobody added one: names may have become known by the first data
        known.names[:] = found
        known.names.own = len(found)
    return known.names


def _longer(known: Any, given: Any) -> None:
    """`model.metrics_names += [...]` assigns the list as well."""
    if given is not known:
        if not isinstance(known, Watched) or list(given[: len(known)]) != list(known):
            raise AttributeError("metrics_names and metrics_tensors of a model can be made longer, but not replaced.")
        known.extend(given[len(known) :])
