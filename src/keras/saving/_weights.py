"""Weights of a model in files, first of all in `.weights.h5`, in the layout that Keras 3 reads and writes.

Each layer and the optimizer keep their arrays in a group `vars` below a path made of attribute names; members of
lists and dicts are called after their class: `layers/dense_1/vars/0`, `layers/lstm/cell/vars/2`, `optimizer/vars/5`.
"""

from __future__ import annotations

import collections
import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from keras._core import registry
from keras._core.checks import no_more_arguments
from keras._core.names import snake_case
from keras.saving import _archive, _hdf5, _mismatch, _older_layout, _orbax, _safetensors, _shards, _tensorflow
from keras.saving._atomic import written_atomically
from keras.saving._errors import refusing
from keras.saving._moment import one_moment

ENDING = ".weights.h5"

# other names that files give to a group; filled by those who know such files
OTHER_NAMES = {f"{part}_dense": f"_{part}_dense" for part in ("query", "key", "value", "output")}  # tf.keras

# What base classes define and what therefore says nothing about the parts of an object. Reading some would compute.
NOT_PARTS = frozenset(
    (
        "_arguments", "_collected_trainable_weights", "_feed_input_names", "_feed_input_shapes", "_feed_inputs",
        "_feed_loss_fns", "_feed_output_names", "_feed_output_shapes", "_feed_outputs", "_feed_sample_weight_modes",
        "_feed_sample_weights", "_feed_targets", "_function_kwargs", "_inbound_nodes", "_index_dict", "_input_layer",
        "_is_compiled", "_is_graph_network", "_keras_mask", "_layers", "_losses", "_metrics", "_name",
        "_non_trainable_weights", "_operations", "_outbound_nodes", "_parts", "_states", "_tracked",
        "_trainable_weights", "_variables", "compiled_loss", "compiled_metrics", "compute_dtype", "count_params",
        "debugs_values", "decay", "distribute_strategy", "dtype", "dtype_policy", "dynamic", "inbound_nodes", "input",
        "input_dtype", "input_mask", "input_names", "input_shape", "inputs", "iterations", "learning_rate",
        "loss_functions", "loss_weights", "loss_weights_list", "losses", "lr", "metrics", "metrics_names",
        "metrics_tensors", "metrics_updates", "metrics_variables", "name", "nodes", "non_trainable_variables",
        "non_trainable_weights", "operations", "outbound_nodes", "output", "output_mask", "output_names",
        "output_shape", "outputs", "path", "quantization_mode", "sample_weight_modes", "sample_weights",
        "state_updates", "stateful", "states", "targets", "total_loss", "trainable", "trainable_variables",
        "trainable_weights", "updates", "uses_learning_phase", "variable_dtype", "variables", "weighted_metrics",
        "weights",
    )
)  # fmt: skip


def save_weights(model, filepath, overwrite=True, max_shard_size=None, **kwargs) -> None:
    """Writes the weights of a model, and the state of its optimizer, to a file that Keras 3 reads as well.

    The file appears whole or not at all: an earlier one survives every failure.

    Args:
        model: a model or layer that is built.
        filepath: where to. `.weights.h5` is the layout of Keras 3, any other name in `.h5` or `.hdf5` that of Keras 2,
            without the optimizer; `.safetensors` and, for parts, `.weights.json` have the names of Keras 3.
        overwrite: whether an existing file is replaced without asking. If False, a terminal is asked, and a program
            without one gets an error.
        max_shard_size: gigabytes; writes files of at most this size beside `NAME.weights.json`, which lists them.
        save_format: 'h5' where the name has no ending.
        objects_to_skip: layers whose weights are left out, in `.weights.h5` only.

    Raises:
        ValueError: the name has another ending than these, or the model is not built.

    >>> model.save_weights("digits.weights.h5")
    """
    save_format, skipped = kwargs.pop("save_format", None), kwargs.pop("objects_to_skip", None) or ()
    if save_format not in (None, "h5"):
        raise ValueError(
            f"save_weights: `save_format` must be 'h5' or None. Got {save_format!r}. Use a name in '{ENDING}'."
        )
    no_more_arguments("save_weights", kwargs)
    path = os.fspath(filepath)
    sharded = max_shard_size is not None
    if sharded or save_format is None:
        _check_name("save_weights", path, sharded)
    _check_built(model, "save_weights")
    if skipped and (sharded or not path.endswith(ENDING)):
        raise ValueError(f"save_weights: `objects_to_skip` needs one file in '{ENDING}'. Got {path!r}.")
    if not overwrite and os.path.exists(path):
        ask_to_replace(path)
    if sharded:
        with one_moment(model):
            _shards.write(model, path, max_shard_size)
        return
    with one_moment(model), written_atomically(path) as temporary:
        if path.endswith(ENDING):
            _hdf5.write(temporary, groups_of(model, skipped))
        elif path.endswith(_safetensors.ENDING):
            _safetensors.write(temporary, model, None)
        else:
            with _hdf5.writing(temporary, path) as file:
                _older_layout.write_weights(file, model)


def groups_of(model: Any, skipped: Any = ()) -> Iterator[tuple[str, tuple[str | None, dict]]]:
    """Path, name and arrays of every part of a model that is not in a skipped layer, one after the other."""
    for place, part in _parts_but(model, skipped):
        yield f"{place}/vars".lstrip("/"), _arrays_of(part)


def _parts_but(model: Any, skipped: Any, others: dict[int, list[str]] | None = None) -> list[tuple[str, Any]]:
    left = {id(part) for layer in skipped for _, part in saved_parts(layer)}
    return [(place, part) for place, part in saved_parts(model, others) if id(part) not in left]


def _arrays_of(part: Any) -> tuple[str | None, dict]:
    store: dict[str, Any] = {}
    part.save_own_variables(store)
    return getattr(part, "name", None), store


def load_weights(model, filepath, skip_mismatch=False, by_name=False, **kwargs) -> None:
    """Takes the weights of a model, and the state of its optimizer, from a file of any year.

    The content decides how it is read: `.weights.h5` and whole `.keras` files of Keras 3, `.h5` files of Keras 0.3 to 3
    with weights or whole models, `.safetensors`, `.weights.json` of files in several parts, checkpoints that
    tf.keras wrote as `NAME.index` and `NAME.data-...` or inside a folder of a whole model, and folders of
    `OrbaxCheckpoint`, of which the newest checkpoint is taken unless the folder of one is given.

    Args:
        model: a model or layer that is built.
        filepath: the file.
        skip_mismatch: whether parts that do not fit are left as they are, with a warning, instead of an error.
        by_name: whether layers are found by name rather than by order, in files in the layout of Keras 2.
        objects_to_skip: layers that are left as they are, in files in the layout of Keras 3; others refuse it.
        reshape: whether arrays in another shape than a weight, but with as many numbers, are taken in their order, from
            files in the layout of Keras 2; from others they are refused.

    Raises:
        ValueError: something does not fit, or the file is refused; the model is then as it was.
    """
    skipped = kwargs.pop("objects_to_skip", None) or []
    reshape = kwargs.pop("reshape", False)
    no_more_arguments("load_weights", kwargs)
    path = os.fspath(filepath)
    for kind, format_ in _CHECKPOINTS.items():
        checkpoint = format_.checkpoint(path)
        if checkpoint is not None:
            if by_name or skipped or reshape:
                raise ValueError(
                    f"load_weights: {path!r} is a checkpoint of {kind}; leave out `by_name`, `reshape` and "
                    "`objects_to_skip`. skip_mismatch=True loads what fits."
                )
            _check_built(model, "load_weights")
            format_.load_weights(model, checkpoint, skip_mismatch)
            return
    if not _hdf5.is_hdf5(path):
        _check_name("load_weights", path, True)
    if not os.path.isfile(path):
        raise FileNotFoundError(f"load_weights: there is no file {path!r}.")
    _check_built(model, "load_weights")
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(path, "rb"))
        start = file.read(8)
        if path.endswith(_shards.ENDING):
            reader: Any = _shards.Reader(path)
        elif path.endswith(_safetensors.ENDING):
            reader = _safetensors.Reader(file, path)
        elif start.startswith(b"PK") and path.endswith(".keras"):
            member = _archive.Archive(file, path).open("model.weights.h5")
            reader = stack.enter_context(_hdf5.opened(member, path))
        else:
            reader = stack.enter_context(_hdf5.opened(file, path))
            if _older_layout.is_this_layout(reader):
                if skipped:
                    raise ValueError(
                        f"load_weights: {path!r} has the layout of Keras 2, where nothing is left out by "
                        "`objects_to_skip`.\n"
                        "  Leave it out; by_name=True loads the layers whose names are in the file."
                    )
                place = "model_weights" if reader.has("model_weights") else ""
                with refusing(path, place or "its beginning"):
                    _older_layout.load_weights(model, reader, place, by_name, skip_mismatch, reshape)
                return
        if by_name:
            raise ValueError(
                f"load_weights: {path!r} has the layout of Keras 3, where no weights are found `by_name`.\n"
                "  Leave it out; skip_mismatch=True loads what fits."
            )
        load_from(model, reader, skip_mismatch, skipped)


def load_from(model: Any, file: Any, skip_mismatch: bool = False, skipped: Any = ()) -> None:
    """Takes the weights of a model, and the state of its optimizer, from an open file in the layout of Keras 3.

    Raises:
        ValueError: something does not fit, or the file is refused; the model is then as it was.
    """
    path = file.path
    others: dict[int, list[str]] = {}
    parts = _parts_but(model, skipped, others)
    _build_optimizers(model, parts, file)
    before = {id(v): (v, v.value) for _, part in parts for v in getattr(part, "variables", ())}
    try:
        problems = _load_parts(parts, file, others)
        if problems and not skip_mismatch:
            raise ValueError(_problem_text(path, problems, len(parts)) + _SKIP_HINT)
    except BaseException:
        for variable, value in before.values():
            variable.assign(value)
        raise
    if problems:
        warnings.warn(_problem_text(path, problems, len(parts)), stacklevel=2)


def _load_parts(parts: list[tuple[str, Any]], file: Any, others: dict[int, list[str]]) -> list[str]:
    problems = []
    taken = {place for place, _ in parts}
    for place, part in parts:
        room = sum(v.size * 8 for v in getattr(part, "variables", ()))
        store = file.arrays(f"{_place_in(file, place)}/vars".lstrip("/"), room)
        if not store and getattr(part, "variables", ()):  # it may have been saved under another name that it has too
            further = [one for one in others.get(id(part), ()) if one not in taken and file.has(f"{one}/vars")]
            store = file.arrays(f"{further[0]}/vars", room) if further else store
        if not store and not getattr(part, "variables", ()):
            continue  # a part without weights need not be in the file
        if not store and hasattr(type(part), "apply_gradients"):
            continue  # weights saved without an optimizer leave this one as it is
        try:
            part.load_own_variables(store)
        except _hdf5.BadFile:
            raise
        except (ValueError, KeyError, TypeError) as error:
            reason = error.args[0] if isinstance(error, KeyError) and error.args else error
            cause = _mismatch.cause_of_part(part, store, place, _places(file))
            problems.append(f"  {place or 'the model'}: {reason}{cause}")
    return problems


def _places(file: Any) -> list[str]:
    """Where a file in the layout of Keras 3 has arrays."""
    return [place.removesuffix("/vars") for place in file.places() if place.endswith("/vars")]


def _place_in(file: Any, place: str) -> str:
    """The path that a file of another release uses for `place`."""
    if not OTHER_NAMES or file.has(place or "vars"):
        return place
    return "/".join(OTHER_NAMES.get(part, part) for part in place.split("/"))


_CHECKPOINTS: dict[str, Any] = {"TensorFlow": _tensorflow, "Orbax": _orbax}
_SKIP_HINT = "\n  The model is as it was. To load what fits and leave the rest, pass skip_mismatch=True."


def _problem_text(path: str, problems: list[str], count: int) -> str:
    shown = problems[:10] + ([f"  ... and {len(problems) - 10} more"] if len(problems) > 10 else [])
    return f"{len(problems)} of {count} parts of the model do not fit what {path} holds.\n" + "\n".join(shown)


def _build_optimizers(model: Any, parts: list[tuple[str, Any]], file: Any) -> None:
    # an optimizer makes its state at the first step; to be loaded, it has to be there
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or optimizer.built:
        return
    place = next((place for place, part in parts if part is optimizer), None)
    if place is not None and len(file.arrays(f"{place}/vars")) > len(optimizer.variables):
        optimizer.build(model.trainable_variables)


def saved_parts(root: Any, others: dict[int, list[str]] | None = None) -> Iterator[tuple[str, Any]]:
    """Pairs of path and object for everything with arrays of its own, each object once, the root first at ''.

    Args:
        root: what has the parts.
        others: gets the further paths of each object, by its id.
    """
    met: dict[int, Any] = {}  # what was met is kept: lists made by properties would leave their ids to others

    def part(place: str, thing: Any) -> Iterator[tuple[str, Any]]:
        if id(thing) in met:
            if others is not None:
                others.setdefault(id(thing), []).append(place)
            return
        met[id(thing)] = thing
        yield place, thing
        for name, child in _attributes(thing):
            yield from member(f"{place}/{name}".lstrip("/"), child)

    def member(place: str, thing: Any) -> Iterator[tuple[str, Any]]:
        if _has_arrays(thing):
            yield from part(place, thing)
        elif _is_container(thing) and id(thing) not in met:
            met[id(thing)] = thing
            counts: collections.Counter[str] = collections.Counter()
            for child in thing.values() if isinstance(thing, dict) else thing:
                if _has_arrays(child) or _is_container(child):
                    base = "container" if _is_container(child) else snake_case(_class_name(child))
                    count = counts[base]
                    counts[base] += 1
                    yield from member(f"{place}/{base}_{count}" if count else f"{place}/{base}", child)

    yield from part("", root)


def _class_name(thing: Any) -> str:
    """The class of a thing, by the name that the config beside the weights has for it."""
    name = type(thing).__name__
    if registry.module_of(type(thing)) != "keras.layers":
        return name
    return registry.todays_class_name(name, {"padding": getattr(thing, "padding", None)})


def _is_container(x: Any) -> bool:
    return isinstance(x, (list, tuple, dict))


def _has_arrays(x: Any) -> bool:
    # metrics start anew with every run and are not saved
    return hasattr(type(x), "save_own_variables") and not hasattr(type(x), "result")


def _attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    """Attributes in the order in which they name what they hold: public ones first, by the alphabet."""
    names = [n for n in dir(thing) if not n.startswith("__") and n not in NOT_PARTS]
    names.sort(key=lambda n: (n != "layers" or not _is_graph(thing), n.startswith("_"), n))
    for name in names:
        try:
            child = getattr(thing, name)
        except Exception:  # a property that cannot be read now holds no part
            continue
        if _has_arrays(child) or _is_container(child):
            yield name, child


def _is_graph(thing: Any) -> bool:
    # the layers of these are named by the graph; attributes of a subclass come after
    return getattr(thing, "_graph", None) is not None or any(
        c.__name__ in ("Functional", "Sequential") and c.__module__.startswith("keras.") for c in type(thing).__mro__
    )


def _check_name(owner: str, path: Any, sharded: bool) -> None:
    endings = (ENDING, ".h5", ".hdf5", _safetensors.ENDING) if owner == "save_weights" else (
        ENDING, ".h5", ".hdf5", _safetensors.ENDING, ".keras",
    )  # fmt: skip
    if sharded and owner == "save_weights":
        endings = (_shards.ENDING,)
    elif sharded:
        endings = (*endings, _shards.ENDING)
    if not isinstance(path, str) or not path.endswith(endings):
        raise ValueError(f"{owner}: the file's name must end in {', '.join(map(repr, endings))}. Got {path!r}.")


def _check_built(model: Any, what: str) -> None:
    if not getattr(model, "built", True):
        raise ValueError(
            f"{what}: {model.name} is not built yet, so it has no weights.\n"
            "  Call it on data, call build(input_shape), or start the model with keras.Input(shape)."
        )


def ask_to_replace(path: str) -> None:
    """Asks whoever sits at the terminal whether a file may be replaced; without one, raises FileExistsError."""
    if not sys.stdin or not sys.stdin.isatty():
        raise FileExistsError(f"{path!r} is there already, and `overwrite` is False.")
    if input(f"{path} is there already. Replace it? [y/n] ").strip().lower() not in ("y", "yes"):
        raise FileExistsError(f"{path!r} was not replaced.")
