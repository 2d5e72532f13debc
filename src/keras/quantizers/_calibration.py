"""GPTQ and AWQ: which values of a few bits serve a layer best, found by looking at its inputs."""

import numpy as np

from keras import ops
from keras.layers._call import context
from keras.quantizers._forms import GroupedKernel, group_ranges, range_of

_COLUMNS = 128  # how many columns GPTQ corrects at a time before it turns to the rest


def calibrate(config, structure, wanted):
    """Chooses the integers of all layers in the blocks of a model, block after block.

    Each block sees what the quantised blocks before it give.

    Args:
        config: a GPTQConfig or an AWQConfig.
        structure: 'pre_block_layers', which turn tokens into what the first block takes, and 'sequential_blocks'.
        wanted: says of a layer whether it is to be quantised.
    """
    batches = [ops.convert_to_tensor(row) for row in samples(config)]
    for layer in structure["pre_block_layers"]:
        batches = [layer(x) for x in batches]
    search = gptq if config.mode == "gptq" else awq
    for block in structure["sequential_blocks"]:
        layers = [x for x in block._flatten_layers() if isinstance(x._form, GroupedKernel) and wanted(x)]
        layers = [x for x in layers if not x._form.calibrated]
        for layer, inputs in _inputs_of(layers, block, batches).items():
            search(layer, inputs, config)
        batches = [block(x) for x in batches]


def samples(config):
    """Rows of token numbers of the right length, each a batch of one; data too short for one row is repeated.

    Raises:
        ValueError: there is no data.
    """
    if config.dataset is None:
        raise ValueError(f"{type(config).__name__}: `dataset` is needed to quantise a model. Got None.")
    owner = type(config).__name__
    rows = []
    for item in config.dataset:
        if isinstance(item, str):
            if config.tokenizer is None:
                raise ValueError(f"{owner}: `tokenizer` is needed for texts; a dataset of token numbers needs none.")
            encode = getattr(config.tokenizer, "tokenize", config.tokenizer)
            item = encode(item)
        rows.append(np.asarray(item).reshape(-1))
    tokens = np.concatenate(rows) if rows else np.zeros(0, "int32")
    if not len(tokens):
        raise ValueError(f"{owner}: `dataset` has no tokens.")
    length = config.sequence_length
    tokens = np.resize(tokens, max(len(tokens), length))
    count = min(config.num_samples, len(tokens) // length)
    starts = np.linspace(0, len(tokens) - length, count).astype(int)
    return [tokens[None, i : i + length] for i in starts]


def _inputs_of(layers, block, batches):
    """Layer -> its inputs as rows, from running the block on all batches with float weights."""
    found = {id(layer): [] for layer in layers}

    def watch(layer, inputs, outputs):
        if id(layer) in found:
            found[id(layer)].append(np.asarray(layer._form.product.inputs_as_rows(inputs[0]), "float32"))

    before, context.watch = context.watch, watch
    try:
        for batch in batches:
            block(batch)
    finally:
        context.watch = before
    return {layer: np.concatenate(found[id(layer)]) for layer in layers if found[id(layer)]}


def gptq(layer, inputs, config):
    """Rounds the weights of a layer column by column, correcting those that follow for the error.

    With `H = 2/n X^T X` the best correction of the columns after `i` is the error of `i` times row `i` of the Cholesky
    factor of `H^-1`, divided by its diagonal.
    """
    form = layer._form
    matrix = form.original.copy()  # (outputs, rows)
    hessian = 2.0 / len(inputs) * inputs.T.astype("float64") @ inputs
    dead = np.diag(hessian) == 0
    hessian[dead, dead] = 1
    matrix[:, dead] = 0
    order = np.arange(matrix.shape[1])
    if config.activation_order:
        order = np.argsort(-np.diag(hessian), kind="stable")
        matrix, hessian = matrix[:, order], hessian[order][:, order]
    hessian[np.diag_indices_from(hessian)] += config.hessian_damping * np.mean(np.diag(hessian))
    factor = np.linalg.cholesky(np.linalg.inv(hessian)).T
    integers, scales, zeros, groups = _corrected(matrix, factor, form, config)
    back = np.argsort(order)
    form.store(integers[:, back], scales, zeros, groups[back])


def _corrected(matrix, factor, form, config):
    size, top = form.group, 2**form.bits - 1
    rows, columns = matrix.shape
    matrix = matrix.astype("float64")
    integers = np.zeros((rows, columns))
    scales, zeros = [], []
    for start in range(0, columns, _COLUMNS):
        end = min(start + _COLUMNS, columns)
        errors = np.zeros((rows, end - start))
        for i in range(start, end):
            if i % size == 0:  # the range of a group is that of the weights as they have become
                scale, zero = range_of(matrix[:, i : i + size], form.bits, config.symmetric, config.per_channel)
                scales.append(scale)
                zeros.append(zero)
            integers[:, i] = np.clip(np.round(matrix[:, i] / scale) + zero, 0, top)
            error = (matrix[:, i] - (integers[:, i] - zero) * scale) / factor[i, i]
            matrix[:, i:end] -= np.outer(error, factor[i, i:end])
            errors[:, i - start] = error
        matrix[:, end:] -= errors @ factor[start:end, end:]
    return integers, np.stack(scales, 1), np.stack(zeros, 1), np.arange(columns) // size


def awq(layer, inputs, config):
    """Multiplies rows with large inputs before rounding and divides their inputs, as strongly as serves best.

    The factors are `mean |x| ** strength`, the strength one of some between 0 and 1: the one with the smallest mean
    squared error of the layer's outputs.
    """
    form = layer._form
    matrix = form.original
    importance = np.maximum(np.mean(np.abs(inputs), axis=0), 1e-8)
    wanted = inputs @ matrix.T
    groups = np.arange(matrix.shape[1]) // form.group
    best = None
    for point in range(config.num_grid_points + 1):
        factors = importance ** (point / config.num_grid_points)
        factors = np.maximum(factors / np.sqrt(factors.max() * factors.min()), 1e-4)
        scaled = matrix * factors
        scale, zero = group_ranges(scaled, form.group, form.bits)
        integers = np.clip(np.round(scaled / scale[:, groups]) + zero[:, groups], 0, 2**form.bits - 1)
        floats = (integers - zero[:, groups]) * scale[:, groups] / factors
        error = np.mean((inputs @ floats.T - wanted) ** 2)
        if best is None or error < best[0]:
            best = (error, integers, scale, zero, factors)
    form.store(*best[1:4], groups, best[4])
