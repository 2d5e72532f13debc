"""Weights as older releases kept them, as today's layers take them: gates, axes and directions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

# gates of recurrent layers, in the order in which 1.x kept their arrays -> the order in which they stand side by side
_GATES = {12: (0, 2, 1, 3), 9: (0, 1, 2)}  # LSTM: i, c, f, o -> i, f, c, o; GRU: z, r, h
GATES_OF_1 = {"LSTM": _GATES[12], "ConvLSTM": _GATES[12], "GRU": _GATES[9]}
_TRANSPOSED = ("Conv2DTranspose", "Deconvolution2D", "Conv3DTranspose", "Conv1DTranspose")


def weights(
    layer: Any, names: list[str], arrays: list[np.ndarray], origin: dict
) -> list[tuple[Any, np.ndarray]] | None:
    """Pairs of a variable of `layer` and its value.

    Args:
        layer: one of today's layers.
        names: what the file calls the arrays.
        arrays: the arrays.
        origin: `keras_version`, `backend` and all `names` of the file.
    """
    number = _number(origin)
    if number >= (3, 0) and not getattr(layer, "layers", None):
        return None
    return list(_pairs(layer, names, arrays, _Origin(number, _is_theano(origin, number))))


class _Origin:
    """The release that wrote a file, and whether Theano computed for it."""

    def __init__(self, number: tuple[int, int], theano: bool):
        self.number = number
        self.theano = theano


def _number(origin: dict) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", str(origin.get("keras_version") or ""))
    if found:
        return int(found[1]), int(found[2])
    names = origin.get("names") or [""]
    # 1.x called weights `dense_1_W`, later releases `dense_1/kernel:0`; files of weights do not say who wrote them
    if any(name.startswith("param_") for name in names):
        return (0, 3)
    return (1, 2) if not any("/" in name for name in names) else (2, 3)


def _is_theano(origin: dict, number: tuple[int, int]) -> bool:
    if origin.get("backend"):
        return origin["backend"] == "theano"
    # before 2.0 a file does not name the engine; TensorFlow's variables end in a number of their output
    return number < (2, 0) and not any(name.endswith(":0") for name in origin.get("names") or [])


def _pairs(layer: Any, names: list[str], arrays: list, origin: _Origin) -> Iterator[tuple[Any, np.ndarray]]:
    inner = getattr(layer, "layers", None)
    if inner:
        yield from _in_model(layer, inner, names, arrays, origin)
        return
    wrapped = getattr(layer, "layer", None)
    if hasattr(layer, "forward_layer") and hasattr(layer, "backward_layer"):
        half = len(arrays) // 2
        yield from _pairs(layer.forward_layer, names[:half], arrays[:half], origin)
        yield from _pairs(layer.backward_layer, names[half:], arrays[half:], origin)
        return
    if wrapped is not None and hasattr(wrapped, "weights") and len(wrapped.weights) == len(layer.weights):
        yield from _pairs(wrapped, names, arrays, origin)
        return
    variables = layer.weights
    if getattr(layer, "cells", None) is None and len(layer.weights) != len(arrays):
        arrays = _gates_joined(layer, arrays)
    arrays = _without_counts(arrays, variables)
    if getattr(layer, "stateful", False):
        arrays = arrays[: len(variables)]  # folders of tf.keras have the states behind the weights
    if len(arrays) != len(variables):
        raise ValueError(f"it has {len(variables)} weights, the file has {len(arrays)}")
    if _are_of_cudnn(layer, arrays):
        arrays = _from_cudnn(arrays, tuple(variables[-1].shape))
    for i, (variable, array) in enumerate(zip(variables, arrays)):
        yield variable, _fitted(layer, i, variable, array, origin)


def _in_model(layer: Any, inner: list, names: list[str], arrays: list, origin: _Origin) -> Iterator:
    """The arrays of a model inside a model: each belongs to the layer whose name is in its own."""
    every = {id(leaf): leaf for leaf in _leaves(inner)}.values()
    leaves = {leaf.name: leaf for leaf in every}
    owners = {name: leaf.name for leaf in leaves.values() for name in _names_of(leaf)} | {name: name for name in leaves}
    shares: dict[str, tuple[list[str], list]] = {}
    for name, array in zip(names, arrays):
        owner = _owner(name, owners)
        if owner is None:
            break
        own = shares.setdefault(owners[owner], ([], []))
        own[0].append(name)
        own[1].append(array)
    else:
        if len(leaves) == len(every) and set(shares) == {name for name, leaf in leaves.items() if leaf.weights}:
            for name, (own_names, own) in shares.items():
                yield from _pairs(leaves[name], own_names, own, origin)
            return
    # names say nothing: trained weights of all layers come first, then the others
    trained = {id(v) for leaf in every for v in leaf.trainable_weights}
    variables = layer.weights
    ordered = [v for v in variables if id(v) in trained] + [v for v in variables if id(v) not in trained]
    if len(ordered) != len(arrays):
        raise ValueError(f"it has {len(ordered)} weights, the file has {len(arrays)}")
    yield from zip(ordered, arrays)


def _leaves(layers: list) -> Iterator[Any]:
    for layer in layers:
        inner = getattr(layer, "layers", None)
        if inner:
            yield from _leaves(inner)
        else:
            yield layer


def _names_of(leaf: Any) -> Iterator[str]:
    """Names of layers inside a wrapper, after which weights are called that belong to it."""
    for part in ("layer", "forward_layer", "backward_layer"):
        wrapped = getattr(leaf, part, None)
        if wrapped is not None and hasattr(wrapped, "weights"):
            yield wrapped.name
            yield from (inner.name for inner in _leaves(getattr(wrapped, "layers", None) or []))


def _owner(name: str, owners: Iterable[str]) -> str | None:
    """Whose weight an array is by its own name."""
    parts = name.split(":")[0].split("/")
    for part in reversed(parts):
        if part in owners:
            return part
    # 1.x: `dense_1_W`
    found = [owner for owner in owners if parts[-1].startswith(f"{owner}_")]
    return max(found, key=len) if found else None


def _gates_joined(layer: Any, arrays: list) -> list:
    """Kernel, recurrent kernel and bias of a recurrent layer of which the file has one each for every gate."""
    order = _GATES.get(len(arrays))
    if order is None or not hasattr(layer, "return_sequences"):
        return arrays
    count = len(order)
    if len(arrays) != 3 * count:
        return arrays
    joined = []
    for kind in range(3):  # W, U and b of the first gate come first, then those of the second
        parts = [arrays[3 * gate + kind] for gate in order]
        first = parts[0].ndim > 2 and getattr(layer, "data_format", None) == "channels_first"
        joined.append(np.concatenate(parts, axis=0 if first else -1))
    return joined


def _without_counts(arrays: list, variables: list) -> list:
    """Arrays without a counter that tf.keras kept beside means and variances."""
    if len(arrays) == len(variables) + 1 and arrays[-1].shape == () and arrays[-1].dtype.kind in "iu":
        return arrays[:-1]
    return arrays


def _fitted(layer: Any, place: int, variable: Any, array: np.ndarray, origin: _Origin) -> np.ndarray:
    """One array with the axes of today's variable."""
    wanted = tuple(variable.shape)
    cls = type(layer).__name__
    if cls in ("LocallyConnected1D", "LocallyConnected2D"):  # no convolution: never flipped, nor its bias of three axes
        return array
    is_kernel = hasattr(layer, "kernel_size") and array.ndim >= 3
    if is_kernel and cls == "Conv1D" and array.ndim == 4:
        # 1.x: (length, 1, in, out), or (out, in, length, 1) where axes stood in Theano's order
        if array.shape[1] == 1 and (array[:, 0].shape == wanted or array.shape[3] != 1):
            array = array[:, 0]
        elif array.shape[3] == 1:
            array = array[..., 0].transpose(2, 1, 0)
        return array[::-1] if origin.theano else array
    if is_kernel and origin.number < (2, 0):
        return _kernel_of_1(layer, cls, array, wanted, origin)
    if is_kernel and origin.theano:
        spatial = array.ndim - 2
        return array[(slice(None, None, -1),) * spatial]
    if array.shape != wanted and array.size == variable.size and cls in ("GRU", "GRUCell") and place == 2:
        return array.reshape(wanted)
    return array


def _kernel_of_1(layer: Any, cls: str, array: np.ndarray, wanted: tuple, origin: _Origin) -> np.ndarray:
    spatial = array.ndim - 2
    theano_axes = getattr(layer, "data_format", None) == "channels_first"
    if cls in _TRANSPOSED:
        # (out, in, rows, columns), or (rows, columns, in, out): today (rows, columns, out, in)
        axes = (*range(2, spatial + 2), 0, 1) if theano_axes else (*range(spatial), spatial + 1, spatial)
    elif theano_axes:
        axes = (*range(2, spatial + 2), 1, 0)  # (out, in, rows, columns) -> (rows, columns, in, out)
    else:
        axes = tuple(range(array.ndim))
    found = array.transpose(axes)
    if found.shape != wanted and array.shape == wanted:
        found = array
    elif found.shape != wanted and not theano_axes and cls not in _TRANSPOSED:
        # weights of Theano's order in a model with channels last, which only the shape can tell
        turned = array.transpose((*range(2, spatial + 2), 1, 0))
        found = turned if turned.shape == wanted else found
    return found[(slice(None, None, -1),) * spatial] if origin.theano else found


def _are_of_cudnn(layer: Any, arrays: list) -> bool:
    """Whether these were written for cuDNN, whatever they are read for: two biases for every gate, in one row."""
    gates = {"LSTM": 4, "GRU": 3}
    count = next((gates[cls.__name__] for cls in type(layer).__mro__ if cls.__name__ in gates), None)
    return count is not None and len(arrays) == 3 and arrays[2].shape == (2 * count * layer.units,)


def _from_cudnn(arrays: list, bias: tuple) -> list:
    """Weights from the order of cuDNN, in which the kernels of all gates are transposed."""
    kernel, recurrent, biases = arrays
    gates = kernel.shape[1] // recurrent.shape[0]
    # a part has the shape of its gate's kernel, but its numbers stand in the order of the kernel's transpose
    parts = [part.T.reshape(part.shape, order="F") for part in np.split(kernel, gates, axis=1)]
    both = biases.reshape(2, -1)
    return [
        np.concatenate(parts, axis=1),
        np.concatenate([part.T for part in np.split(recurrent, gates, axis=1)], axis=1),
        both.sum(axis=0) if gates == 4 else both if bias == both.shape else biases,
    ]


_NAMES_OF_1 = {"kernel": "W", "embeddings": "W", "bias": "b", "moving_mean": "running_mean",
               "moving_variance": "running_std", "alpha": "alphas"}  # fmt: skip
_GATE_NAMES = {"LSTM": "ifco", "ConvLSTM2D": "ifco", "GRU": "zrh"}


def in_order_of_1(layer: Any, trained: set[int]) -> list[tuple[str, np.ndarray, bool]]:
    """Name, array and whether it is trained, of each weight as Keras 1.2 on TensorFlow kept it.

    Args:
        trained: ids of the variables that are trained.
    """
    if hasattr(layer, "forward_layer"):
        return [
            (f"{way}_{name.removeprefix(f'{way}_')}", array, is_trained)
            for way in ("forward", "backward")
            for name, array, is_trained in in_order_of_1(getattr(layer, f"{way}_layer"), trained)
        ]
    if getattr(layer, "layer", None) is not None:
        return in_order_of_1(layer.layer, trained)
    cls = type(layer).__name__
    is_trained = [id(v) in trained for v in layer.weights]
    arrays = [v.numpy() for v in layer.weights]
    if cls in _GATE_NAMES:
        gates = _GATE_NAMES[cls]
        parts = [np.split(array, len(gates), axis=-1) for array in arrays]
        order = _GATES[3 * len(gates)]
        return [
            (f"{layer.name}_{kind}_{gates[gate]}:0", _turned(layer, parts[place][gate]), is_trained[place])
            for gate in order
            for place, kind in enumerate("WUb")
        ]
    if cls == "SimpleRNN":
        names = ["W", "U", "b"]
    else:
        names = [v.path.rsplit("/", 1)[-1] for v in layer.weights]
    if hasattr(layer, "kernel_size") and not cls.startswith("LocallyConnected"):
        arrays = [_turned(layer, array) for array in arrays]
    return [
        (f"{layer.name}_{_NAMES_OF_1.get(name, name)}:0", array, is_trained[i])
        for i, (name, array) in enumerate(zip(names, arrays))
    ]


def _turned(layer: Any, array: np.ndarray) -> np.ndarray:
    """An array of a convolution as 1.2 had it: kernels alone have more than two axes."""
    return kernel_for_1(layer, array) if array.ndim > 2 else array


def kernel_for_1(layer: Any, kernel: np.ndarray) -> np.ndarray:
    """A kernel with the axes that it had in 1.2 on TensorFlow."""
    if kernel.ndim == 3:
        return kernel[:, None]  # (length, 1, in, out)
    if type(layer).__name__ in _TRANSPOSED:  # today (rows, columns, out, in)
        return kernel.transpose(2, 3, 0, 1) if layer.data_format == "channels_first" else kernel.swapaxes(-1, -2)
    if layer.data_format == "channels_first":
        return kernel.transpose(kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2))
    return kernel


def groups(reader: Any, place: str) -> list[tuple[str, list[str]]] | None:
    """Layers of a file of 0.x: groups `layer_0`, ... with arrays `param_0`, ...; None for other files."""
    about = reader.attributes(place)
    count = about.get("nb_layers")
    if not isinstance(count, int):
        return None
    if not 0 <= count <= 100_000:
        reader.refuse(place, f"it claims {count} layers")
    found = []
    for i in range(count):
        own = reader.attributes(f"{place}/layer_{i}".lstrip("/")).get("nb_params", 0)
        if not isinstance(own, int) or not 0 <= own <= 10_000:
            reader.refuse(f"{place}/layer_{i}", f"it claims {own!r} arrays")
        found.append((f"layer_{i}", [f"param_{k}" for k in range(own)]))
    return found
