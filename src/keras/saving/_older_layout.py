"""HDF5 files of models in the layout of Keras 2: one group for each layer, configs as text in attributes.

Keras 2 and 3 read and write it, and Keras 1 did with other arrays. What is not as it is today is handed to whoever
offered to translate it (`registry.offer_translation`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras._core import registry, release
from keras._core.names import nearest
from keras.saving import _hdf5, _json, _mismatch
from keras.saving._errors import BadFile, refusing

_LONGEST_ATTRIBUTE = 64000  # bytes; HDF5 keeps no longer ones in this layout


# --- writing


def write_model(file: Any, model: Any, config: dict, include_optimizer: bool) -> None:
    """Writes a whole model into an open file of h5py."""
    plain = _plain_config(config)
    compiled = config.get("compile_config")
    file.attrs["keras_version"] = release.KERAS
    file.attrs["backend"] = "jax"
    file.attrs["model_config"] = _json.write(plain)
    write_weights(file.create_group("model_weights"), model)
    if not compiled or not include_optimizer:
        return
    optimizer = compiled.pop("optimizer", None)
    compiled["loss"] = _plain_pieces(compiled.get("loss"), _FULL_NAMES)
    for key in ("metrics", "weighted_metrics"):
        compiled[key] = _plain_pieces(compiled.get(key), {})
    training = {**compiled, "optimizer_config": optimizer and {k: optimizer[k] for k in ("class_name", "config")}}
    file.attrs["training_config"] = _json.write(training)
    variables = model.optimizer.variables if model.optimizer is not None and model.optimizer.built else []
    if variables:
        group = file.create_group("optimizer_weights")
        names = unique([v.path for v in variables])
        write_names(group, "weight_names", names)
        for name, v in zip(names, variables):
            _hdf5.write_array(group, name, v.numpy())


# Keras 3 takes the short names of losses in such files for metrics
_FULL_NAMES = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "kld": "kl_divergence", "logcosh": "log_cosh",
}  # fmt: skip


def _plain_pieces(found: Any, names: dict[str, str]) -> Any:
    """Losses or metrics as Keras 2 and 3 read them in such files: functions by their names, which may be others."""
    if isinstance(found, str):
        return names.get(found.lower(), found)
    if isinstance(found, list):
        return [_plain_pieces(one, names) for one in found]
    if not isinstance(found, dict):
        return found
    if found.get("class_name") == "function":
        return found["config"]
    if "class_name" in found:
        return {"class_name": found.get("registered_name") or found["class_name"], "config": found["config"]}
    return {name: _plain_pieces(one, names) for name, one in found.items()}


def _plain_config(config: dict) -> dict:
    """The architecture alone, without what it was compiled with."""
    return {k: v for k, v in config.items() if k != "compile_config"}


def write_weights(group: Any, model: Any) -> None:
    """Writes the weights of a model, layer by layer."""
    group.attrs["backend"] = "jax"
    group.attrs["keras_version"] = release.KERAS
    layers = list(getattr(model, "layers", [model]))
    write_names(group, "layer_names", [layer.name for layer in layers])
    for layer in layers:
        own = group.create_group(layer.name)
        variables = weights_in_order(layer)
        names = unique([v.path for v in variables])
        write_names(own, "weight_names", names)
        for name, v in zip(names, variables):
            _hdf5.write_array(own, name, v.numpy())
    top = group.create_group("top_level_model_weights")
    inner = {id(v) for layer in layers for v in layer.weights}
    variables = [v for v in model.weights if id(v) not in inner]
    names = unique([v.path for v in variables])
    write_names(top, "weight_names", names)
    for name, v in zip(names, variables):
        _hdf5.write_array(top, name, v.numpy())


def write_names(group: Any, key: str, names: list[str]) -> None:
    """A list of names as an attribute, in several if it is long."""
    raw = np.array([name.encode("utf-8") for name in names] or [], dtype=None if names else "S1")
    if raw.nbytes <= _LONGEST_ATTRIBUTE:
        group.attrs[key] = raw
        return
    if raw.itemsize > _LONGEST_ATTRIBUTE:
        longest = max(names, key=len)
        raise ValueError(
            f"HDF5 files have names of at most {_LONGEST_ATTRIBUTE:,} bytes. Got one of {raw.itemsize:,}, which begins "
            f"with {longest[:40]!r}: save in '.keras'."
        )
    in_one = _LONGEST_ATTRIBUTE // raw.itemsize
    for i, part in enumerate(np.array_split(raw, -(-len(raw) // in_one))):
        group.attrs[f"{key}{i}"] = part


def unique(names: list[str]) -> list[str]:
    """Names, with a number behind those that came before or that would be a folder of another."""
    found: list[str] = []
    for name in names:
        new, count = name, 0
        while any(new == k or new.startswith(f"{k}/") or k.startswith(f"{new}/") for k in found):
            count += 1
            new = f"{name}_{count}"
        found.append(new)
    return found


def weights_in_order(layer: Any) -> list[Any]:
    """Weights as this layout lists them: trained ones first."""
    trained = {id(v) for v in layer.trainable_weights}
    weights = layer.weights
    return [v for v in weights if id(v) in trained] + [v for v in weights if id(v) not in trained]


def reshaped(array: np.ndarray, variable: Any) -> np.ndarray:
    """An array of as many numbers as a variable has, in its shape; any other one as it is."""
    return np.reshape(array, variable.shape) if array.size == variable.size else array


def _arrays_for(wanted: list[Any], names: list[str], store: Any) -> list[np.ndarray]:
    """The arrays in their order; by their names where that does not fit.

    So it is where a layer was quantised after it was built: its scales come last, and first where the config tells of
    them before there are weights.
    """
    arrays = [store[n] for n in names]
    if [a.shape for a in arrays] == [tuple(v.shape) for v in wanted]:
        return arrays
    by_name = {name.rsplit("/", 1)[-1].split(":")[0]: array for name, array in zip(names, arrays)}
    own = [v.own_name for v in wanted]
    if len(by_name) != len(arrays) or len(own) != len(arrays) or set(own) != set(by_name):
        return arrays
    found = [by_name[name] for name in own]
    return found if [a.shape for a in found] == [tuple(v.shape) for v in wanted] else arrays


def _slots_of(optimizer: Any) -> list[Any]:
    """Variables of an optimizer without its learning rate, which the config has told it."""
    return [v for v in optimizer.variables if v.own_name != "learning_rate"] if optimizer.built else []


# --- reading


def load_model(reader: _hdf5.Reader, make: Callable, compile: bool) -> Any:
    """The model that a file holds.

    Args:
        reader: the open file.
        make: `(config, path, bytes of weights) -> model`.
        compile: whether to compile it as the file says.
    """
    path = reader.path
    about = reader.attributes()
    text = about.get("model_config")
    if not isinstance(text, str):
        raise BadFile(
            f"{path} holds no model, but weights alone or something else: it has no `model_config`.\n"
            "  Build the model and call model.load_weights(path)."
        )
    config = _json.parse(text, path, "model_config")
    place = "model_weights" if reader.has("model_weights") else ""
    origin = origin_of(reader, place)
    origin["shape_of"] = _Shapes(reader, place)
    with refusing(path, "model_config"):
        config = registry.in_todays_form(config, origin)
        if str(origin["keras_version"]).startswith("3."):  # which the entries do not say
            config = {**config, "keras_version": origin["keras_version"]}
    model = make(config, path, reader.declared_bytes(place))
    with refusing(path, place or "the weights"):
        load_weights(model, reader, place)
    training = about.get("training_config")
    if compile and isinstance(training, str):
        compile_as(model, _json.parse(training, path, "training_config"), path, origin)
        _take_state_in(model, reader, place, origin)
    return model


class _Shapes:
    """Shapes of the weights in a file by their names, for configs that leave out what says them."""

    def __init__(self, reader: _hdf5.Reader, place: str):
        self._reader = reader
        self._place = place
        self._groups: dict[str, str] | None = None

    def __call__(self, name: str) -> tuple[int, ...] | None:
        if self._groups is None:
            self._groups = {one: group for group, names in layers_in(self._reader, self._place) for one in names}
        found = self._reader.find(f"{self._place}/{self._groups.get(name, '')}/{name}")
        return getattr(found, "shape", None)


def origin_of(reader: _hdf5.Reader, place: str = "") -> dict[str, Any]:
    """Which release and which engine wrote a file, as far as it says so."""
    about = {**reader.attributes(place), **reader.attributes()}
    origin = {key: about.get(key) for key in ("keras_version", "backend")}
    origin["names"] = [name for _, names in layers_in(reader, place) for name in names]
    return origin


def compile_as(model: Any, training: Any, path: str, origin: dict) -> None:
    """Compiles a model as the `training_config` of a file of any year says."""
    with refusing(path, "training_config"):
        if not isinstance(training, dict):
            raise ValueError("there is no object")
        training = dict(training)
        if "optimizer_config" in training:
            training["optimizer"] = training.pop("optimizer_config")
        found = registry.in_todays_form({"compile_config": training}, origin)["compile_config"]
        for key in ("loss", "metrics", "weighted_metrics"):
            if key in found:
                found[key] = _with_customs(found[key])
        model.compile_from_config(found)


def _with_customs(found: Any) -> Any:
    """Losses and metrics with the caller's functions looked up now: after loading their names mean nothing."""
    if isinstance(found, str):
        own = registry.registered_object(found)
        described = {"module": "builtins", "class_name": "function", "config": found, "registered_name": found}
        return found if own is None or isinstance(own, type) else described
    if isinstance(found, list):
        return [_with_customs(x) for x in found]
    if isinstance(found, dict) and "class_name" not in found:
        return {key: _with_customs(value) for key, value in found.items()}
    return found


def take_state(model: Any, names: list[str], arrays: list[Any], path: str) -> None:
    """Gives the optimizer of a model what it remembered when a file was written, or warns that it starts anew."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    variables = _slots_of(model.optimizer)
    arrays = registry.older_slots(arrays, names, variables, len(model.trainable_variables))
    if [a.shape for a in arrays] == [v.shape for v in variables]:
        for v, array in zip(variables, arrays):
            v.assign(array)
    elif len(arrays) > 1:  # one alone counts the updates of an optimizer that has made none
        warnings.warn(
            f"The state of the optimizer in {path} does not fit {model.optimizer.name}, so it starts anew.",
            stacklevel=4,
        )


def _take_state_in(model: Any, reader: _hdf5.Reader, place: str, origin: dict) -> None:
    if model.optimizer is None or not reader.has("optimizer_weights"):
        return
    with refusing(reader.path, "optimizer_weights"):
        names = _names(reader, "optimizer_weights", "weight_names")
        names = [name for name in names if name.rpartition("/")[2] != "learning_rate"]  # in files of Keras 3
        store = reader.arrays("optimizer_weights", _room(model))
        arrays = [store[name] for name in names]
        pairs, _ = _matched(_weighted(model), _saved(model, reader, place), False)
        arrays = registry.older_slots_by_name(pairs, arrays, origin, model.trainable_variables)
        take_state(model, names, arrays, reader.path)


def _names(reader: _hdf5.Reader, place: str, key: str) -> list[str]:
    """A list of names from an attribute, or from several where it is long."""
    about = reader.attributes(place)
    found = about.get(key)
    if found is None:
        found, i = [], 0
        while isinstance(about.get(f"{key}{i}"), list):
            found += about[f"{key}{i}"]
            i += 1
    if not isinstance(found, list) or not all(isinstance(n, str) for n in found):
        if found == [] or (isinstance(found, list) and not any(found)):
            return []  # an empty list has no text type
        reader.refuse(place, f"`{key}` is no list of names")
    return found


def layers_in(reader: _hdf5.Reader, place: str) -> Iterator[tuple[str, list[str]]]:
    """Names of the layers in a file, and of their arrays."""
    for name in _names(reader, place, "layer_names"):
        yield name, _names(reader, f"{place}/{name}", "weight_names")


def _room(model: Any) -> int:
    return sum(v.size * 8 for v in model.variables)


def is_this_layout(reader: _hdf5.Reader) -> bool:
    """Whether a file has weights in the layout of Keras 2, or an older one."""
    about = reader.attributes("model_weights" if reader.has("model_weights") else "")
    return any(name in about for name in ("layer_names", "layer_names0", "nb_layers"))


def load_weights(
    model: Any, reader: _hdf5.Reader, place: str = "", by_name=False, skip_mismatch=False, reshape=False
) -> None:
    """Takes the weights of a model from a file in this layout.

    Args:
        place: the group that has them.
        by_name: whether layers are found by name rather than by order.
        skip_mismatch: whether what does not fit is left as it is, with a warning.
        reshape: whether arrays of as many numbers as a weight has, in another shape, are taken in their order.

    Raises:
        ValueError: something does not fit; the model is then as it was.
    """
    origin = origin_of(reader, place)
    pairs, problems = _matched(_weighted(model), _saved(model, reader, place), by_name)
    changes = []
    for layer, (name, names, store) in pairs:
        wanted = weights_in_order(layer)
        arrays = _arrays_for(wanted, names, store)
        try:
            found = registry.older_weights(layer, names, arrays, origin)
            if found is None:
                if not reshape or len(wanted) != len(arrays):
                    _mismatch.check(wanted, arrays)
                found = list(zip(wanted, arrays))
            if reshape:
                found = [(v, reshaped(a, v)) for v, a in found]
            _mismatch.check([v for v, _ in found], [array for _, array in found])
            if len(found) != len(wanted):
                raise ValueError(f"it has {len(wanted)} weights, the file has {len(found)} that fit")
            changes += found
        except _hdf5.BadFile:
            raise
        except ValueError as error:
            if by_name and name != layer.name:
                continue  # a classifier of one's own that has the name of today's: it was not found when it was written
            problems.append(f"  {layer.name} (in the file: {name}): {error}.{_mismatch.told(error, wanted, arrays)}")
    top = f"{place}/top_level_model_weights".lstrip("/")
    if reader.has(top):
        inner = {id(v) for layer in getattr(model, "layers", []) for v in layer.weights}
        own = [v for v in model.weights if id(v) not in inner]
        names = _names(reader, top, "weight_names")
        if len(own) == len(names):
            changes += [(v, reader.arrays(top, _room(model))[n]) for v, n in zip(own, names)]
    if problems and not skip_mismatch:
        hint = "" if by_name else "\n  To load the layers whose names are the same, pass by_name=True."
        raise BadFile(
            f"{reader.path} does not fit {model.name}; nothing was changed.\n"
            + "\n".join(problems[:20])
            + hint
            + "\n  To load what fits and leave the rest, pass skip_mismatch=True."
        )
    for v, array in changes:
        v.assign(array)
    if by_name and not pairs:
        warnings.warn(_no_names(model, reader, place), stacklevel=3)
    if problems:
        warnings.warn(f"{reader.path} does not fit {model.name} everywhere.\n" + "\n".join(problems), stacklevel=3)


def _no_names(model: Any, reader: _hdf5.Reader, place: str) -> str:
    theirs = [name for name, _, _ in _saved(model, reader, place)]
    ours = [layer.name for layer in _weighted(model)]
    return (
        f"{reader.path} has no layer with weights that is called like one of {model.name}, so nothing was loaded.\n"
        f"  In the model: {', '.join(ours[:10])}\n  In the file:  {', '.join(theirs[:10])}"
    )


def _weighted(model: Any) -> list[Any]:
    return [layer for layer in getattr(model, "layers", [model]) if layer.weights]


def _saved(model: Any, reader: _hdf5.Reader, place: str) -> list[tuple]:
    """Name, names of arrays and arrays of each layer with weights in a file."""
    found = registry.older_groups(reader, place) or layers_in(reader, place)
    room = _room(model)
    return [(name, own, reader.arrays(f"{place}/{name}".lstrip("/"), room)) for name, own in found if own]


def _matched(layers: list[Any], saved: list[tuple], by_name: bool) -> tuple[list, list[str]]:
    """Pairs of a layer and what the file has for it, and what found no partner."""
    known = {layer.name for layer in layers}
    names = [registry.todays_layer_name(name, known) for name, _, _ in saved]
    if by_name:
        by = {layer.name: layer for layer in layers}
        return [(by[name], entry) for name, entry in zip(names, saved) if name in by], []
    if len(layers) != len(saved):
        # releases before 2.0 listed the layers of models inside by themselves
        inner = [one for layer in layers for one in _opened(layer)]
        if len(inner) == len(saved) or {layer.name for layer in inner} == set(names):
            layers = inner
    if len({layer.name for layer in layers}) == len(layers) and {layer.name for layer in layers} == set(names):
        by = {layer.name: layer for layer in layers}
        return [(by[name], entry) for name, entry in zip(names, saved)], []
    if len(layers) == len(saved):
        return list(zip(layers, saved)), []
    problems = [
        f"  {layer.name}: the file has no layer of that name.{nearest(layer.name, names)}"
        for layer in layers
        if layer.name not in names
    ]
    own = [layer.name for layer in layers]
    problems += [f"  {name}: only the file has it.{nearest(name, own)}" for name in names if name not in own]
    problems.insert(0, f"  The model has {len(layers)} layers with weights, the file has {len(saved)}.")
    by = {layer.name: layer for layer in layers}
    return [(by[name], entry) for name, entry in zip(names, saved) if name in by], problems


def _opened(layer: Any) -> list[Any]:
    """The layers with weights inside a model or a merging layer, or the layer itself."""
    inner = [one for one in getattr(layer, "layers", None) or [] if getattr(one, "weights", None)]
    return [leaf for one in inner for leaf in _opened(one)] if inner else [layer]
