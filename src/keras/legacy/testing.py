"""What 0.x to 2.x had for tests of layers, for files, and for drawings."""

from __future__ import annotations

import hashlib

import numpy as np

from keras import config, layers, models, utils
from keras._core.serialization import deserialize

__all__ = ["container_from_config", "display_table", "get_layer", "layer_test", "plot", "to_graph", "validate_file"]


def layer_test(
    layer_cls,
    kwargs=None,
    input_shape=None,
    input_dtype=None,
    input_data=None,
    expected_output=None,
    expected_output_dtype=None,
    fixed_batch_size=False,
):
    """Runs a layer through what every layer must do: shapes, configs, weights, training.

    Args:
        layer_cls: its class.
        kwargs: its arguments.
        input_shape: a batch shape to draw inputs of; None is drawn from 1 to 4.
        input_dtype: the inputs' dtype.
        input_data: inputs, instead of a shape.
        expected_output: what the outputs must be, to a relative difference of 1e-3.
        expected_output_dtype: the dtype of the outputs; that of the inputs if None.
        fixed_batch_size: whether the model is made for batches of that size alone.

    Returns:
        The outputs.

    Raises:
        AssertionError: something is not as it must be.
    """
    if input_data is None:
        input_data, input_dtype = _drawn(input_shape, input_dtype or config.floatx())
    input_dtype = input_dtype or str(np.asarray(input_data).dtype)
    shape = tuple(np.shape(input_data))
    batch = shape[0] if fixed_batch_size else None
    layer = layer_cls(**(kwargs or {}))
    again = layer_cls.from_config(layer.get_config())
    x = layers.Input(batch_shape=(batch, *shape[1:]), dtype=input_dtype)
    y = layer(x)
    dtype = expected_output_dtype or input_dtype
    if y.dtype != dtype:
        raise AssertionError(f"{layer.name}: outputs have dtype {y.dtype}, not {dtype}.")
    model = models.Model(x, y)
    outputs = model.predict(input_data, verbose=0)
    for known, size in zip(tuple(layer.compute_output_shape(shape)), outputs.shape):
        if known is not None and known != size:
            raise AssertionError(f"{layer.name}: outputs have shape {outputs.shape}, not the computed one.")
    if expected_output is not None:
        np.testing.assert_allclose(outputs, expected_output, rtol=1e-3)
    twin = models.Model.from_config(model.get_config())
    if model.get_weights():
        twin.set_weights(model.get_weights())
        again(x)
        again.set_weights(layer.get_weights())
    np.testing.assert_allclose(twin.predict(input_data, verbose=0), outputs, rtol=1e-3)
    model.compile("rmsprop", "mse")
    model.train_on_batch(input_data, outputs)
    return outputs


def _drawn(shape, dtype):
    if shape is None:
        raise ValueError("layer_test: give `input_shape` or `input_data`.")
    sizes = [np.random.randint(1, 4) if size is None else size for size in shape]
    return (10 * np.random.random(sizes)).astype(dtype), dtype


def validate_file(fpath, file_hash=None, algorithm="auto", chunk_size=65535, md5_hash=None):
    """Whether a file has a hash.

    Args:
        fpath: the file.
        file_hash: the hash in hexadecimal digits; `md5_hash` in 1.x.
        algorithm: 'md5', 'sha256', or 'auto', which the length of the hash decides.
        chunk_size: bytes that are read at once.
    """
    if md5_hash is not None:
        file_hash, algorithm = md5_hash, "md5"
    if algorithm == "auto":
        algorithm = "sha256" if len(file_hash) == 64 else "md5"
    if algorithm not in ("md5", "sha256"):
        raise ValueError(f"validate_file: `algorithm` must be 'auto', 'md5' or 'sha256'. Got {algorithm!r}.")
    found = hashlib.new(algorithm, usedforsecurity=False)
    with open(fpath, "rb") as file:
        while chunk := file.read(chunk_size):
            found.update(chunk)
    return found.hexdigest() == str(file_hash).lower()


def display_table(rows, positions):
    """Prints rows of texts, each column as wide as its end says."""
    for row in rows:
        line = ""
        for text, end in zip(row, positions):
            line = (line + str(text))[:end].ljust(end)
        print(line)


def get_layer(identifier, kwargs=None):
    """The layer of a class's name, made with the arguments in `kwargs`."""
    if not isinstance(identifier, str):
        return identifier
    return deserialize({"class_name": identifier, "config": dict(kwargs or {})}, None, "keras.layers")


def container_from_config(original_layer_dict, custom_objects=None):
    """The layer or model that a config describes."""
    return deserialize(original_layer_dict, custom_objects, "keras.layers")


def to_graph(model, **kwargs):
    """A drawing of a model, as 0.x called it; arguments are those of `model_to_dot`."""
    return utils.model_to_dot(model, **kwargs)


def plot(model, to_file="model.png", show_shapes=False, show_layer_names=True, **kwargs):
    """Writes a drawing of a model, as 0.x and 1.x called it."""
    return utils.plot_model(model, to_file, show_shapes=show_shapes, show_layer_names=show_layer_names, **kwargs)
