"""What tf.keras had as experimental, or between releases, and what needs no TensorFlow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import activations, initializers, layers, models, ops, random, regularizers
from keras._core import registry, tree
from keras._core.checks import known_size, one_of, positive_integer, positive_number
from keras._jax import pure

__all__ = [
    "LinearModel",
    "PreprocessingLayer",
    "RandomFourierFeatures",
    "RandomHeight",
    "RandomWidth",
    "SyncBatchNormalization",
    "TimedThread",
    "WideDeepModel",
    "warmstart_embedding_matrix",
]


class _RandomSize(layers.Layer):
    """Base of the layers that draw a size."""

    axis: int  # from behind, channels last

    def __init__(self, factor, interpolation="bilinear", seed=None, **kwargs):
        super().__init__(**kwargs)
        low, high = factor if isinstance(factor, (list, tuple)) else (-factor, factor)
        if not -1.0 < low <= high:
            raise ValueError(f"{type(self).__name__}: `factor` must be above -1, the lower one first. Got {factor!r}.")
        self.factor = factor
        self.interpolation = str(interpolation).lower()
        self.seed = seed
        self._ends = (low, high)
        self._draws = np.random.default_rng(seed)

    _keras_hidden = frozenset(("_draws",))

    def call(self, inputs, training=True):
        if pure.in_scope():
            raise ValueError(_FIXED.format(self.name))
        if not training:
            return inputs
        sizes = list(inputs.shape[-3:-1])
        place = self.axis + 3
        sizes[place] = max(1, int(sizes[place] * (1 + self._draws.uniform(*self._ends))))
        return ops.image.resize(inputs, tuple(sizes), self.interpolation, data_format="channels_last")

    def compute_output_spec(self, inputs, training=True):
        """Not possible: sizes in models are fixed."""
        raise ValueError(_FIXED.format(self.name))


_FIXED = (
    "{}: sizes in models are fixed. Call it on batches before the model, or take\n"
    "  keras.layers.RandomZoom, which stretches images without changing their size."
)


class RandomHeight(_RandomSize):
    """Makes images higher by a share that is drawn for each batch.

    Sizes in compiled programs are fixed, so it works on batches before they reach a model, as in a generator.

    Args:
        factor: a number f for -f to f, or a pair; 0.2 is a fifth more.
        interpolation: as for `keras.ops.image.resize`.
        seed: seed of the draws.
    """

    axis = -3
    height_lower = property(lambda self: self._ends[0], doc="The least that is drawn.")
    height_upper = property(lambda self: self._ends[1], doc="The most that is drawn.")


class RandomWidth(_RandomSize):
    """Makes images wider by a share that is drawn for each batch; see `RandomHeight`.

    Args:
        factor, interpolation, seed: as for `RandomHeight`.
    """

    axis = -2
    width_lower = property(lambda self: self._ends[0], doc="The least that is drawn.")
    width_upper = property(lambda self: self._ends[1], doc="The most that is drawn.")


class RandomFourierFeatures(layers.Layer):
    """Features whose products come near to a kernel function (Rahimi and Recht, 2007).

    `y = cos(x @ (W / scale) + b)`, where W is drawn from the kernel's transform and b from 0 to 2 pi.

    Args:
        output_dim: how many features.
        kernel_initializer: 'gaussian', 'laplacian', or an initializer of W.
        scale: the kernel's width; sqrt(inputs / 2) for 'gaussian' and 1 otherwise if None.
        trainable: whether training changes the scale.

    Shapes:
        x: (batch, features), y: (batch, output_dim).
    """

    def __init__(self, output_dim, kernel_initializer="gaussian", scale=None, trainable=False, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.output_dim = positive_integer("output_dim", output_dim, "RandomFourierFeatures")
        if isinstance(kernel_initializer, str):
            kernel_initializer = kernel_initializer.lower()
            one_of("kernel_initializer", kernel_initializer, ("gaussian", "laplacian"), "RandomFourierFeatures")
        self.kernel_initializer = kernel_initializer
        self.scale = None if scale is None else positive_number("scale", scale, "RandomFourierFeatures")

    def build(self, input_shape):
        features = known_size(input_shape, -1, self.name)
        start = self.scale
        if start is None:
            start = np.sqrt(features / 2.0) if self.kernel_initializer == "gaussian" else 1.0
        self.unscaled_kernel = self.add_weight(
            (features, self.output_dim), self._start(), name="unscaled_kernel", trainable=False
        )
        self.bias = self.add_weight(
            (self.output_dim,), initializers.RandomUniform(0.0, 2 * np.pi), name="bias", trainable=False
        )
        self.kernel_scale = self.add_weight((1,), initializers.Constant(start), name="kernel_scale")

    def _start(self) -> Any:
        if self.kernel_initializer == "gaussian":
            return initializers.RandomNormal(stddev=1.0)
        if self.kernel_initializer == "laplacian":
            return _cauchy
        return initializers.get(self.kernel_initializer)

    def call(self, inputs):
        return ops.cos(ops.matmul(inputs, self.unscaled_kernel / self.kernel_scale) + self.bias)

    def compute_output_shape(self, input_shape):
        """(batch, output_dim)."""
        return (*input_shape[:-1], self.output_dim)


def _cauchy(shape, dtype=None):
    """The transform of the Laplacian kernel."""
    drawn = random.uniform(shape, 0.0, 1.0, dtype)
    return ops.tan(np.pi * (drawn - 0.5))


class SyncBatchNormalization(layers.BatchNormalization):
    """A `BatchNormalization` whose statistics are those of the batch on all devices.

    Args:
        axis, momentum, epsilon, center, scale, ...: as for `BatchNormalization`.
    """

    def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, **kwargs):
        if not kwargs.pop("synchronized", True):
            raise ValueError("SyncBatchNormalization: `synchronized` must be True; write BatchNormalization.")
        super().__init__(axis=axis, momentum=momentum, epsilon=epsilon, synchronized=True, **kwargs)

    _not_in_config = frozenset(("synchronized",))


class PreprocessingLayer(layers.Layer):
    """Base of layers of one's own that learn from data before training: a class defines `update_state(data)`."""

    is_adapted = False

    def update_state(self, data):
        """Learns from a batch. Every class has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs an `update_state(data)`.")

    def reset_state(self):
        """Forgets what was learned. Every class has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a `reset_state()`.")

    def finalize_state(self):
        """What is done when all batches were seen: nothing, unless a class says more."""

    def adapt(self, data, batch_size=None, steps=None):
        """Learns from data, from nothing.

        Args:
            data: an array, or what yields batches.
            batch_size: rows of an array that are looked at together.
            steps: how many batches to look at; all if None.
        """
        if hasattr(data, "shape") or (isinstance(data, list) and not hasattr(data, "__next__")):
            rows = np.asarray(data)
            size = batch_size or max(len(rows), 1)
            data = [rows[i : i + size] for i in range(0, len(rows), size)]
        self.reset_state()
        for i, batch in enumerate(data):
            if steps is not None and i >= steps:
                break
            if not self.built:
                self.build(np.shape(batch))
                self.built = True
            self.update_state(batch)
        self.finalize_state()
        self.is_adapted = True

    compile = layers.Normalization.compile
    make_adapt_function = layers.Normalization.make_adapt_function


class LinearModel(models.Model):
    """The sum of a linear map of each of its inputs, and a bias.

    Args:
        units: size of the outputs.
        activation: a name or a function.
        use_bias: whether there is one.
        kernel_initializer, bias_initializer: how they start: zeros.
        kernel_regularizer, bias_regularizer: penalties on the weights.

    >>> LinearModel()([ops.ones((2, 3)), ops.ones((2, 4))]).shape
    (2, 1)
    """

    def __init__(
        self,
        units=1,
        activation=None,
        use_bias=True,
        kernel_initializer="zeros",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = positive_integer("units", units, "LinearModel")
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.dense_layers: list = []

    def build(self, input_shape=None):
        shapes = _shapes(input_shape)
        self.dense_layers = [
            layers.Dense(
                self.units, use_bias=False, kernel_initializer=self.kernel_initializer,
                kernel_regularizer=self.kernel_regularizer, name=f"linear_{i}",
            )
            for i in range(len(shapes))
        ]  # fmt: skip
        for layer, shape in zip(self.dense_layers, shapes):
            layer.build(shape)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,), self.bias_initializer, name="bias", regularizer=self.bias_regularizer
            )
        self.built = True

    def call(self, inputs):
        found = [layer(x) for layer, x in zip(self.dense_layers, tree.leaves(inputs))]
        total = sum(found[1:], found[0])
        return self.activation(total if self.bias is None else total + self.bias)


def _shapes(input_shape: Any) -> list[tuple]:
    if isinstance(input_shape, dict):
        return [tuple(shape) for _, shape in sorted(input_shape.items())]
    if input_shape and isinstance(input_shape[0], (list, tuple)):
        return [tuple(shape) for shape in input_shape]
    return [tuple(input_shape)]


class WideDeepModel(models.Model):
    """The sum of a linear model and a deep one (Cheng and others, 2016).

    `y = activation(linear(x) + deep(z))`

    Args:
        linear_model, dnn_model: the two; they get the first and the second of two inputs, or both the only one.
        activation: a name or a function.
    """

    def __init__(self, linear_model, dnn_model, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.linear_model = linear_model
        self.dnn_model = dnn_model
        self.activation = activations.get(activation)

    def call(self, inputs, training=None):
        pair = isinstance(inputs, (list, tuple)) and len(inputs) == 2
        wide, deep = inputs if pair else (inputs, inputs)
        return self.activation(self.linear_model(wide) + self.dnn_model(deep, training=training))


class TimedThread:
    """Calls `on_interval` again and again in a thread of its own.

    Args:
        interval: seconds between two calls.
        **kwargs: those of `threading.Thread`.
    """

    def __init__(self, interval, **kwargs):
        self.interval = interval
        self.daemon = kwargs.pop("daemon", False)
        self.thread_kwargs = kwargs
        self.thread = None
        self.thread_stop_event = None

    def start(self):
        """Begins; nothing happens if it has begun."""
        if self.is_alive():
            return
        self.thread_stop_event = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=self.daemon, **self.thread_kwargs)
        self.thread.start()

    def _run(self) -> None:
        while not self.thread_stop_event.is_set():
            self.on_interval()
            self.thread_stop_event.wait(self.interval)

    def stop(self):
        """Ends it after the call that is running."""
        if self.thread_stop_event is not None:
            self.thread_stop_event.set()

    def is_alive(self):
        """Whether it runs."""
        return self.thread is not None and self.thread.is_alive()

    def on_interval(self):
        """What is done. Every class has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs an `on_interval()`.")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()


def warmstart_embedding_matrix(base_vocabulary, new_vocabulary, base_embeddings, new_embeddings_initializer="uniform"):
    """Vectors for a new vocabulary: those of words that an old one has too, and new ones for the others.

    Args:
        base_vocabulary: the old words, in the order of their vectors; a list, or a file with a word in each line.
        new_vocabulary: the new words, likewise.
        base_embeddings: the vectors of the old words.
        new_embeddings_initializer: how vectors of new words start.
    """
    base, new = _words(base_vocabulary), _words(new_vocabulary)
    vectors = np.asarray(base_embeddings)
    if vectors.ndim != 2 or len(vectors) != len(base):
        raise ValueError(
            f"warmstart_embedding_matrix: {len(base)} words need as many vectors. Got shape {vectors.shape}."
        )
    start: Callable = initializers.get(new_embeddings_initializer)
    found = np.array(start((len(new), vectors.shape[1]), dtype="float32"))
    places = {word: i for i, word in enumerate(base)}
    for i, word in enumerate(new):
        if word in places:
            found[i] = vectors[places[word]]
    return ops.convert_to_tensor(found)


def _words(given: Any) -> list[str]:
    if isinstance(given, str):
        with open(given, encoding="utf-8") as file:
            return file.read().splitlines()
    return [w.decode("utf-8") if isinstance(w, bytes) else str(w) for w in given]


registry.register_built_ins(
    "keras.layers",
    {c.__name__: c for c in (RandomFourierFeatures, RandomHeight, RandomWidth, SyncBatchNormalization)},
)
registry.register_built_ins("keras.models", {c.__name__: c for c in (LinearModel, WideDeepModel)})
