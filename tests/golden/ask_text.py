"""Asks whatever `keras` is installed about layers for text and tables, and returns answers as plain arrays and lists.

The program in tools/golden and the tests both come through here. Unlike `ask.py` it needs nothing but NumPy and Keras,
because the release that answers runs on TensorFlow.
"""

import tempfile
from pathlib import Path

import numpy as np

import keras


def ask(question):
    """What a layer returns for each of some inputs, and what it has learned."""
    layer = getattr(keras.layers, question["layer"])(**question["arguments"])
    if "updates" in question:
        for batch in question["updates"]:
            layer.update_state(given(batch))
        layer.finalize_state()
    elif "adapt" in question:
        layer.adapt(given(question["adapt"]))
    answers = {"outputs": [told(layer(given(x))) for x in question["inputs"]]}
    if hasattr(layer, "get_vocabulary"):
        answers["vocabulary"] = [plain(t) for t in layer.get_vocabulary()]
        answers["vocabulary_size"] = int(layer.vocabulary_size())
        with tempfile.TemporaryDirectory() as folder:
            layer.save_assets(folder)
            answers["assets"] = {p.name: p.read_text("utf-8") for p in Path(folder).iterdir()}
    if isinstance(layer, keras.layers.Discretization):
        answers["boundaries"] = np.asarray(layer.bin_boundaries, "float32")
    if isinstance(layer, keras.layers.Normalization):
        answers["mean"], answers["variance"] = told(layer.mean)[1], told(layer.variance)[1]
        answers["weights"] = [[w.name, list(w.shape), w.trainable] for w in layer.weights]
    store = {}
    layer.save_own_variables(store)
    answers["stored"] = {key: np.asarray(value, "float32") for key, value in store.items()}
    config = layer.get_config()
    answers["config"] = {k: v for k, v in config.items() if k not in ("name", "dtype")}
    return answers


def given(x):
    """Inputs as both libraries take them: text in lists, numbers in arrays, several features in a list of those."""
    if isinstance(x, dict):
        return [given(part) for part in x["features"]]
    return x


def told(output):
    """The kind of values ("i", "f" or text) and the values; short rows are filled."""
    if hasattr(output, "to_tensor"):
        output = output.to_tensor()
    array = np.asarray(output.numpy() if hasattr(output, "numpy") else output)
    if array.dtype.kind in "OSU":
        words = [w.decode() if isinstance(w, bytes) else str(w) for w in array.ravel().tolist()]
        return ["text", list(array.shape), words]
    if array.dtype.kind in "iu":
        return ["i", array.astype("int64")]
    return ["f", array.astype("float32")]


def plain(token):
    """A token as JSON has it."""
    return token.item() if isinstance(token, np.generic) else token


def ask_features(question):
    """What a FeatureSpace makes of a table."""
    space = make_space(question)
    table = {name: np.array(column) for name, column in question["table"].items()}
    adapt_on(space, table)
    one = {name: column[0] for name, column in table.items()}
    return {"table": encoded(space(table)), "row": encoded(space(one)), "inputs": kinds(space.get_inputs())}


def make_space(question):
    space = keras.utils.FeatureSpace
    features = {
        name: spec if isinstance(spec, str) else getattr(space, spec[0])(**spec[1])
        for name, spec in question["features"].items()
    }
    crosses = [c if isinstance(c, (list, tuple)) else space.cross(**c) for c in question.get("crosses", [])]
    return space(features=features, crosses=crosses or None, **question.get("settings", {}))


def adapt_on(space, table):
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        space.adapt(tensorflow.data.Dataset.from_tensor_slices(table))
    else:
        space.adapt(table)


def encoded(output):
    return {key: told(value) for key, value in output.items()} if isinstance(output, dict) else told(output)


def kinds(inputs):
    return {name: [list(x.shape), x.dtype] for name, x in inputs.items()}
