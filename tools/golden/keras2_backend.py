"""Asks Keras 2.3.1 what functions of its backend return.

    KERAS_BACKEND=tensorflow PYTHON keras2_backend.py FOLDER

PYTHON is an interpreter with Keras 2.3.1 (it needs CPython 3.7) and TensorFlow 1.15; FOLDER is where `keras2_backend`
goes, as a rule tests/golden.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests"))

import numpy as np
from draw import Draw

import keras
from golden import store
from keras import backend as K


def questions():
    draw = Draw(5)
    a, b = draw.real(2, 3), draw.real(2, 3)
    cube, other = draw.real(2, 3, 4), draw.real(2, 4, 5)
    image, volume = draw.real(2, 5, 6, 3), draw.real(1, 4, 5, 4, 2)
    first = np.ascontiguousarray(image.transpose(0, 3, 1, 2))
    chances = np.exp(draw.real(3, 4))
    chances = (chances / chances.sum(axis=1, keepdims=True)).astype("float32")
    truth = np.eye(4, dtype="float32")[[0, 2, 3]]

    def one(name, *args, **kwargs):
        return {"name": name, "args": list(args), "kwargs": kwargs}

    for name in [
        "abs",
        "square",
        "exp",
        "sign",
        "sin",
        "cos",
        "sigmoid",
        "hard_sigmoid",
        "tanh",
        "softplus",
        "softsign",
        "round",
        "transpose",
        "sqrt",
    ]:
        yield one(name, a * 3)
    yield one("log", np.abs(a) + 0.5)
    yield one("pow", np.abs(a), 3)
    yield one("clip", a, -0.5, 0.25)
    yield one("clip", a, 0.5, -0.25)
    for name in ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum"]:
        yield one(name, a, np.where(b > 0, a, b))
    for name in ["sum", "prod", "mean", "var", "std", "max", "min", "logsumexp"]:
        yield one(name, a)
        yield one(name, cube, axis=1)
        yield one(name, cube, axis=[0, -1], keepdims=True)
    for name in ["any", "all"]:
        yield one(name, np.array([[1.0, 0.0], [1.0, 2.0]], "float32"), axis=0)
    for name in ["argmax", "argmin", "cumsum", "cumprod", "l2_normalize"]:
        yield one(name, cube, axis=1)
    for x, y in (
        (a, a.T),
        (cube, draw.real(4, 2)),
        (cube, draw.real(2, 4, 5)),
        (draw.real(2, 3, 4, 2), draw.real(2, 3)),
    ):
        yield one("dot", x, np.ascontiguousarray(y))
    for x, y, axes in (
        (a, b, None),
        (a, b, 1),
        (cube, other, None),
        (cube, other, [2, 1]),
        (cube, draw.real(2, 3), 1),
        (cube, draw.real(2, 5, 3), [1, 2]),
        (draw.real(2, 3), cube, [1, 1]),
        (draw.real(2, 3, 4, 5), draw.real(2, 6, 4), [2, 2]),
        (draw.real(2, 3, 4, 5), draw.real(2, 5, 4), [3, 1]),
        (cube, draw.real(2, 4), None),
        (cube, cube, -1),
    ):
        yield one("batch_dot", x, y, axes=axes)
    yield one("gather", a, np.array([[1, 0], [1, 1]], "int32"))
    yield one("one_hot", np.array([[1, 0], [2, 1]], "int32"), 3)
    yield one("in_top_k", chances, np.array([0, 1, 3], "int32"), 2)
    yield one("reshape", cube, [4, -1])
    yield one("expand_dims", a)
    yield one("expand_dims", a, 0)
    yield one("squeeze", a[:, :1], 1)
    yield one("permute_dimensions", cube, [2, 0, 1])
    yield one("flatten", cube)
    yield one("batch_flatten", cube)
    yield one("repeat", a, 2)
    yield one("repeat_elements", cube, 2, 1)
    yield one("tile", a, [2, 1])
    yield one("tile", a, 2)
    yield one("reverse", cube, [0, 2])
    yield one("slice", cube, [0, 1, 1], [-1, 2, 2])
    yield one("arange", 4)
    yield one("arange", -2)
    yield one("arange", 1, 8, 3, dtype="float32")
    yield one("eye", 3)
    yield one("eye", [2, 3])
    yield one("temporal_padding", cube, [1, 2])
    yield one("constant", [1, 2, 3])
    yield one("constant", 2, shape=[2, 2])
    for order, x in (("channels_last", image), ("channels_first", first)):
        yield one("spatial_2d_padding", x, [[1, 2], [0, 1]], data_format=order)
        yield one("resize_images", x, 2, 3, order)
        yield one("bias_add", x, draw.real(3), data_format=order)
    yield one("bias_add", image, draw.real(5, 6, 3))
    yield one("resize_images", image, 2, 2, "channels_last", interpolation="bilinear")
    yield one("spatial_3d_padding", volume, [[1, 0], [0, 2], [1, 1]])
    yield one("resize_volumes", volume, 2, 1, 2, "channels_last")
    yield one("relu", a, alpha=0.1, max_value=0.5)
    yield one("relu", a, alpha=0.1, threshold=0.3)
    yield one("elu", a, 0.7)
    yield one("softmax", cube)
    yield one("softmax", cube, axis=1)
    for logits in (False, True):
        x = a if logits else 1 / (1 + np.exp(-a))
        yield one("binary_crossentropy", (b > 0).astype("float32"), x, from_logits=logits)
        yield one("categorical_crossentropy", truth, np.log(chances) if logits else chances * 2, from_logits=logits)
        yield one(
            "sparse_categorical_crossentropy",
            np.array([0, 2, 3], "float32"),
            np.log(chances) if logits else chances,
            from_logits=logits,
        )
    yield one("batch_normalization", image, *(np.abs(draw.real(3)) for _ in range(4)), epsilon=0.01)
    yield one("normalize_batch_in_training", image, np.abs(draw.real(3)), draw.real(3), [0, 1, 2])
    for padding in ("valid", "same", "causal"):
        yield one("conv1d", cube, draw.real(2, 4, 3), padding=padding)
    yield one("conv1d", cube, draw.real(2, 4, 3), padding="causal", dilation_rate=2)
    for padding in ("valid", "same"):
        yield one("conv2d", image, draw.real(2, 3, 3, 2), padding=padding, strides=[2, 1])
        yield one("conv2d", image, draw.real(2, 2, 3, 2), padding=padding, dilation_rate=[2, 2])
        yield one("conv2d", first, draw.real(2, 3, 3, 2), padding=padding, data_format="channels_first")
        yield one("conv3d", volume, draw.real(2, 2, 2, 2, 3), padding=padding)
        yield one("depthwise_conv2d", image, draw.real(2, 2, 3, 2), padding=padding)
        yield one("separable_conv2d", image, draw.real(2, 2, 3, 2), draw.real(1, 1, 6, 4), padding=padding)
        yield one("separable_conv1d", cube, draw.real(2, 4, 2), draw.real(1, 8, 3), padding=padding)
        for mode in ("max", "avg"):
            yield one("pool2d", image, [2, 3], [2, 1], padding=padding, pool_mode=mode)
            yield one("pool3d", volume, [2, 2, 2], [2, 2, 2], padding=padding, pool_mode=mode)
    yield one("conv2d_transpose", image, draw.real(3, 3, 4, 3), [2, 10, 12, 4], strides=[2, 2], padding="same")
    yield one("conv2d_transpose", image, draw.real(3, 3, 4, 3), [2, 9, 11, 4], strides=[2, 2], padding="same")
    yield one("conv2d_transpose", image, draw.real(3, 2, 4, 3), [2, 11, 12, 4], strides=[2, 2])
    yield one("conv3d_transpose", volume, draw.real(2, 2, 2, 3, 2), [1, 8, 10, 8, 3], strides=[2, 2, 2], padding="same")
    yield one("local_conv1d", cube, draw.real(2, 8, 3), [2], [1])
    yield one("local_conv2d", image, draw.real(8, 18, 2), [2, 3], [1, 2], [4, 2])
    frames = np.exp(draw.real(2, 6, 4) * 2)
    frames = (frames / frames.sum(axis=2, keepdims=True)).astype("float32")
    lengths = np.array([[6], [5]], "int32")
    labels = np.array([[0, 1, 2], [2, 2, 0]], "int32")
    yield one("ctc_batch_cost", labels, frames, lengths, np.array([[3], [2]], "int32"))
    yield one("ctc_decode", frames, lengths[:, 0])
    yield one("ctc_decode", frames, lengths[:, 0], greedy=False, beam_width=20, top_paths=2)


def placed(x):
    if isinstance(x, list) and x and isinstance(x[0], (int, list)):
        return tuple(placed(i) for i in x)
    return K.constant(x, dtype=x.dtype.name) if isinstance(x, np.ndarray) else x


def value(x):
    if isinstance(x, (list, tuple)):
        return [value(i) for i in x]
    return x if isinstance(x, np.ndarray) else K.eval(x)


def main(folder):
    writer = store.Writer("keras2_backend", {"keras": keras.__version__, "backend": K.backend()}, folder)
    for number, case in enumerate(questions()):
        found = value(
            getattr(K, case["name"])(*map(placed, case["args"]), **{k: placed(v) for k, v in case["kwargs"].items()})
        )
        writer.add(dict(case, id="%d-%s" % (number, case["name"]), result=found))
    for case in loops():
        writer.add(case)
    writer.save()


def loops():
    """Functions that take functions: `K.rnn` with a state that every step adds to."""
    draw = Draw(6)
    x, state, kernel = draw.real(3, 4, 2), draw.real(3, 2), draw.real(2, 2)
    mask = np.array([[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 1, 1]], bool)
    for hidden in (None, mask):
        for arguments in ({}, {"go_backwards": True}, {"unroll": True}):

            def step(now, states):
                new = K.tanh(K.dot(now, K.constant(kernel)) + states[0])
                return new, [new]

            last, outputs, states = K.rnn(
                step,
                K.constant(x),
                [K.constant(state)],
                mask=None if hidden is None else K.constant(hidden, "bool"),
                **arguments,
            )
            yield {
                "name": "rnn",
                "id": "rnn-%s-%s" % (hidden is not None, "-".join(arguments)),
                "kwargs": arguments,
                "x": x,
                "state": state,
                "kernel": kernel,
                "mask": hidden,
                "result": value([last, outputs, states]),
            }


if __name__ == "__main__":
    main(sys.argv[1])
