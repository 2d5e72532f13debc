"""What `--modernize` leaves as it is because today's Keras has it not, and what to write in its place."""

from __future__ import annotations

import ast
import importlib

from keras.legacy import detect

_IN_PLACE = {
    "AtrousConvolution1D": "Conv1D(..., dilation_rate=rate)",
    "AtrousConvolution2D": "Conv2D(..., dilation_rate=rate)",
    "Deconvolution2D": "Conv2DTranspose",
    "ImageDataGenerator": "keras.utils.image_dataset_from_directory and layers such as RandomFlip",
    "KerasClassifier": "keras.wrappers.SKLearnClassifier, or SciKeras's KerasClassifier",
    "KerasRegressor": "keras.wrappers.SKLearnRegressor, or SciKeras's KerasRegressor",
    "Tokenizer": "keras.layers.TextVectorization",
    "CuDNNGRU": "GRU(..., recurrent_activation='sigmoid')",
    "CuDNNLSTM": "LSTM(..., recurrent_activation='sigmoid')",
    "Graph": "keras.Model(inputs, outputs) of layers called on tensors",
    "HDF5Matrix": "h5py datasets in a keras.utils.PyDataset",
    "Highway": "t * activation(Dense(n)(x)) + (1 - t) * x, with t = Dense(n, activation='sigmoid')(x)",
    "LocallyConnected1D": "a layer of your own: keras.ops.einsum on the windows of the input",
    "LocallyConnected2D": "a layer of your own: keras.ops.einsum on the windows of the input",
    "MaxoutDense": "Dense(k * n), Reshape((k, n)), and a Lambda of keras.ops.max(x, axis=1)",
    "Merge": "a functional model with add, multiply, average, maximum, concatenate or dot",
    "ParametricSoftplus": "a layer of your own: a * softplus(b * x) with two weights",
    "SReLU": "a layer of your own with its four weights",
    "ThresholdedReLU": "ReLU(threshold=theta)",
    "TimeDistributedDense": "TimeDistributed(Dense(n))",
    "TimeDistributedMerge": "a Lambda of keras.ops.sum, mean or prod over axis 1",
    "WordContextProduct": "two Embedding layers and Dot(axes=-1)",
    "merge": "add, multiply, average, maximum, concatenate or dot",
    "multi_gpu_model": "keras.distribution.set_distribution(keras.distribution.DataParallel())",
}


# attributes that are read or called, and what to write
_ATTRIBUTES = {
    "evaluate_generator": "counts rows here; write evaluate(x=generator, steps=...), which counts batches",
    "fit_generator": "counts rows here; write fit(x=generator, steps_per_epoch=...), which counts batches",
    "get_output_at": "is gone; keep the tensors that the layer returned",
    "get_output_shape_at": "is gone; keep the tensors that the layer returned, and read their `shape`",
    "metrics_names": "has one name for all metrics; write evaluate(..., return_dict=True)",
    "predict_generator": "counts rows here; write predict(x=generator, steps=...), which counts batches",
    "reset_states": "is gone from models; call reset_state() of the layers that have states",
}
# packages whose functions programs called beside Keras
_OTHERS = {
    "tensorflow": "tensorflow computes on tensors of its own; write functions of keras.ops on those of Keras",
    "theano": "theano is gone; write functions of keras.ops, and keras.Variable for theano.shared",
}
_METHODS = {"get_updates": "is called no more; optimizers define update_step(gradient, variable, learning_rate)"}


def remarks(text: str) -> list[str]:
    """A line for each name in a program that runs here but that today's Keras has not.

    Args:
        text: the rewritten program.
    """
    tree = ast.parse(text)
    reading = detect.Reading()
    reading.read(tree)
    found: dict[tuple[int, str], None] = {}
    for node in ast.walk(tree):
        for told in _remarks_of(node, reading):
            found[node.lineno, told] = None  # type: ignore[attr-defined]
    found.update(dict.fromkeys(_of_backend(tree, reading)))
    return [f"line {line}: {told}" for line, told in sorted(found, key=lambda one: one[0])]


def _remarks_of(node: ast.AST, reading: detect.Reading) -> list[str]:
    if isinstance(node, ast.FunctionDef) and node.name in _METHODS:
        return [f"{node.name} {_METHODS[node.name]}"]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        paths = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        return sorted({_OTHERS[root] for root in (path.partition(".")[0] for path in paths) if root in _OTHERS})
    if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES and reading.path_of(node) is None:
        return [f"{node.attr} {_ATTRIBUTES[node.attr]}"]
    if not isinstance(node, ast.Call):
        return []
    path = reading.path_of(node.func) or ""
    name = path.rpartition(".")[2]
    if not path.startswith("keras."):
        return []
    told = [f"{name} is gone from Keras; write {_IN_PLACE[name]}"] if name in _IN_PLACE else []
    if path.startswith("keras.layers.") and any(k.arg == "weights" and _is_given(k.value) for k in node.keywords):
        told.append("`weights` is no argument of layers; call set_weights() of the built layer")
    return told


def _is_given(value: ast.expr) -> bool:
    return not (isinstance(value, ast.Constant) and value.value is None)


def _of_backend(tree: ast.Module, reading: detect.Reading) -> list[tuple[int, str]]:
    """Two lines: functions of `keras.backend` that `keras.ops` has, and those that are gone."""
    lines: dict[str, int] = {}
    for node in ast.walk(tree):
        module, _, name = (
            (reading.path_of(node) or "").rpartition(".") if isinstance(node, ast.Attribute) else ("",) * 3
        )
        if module == "keras.backend" and f"keras.backend.{name}" in reading.signs:
            lines[name] = min(node.lineno, lines.get(name, node.lineno))  # type: ignore[attr-defined]
    ops = importlib.import_module("keras.ops") if lines else None
    there = {name: line for name, line in lines.items() if hasattr(ops, name)}
    gone = {name: line for name, line in lines.items() if name not in there}
    found = []
    if there:
        todays = ", ".join(f"keras.ops.{name}" for name in sorted(there))
        found.append((min(there.values()), f"of keras.backend there are {todays} today, some with other defaults"))
    if gone:
        found.append((min(gone.values()), f"of keras.backend there are no more {', '.join(sorted(gone))}"))
    return found
