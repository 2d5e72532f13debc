"""Models made from symbolic tensors: their config and back."""

from __future__ import annotations

import abc
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor, is_symbolic
from keras._core.serialization import deserialize, serialize
from keras._jax.op import FunctionCall
from keras.layers import Layer
from keras.models import _model, _operations
from keras.models._model import Model


class _MadeFromTensors(abc.ABCMeta):  # ABCMeta, so that a subclass can have abstract methods as that of Model can
    """The type of `Functional`: a model of any class that was made from symbolic tensors is one, as in Keras 3."""

    def __instancecheck__(cls, x) -> bool:
        if cls is Functional:
            return cls in type(x).__mro__ or _is_made_from_tensors(x)
        return super().__instancecheck__(x)

    def __subclasscheck__(cls, kind) -> bool:
        return super().__subclasscheck__(kind) or (cls is Functional and _model.makes_from_tensors(kind))


def _is_made_from_tensors(x: Any) -> bool:
    return isinstance(x, Model) and x.__dict__.get("_from_tensors", False)


class Functional(Model, metaclass=_MadeFromTensors):
    """A model made from symbolic tensors, as `Model(inputs, outputs)` returns it."""

    def __init__(self, inputs, outputs, name=None, **kwargs):
        super().__init__(inputs, outputs, name=name, **kwargs)

    def get_config(self) -> dict:
        """The layers, how they are called, and what goes in and out."""
        return functional_config(self)

    @classmethod
    def from_config(cls, config: dict, custom_objects=None):
        """A model from what `get_config` returned."""
        return Model.from_config.__func__(cls, config, custom_objects)


def functional_config(model: Model) -> dict:
    """The config of a model made from symbolic tensors, in the form of Keras 3."""
    graph = model._graph
    places = _Places(graph)
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": [_entry(operation, places) for operation in graph.operations],
        "input_layers": tree.map_leaves(places.of, graph.input_structure),
        "output_layers": tree.map_leaves(places.of, graph.output_structure),
    }


class _Places:
    """Where tensors of a graph come from: which operation, which of its calls in the model, which of its results."""

    def __init__(self, graph: Any):
        made = {id(n) for n in graph.nodes}
        self.calls: dict[int, list] = {}  # id(operation) -> its calls in the model
        self._numbers: dict[tuple[int, int], int] = {}  # (id(operation), number of a call in the process) -> in here
        # id(tensor) -> its place, of inputs that other layers made
        self._inputs = {key: [layer.name, 0, 0] for key, layer in graph.begun.items()}
        for operation in graph.operations:
            kept = 0
            for index, node in enumerate(operation._inbound_nodes):
                if id(node) in made or (node.is_input and any(o in graph.inputs for o in node.outputs)):
                    self._numbers[id(operation), index] = kept
                    kept += 1
            self.calls[id(operation)] = [n for n in operation._inbound_nodes if id(n) in made]

    def of(self, x: KerasTensor) -> list:
        """The place of a tensor."""
        if id(x) in self._inputs:
            return self._inputs[id(x)]
        operation, index, position = x._keras_history
        return [operation.name, self._numbers[id(operation), index], position]

    def filled(self, x: Any) -> Any:
        """An argument of a call, with places for tensors."""
        if not isinstance(x, KerasTensor):
            return serialize(x)
        about = {"shape": list(x.shape), "dtype": x.dtype, "keras_history": self.of(x)}
        return {"class_name": "__keras_tensor__", "config": about}


def _entry(operation: Any, places: _Places) -> dict:
    """A layer or an operation, and how it is called."""
    calls = [(n.arguments, n.keywords) for n in places.calls[id(operation)]]
    if isinstance(operation, FunctionCall):
        entry = _operations.described(operation.function, operation.name)
        own, *rest = _operations.split_arguments(operation.function, *calls[0], is_symbolic)
        entry["config"].update({k: serialize(v) for k, v in own.items()})
        calls = [rest]
    else:
        entry = serialize(operation)
    entry["name"] = operation.name
    entry["inbound_nodes"] = [
        {
            "args": [tree.map_leaves(places.filled, a) for a in args],
            "kwargs": {k: tree.map_leaves(places.filled, v) for k, v in kwargs.items()},
        }
        for args, kwargs in calls
    ]
    return entry


def functional_from_config(cls: type, config: dict) -> Model:
    """A model from the config of one made from symbolic tensors."""
    layers: dict[str, Any] = {}
    calls: dict[str, list] = {}
    for entry in config["layers"]:
        name = entry.get("name") or entry["config"]["name"]
        if name in layers:
            raise ValueError(f"The config has two layers called {name!r}.")
        if _operations.is_operation(entry):
            layers[name] = _operations.from_entry(entry)
        else:
            layers[name] = deserialize(
                {k: v for k, v in entry.items() if k not in ("inbound_nodes", "name")}, None, "keras.layers"
            )
        calls[name] = list(entry.get("inbound_nodes", []))
    outputs = _outputs_of_calls(layers, calls)

    def find(place):
        name, node, position = place
        try:
            return outputs[name, node][position]
        except (KeyError, IndexError):
            raise ValueError(
                f"The config names output {position} of call {node} of {name!r}, which does not exist."
            ) from None

    inputs = _map_places(find, config["input_layers"])
    results = _map_places(find, _counted_from_0(config["output_layers"], layers, outputs))
    model = cls(inputs=inputs, outputs=results, name=config.get("name"))
    if config.get("trainable") is False:
        model._trainable = False
    for place in config.get("added_losses", ()):  # of tf.keras, which kept them in files, as the metrics below
        model.add_loss(find(place))
    for place, metric in config.get("added_metrics", ()):
        model.add_metric(find(place), name=metric)
    return model


def _counted_from_0(places: Any, layers: dict[str, Any], outputs: dict[tuple[str, int], list]) -> Any:
    """Places of a model's outputs; Keras 3 counts calls of nested functional models from 1 there, nowhere else."""
    named: dict[str, int] = {}

    def note(place):
        named[place[0]] = max(place[1], named.get(place[0], 0))
        return place

    _map_places(note, places)
    shifted = {
        name
        for name, last in named.items()
        if isinstance(layers.get(name), Model) and (name, last) not in outputs and (name, last - 1) in outputs
    }
    return _map_places(lambda place: [place[0], place[1] - (place[0] in shifted), place[2]], places)


def _outputs_of_calls(layers: dict[str, Any], waiting: dict[str, list]) -> dict[tuple[str, int], list]:
    """Makes all calls, each as soon as its inputs are there: (name of the layer, number of the call) -> its outputs."""
    outputs: dict[tuple[str, int], list] = {}
    for name, layer in layers.items():
        if isinstance(layer, Layer) and not waiting[name] and layer._inbound_nodes:
            outputs[name, 0] = layer._inbound_nodes[0].outputs
    counts = dict.fromkeys(layers, 0)
    while any(waiting.values()):
        progress = False
        for name, nodes in waiting.items():
            while nodes and (call := _arguments(nodes[0], outputs)) is not None:
                result = layers[name](*call[0], **call[1])
                if isinstance(layers[name], Layer):
                    outputs[name, counts[name]] = tree.leaves(result)
                else:
                    found = list(result) if isinstance(result, (list, tuple)) else [result]
                    _call_after(name, found, call)
                    outputs[name, counts[name]] = found
                counts[name] += 1
                nodes.pop(0)
                progress = True
        if not progress:
            stuck = [n for n, nodes in waiting.items() if nodes]
            raise ValueError(f"The config's layers {', '.join(stuck)} wait for tensors that no layer makes.")
    return outputs


def _call_after(name: str, found: list, call: tuple) -> None:
    """Gives the operation that made the results of a function its name: outputs and logs are called so too."""
    given = {id(x) for x in tree.leaves(call)}
    made = {id(x._keras_history.operation): x._keras_history.operation for x in found if isinstance(x, KerasTensor)}
    if len(made) == 1 and not any(id(x) in given for x in found):
        next(iter(made.values())).name = name


def _is_place(x: Any) -> bool:
    return isinstance(x, (list, tuple)) and len(x) == 3 and isinstance(x[0], str) and isinstance(x[1], int)


def _map_places(function: Any, x: Any) -> Any:
    if _is_place(x):
        return function(x)
    if isinstance(x, dict):
        return {k: _map_places(function, v) for k, v in x.items()}
    return tree.rebuild(x, [_map_places(function, i) for i in x])


def _arguments(node: dict, outputs: dict) -> tuple | None:
    """Positional and keyword arguments of a call, or None while a tensor among them is not there yet."""
    missing = False

    def fill(x):
        nonlocal missing
        if isinstance(x, dict) and x.get("class_name") == "__keras_tensor__":
            name, index, position = x["config"]["keras_history"]
            if (name, index) not in outputs:
                missing = True
                return None
            return outputs[name, index][position]
        if isinstance(x, dict) and "class_name" in x:
            return deserialize(x)
        if isinstance(x, dict):
            return {k: fill(v) for k, v in x.items()}
        if isinstance(x, (list, tuple)):
            return type(x)(fill(i) for i in x)
        return x

    args = tuple(fill(a) for a in node["args"])
    kwargs = {k: fill(v) for k, v in node["kwargs"].items()}
    return None if missing else (args, kwargs)


_model._classes["Functional"] = Functional
_model._functions.update(functional_config=functional_config, functional_from_config=functional_from_config)
