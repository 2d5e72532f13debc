"""Every layer of the contract tables in a `.keras` file: written here, read and written by Keras 3, read here again.

    .venv/bin/python tools/golden/keras3_every_layer.py write FOLDER      with this library
    KERAS_BACKEND=jax PYTHON tools/golden/keras3_every_layer.py read FOLDER       with Keras 3.15.1
    .venv/bin/python tools/golden/keras3_every_layer.py back FOLDER       with this library

Each prints what differs and counts it. The models are compiled and have trained a step where the layer has weights and
one output. What Keras 3.15.1 does not have or does otherwise shows as wrong there: SeparableConv1D with causal padding,
None in the output size of adaptive pooling, EinsumDense with a bias along an open axis, one variance for several means
in Normalization, RandomCrop in inference, counts over inputs with three axes, masks of ConvLSTM2D. Layers for text need
TensorFlow.
"""

import json
import pathlib
import sys
import warnings

import numpy as np

TESTS = pathlib.Path(__file__).resolve().parents[2] / "tests"
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def cases():
    """All cases of the tables."""
    sys.path.insert(0, str(TESTS))
    import importlib

    for name in ("test_every_layer", "test_recurrent_contract", "test_image_contract", "test_data_contract",
                 "test_other_contract"):  # fmt: skip
        module = importlib.import_module(f"layers.{name}")
        yield from getattr(module, "LAYER_CASES", None) or module.CASES


def outputs_of(model, inputs):
    """All arrays that a model returns."""
    import keras

    found = model(inputs, training=False)
    if isinstance(found, dict):
        found = [found[k] for k in sorted(found)]
    flat, stack = [], [found]
    while stack:
        one = stack.pop(0)
        if isinstance(one, (list, tuple)):
            stack = [*one, *stack]
        elif one is not None:
            flat.append(keras.ops.convert_to_numpy(keras.ops.cast(one, "float32")))
    return flat


def write(folder):
    """A model around each layer, what it was called on and what it returned."""
    import keras

    folder.mkdir(parents=True, exist_ok=True)
    index, left = {}, []
    for i, case in enumerate(cases()):
        name = f"{i:03d}_{case.layer.__name__}"
        try:
            keras.utils.set_random_seed(i)
            layer = case.built()
            shape = case.shape[0] if isinstance(case.shape, list) else case.shape
            symbols = case.symbols(shape[0] if case.call else None)  # masks and states have a batch of their own
            found = case.on(layer, symbols, **case.call)
            model = keras.Model(symbols, found)
            inputs = case.inputs()
            expected = outputs_of(model, inputs)
            if len(expected) == 1 and model.trainable_weights and expected[0].dtype.kind == "f":
                model.compile(keras.optimizers.Adam(1e-3), "mse", metrics=["mae"])
                model.train_on_batch(inputs, expected[0] + 0.1)
                expected = outputs_of(model, inputs)
            flat = inputs if isinstance(inputs, list) else [inputs]
            model.save(folder / f"{name}.keras")
            np.savez(folder / f"{name}.npz", **{f"x{k}": x for k, x in enumerate(flat)},
                     **{f"out{k}": x for k, x in enumerate(expected)})  # fmt: skip
            index[name] = {"several": isinstance(inputs, list), "compiled": model.compiled}
        except Exception as error:
            left.append(name)
            print("NOT WRITTEN", name, type(error).__name__, str(error)[:200].replace("\n", " "))
    (folder / "index.json").write_text(json.dumps(index))
    print(len(index), "written,", len(left), "not")


def compare(folder, ending, answer):
    """Opens each file, compares, and calls `answer(model, name)`; counts what differs."""
    import keras

    wrong = equal = 0
    index = json.loads((folder / "index.json").read_text())
    for name, about in index.items():
        path = folder / f"{name}{ending}"
        if not path.exists():
            continue
        try:
            model = keras.models.load_model(path)
            saved = np.load(folder / f"{name}.npz")
            inputs = [saved[k] for k in saved.files if k.startswith("x")]
            found = outputs_of(model, inputs if about["several"] else inputs[0])
            expected = [saved[k] for k in saved.files if k.startswith("out")]
            assert len(found) == len(expected), f"{len(found)} outputs instead of {len(expected)}"
            for a, b in zip(found, expected):
                np.testing.assert_allclose(a, b, **CLOSE)
            assert model.compiled == about["compiled"], "it is not compiled as it was"
            if about["compiled"]:
                assert int(model.optimizer.iterations) == 1, "the optimizer starts anew"
                assert len(model.optimizer.variables) == 2 + 2 * len(model.trainable_variables)
            answer(model, name)
            equal += 1
        except Exception as error:
            wrong += 1
            print("WRONG", name, type(error).__name__, str(error)[:400].replace("\n", " "))
    print(equal, "equal,", wrong, "wrong")
    return wrong


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    place = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "write":
        write(place)
    elif sys.argv[1] == "read":
        sys.exit(bool(compare(place, ".keras", lambda model, name: model.save(place / f"{name}.back.keras"))))
    else:
        sys.exit(bool(compare(place, ".back.keras", lambda model, name: None)))
