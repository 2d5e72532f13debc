"""Asks Keras 2.3.1 what some layers and training runs return.

    KERAS_BACKEND=tensorflow PYTHON keras2_values.py layers FOLDER
    KERAS_BACKEND=theano PYTHON keras2_values.py training FOLDER

PYTHON is an interpreter with Keras 2.3.1 (it needs CPython 3.7), TensorFlow 1.15 and Theano 1.0.5; FOLDER is where
`keras2_layers` and `keras2_training` go, as a rule tests/golden. Runs come from Theano: on TensorFlow 1.15 the
adaptive optimizers of 2.3.1 read the step counter before or after it is raised, as it happens, and two runs differ.
What is stored is a question in today's spelling, so that the tests can put it to this library; the table below gives
the spelling of 2.3.1 where that is another one. Where 2.3.1 computes something else than Keras 3 does for the same
words, the question says so in `only_then`.
"""

import os
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests"))

import numpy as np
from draw import Draw

import keras
from golden import store
from keras import backend as K
from keras import layers, models, optimizers

WHAT, FOLDER = sys.argv[1:]
MADE_BY = {"keras": keras.__version__, "backend": K.backend()}
OLD_NAMES = {"negative_slope": "alpha"}


def old(spec):
    """The layer of 2.3.1 that a description in today's spelling stands for."""
    if isinstance(spec, list):
        return [old(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    if "$function" in spec:
        assert spec["$function"] == "hard_sigmoid_until_2"
        return "hard_sigmoid"
    path, arguments = spec["$new"]
    kind = getattr(layers, path.split(".")[-1])
    arguments = {OLD_NAMES.get(key, key): old(value) for key, value in arguments.items()}
    if kind is layers.ReLU and "alpha" in arguments:
        arguments["negative_slope"] = arguments.pop("alpha")
    if kind is layers.BatchNormalization and "renorm" in arguments:
        raise ValueError("2.3.1 had none")
    return kind(**arguments)


def new(path, **arguments):
    return {"$new": ["layers." + path, arguments]}


HARD = {"$function": "hard_sigmoid_until_2"}


def layer_questions():
    draw = Draw(11)
    steps = draw.real(3, 5, 2)
    hidden = steps.copy()
    for row, step in ((0, 1), (1, 3), (1, 4), (2, 0)):
        hidden[row, step] = 0
    image = draw.real(2, 6, 5, 4)
    line = draw.real(2, 7, 4)
    words = draw.integers(4, 3, 5)
    flat = draw.real(6, 3)

    def one(name, inputs, *chain, **more):
        return dict({"name": name, "chain": list(chain), "inputs": inputs, "training": False}, **more)

    yield one("Dense", flat, new("Dense", units=4, activation="tanh"))
    for gate, word in (("sigmoid", "sigmoid"), (HARD, "hard_sigmoid")):
        for sequences in (False, True):
            tag = "%s-sequences=%s" % (word, sequences)
            yield one("LSTM:" + tag, steps, new("LSTM", units=4, recurrent_activation=gate, return_sequences=sequences))
            yield one(
                "LSTM-masked:" + tag,
                hidden,
                new("Masking"),
                new("LSTM", units=4, recurrent_activation=gate, return_sequences=sequences),
            )
            for after in (False, True):
                yield one(
                    "GRU:%s-reset_after=%s" % (tag, after),
                    steps,
                    new(
                        "GRU",
                        units=4,
                        recurrent_activation=gate,
                        return_sequences=sequences,
                        reset_after=after,
                    ),
                )
        yield one(
            "LSTM-backwards:" + word,
            steps,
            new("LSTM", units=4, recurrent_activation=gate, go_backwards=True, return_sequences=True),
        )
        for mode in ("concat", "sum", "mul", "ave"):
            yield one(
                "Bidirectional-LSTM:%s-%s" % (word, mode),
                hidden,
                new("Masking"),
                new("Bidirectional", layer=new("LSTM", units=3, recurrent_activation=gate), merge_mode=mode),
            )
    yield one("SimpleRNN", steps, new("SimpleRNN", units=4))
    yield one("SimpleRNN-masked", hidden, new("Masking"), new("SimpleRNN", units=4, return_sequences=True))
    yield one(
        "Embedding-LSTM",
        words,
        new("Embedding", input_dim=4, output_dim=3, mask_zero=True),
        new("LSTM", units=2, recurrent_activation="sigmoid"),
    )
    yield one(
        "TimeDistributed-Dense",
        hidden,
        new("Masking"),
        new("TimeDistributed", layer=new("Dense", units=3)),
        new("LSTM", units=2, recurrent_activation="sigmoid"),
    )
    for arguments in (
        {"padding": "valid"},
        {"padding": "same"},
        {"padding": "same", "strides": 2},
        {"padding": "valid", "dilation_rate": 2},
    ):
        tag = "-".join("%s=%s" % item for item in sorted(arguments.items()))
        yield one("Conv2D:" + tag, image, new("Conv2D", filters=3, kernel_size=2, activation="relu", **arguments))
        yield one("Conv1D:" + tag, line, new("Conv1D", filters=3, kernel_size=3, **arguments))
    yield one("Conv1D:causal", line, new("Conv1D", filters=3, kernel_size=3, padding="causal"))
    for kind in ("MaxPooling2D", "AveragePooling2D"):
        for padding in ("valid", "same"):
            yield one("%s:%s" % (kind, padding), image, new(kind, pool_size=[3, 2], strides=2, padding=padding))
    yield one("GlobalAveragePooling1D-masked", hidden, new("Masking"), new("GlobalAveragePooling1D"))
    yield one("LeakyReLU", flat, new("LeakyReLU", negative_slope=0.3))
    yield one("PReLU", image, new("PReLU", shared_axes=[1, 2]))
    yield one("UpSampling2D:nearest", image, new("UpSampling2D", size=2))
    yield one(
        "UpSampling2D:bilinear",
        image,
        new("UpSampling2D", size=2, interpolation="bilinear"),
        only_then="TensorFlow 1 placed the samples of a bilinear resize at the corners of the pixels.",
    )
    for training in (False, True):
        only = {}
        if training:
            only = {"state_only_then": "2.3.1 multiplies the variance it remembers by n / (n - 1 - epsilon)."}
        for name, x in (("flat", flat), ("image", image), ("steps", steps)):
            tag = "%s-training=%s" % (name, training)
            yield one("BatchNormalization:" + tag, x, new("BatchNormalization"), training=training, **only)
            yield one(
                "BatchNormalization:momentum-%s" % tag,
                x,
                new("BatchNormalization", momentum=0.6, epsilon=0.1),
                training=training,
                **only,
            )


def draw_for(name):
    return Draw(zlib.crc32(name.encode()) % 2**31)


def random_weights(model, draw):
    return [
        draw.positive(*K.int_shape(weight)) if "variance" in weight.name else 0.5 * draw.real(*K.int_shape(weight))
        for weight in model.weights
    ]


def answer_layer(case):
    K.clear_session()
    x = layers.Input(case["inputs"].shape[1:], dtype=case["inputs"].dtype.name)
    y = x
    for spec in case["chain"]:
        y = old(spec)(y)
    model = models.Model(x, y)
    case["weights"] = random_weights(model, draw_for(case["name"]))
    model.set_weights(case["weights"])
    shape = (case["inputs"].shape[0],) + K.int_shape(y)[1:]
    total = K.sum(y * K.constant(store.cotangent(shape)))
    targets = model.trainable_weights + ([x] if case["inputs"].dtype.kind == "f" else [])
    gradients = K.gradients(total, targets) if targets else []
    # The gradient of an embedding comes as rows and places.
    gradients = [gradient + K.zeros_like(target) for gradient, target in zip(gradients, targets)]
    updates = model.updates if case["training"] else []
    run = K.function([x, K.learning_phase()], [y] + gradients, updates=updates)
    outputs, *gradients = run([case["inputs"], int(case["training"])])
    answers = {"outputs": outputs, "weights_after": model.get_weights()}
    if case["inputs"].dtype.kind == "f":
        answers["input_gradient"] = gradients.pop()
    answers["weight_gradients"] = gradients
    return answers


def training_questions():
    draw = Draw(12)
    x, xv = draw.real(10, 3), draw.real(7, 3)
    y, yv = draw.real(10, 1), draw.real(7, 1)
    bit, bitv = draw.integers(2, 10, 1), draw.integers(2, 7, 1)
    kind, kindv = draw.integers(3, 10, 1), draw.integers(3, 7, 1)

    def optimizer(name, **arguments):
        return {"$new": ["optimizers." + name, arguments]}

    def one(name, model, compile, data, other, **more):
        fit = dict({"x": x, "y": data, "batch_size": 4, "epochs": 3, "shuffle": False}, **more)
        do = [["fit", fit], ["evaluate", {"x": xv, "y": other, "batch_size": 4}], ["predict", {"x": xv}]]
        return {"name": name, "model": model, "compile": compile, "do": do}

    val = {"validation_data": [xv, yv]}
    sgd = optimizer("SGD", learning_rate=0.1)
    yield one("sgd", "regression", {"optimizer": sgd, "loss": "mse", "metrics": ["mae"]}, y, yv, **val)
    norm = "2.x compared `clipnorm` with the norm of all gradients together; Keras 3 does so for `global_clipnorm`."
    for name, arguments, only_then in (
        ("SGD", {"momentum": 0.9, "nesterov": True, "learning_rate": 0.02}, None),
        ("SGD", {"momentum": 0.9, "learning_rate": 0.02, "clipvalue": 0.1}, None),
        ("SGD", {"momentum": 0.9, "learning_rate": 0.02, "clipnorm": 0.5}, norm),
        ("RMSprop", {"learning_rate": 0.01}, None),
        ("Adagrad", {"learning_rate": 0.1}, "2.x started the sum of squares at 0, Keras 3 at 0.1."),
        ("Adam", {"learning_rate": 0.05}, None),
        ("Adam", {"learning_rate": 0.05, "amsgrad": True}, None),
        ("Adamax", {"learning_rate": 0.05}, None),
        ("Nadam", {"learning_rate": 0.05}, "2.x let the momentum of Nadam grow 250 times more slowly."),
        ("Adadelta", {"learning_rate": 1.0}, None),
    ):
        tag = "-".join("%s=%s" % item for item in sorted(arguments.items()))
        compile = {"optimizer": optimizer(name, **arguments), "loss": "mse"}
        case = one("%s:%s" % (name, tag), "regression", compile, y, yv)
        yield dict(case, only_then=only_then) if only_then else case
    adam = optimizer("Adam", learning_rate=0.05)
    yield one(
        "binary",
        "binary",
        {"optimizer": adam, "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        bit,
        bitv,
        validation_data=[xv, bitv],
    )
    yield one(
        "sparse",
        "softmax",
        {"optimizer": adam, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        kind,
        kindv,
        validation_data=[xv, kindv],
    )


def old_model(name):
    if name == "regression":
        return models.Sequential([layers.Dense(4, activation="tanh", input_shape=(3,)), layers.Dense(1)])
    if name == "binary":
        return models.Sequential(
            [layers.Dense(4, activation="relu", input_shape=(3,)), layers.Dense(1, activation="sigmoid")]
        )
    return models.Sequential(
        [layers.Dense(5, activation="relu", input_shape=(3,)), layers.Dense(3, activation="softmax")]
    )


def answer_training(case):
    model = old_model(case["model"])
    case["weights"] = random_weights(model, draw_for(case["model"]))
    model.set_weights(case["weights"])
    compile = dict(case["compile"])
    path, arguments = compile["optimizer"]["$new"]
    compile["optimizer"] = getattr(optimizers, path.split(".")[-1])(**arguments)
    model.compile(**compile)
    (_, fit), (_, evaluate), (_, predict) = case["do"]
    if "validation_data" in fit:
        fit = dict(fit, validation_data=tuple(fit["validation_data"]))
    history = model.fit(verbose=0, **fit).history
    return {
        "history": {key: [float(value) for value in values] for key, values in history.items()},
        "evaluate": np.atleast_1d(model.evaluate(verbose=0, **evaluate)).tolist(),
        "predict": model.predict(**predict),
        "weights": model.get_weights(),
    }


def write(name, questions, answer):
    writer = store.Writer(name, MADE_BY, FOLDER)
    for case in questions:
        writer.add(dict(case, answers=answer(case), weights=case["weights"]))
    writer.save()


if WHAT == "layers":
    write("keras2_layers", layer_questions(), answer_layer)
else:
    write("keras2_training", training_questions(), answer_training)
