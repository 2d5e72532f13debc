"""What `--modernize` leaves as it is because today's Keras has it not, and what to write in its place."""

from __future__ import annotations

import ast

_IN_PLACE = {
    "AtrousConvolution1D": "Conv1D(..., dilation_rate=rate)",
    "AtrousConvolution2D": "Conv2D(..., dilation_rate=rate)",
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


def remarks(text: str) -> list[str]:
    """A line for each name in a program that runs here but that today's Keras has not.

    Args:
        text: the rewritten program.
    """
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "keras"
        for alias in node.names
        if alias.name in _IN_PLACE
    }
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        known = imported.get(called)
        if known is None and called.startswith("keras."):
            known = called.rpartition(".")[2]
        if known in _IN_PLACE:
            found.append((node.lineno, f"line {node.lineno}: {known} is gone from Keras; write {_IN_PLACE[known]}"))
    return [line for _, line in sorted(found)]
