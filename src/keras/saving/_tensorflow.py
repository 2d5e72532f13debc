"""Folders and checkpoints that tf.keras wrote: SavedModels as trainable models, and weights alone.

A folder's functions are left alone. The model is made anew from the config in `keras_metadata.pb` (before TensorFlow
2.5 in `saved_model.pb`), its weights and the state of its optimizer come from the checkpoint, whose own list of objects
tells which attribute of which layer each variable is.
"""

from __future__ import annotations

import math
import mmap
import os
import re
import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from keras._core import registry
from keras.saving import _json, _mismatch, _older_layout, _protobuf, _tensor_bundle, _tensorflow_tables
from keras.saving._errors import BadFile, refusing

MODEL = "saved_model.pb"
_METADATA = "keras_metadata.pb"
_VARIABLES = os.path.join("variables", "variables")
_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_VALUE = "VARIABLE_VALUE"
_TABLE = "table"
_MODELS = ("_tf_keras_model", "_tf_keras_network", "_tf_keras_sequential")
_MOST_NODES = 1_000_000
_DEEPEST = 64


def is_folder(path: str) -> bool:
    """Whether a folder is a SavedModel."""
    return os.path.isfile(os.path.join(path, MODEL))


def checkpoint(path: str) -> str | None:
    """The name, without endings, of the checkpoint that `path` names: one in a folder, too; None if there is none."""
    candidates = [path.removesuffix(_tensor_bundle.INDEX)]
    if is_folder(path):
        candidates.append(os.path.join(path, _VARIABLES))
    return next((name for name in candidates if os.path.isfile(f"{name}{_tensor_bundle.INDEX}")), None)


def load_model(path: str, make: Callable, compile: bool) -> Any:
    """The model that a folder holds, to be trained on.

    Args:
        path: the folder.
        make: `(config, path, bytes of weights) -> model`.
        compile: whether to compile it as the folder says.

    Raises:
        BadFile: the folder is damaged, was not written by tf.keras, or its model cannot be made from a config.
    """
    about = _plain(_json.parse(_metadata(path), path, _METADATA))
    prefix = os.path.join(path, _VARIABLES)
    if not os.path.isfile(f"{prefix}{_tensor_bundle.INDEX}"):
        raise BadFile(
            f"{path} is refused: it has no {_VARIABLES}{_tensor_bundle.INDEX}, so it was not written to its end."
        )
    bundle = _tensor_bundle.Reader(prefix)
    graph = _Graph(bundle)
    origin = {"keras_version": _version(about), "backend": "tensorflow"}
    with refusing(path, _METADATA):
        if not isinstance(about, dict) or not isinstance(about.get("config"), dict) or "class_name" not in about:
            raise ValueError(_NO_CONFIG)
        whole = about.get("model_config")
        described = whole if isinstance(whole, dict) else {key: about[key] for key in ("class_name", "config")}
        _take_vocabularies(described, [about, *_learned(path, described, graph)])
        config = registry.in_todays_form(described, origin)
    model = make(config, path, bundle.declared_bytes())
    if not getattr(model, "built", True) and about.get("build_input_shape"):
        with refusing(path, _METADATA):
            model.build(about["build_input_shape"])
    training = about.get("training_config") if compile else None
    if isinstance(training, dict):
        _older_layout.compile_as(model, training, path, origin)
    load_weights(model, bundle, graph=graph)
    return model


def _lookups(found: Any) -> Iterator[tuple[tuple, dict]]:
    """What tells layers with vocabularies apart, and their configs, at any depth."""
    for one in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _lookups(one)
    if isinstance(found, dict) and found.get("class_name") in _LOOKUPS and isinstance(found.get("config"), dict):
        config = found["config"]
        yield (found["class_name"], str(config.get("name")), str(config.get("vocabulary_size"))), config


def _learned(path: str, described: Any, graph: _Graph) -> Iterator[dict]:
    """Descriptions of layers that tf.keras wrote without their vocabularies, with those of their tables."""
    if all(config.get("vocabulary") is not None for _, config in _lookups(described)):
        return
    place = os.path.join(path, _METADATA)
    if not os.path.isfile(place):
        return  # before TensorFlow 2.5
    with open(place, "rb") as file:
        nodes = [dict(_protobuf.fields(_protobuf.raw(node))) for key, node in _protobuf.fields(file.read()) if key == 1]
    tables = None
    for node in nodes:
        text = _protobuf.text(node.get(5, b""))
        if not any(name in text for name in _LOOKUPS) or _protobuf.text(node.get(3, b"")) == "root":
            continue
        about = _plain(_json.parse(text, path, _METADATA))
        if about.get("class_name") not in _LOOKUPS or about["config"].get("vocabulary") is not None:
            continue
        number = _protobuf.number(node.get(2, 0))
        tables = tables or _tensorflow_tables.of_file(os.path.join(path, MODEL))
        vocabulary = tables.tokens(number, bool(about["config"].get("invert")))
        if vocabulary is not None:
            config = {**about["config"], "vocabulary": vocabulary}
            if config.get("output_mode") == "tf_idf":
                config["idf_weights"] = _idf(graph, number, len(vocabulary))
            yield {**about, "config": config}


def _idf(graph: _Graph, layer: int, size: int) -> list[float]:
    """How rare each token of a vocabulary is; in front of those stand unknown tokens."""
    inner = graph.child(layer, "_lookup_layer")
    weights = graph.array(graph.child(layer if inner is None else inner, "idf_weights"))
    return np.trim_zeros(weights, "b")[-size:].tolist() if size else []


def _take_vocabularies(described: Any, about: Any) -> None:
    """Gives layers their vocabularies, which tf.keras wrote to one of its descriptions of a model only."""
    known: dict[tuple, list] = {}
    for which, config in _lookups(about):
        if config.get("vocabulary") is not None:
            known.setdefault(which, []).append({key: config.get(key) for key in ("vocabulary", "idf_weights")})
    for which, config in _lookups(described):
        config.pop("has_input_vocabulary", None)
        if config.get("vocabulary") is not None:
            continue
        given = known.get(which, [])
        if given and all(one == given[0] for one in given):
            config.update(given[0])
            continue
        size = config.get("vocabulary_size")
        # what is in a vocabulary that nothing was learned into
        reserved = config.get("num_oov_indices", 1) + (config.get("mask_token", "") is not None)
        if isinstance(size, int) and size > reserved:
            raise ValueError(_NO_VOCABULARY.format(which[0], which[1], size))


_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")
_NO_VOCABULARY = (
    "{0} {1!r} has learned a vocabulary of {2:,} tokens, which tf.keras keeps in a table of the graph and not in the "
    "config; it was not found there.\n"
    "  In the program that wrote it, call layer.get_vocabulary(). Here build the model with "
    "keras.layers.{0}(vocabulary=...) and call model.load_weights(path), which reads the variables of this folder"
)
_NO_CONFIG = (
    "the model has no config: it was a class without `get_config`, or was not written by tf.keras.\n"
    "  Build the model by its class and call model.load_weights(path), which reads the variables of this folder"
)


def load_weights(model: Any, bundle: Any, skip_mismatch: bool = False, graph: Any = None) -> None:
    """Takes the weights of a model, and the state of its optimizer, from a checkpoint.

    Args:
        bundle: the reader of the checkpoint, or its name without endings.
        skip_mismatch: whether what does not fit is left as it is, with a warning.

    Raises:
        ValueError: something does not fit; the model is then as it was.
    """
    bundle = _tensor_bundle.Reader(bundle) if isinstance(bundle, str) else bundle
    graph = graph or _Graph(bundle)
    problems: list[str] = []
    homes: dict[int, Any] = {}  # node -> the variable that it becomes
    changes = []
    with refusing(bundle.path, "its objects"):
        for layer, leaves in _matched(model, graph, 0, problems):
            try:
                pairs = _pairs_of(layer, leaves, graph)
                changes += pairs
                if len(pairs) == len(leaves):
                    by_value = {id(value): variable for variable, value in pairs}
                    homes.update((n, by_value[id(graph.array(n))]) for n in leaves if id(graph.array(n)) in by_value)
            except BadFile:
                raise
            except ValueError as error:
                problems.append(f"  {layer.name}: {error}.{_mismatch.told(error, layer.weights, leaves)}")
    if problems and not skip_mismatch:
        raise ValueError(
            f"{bundle.path} does not fit {model.name}; nothing was changed.\n"
            + "\n".join(problems[:20])
            + "\n  To load what fits and leave the rest, pass skip_mismatch=True."
        )
    for variable, value in changes:
        variable.assign(value)
    if problems:
        warnings.warn(f"{bundle.path} does not fit {model.name} everywhere.\n" + "\n".join(problems), stacklevel=3)
    if getattr(model, "optimizer", None) is not None:
        with refusing(bundle.path, "the state of the optimizer"):
            names, arrays = _state(model, graph, homes)
            if len(arrays) > 1:
                _older_layout.take_state(model, names, arrays, bundle.path)


# --- the config


def contents(path: str) -> tuple[dict, str, int]:
    """What a folder's model is described by, the release that wrote it, and how many parameters it has."""
    about = _plain(_json.parse(_metadata(path), path, _METADATA))
    if not isinstance(about, dict):
        raise BadFile(f"{path} is refused: at {_METADATA}, it describes no model.")
    bundle = _tensor_bundle.Reader(os.path.join(path, _VARIABLES))
    return about, _version(about), sum(counts(bundle).values())


def counts(bundle: Any) -> dict[str, int]:
    """Part of the model -> how many numbers a checkpoint has for it, without the optimizer's."""
    others = ("optimizer/", "keras_api/", "save_counter/", _GRAPH)
    found: dict[str, int] = {}
    for name in bundle.names():
        if not name.startswith(others) and ".OPTIMIZER_SLOT/" not in name:
            part = name.partition("/.ATTRIBUTES/")[0].rpartition("/")[0]
            found[part] = found.get(part, 0) + math.prod(bundle.shape(name))
    return found


def _metadata(path: str) -> str:
    """The JSON that describes the whole model."""
    place = os.path.join(path, _METADATA)
    if os.path.isfile(place):
        if os.path.getsize(place) > _json.MOST_BYTES:
            raise BadFile(f"{path} is refused: at {_METADATA}, there are {os.path.getsize(place):,} bytes.")
        with open(place, "rb") as file, refusing(path, _METADATA):
            for key, node in _protobuf.fields(file.read()):
                about = dict(_protobuf.fields(_protobuf.raw(node))) if key == 1 else {}
                if about.get(3) is not None and _protobuf.text(about[3]) == "root":
                    return _described(about.get(4), about.get(5))
            raise ValueError("it describes no model")
    with open(os.path.join(path, MODEL), "rb") as file, refusing(path, MODEL):
        if not os.fstat(file.fileno()).st_size:
            raise ValueError("it is empty")
        data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # the functions in it may be large
        for field in (2, 7, 1, 4):  # graph with its functions, list of objects, first object, what a user made
            data = next((value for key, value in _protobuf.fields(data) if key == field), None)
            if data is None:
                raise ValueError("it holds no objects, so it was written by TensorFlow 1 or without Keras")
        about = dict(_protobuf.fields(_protobuf.raw(data)))
        return _described(about.get(1), about.get(3))


def _described(identifier: Any, metadata: Any) -> str:
    if identifier is None or metadata is None or _protobuf.text(identifier) not in _MODELS:
        raise ValueError("its root is no model of Keras")
    return _protobuf.text(metadata)


def _version(about: Any) -> str:
    found = about.get("keras_version") if isinstance(about, dict) else None
    return found if isinstance(found, str) else "2.4.0"


def _plain(found: Any) -> Any:
    """Metadata with lists for the tuples and shapes that it wraps, since JSON has none."""
    if isinstance(found, dict):
        if found.get("class_name") in ("__tuple__", "TensorShape") and isinstance(found.get("items"), list):
            return [_plain(x) for x in found["items"]]
        return {key: _plain(value) for key, value in found.items()}
    return [_plain(x) for x in found] if isinstance(found, list) else found


# --- the objects of a checkpoint


class _Node(NamedTuple):
    children: dict[str, int]
    key: str | None  # of the tensor, where the object is a variable
    name: str
    slots: list[tuple[int, str, int]]  # variable, kind, and the variable that holds it
    other: str | None  # a kind of value that is no variable


class _Graph:
    """The objects that a checkpoint lists, and the numbers of those that are variables."""

    def __init__(self, bundle: Any):
        self._bundle = bundle
        self._arrays: dict[int, np.ndarray] = {}
        with refusing(bundle.path, _GRAPH):
            if _GRAPH not in bundle:
                raise ValueError("it has no list of objects: it was written by TensorFlow 1, which is not read here")
            message = b"".join(bundle.text(_GRAPH))
            self.nodes = [_node(value) for key, value in _protobuf.fields(message) if key == 1]
            if not 0 < len(self.nodes) <= _MOST_NODES:
                raise ValueError(f"it lists {len(self.nodes):,} objects")
            for node in self.nodes:
                places = [*node.children.values(), *(n for slot in node.slots for n in (slot[0], slot[2]))]
                if any(n >= len(self.nodes) for n in places):
                    raise ValueError("an object names one that is not in the list")

    def child(self, node: int, name: str) -> int | None:
        """The object that another calls so."""
        return self.nodes[node].children.get(name)

    def numbered(self, node: int, start: str = "") -> list[int]:
        """Children called `start` and a number, in order."""
        found = [
            (int(k[len(start) :]), v)
            for k, v in self.nodes[node].children.items()
            if re.fullmatch(f"{start}[0-9]{{1,7}}", k)
        ]
        return [child for _, child in sorted(found)]

    def array(self, node: int) -> np.ndarray:
        """The numbers of a variable, the same object each time."""
        if node not in self._arrays:
            self._arrays[node] = self._bundle.array(self.nodes[node].key)
        return self._arrays[node]

    def variables(self, node: int) -> list[int]:
        """The variables below an object, each once, in the order in which they were made."""
        found, met, stack = [], set(), [node]
        while stack:
            at = stack.pop()
            if at in met:
                continue
            met.add(at)
            one = self.nodes[at]
            if one.key is not None:
                found.append(at)
            elif one.other == _TABLE or "lookup_table" in one.children:
                continue  # a vocabulary, and what it was counted with; it comes back with the config
            elif one.other is not None:
                raise ValueError(f"it keeps {one.other!r}, a table of TensorFlow, which is not read here")
            stack.extend(reversed(one.children.values()))
        return found


def _node(message: Any) -> _Node:
    children: dict[str, int] = {}
    slots = []
    key = other = None
    name = ""
    for field, value in _protobuf.fields(_protobuf.raw(message)):
        if field not in (1, 2, 3):
            continue
        about = dict(_protobuf.fields(_protobuf.raw(value)))
        if field == 1:
            children[_protobuf.text(about.get(2, b""))] = _protobuf.number(about.get(1, 0))
        elif field == 3:
            kind = _protobuf.text(about.get(2, b""))
            slots.append((_protobuf.number(about.get(1, 0)), kind, _protobuf.number(about.get(3, 0))))
        elif _protobuf.text(about.get(1, b"")) == _VALUE:
            key, name = _protobuf.text(about.get(3, b"")), _protobuf.text(about.get(2, b""))
        else:
            other = _protobuf.text(about.get(1, b""))
    return _Node(children, key, name, slots, None if other == "OBJECT_CONFIG_JSON" else other)


# --- which object is which layer


def _matched(
    part: Any, graph: _Graph, node: int, problems: list[str], depth: int = 0
) -> Iterator[tuple[Any, list[int]]]:
    """Pairs of a layer with weights and the variables that the checkpoint has for it."""
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    inner = getattr(part, "layers", None)
    if not inner:
        yield part, graph.variables(node)
        return
    of_layers = {id(w) for layer in inner for w in layer.weights}
    own = [w for w in part.weights if id(w) not in of_layers]
    if own:
        yield SimpleNamespace(name=part.name, weights=own), _own_variables(graph, node)
    numbered = graph.numbered(node, "layer_with_weights-")
    layers = [layer for layer in inner if layer.weights]
    if numbered:
        for layer, child in _paired(layers, numbered, graph, problems):
            yield from _matched(layer, graph, child, problems, depth + 1)
        return
    # a model without a graph: the checkpoint knows its layers by their attributes
    left = {id(layer) for layer in layers}  # its optimizer and metrics have weights too
    for name, child in graph.nodes[node].children.items():
        for layer, at in _attribute(getattr(part, name, None), graph, child):
            if id(layer) in left:
                left.remove(id(layer))
                yield from _matched(layer, graph, at, problems, depth + 1)
    problems += [
        f"  {layer.name}: the checkpoint has nothing at an attribute that holds it."
        for layer in layers
        if id(layer) in left
    ]


def _own_variables(graph: _Graph, node: int) -> list[int]:
    """Variables that are attributes of an object, not of layers in it."""
    return [child for child in graph.nodes[node].children.values() if graph.nodes[child].key is not None]


def _attribute(value: Any, graph: _Graph, node: int) -> Iterator[tuple[Any, int]]:
    if hasattr(value, "weights"):
        yield value, node
    elif isinstance(value, (list, tuple)):
        for layer, child in zip(value, graph.numbered(node)):
            yield from _attribute(layer, graph, child)
    elif isinstance(value, dict):
        for key, layer in value.items():
            child = graph.child(node, str(key))
            if child is not None:
                yield from _attribute(layer, graph, child)


def _paired(layers: list, nodes: list[int], graph: _Graph, problems: list[str]) -> list[tuple[Any, int]]:
    """Layers of a model with a graph: by the names of their variables where these tell, else in order."""
    nodes = [node for node in nodes if graph.variables(node)]
    by_name = {layer.name: layer for layer in layers}
    found = {}
    for node in nodes:
        parts = [set(graph.nodes[n].name.split("/")) for n in graph.variables(node)]
        common = set.intersection(*parts) & by_name.keys() if parts else set()
        if len(common) == 1:
            found[node] = by_name[common.pop()]
    if len({id(layer) for layer in found.values()}) < len(found):
        found = {}
    taken = {id(layer) for layer in found.values()}
    left = [layer for layer in layers if id(layer) not in taken]
    rest = [node for node in nodes if node not in found]
    if len(left) != len(rest):
        problems.append(f"  The model has {len(layers)} layers with weights, the checkpoint has {len(nodes)}.")
        problems += [f"  {layer.name}: the checkpoint has no layer of that name." for layer in left]
        problems += [f"  {_called(graph, node)}: only the checkpoint has it." for node in rest]
    else:
        found.update(zip(rest, left))
    return [(found[node], node) for node in nodes if node in found]


def _called(graph: _Graph, node: int) -> str:
    variables = graph.variables(node)
    return graph.nodes[variables[0]].name if variables else "a layer"


def _pairs_of(layer: Any, nodes: list[int], graph: _Graph) -> list[tuple[Any, np.ndarray]]:
    variables = layer.weights
    own = [graph.nodes[n].name.rsplit("/", 1)[-1] for n in nodes]
    todays = [v.own_name for v in variables]
    if len(set(own)) == len(own) and set(own) == set(todays):
        nodes = [nodes[own.index(name)] for name in todays]
    names = [graph.nodes[n].name for n in nodes]
    arrays = [graph.array(n) for n in nodes]
    origin = {"keras_version": "2.4.0", "backend": "tensorflow", "names": names}
    pairs = registry.older_weights(layer, names, arrays, origin) or list(zip(variables, arrays))
    if len(pairs) != len(variables):
        _mismatch.check(variables, arrays, "the checkpoint")
    _mismatch.check([variable for variable, _ in pairs], [array for _, array in pairs], "the checkpoint")
    return pairs


# --- the optimizer

# kinds of what an optimizer remembers for each weight, in the order in which today's remember them
_KINDS = (
    "m", "v", "vhat", "rms", "velocity", "mg", "momentum", "accum_grad", "accum_var", "accumulator", "linear",
)  # fmt: skip


def _state(model: Any, graph: _Graph, homes: dict[int, Any]) -> tuple[list[str], list[np.ndarray]]:
    """Names and arrays of an optimizer's state, as files of HDF5 have them."""
    node = graph.child(0, "optimizer")
    if node is None:
        return [], []
    one = graph.nodes[node]
    listed = one.children.get("_variables")
    if listed is not None:
        own = [n for n in graph.numbered(listed) if graph.nodes[n].key and graph.nodes[n].name != "learning_rate"]
        own += [n for n in [one.children.get("_u_product")] if n is not None and graph.nodes[n].key]  # of Nadam, last
        return [graph.nodes[n].name for n in own], [graph.array(n) for n in own]
    steps = one.children.get("iter")
    if steps is None or graph.nodes[steps].key is None:
        return [], []
    place = {id(v): i for i, v in enumerate(model.trainable_variables)}
    by_kind: dict[str, dict[int, int]] = {}
    for variable, kind, slot in one.slots:
        at = place.get(id(homes.get(variable)))
        if at is not None and graph.nodes[slot].key is not None:
            by_kind.setdefault(kind, {})[at] = slot
    names, arrays = ["iter:0"], [graph.array(steps)]
    for kind in sorted(by_kind, key=lambda k: (_KINDS.index(k) if k in _KINDS else len(_KINDS), k)):
        slots = by_kind[kind]
        names += [f"{kind}_{i}:0" for i in slots]
        arrays += [graph.array(slots[i]) for i in sorted(slots)]
    return names, arrays
