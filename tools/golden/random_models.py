"""Models drawn at random, written by one release and opened by another: `PYTHON random_models.py write|check FOLDER`.

    PYTHON random_models.py write FOLDER [--first 0] [--count 20]
    PYTHON random_models.py check FOLDER

PYTHON is the interpreter of an environment with Keras 1.2.2 (on TensorFlow or Theano), 2.3.1, 3, tf_keras, or one that
has this library; `RELEASE` names what is asked: 1, 2, 3, or tf for tf_keras. This library writes what readers of that
release open. `write` makes for each number a model that has trained, as a whole, as JSON, YAML and weights, and what it
returned: inputs x, targets y, outputs out, and, where that release itself goes on from its own file as if it had not
stopped, the loss of a further step and the outputs after it. `check` opens all of it, prints what differs and counts.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import sys
import traceback

import numpy as np

RELEASE = os.environ.get("RELEASE", "2")
try:
    if RELEASE != "tf":
        raise ImportError
    import tf_keras as keras
except ImportError:
    import keras

OURS = hasattr(getattr(keras, "config", None), "set_era")
if OURS:  # this file's spellings are of several years
    keras.config.set_era(RELEASE)
layers = keras.layers
K = keras.backend
ONE = RELEASE == "1"
THREE = RELEASE == "3"
# spellings of 2.x and what 1.x called them
OLD = {
    "kernel_regularizer": "W_regularizer", "kernel_constraint": "W_constraint", "use_bias": "bias",
    "bias_regularizer": "b_regularizer", "padding": "border_mode", "recurrent_activation": "inner_activation",
    "kernel_initializer": "init", "recurrent_initializer": "inner_init", "recurrent_regularizer": "U_regularizer",
    "embeddings_regularizer": "W_regularizer", "embeddings_initializer": "init", "rate": "p",
}  # fmt: skip
WEIGHTS = ".weights.h5" if THREE else "_weights.h5"
BATCH = 4


def order(last):
    """The order of axes, as the release calls it."""
    if ONE:
        return {"dim_ordering": "tf" if last else "th"}
    return {"data_format": "channels_last" if last else "channels_first"}


class Draw:
    """Draws layers and models; the same number draws the same model in every release of one family."""

    def __init__(self, number):
        self.chance = random.Random(number)
        self.noise = False
        self.quiet = self.chance.random() < 0.8  # what draws anew with each step cannot be compared after one
        self.last = self.chance.random() < 0.6

    def pick(self, *values):
        return self.chance.choice(values)

    def size(self, low=2, high=5):
        return self.chance.randint(low, high)

    def often(self, share):
        return self.chance.random() < share

    def make(self, name, *args, **kwargs):
        """A layer by the spelling of 2.x."""
        if ONE:
            kwargs = {OLD.get(k, k): v for k, v in kwargs.items()}
        return getattr(layers, name)(*args, **kwargs)

    def activation(self):
        return self.pick("linear", "relu", "tanh", "sigmoid", "hard_sigmoid", "softplus", "softsign", "softmax")

    # --- layers by what they take; each returns a layer for a shape without its batch, or None

    def any_shape(self, shape, **first):
        """What takes every shape."""
        kind = self.pick("Activation", "BatchNormalization", "LeakyReLU", "ELU", "PReLU", "Dropout", "ThresholdedReLU",
                         "GaussianNoise", "ActivityRegularization", "Permute")  # fmt: skip
        if kind == "Activation":
            return self.make(kind, self.pick("relu", "tanh", "sigmoid", "softplus", "softsign"), **first)
        if kind == "BatchNormalization":
            axis = 1 if len(shape) == 3 and not self.last else -1
            more = {"momentum": 0.7, "epsilon": 1e-3, "axis": axis} if self.often(0.6) else {"axis": axis}
            if not ONE and self.often(0.4):
                more[self.pick("center", "scale")] = False
            return self.make(kind, **more, **first)
        if kind in ("LeakyReLU", "ELU"):
            return self.make(kind, 0.2, **first)
        if kind == "PReLU":
            shared = {"shared_axes": [1]} if len(shape) > 1 and self.often(0.5) else {}
            return self.make(kind, **shared, **first)
        if kind == "ThresholdedReLU" and not THREE:
            return self.make(kind, 0.1, **first)
        if kind == "ActivityRegularization":
            return self.make(kind, l2=0.01, **first)
        if kind == "Permute":
            return self.make(kind, (2, 1), **first) if len(shape) == 2 else None
        if self.quiet or kind == "ThresholdedReLU":
            return None
        self.noise = True
        return self.make(kind, 0.3, **first)

    def dense(self, shape, **first):
        more = {"activation": self.activation(), "use_bias": self.often(0.8)}
        if self.often(0.3) and not ONE:  # 1.2 counts penalties of models inside others only sometimes
            more["kernel_regularizer"] = "l2"
        if self.often(0.2):
            more["kernel_initializer"] = self.pick("he_normal", "lecun_uniform", "glorot_normal", "orthogonal")
        return self.make("Dense", self.size(), **more, **first)

    def features(self, shape, **first):
        """For (features,)."""
        kind = self.pick("Dense", "Dense", "Dense", "any", "RepeatVector", "Reshape", "older")
        if kind == "RepeatVector":
            return self.make(kind, 4, **first)
        if kind == "Reshape" and shape[0] % 2 == 0:
            return self.make(kind, (shape[0] // 2, 2), **first)
        if kind == "older" and ONE:
            return self.pick(lambda: layers.Highway(activation="tanh", **first),
                             lambda: layers.MaxoutDense(3, nb_feature=2, **first))()  # fmt: skip
        return self.any_shape(shape, **first) if kind == "any" else self.dense(shape, **first)

    def recurrent(self, shape, sequences=None, **first):
        kind = self.pick("LSTM", "GRU", "SimpleRNN")
        more = {"return_sequences": self.often(0.6) if sequences is None else sequences}
        more["go_backwards"] = self.often(0.25)
        more["activation"] = self.pick("tanh", "relu", "sigmoid")
        if kind != "SimpleRNN":
            more["recurrent_activation"] = self.pick("sigmoid", "hard_sigmoid", "tanh")
        if ONE:
            more["consume_less"] = self.pick("cpu", "mem", "gpu") if kind != "SimpleRNN" else "cpu"
        else:
            more["use_bias"] = self.often(0.8)
            if RELEASE == "2" or kind == "SimpleRNN":
                more["unroll"] = self.often(0.2)
            if kind == "GRU":
                more["reset_after"] = self.often(0.5)
            if kind == "LSTM":
                more["unit_forget_bias"] = self.often(0.5)
                if RELEASE == "2":
                    more["implementation"] = self.pick(1, 2)
        if self.often(0.2) and not ONE:
            more["recurrent_regularizer"] = "l2"
        return self.make(kind, self.size(), **more, **first)

    def convolution_1d(self, shape, **first):
        more = {"padding": self.pick("valid", "same"), "activation": self.activation()}
        width, stride = self.size(1, min(3, shape[0])), self.pick(1, 1, 2)
        if ONE:
            if self.often(0.25):
                return layers.AtrousConvolution1D(self.size(), width, atrous_rate=self.pick(1, 2),
                                                  border_mode="same", **first)  # fmt: skip
            return self.make("Convolution1D", self.size(), width, subsample_length=stride, **more, **first)
        if self.often(0.25):
            more["padding"] = "causal"
        if self.often(0.2):
            return self.make("SeparableConv1D", self.size(), width, padding="same", depth_multiplier=2, **first)
        if self.often(0.25):
            return self.make("Conv1D", self.size(), width, dilation_rate=2, padding="same", **first)
        return self.make("Conv1D", self.size(), width, strides=stride, **more, **first)

    def sequence(self, shape, **first):
        """For (time, features)."""
        kind = self.pick("recurrent", "recurrent", "Bidirectional", "TimeDistributed", "convolution", "pool", "sizes",
                         "any", "dense", "local", "SpatialDropout1D")  # fmt: skip
        if kind == "recurrent":
            return self.recurrent(shape, **first)
        if kind == "Bidirectional":
            inner = self.recurrent(shape)
            return layers.Bidirectional(inner, merge_mode=self.pick("concat", "sum", "mul", "ave"), **first)
        if kind == "TimeDistributed":
            inner = self.pick(self.dense, self.dense, lambda s: self.any_shape((s[-1],)))(shape)
            if inner is None or "BatchNormalization" in type(inner).__name__:
                return None
            return layers.TimeDistributed(inner, **first)
        if kind == "convolution":
            return self.convolution_1d(shape, **first)
        if kind == "pool" and shape[0] >= 2:
            name = self.pick("MaxPooling1D", "AveragePooling1D")
            return self.make(name, 2, padding=self.pick("valid", "same"), **first)
        if kind == "sizes" and shape[0] >= 3:
            return self.make(self.pick("UpSampling1D", "ZeroPadding1D", "Cropping1D"), **first)
        if kind == "local" and shape[0] >= 2 and not THREE:
            return self.make("LocallyConnected1D", self.size(), 2, activation=self.activation(), **first)
        if kind == "SpatialDropout1D" and not self.quiet:
            self.noise = True
            return self.make(kind, 0.2, **first)
        if kind == "any":
            return self.any_shape(shape, **first)
        return None if ONE else self.dense(shape, **first)  # in 1.x for (features,) alone

    def images(self, shape, **first):
        """For images in one order of axes."""
        rows, columns = shape[:2] if self.last else shape[1:]
        small = min(rows, columns)
        first = {**order(self.last), **first}
        kind = self.pick("convolution", "convolution", "pool", "sizes", "any", "local", "special", "special", "drop")
        more = {"padding": self.pick("valid", "same"), "activation": self.activation()}
        if more["activation"] == "softmax":
            more["activation"] = "tanh"
        height, width = self.size(1, min(3, small)), self.size(1, min(3, small))
        kernel = (height, width) if ONE else ((height, width),)
        step = self.pick((1, 1), (1, 1), (2, 2), (1, 2))
        steps = {"subsample": step} if ONE else {"strides": step}
        if kind == "convolution":
            name = "Convolution2D" if ONE else "Conv2D"
            bias = {"use_bias": self.often(0.8)}
            return self.make(name, self.size(), *kernel, **steps, **more, **bias, **first)
        if kind == "pool" and small >= 2:
            name = self.pick("MaxPooling2D", "AveragePooling2D")
            return self.make(name, (2, 2), strides=self.pick(None, (1, 1)), padding=more["padding"], **first)
        if kind == "sizes":
            name = self.pick("UpSampling2D", "ZeroPadding2D", "Cropping2D" if small > 3 else "ZeroPadding2D")
            if name == "Cropping2D":
                return self.make(name, ((1, 0), (0, 1)), **first)
            return self.make(name, self.pick((1, 1), (2, 1)), **first)
        if kind == "local" and small >= 2 and not THREE:
            return self.make("LocallyConnected2D", 2, *((2, 2) if ONE else ((2, 2),)), **first)
        if kind == "drop" and not self.quiet:
            self.noise = True
            return self.make("SpatialDropout2D", 0.2, **first)
        if kind == "special":
            return self.special(kernel, more, steps, small, first)
        first = {k: v for k, v in first.items() if k not in order(self.last)}
        return self.any_shape(shape, **first) if kind == "any" else None

    def special(self, kernel, more, steps, small, first):
        """Convolutions that are no plain ones."""
        if ONE:
            if self.often(0.5) or not self.last:
                return layers.AtrousConvolution2D(self.size(), *kernel, atrous_rate=(2, 1), border_mode="same", **first)
            return layers.SeparableConvolution2D(self.size(), *kernel, depth_multiplier=2, border_mode="same", **first)
        plain = {**more, "strides": (1, 1), **first}
        return self.pick(
            lambda: self.make("SeparableConv2D", self.size(), *kernel, depth_multiplier=self.pick(1, 2), **plain),
            lambda: self.make("DepthwiseConv2D", *kernel, depth_multiplier=self.pick(1, 2), **plain),
            lambda: self.make("Conv2DTranspose", self.size(), *kernel, **{**plain, **steps, "padding": "same"}),
            lambda: self.make("Conv2D", self.size(), *kernel, **{**plain, "dilation_rate": 2, "padding": "same"}),
        )()

    def layer(self, shape, **first):
        """A layer that takes this shape."""
        for _ in range(50):
            found = {1: self.features, 2: self.sequence, 3: self.images}[len(shape)](shape, **first)
            if found is not None:
                return found
        raise ValueError("no layer for %s" % (shape,))

    def flat(self, shape):
        """A layer that makes (features,) of anything."""
        if len(shape) == 2:
            return self.pick(lambda: layers.GlobalMaxPooling1D(), lambda: self.recurrent(shape, False),
                             lambda: layers.Flatten(), lambda: layers.GlobalAveragePooling1D())()  # fmt: skip
        return self.pick(lambda: layers.GlobalMaxPooling2D(**order(self.last)), lambda: layers.Flatten(),
                         lambda: layers.GlobalAveragePooling2D(**order(self.last)))()  # fmt: skip

    # --- models

    def shape(self):
        channels = self.size(2, 3)
        images = (7, 6, channels) if self.last else (channels, 7, 6)
        return self.pick((self.size(),), (5, self.size()), (6, self.size()), images, images)

    def sequential(self, shape, count):
        model = keras.models.Sequential()
        first = {"input_shape": shape}
        if THREE:
            model.add(layers.Input(shape))
            first = {}
        for _ in range(count):
            add(model, self.layer(shape, **first))
            shape, first = tuple(model.output_shape[1:]), {}
        return model

    def graph(self, shape, count):
        """Layers one after another, beside one another, and layers and models that are called twice."""
        x = layers.Input(shape)
        h = x
        for _ in range(count):
            kind = self.pick("plain", "plain", "beside", "shared", "model", "skip")
            if kind == "beside":
                a, b = self.layer(shape_of(h))(h), self.layer(shape_of(h))(h)
                h = self.merged([a, b])
            elif kind == "shared":
                layer, before = self.layer(shape_of(h)), self.same(h)
                h = self.merged([layer(h), layer(before)])
            elif kind == "model":
                inner = self.pick(self.sequential, self.graph if count > 2 else self.sequential)(shape_of(h), 2)
                h = self.merged([inner(h), inner(self.same(h))]) if self.often(0.5) else inner(h)
            else:
                h = self.layer(shape_of(h))(h)
        return keras.models.Model(x, h)

    def same(self, h):
        """Another tensor of the same shape."""
        return self.make("Activation", self.pick("tanh", "relu"))(h)

    def merged(self, tensors):
        """One tensor of two, whatever their shapes."""
        shapes = [shape_of(x) for x in tensors]
        if shapes[0] == shapes[1]:
            kind = self.pick("sum", "mul", "ave", "max", "concat")
            if ONE:
                return layers.merge(tensors, mode=kind, **({"concat_axis": -1} if kind == "concat" else {}))
            name = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate"}[kind]
            return getattr(layers, name)()(tensors)
        tensors = [x if len(shape_of(x)) == 1 else self.flat(shape_of(x))(x) for x in tensors]
        if shape_of(tensors[0]) == shape_of(tensors[1]) and self.often(0.7):
            near = self.often(0.5)
            if ONE:
                return layers.merge(tensors, mode="cos" if near else "dot", dot_axes=-1) if not near else layers.merge(
                    tensors, mode="sum")  # fmt: skip
            return layers.Dot(-1, normalize=near)(tensors)
        return layers.merge(tensors, mode="concat") if ONE else layers.Concatenate()(tensors)

    def words(self):
        """Numbers of words, some of which are padding."""
        model = keras.models.Sequential()
        mask = self.often(0.5)
        model.add(self.make("Embedding", 9, self.size(), mask_zero=mask, input_length=5))
        for _ in range(self.size(1, 2)):
            if mask:
                inner = self.recurrent((5, 3), True)
                model.add(self.pick(inner, layers.Bidirectional(inner)))
                if self.often(0.5):
                    model.add(layers.TimeDistributed(self.dense((3,))))
            else:
                add(model, self.sequence(tuple(model.output_shape[1:])))
                if len(model.output_shape) == 2:
                    break
        if len(model.output_shape) > 2:
            model.add(self.recurrent(model.output_shape[1:], False))
        return model

    def model(self):
        """A compiled model with one or two outputs, one or two inputs."""
        kind = self.pick("sequential", "graph", "graph", "words", "two")
        if kind == "words":
            inner = self.words()
            x = layers.Input((5,), dtype="int32")
            inputs, h = [x], inner(x)
        elif kind == "two":
            first, second = self.shape(), self.shape()
            inputs = [layers.Input(first), layers.Input(second)]
            h = self.merged([self.graph(first, 2)(inputs[0]), self.sequential(second, 2)(inputs[1])])
        else:
            shape = self.shape()
            inner = getattr(self, kind)(shape, self.size(2, 5))
            if kind == "sequential":
                if len(inner.output_shape) > 2:
                    inner.add(self.flat(tuple(inner.output_shape[1:])))
                ending = self.ending()
                inner.add(ending[0])
                return self.compiled(inner, [ending[1]])
            inputs = [layers.Input(shape)]
            h = inner(inputs[0])
        if len(shape_of(h)) > 1:
            h = self.flat(shape_of(h))(h)
        endings = [self.ending() for _ in range(self.pick(1, 1, 2))]
        outputs = [layer(h) for layer, _ in endings]
        return self.compiled(keras.models.Model(one(inputs), one(outputs)), [loss for _, loss in endings])

    def ending(self):
        """A last layer and a loss for it."""
        activation, losses = self.pick(
            ("softmax", ["categorical_crossentropy", "mse"]), ("sigmoid", ["binary_crossentropy", "mae", "poisson"]),
            ("linear", ["mse", "mae", {"1": "mse", "3": "log_cosh"}.get(RELEASE, "logcosh"), "hinge"]),
            ("relu", ["mse"]),
        )  # fmt: skip
        return self.make("Dense", 3, activation=activation), self.pick(*losses)

    def compiled(self, model, losses):
        """With an optimizer of any kind."""
        kinds = keras.optimizers
        if RELEASE == "tf" and self.often(0.4):
            kinds = kinds.legacy
        older = RELEASE in "12"
        rate = {"lr" if older else "learning_rate": 0.01}
        decay = {"decay": 0.1} if older or kinds is not keras.optimizers else {}
        optimizer = self.pick(
            lambda: kinds.SGD(momentum=0.9, nesterov=self.often(0.5), **rate, **decay),
            lambda: kinds.SGD(**rate),
            lambda: kinds.RMSprop(**rate, **decay),
            lambda: kinds.Adagrad(**rate),
            lambda: kinds.Adadelta(**rate),
            lambda: kinds.Adam(**rate, **decay),
            lambda: kinds.Adam(**rate) if ONE else kinds.Adam(amsgrad=True, **rate),
            lambda: kinds.Adamax(**rate),
            lambda: kinds.Nadam(**rate),
            lambda: kinds.Adam(clipnorm=1.0, **rate),
        )()
        metrics = self.pick([], ["mae"], ["accuracy"])
        if THREE and len(losses) > 1:
            metrics = [metrics] * len(losses)
        weights = {} if len(losses) == 1 or self.often(0.5) else {"loss_weights": [1.0, 0.5]}
        model.compile(optimizer=optimizer, loss=one(losses), metrics=metrics, **weights)
        return model


def add(model, layer):
    model.add(layer)
    if 0 in model.output_shape or (len(model.output_shape) > 2 and min(model.output_shape[1:]) < 1):
        raise ValueError("nothing is left")


def shape_of(x):
    return tuple((x.shape if THREE else K.int_shape(x))[1:])


def one(values):
    return values[0] if len(values) == 1 else values


def listed(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


def arrays_for(model, number):
    """Inputs and targets."""
    draw = np.random.RandomState(number)
    inputs = []
    for x in model.inputs:
        shape = (BATCH, *shape_of(x))
        words = "int" in str(x.dtype if THREE else K.dtype(x))
        inputs.append(draw.randint(0, 9, shape).astype("int32") if words else draw.normal(size=shape).astype("float32"))
    targets = [np.eye(3, dtype="float32")[draw.randint(0, 3, BATCH)] for _ in model.outputs]
    return inputs, targets


def predictions(model, inputs):
    return listed(model.predict(one(inputs), **({} if ONE and not OURS else {"verbose": 0})))


def step(model, inputs, targets):
    return float(np.ravel(model.train_on_batch(one(inputs), one(targets)))[0])


def write(folder, first, count):
    """Draws, trains and writes models."""
    folder.mkdir(parents=True, exist_ok=True)
    index = {}
    era = {"era": "1" if ONE else "2"} if OURS and not THREE else {}
    of_tf_keras = RELEASE == "tf" and not OURS
    for number in range(first, first + count):
        if hasattr(K, "clear_session"):
            K.clear_session()
        base = str(folder / ("%03d" % number))
        draw = Draw(number)
        np.random.seed(number)
        try:
            model = draw.model()
        except Exception as error:  # what was drawn does not fit together
            print("NOT DRAWN", number, type(error).__name__, str(error)[:150].replace("\n", " "))
            continue
        try:
            inputs, targets = arrays_for(model, number)
            for _ in range(2):
                step(model, inputs, targets)
            out = predictions(model, inputs)
            if not all(np.isfinite(x).all() for x in out):
                continue
            model.save(base + ".h5", **era)
            with open(base + ".json", "w") as text:
                text.write(model.to_json(**era))
            if era:
                shutil.copy(base + ".h5", base + WEIGHTS)
            else:
                model.save_weights(base + WEIGHTS)
            if THREE or of_tf_keras:
                model.save(base + ".keras")
            if of_tf_keras:
                model.save(base + "_folder")
            if RELEASE in "12":
                with open(base + ".yaml", "w") as text:
                    text.write(model.to_yaml(**era))
            saved = {"x%d" % i: x for i, x in enumerate(inputs)}
            saved.update({"y%d" % i: x for i, x in enumerate(targets)})
            saved.update({"out%d" % i: x for i, x in enumerate(out)})
            names = sorted({type(x).__name__ for x in all_layers(model)})
            about = {"noise": draw.noise, "resumes": False, "layers": names}
            about["layers"].append(type(model.optimizer).__name__)
            if not draw.noise:
                loss = step(model, inputs, targets)
                after = predictions(model, inputs)
                about["resumes"] = goes_on(base, inputs, targets, loss, after)
                saved.update({"after%d" % i: x for i, x in enumerate(after)}, loss=loss)
                if era:
                    late = counting_before(base, inputs, targets)
                    saved.update({"later%d" % i: x for i, x in enumerate(late)})
            np.savez(base + ".npz", **saved)
            index["%03d" % number] = about
            (folder / "index.json").write_text(json.dumps(index, indent=1))
        except Exception as error:
            print("NOT WRITTEN", number, sorted({type(x).__name__ for x in all_layers(model)}), type(error).__name__,
                  str(error)[:300].replace("\n", " "))  # fmt: skip
            if "-v" in sys.argv:
                traceback.print_exc()
    print(len(index), "written,", sum(about["resumes"] for about in index.values()), "of which go on")


def all_layers(model):
    for layer in model.layers:
        yield layer
        for inner in ("layer", "forward_layer"):
            if hasattr(layer, inner):
                yield getattr(layer, inner)
        if hasattr(layer, "layers") and layer is not model:
            yield from all_layers(layer)


def goes_on(base, inputs, targets, loss, after):
    """Whether the release goes on from its own file as if it had not stopped."""
    try:
        again = keras.models.load_model(base + ".h5")
        found = step(again, inputs, targets)
        return bool(np.allclose(found, loss, rtol=1e-5, atol=1e-6)) and all(
            np.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in zip(predictions(again, inputs), after)
        )
    except Exception as error:
        print("NOT READ BY ITSELF", base, type(error).__name__, str(error)[:150].replace("\n", " "))
        return False


def counting_before(base, inputs, targets):
    """Predictions after a further step by an optimizer that counts it before it looks at the count.

    On TensorFlow 1 the optimizers of 2.3.1 and 1.2.2 do so in some graphs and not in others: nothing orders the two.
    """
    again = keras.models.load_model(base + ".h5")
    again.optimizer.iterations.assign(again.optimizer.iterations + 1)
    step(again, inputs, targets)
    return predictions(again, inputs)


def check(folder, first, count):
    """Opens everything and counts what differs."""
    index = json.loads((folder / "index.json").read_text())
    wrong = equal = 0
    for name, about in sorted(index.items()):
        if not first <= int(name) < first + count:
            continue
        base = str(folder / name)
        with np.load(base + ".npz") as file:
            saved = dict(file)
        inputs, targets, out, *after = (
            [saved[kind + str(i)] for i in range(9) if kind + str(i) in saved]
            for kind in ("x", "y", "out", "after", "later")
        )
        for what in ("whole", "again", "archive", "folder", "json", "yaml", "resume"):
            try:
                assert_same(what, base, about, inputs, targets, out, after, saved.get("loss"))
                equal += 1
            except Exception as error:
                wrong += 1
                print("WRONG", what, name, about["layers"], type(error).__name__, str(error)[:500].replace("\n", " "))
                if "-v" in sys.argv:
                    traceback.print_exc()
        if hasattr(K, "clear_session"):
            K.clear_session()
    print(equal, "equal,", wrong, "wrong")
    return wrong


def assert_same(what, base, about, inputs, targets, out, after, loss):
    """One way of opening a model."""
    close = {"rtol": 1e-5, "atol": 1e-5}
    if what in ("json", "yaml"):
        if not os.path.exists(base + "." + what) or not hasattr(keras.models, "model_from_" + what):
            return
        with open(base + "." + what) as text:
            model = getattr(keras.models, "model_from_" + what)(text.read())
        model.load_weights(base + WEIGHTS)
    elif what in ("archive", "folder") or (what == "resume" and THREE):
        path = base + ("_folder" if what == "folder" else ".keras")  # Keras 3 forgets what an optimizer of `.h5` trains
        if not os.path.exists(path):
            return
        model = keras.models.load_model(path)
    else:
        model = keras.models.load_model(base + ".h5")
    if what == "again":  # written by the reader, and read once more
        if not OURS:
            return
        for path in (base + ".today.keras", base + ".today.h5"):
            model.save(path)
            again = keras.models.load_model(path)
            for a, b in zip(predictions(again, inputs), out):
                np.testing.assert_allclose(a, b, err_msg=path, **close)
        return
    if what == "resume":
        if not about["resumes"]:
            return
        # TensorFlow 1.2 reads a weight for its penalty or gradient before or after the update that the same step makes
        near = {"rtol": 1e-2, "atol": 5e-3} if ONE else {"rtol": 1e-4, "atol": 1e-4}
        np.testing.assert_allclose(step(model, inputs, targets), loss, err_msg="loss", **near)
        found, close = predictions(model, inputs), near
        late = after[1] and all(np.allclose(a, b, **near) for a, b in zip(found, after[1]))
        out = after[1] if late else after[0]
    else:
        found = predictions(model, inputs)
    assert len(found) == len(out)
    for a, b in zip(found, out):
        np.testing.assert_allclose(a, b, **close)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["write", "check"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("-v", action="store_true")
    chosen = parser.parse_args()
    if chosen.what == "write":
        write(chosen.folder, chosen.first, chosen.count)
    else:
        sys.exit(check(chosen.folder, chosen.first, chosen.count) > 0)
