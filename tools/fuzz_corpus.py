"""Writes small models in every format that is read, for `fuzz_long.py`, and puts files of earlier releases beside.

python tools/fuzz_corpus.py FOLDER [FOLDER OF EARLIER FILES ...]
"""

from __future__ import annotations

import os
import pathlib
import shutil
import sys

import numpy as np

import keras
from keras import layers

GOLDEN = pathlib.Path(__file__).parents[1] / "tests" / "golden"


def dense() -> keras.Model:
    """Layers without a graph of their own, normalized and constrained."""
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, activation="relu", kernel_regularizer="l2", kernel_constraint="max_norm"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.Dense(2, activation="softmax"),
        ],
        name="dense",
    )


def graph() -> keras.Model:
    """A shared inner model, operations, two inputs and outputs."""
    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y")
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2)], name="inner")
    joined = layers.Concatenate()([inner(x), inner(y)])
    return keras.Model([x, y], [layers.Dense(1, name="one")(joined), layers.Dense(1, name="two")(joined)], name="graph")


def pictures() -> keras.Model:
    """Convolutions."""
    return keras.Sequential(
        [keras.Input((6, 6, 2)), layers.Conv2D(2, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(1)],
        name="pictures",
    )


def words() -> keras.Model:
    """Recurrent layers."""
    return keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(7, 2),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.GRU(2, reset_after=False, recurrent_activation="sigmoid"),
            layers.Dense(1),
        ],
        name="words",
    )


def modern() -> keras.Model:
    """What only today's formats hold."""
    x = keras.Input((4, 6), name="x")
    h = layers.MultiHeadAttention(2, 3)(x, x)
    h = layers.LayerNormalization()(layers.EinsumDense("abc,cd->abd", (None, 6))(h) + x)
    return keras.Model(x, layers.Dense(1)(keras.ops.mean(h, axis=1)), name="modern")


def text() -> keras.Model:
    """Layers with tables of their own."""
    x = keras.Input((1,), dtype="string")
    vectors = layers.TextVectorization(vocabulary=["a", "b", "c"], output_sequence_length=4)(x)
    lookup = layers.StringLookup(vocabulary=["u", "v"], output_mode="multi_hot")(x)
    return keras.Model(x, [layers.Embedding(6, 2)(vectors), layers.Dense(1)(lookup)], name="text")


def write(model: keras.Model, folder: pathlib.Path) -> None:
    """A model in every format that can hold it."""
    name = model.name
    if name != "text":
        model.compile("adam", "mse", metrics=["mae"])
        inputs = [np.ones((2, *x.shape[1:]), x.dtype) for x in model.inputs]
        single = inputs if len(inputs) > 1 else inputs[0]
        outputs = model.predict(single, verbose=0)
        model.train_on_batch(single, outputs)
    model.save(folder / f"{name}.keras")
    (folder / f"{name}.json").write_text(model.to_json())
    (folder / f"{name}.yaml").write_text(model.to_yaml())
    if name == "text":
        return
    model.save(folder / f"{name}.h5")
    model.save(folder / f"{name}.safetensors")
    model.save_weights(folder / f"{name}.weights.h5")
    model.save_weights(folder / f"{name}_weights.h5")
    model.save_weights(folder / f"{name}.weights.safetensors")
    parts = folder / f"{name}_parts"
    parts.mkdir()
    model.save_weights(parts / f"{name}.weights.json", max_shard_size=1e-7)
    (parts / "model.json").write_text(model.to_json())
    shutil.make_archive(str(folder / f"{name}_parts"), "zip", parts)
    shutil.rmtree(parts)
    for era in "12":
        if name != "modern":
            # the Adam of 1.x had no epsilon like today's
            model.save(folder / f"{name}_of_{era}.h5", era=era, include_optimizer=era == "2")
            (folder / f"{name}_of_{era}.json").write_text(model.to_json(era=era))
    if name in ("dense", "graph"):
        model.export(folder / f"{name}.stablehlo", format="stablehlo", verbose=False)


def main() -> int:
    """The command line."""
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True)
    for make in (dense, graph, pictures, words, modern, text):
        write(make(), folder)
    whole = folder / "folder"
    whole.mkdir()
    dense().save(whole / "model", zipped=False)
    shutil.make_archive(str(folder / "archive_unpacked"), "zip", whole)
    shutil.rmtree(whole)
    for source in (GOLDEN / "files", GOLDEN / "weights", GOLDEN / "folders", *map(pathlib.Path, sys.argv[2:])):
        for path in source.rglob("*"):
            if path.suffix in (".keras", ".h5", ".json", ".yaml", ".zip", ".safetensors"):
                shutil.copy(path, folder / f"{source.name}_{os.fspath(path.relative_to(source)).replace(os.sep, '_')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
