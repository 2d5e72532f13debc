"""Names and arrays of layers and optimizers, as Keras 2.3 or 1.2 wrote them."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from keras._jax import pure
from keras.legacy.arrays import in_order_of_1
from keras.legacy.slots import kinds_of

WITHOUT_COUNT = ("RMSprop", "Adagrad", "Adadelta")  # optimizers of 1.x that did not write how many steps they made


class WrittenArrays:
    """A writer of numbers."""

    era: str

    def layers(self, model: Any) -> list[Any]:
        """The layers whose weights the file lists."""
        if hasattr(model, "whole_graph"):
            return list(model.whole_graph().layers)
        if self.era == "1" and type(model).__name__ == "Sequential":
            return [leaf for layer in model.layers for leaf in self._flat(layer)]
        return list(model.layers)

    def _flat(self, layer: Any) -> list[Any]:
        return self.layers(layer) if type(layer).__name__ == "Sequential" else [layer]

    def weights(self, layer: Any) -> list[tuple[str, np.ndarray]]:
        """Names and arrays of a layer in the order of the release: trained ones of all layers inside first."""
        found = self._weights(layer)
        return [(name, array) for wanted in (True, False) for name, array, trained in found if trained is wanted]

    def _weights(self, layer: Any) -> list[tuple[str, np.ndarray, bool]]:
        if type(layer).__name__ == "Merge":
            return []  # the layers that it merges are in the graph themselves
        inner = getattr(layer, "layers", None)
        if inner:
            return [one for part in inner for one in self._weights(part)]
        trained = {id(v) for v in layer.trainable_weights}
        if self.era == "1":
            return in_order_of_1(layer, trained)
        return [(f"{layer.name}/{_last(v.path)}:0", v.numpy(), id(v) in trained) for v in layer.weights]

    def state(self, model: Any) -> list[tuple[str, np.ndarray]]:
        """Names and arrays of what the optimizer remembers; none where the release kept it in other pieces."""
        optimizer, variables = model.optimizer, model.trainable_variables
        name = type(optimizer).__name__.removeprefix("Scheduled")
        if not optimizer.built:
            return []
        own = [v for v in optimizer.variables if v.own_name != "learning_rate"]
        products = [("Nadam/m_schedule:0", own.pop().numpy())] if name == "Nadam" else []  # which 1.x did not keep
        steps, slots, count = own[0].numpy(), own[1:], len(variables)
        numbers = kinds_of(slots, count) if count else []
        kinds = max(numbers, default=-1) + 1
        of_kind = [[v.numpy() for v, number in zip(slots, numbers) if number == kind] for kind in range(kinds)]
        order = {id(v): i for i, v in enumerate(variables)}
        if hasattr(model, "whole_graph"):
            variables = model.whole_graph().trainable_variables
        groups = [[arrays[order[id(v)]] for v in variables] for arrays in of_kind]
        if name == "SGD" and not kinds:
            groups = [[np.zeros(v.shape, "float32") for v in variables]]
        if self.era == "1":
            counts = [] if name in WITHOUT_COUNT else [("param_0", steps.astype("float32"))]
            arrays = [array for group in groups for array in self._in_order_of_1(model, group)]
            return [*counts, *((f"param_{len(counts) + i}", array) for i, array in enumerate(arrays))]
        grouped = [array for group in groups for array in group]
        if name == "Adam" and kinds == 2:
            grouped += [np.zeros(1, "float32") for _ in variables]
        return [(f"{name}/iterations:0", steps.astype("int64")), *products] + [
            (f"training/{name}/slot_{i}:0", array) for i, array in enumerate(grouped)
        ]

    def _in_order_of_1(self, model: Any, slots: list[np.ndarray]) -> list[np.ndarray]:
        """Slots of the trained weights as 1.x kept them: its gates and axes, in the order of the weights' names."""
        whole = model.whole_graph() if hasattr(model, "whole_graph") else model
        with pure.Scope(whole.trainable_variables, slots):  # so that they are turned as the weights are
            named = [one for layer in self.layers(model) for one in self._weights(layer)]
        return [
            array for _, array in sorted(((n, a) for n, a, trained in named if trained), key=operator.itemgetter(0))
        ]


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]
