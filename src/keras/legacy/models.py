"""`Graph`, the model with named nodes of 0.x and 1.x, and sequences that begin with `Merge`."""

from __future__ import annotations

from typing import Any

from keras import layers, models
from keras._core.graph import KerasTensor
from keras._core.serialization import deserialize
from keras.layers import Layer
from keras.legacy import era, merging
from keras.models._graph import Graph as _Between

__all__ = ["Container", "Graph", "MergedSequential", "Network", "make_batches", "model_from_config", "slice_X"]


class Graph(models.Model):
    """A model of named inputs, nodes and outputs.

    Data are dicts by the names of inputs and outputs.

    >>> graph = Graph()
    >>> graph.add_input("x", input_shape=(4,))
    >>> graph.add_node(layers.Dense(8), "hidden", input="x")
    >>> graph.add_output("y", input="hidden")
    """

    def __init__(self, name=None):
        super().__init__(name=name)
        self._tensors: dict[str, KerasTensor] = {}
        self._starts: dict[str, KerasTensor] = {}
        self._ends: dict[str, KerasTensor] = {}

    _keras_hidden = models.Model._keras_hidden | {"_tensors", "_starts", "_ends"}

    def add_input(self, name, input_shape=None, batch_input_shape=None, dtype="float", ndim=None):
        """Adds an input.

        Args:
            name: its name.
            input_shape: its shape without the batch.
            batch_input_shape: the same with the batch.
            dtype: 'float' for the default float type, 'int' for whole numbers, or a dtype.
            ndim: how many axes it has, batch included; 0.1 and 0.2 left their sizes to the layers.
        """
        self._check_new(name)
        if ndim is not None:
            batch_input_shape = (None,) * ndim
        dtype = {"float": None, "int": "int32"}.get(dtype, dtype)
        if batch_input_shape is None and input_shape is None:
            raise ValueError(f"Graph: input {name!r} needs `input_shape` or `batch_input_shape`.")
        shape = batch_input_shape if batch_input_shape is not None else (None, *input_shape)
        self._tensors[name] = self._starts[name] = layers.Input(batch_shape=tuple(shape), dtype=dtype, name=name)

    def add_node(
        self,
        layer,
        name,
        input=None,
        inputs=(),
        merge_mode="concat",
        concat_axis=-1,
        dot_axes=-1,
        create_output=False,
    ):
        """Adds a layer.

        Args:
            layer: a layer or a model; None only merges.
            name: the name of the node.
            input: the name of the node or input it takes; or `inputs`, several, which are merged first.
            merge_mode, concat_axis, dot_axes: as for `Merge`.
            create_output: whether it is an output of the same name too.
        """
        if isinstance(layer, tuple):  # a call of the graph itself, as part of another model
            return models.Model.add_node(self, layer, name, input)
        self._check_new(name)
        x = self._merged(input, inputs, merge_mode, concat_axis, dot_axes)
        if layer is not None:
            if isinstance(layer, Layer) and not layer.built:
                layer.name = name
            x = layer(x)
        self._tensors[name] = x
        if create_output:
            self.add_output(name, input=name)
        return None

    def add_shared_node(
        self,
        layer,
        name,
        inputs=(),
        merge_mode=None,
        concat_axis=-1,
        dot_axes=-1,
        outputs=(),
        create_output=False,
    ):
        """Adds a layer that is called on several inputs, each for itself.

        Args:
            layer: the layer.
            name: the name of the node.
            inputs: names of the nodes or inputs.
            merge_mode: how the results become one; None for one node per result, called `outputs`.
            concat_axis, dot_axes: as for `Merge`.
            outputs: names of the results, if they are not merged.
            create_output: whether the node, or the results, are outputs too.
        """
        self._check_new(name)
        found = [layer(self._node(n)) for n in inputs]
        if merge_mode is not None:
            found, outputs = [merging.merge(found, merge_mode, concat_axis, dot_axes)], [name]
        elif len(outputs) != len(found):
            raise ValueError(f"Graph: node {name!r} has {len(found)} results. Name them with `outputs`. Got {outputs}.")
        for label, x in zip(outputs, found):
            self._tensors[label] = x
            if create_output:
                self.add_output(label, input=label)

    def add_output(
        self,
        name,
        input=None,
        inputs=(),
        merge_mode="concat",
        concat_axis=-1,
        dot_axes=-1,
    ):
        """Adds an output: a node, or several merged ones.

        Args:
            name: its name.
            input, inputs, merge_mode, concat_axis, dot_axes: as for `add_node`.
        """
        if name in self._ends:
            raise ValueError(f"Graph: there is an output called {name!r} already.")
        self._ends[name] = self._merged(input, inputs, merge_mode, concat_axis, dot_axes)
        self._note_graph()

    def _check_new(self, name):
        if name in self._tensors:
            raise ValueError(f"Graph: there is a node called {name!r} already.")

    def _node(self, name):
        if name not in self._tensors:
            known = ", ".join(map(repr, self._tensors))
            raise ValueError(f"Graph: there is no node called {name!r}. Nodes: {known}.")
        return self._tensors[name]

    def _merged(self, name, names, mode, concat_axis, dot_axes):
        if (name is None) == (not names):
            raise ValueError("Graph: give `input` or `inputs`, one of the two.")
        if name is not None:
            return self._node(name)
        return merging.merge([self._node(n) for n in names], mode, concat_axis, dot_axes)

    def _note_graph(self):
        starts, ends = list(self._starts.values()), list(self._ends.values())
        self._graph = _Between(starts, ends if len(ends) > 1 else ends[0])
        self._members = self._graph.layers
        self.built = True
        self._captured = None

    @property
    def output_names(self):
        """Names of the outputs."""
        return list(self._ends)

    @property
    def input_names(self):
        """Names of the inputs."""
        return list(self._starts)

    def compile(self, optimizer, loss, sample_weight_modes=None, loss_weights=None, metrics=None, **kwargs):
        """Chooses the optimizer, and a loss for each output by its name.

        Args:
            optimizer: as for `Model.compile`.
            loss: output name -> loss.
            sample_weight_modes: output name -> 'temporal' or None.
            loss_weights: output name -> weight.
            metrics: output name -> metrics.
            **kwargs: those of `Model.compile`.
        """
        if not isinstance(loss, dict) or set(loss) != set(self._ends):
            raise ValueError(
                f"Graph: `loss` must be a dict with one loss per output, {self.output_names}. Got {loss!r}."
            )
        weights = None
        if loss_weights:
            weights = [loss_weights.get(n, 1.0) for n in self._ends]
        super().compile(
            optimizer, [loss[n] for n in self._ends], loss_weights=weights, metrics=metrics,
            sample_weight_modes=sample_weight_modes or None, **kwargs,
        )  # fmt: skip

    def _split(self, data: dict, what: str) -> tuple[list, list | None]:
        missing = [n for n in self._starts if n not in data]
        if missing:
            raise ValueError(f"Graph.{what}: the data miss {', '.join(map(repr, missing))}. Got {sorted(data)}.")
        targets = [data[n] for n in self._ends] if all(n in data for n in self._ends) else None
        if targets is None and what not in ("predict", "predict_on_batch"):
            raise ValueError(f"Graph.{what}: the data must hold all outputs, {self.output_names}. Got {sorted(data)}.")
        return [data[n] for n in self._starts], targets

    def _weights(self, given: dict | None) -> list | None:
        return [given.get(n) for n in self._ends] if given else None

    def fit(
        self,
        data,
        batch_size=128,
        nb_epoch=100,
        verbose=1,
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        **kwargs,
    ):
        """Trains on a dict of arrays by the names of inputs and outputs.

        Args:
            data: name -> array.
            batch_size, nb_epoch: rows per update, and epochs.
            validation_data: a dict as well.
            verbose, callbacks, validation_split, shuffle, class_weight, **kwargs: as for `Model.fit`.
            sample_weight: output name -> weights of its rows.
        """
        x, y = self._split(data, "fit")
        if isinstance(validation_data, dict):
            validation_data = self._split(validation_data, "fit")
        kwargs["epochs"] = kwargs.pop("epochs", nb_epoch)
        return super().fit(
            x, y, batch_size=batch_size, verbose=verbose, callbacks=callbacks, validation_split=validation_split,
            validation_data=validation_data, shuffle=shuffle, class_weight=class_weight or None,
            sample_weight=self._weights(sample_weight), **kwargs,
        )  # fmt: skip

    fit.__keras_legacy_arguments__ = frozenset(("show_accuracy",))  # type: ignore[attr-defined]

    def evaluate(self, data, batch_size=128, show_accuracy=False, verbose=0, sample_weight=None):
        """The loss on a dict of arrays; from 1.0 on, with the losses of several outputs behind it."""
        x, y = self._split(data, "evaluate")
        found = super().evaluate(
            x, y, batch_size=batch_size, verbose=verbose, sample_weight=self._weights(sample_weight),
            **({"show_accuracy": True} if show_accuracy else {}),
        )  # fmt: skip
        alone = era.before("1.0") and not show_accuracy and isinstance(found, list)
        return found[0] if alone else found

    def predict(self, data, batch_size=128, verbose=0):
        """The outputs by name for a dict of arrays."""
        return self._named(super().predict(self._split(data, "predict")[0], batch_size=batch_size, verbose=verbose))

    def _named(self, found: Any) -> dict:
        return dict(zip(self._ends, found if isinstance(found, list) else [found]))

    def train_on_batch(self, data, accuracy=False, class_weight=None, sample_weight=None):
        """One update on a dict of arrays."""
        x, y = self._split(data, "train_on_batch")
        return super().train_on_batch(
            x, y, sample_weight=self._weights(sample_weight), class_weight=class_weight or None,
            **({"accuracy": True} if accuracy else {}),
        )  # fmt: skip

    def test_on_batch(self, data, accuracy=False, sample_weight=None):
        """The loss on one batch, a dict of arrays."""
        x, y = self._split(data, "test_on_batch")
        return super().test_on_batch(
            x, y, sample_weight=self._weights(sample_weight), **({"accuracy": True} if accuracy else {})
        )

    def predict_on_batch(self, data):
        """The outputs by name for one batch, a dict of arrays."""
        return self._named(super().predict_on_batch(self._split(data, "predict_on_batch")[0]))

    def fit_generator(self, generator, samples_per_epoch, nb_epoch, **kwargs):
        """`fit` on a generator of dicts; see `Model.fit_generator`."""
        kwargs.setdefault("epochs", nb_epoch)
        validation = kwargs.get("validation_data")
        if isinstance(validation, dict):
            kwargs["validation_data"] = self._split(validation, "fit")
        batches = (self._split(batch, "fit") for batch in generator)
        return _plain_fit(self, batches, samples_per_epoch, **kwargs)

    fit_generator.__keras_legacy_arguments__ = frozenset((  # type: ignore[attr-defined]
        "verbose", "callbacks", "validation_data", "nb_val_samples", "class_weight", "max_q_size", "nb_worker",
        "nb_val_worker", "show_accuracy",
    ))  # fmt: skip


def _plain_fit(graph: Graph, batches: Any, samples: int, **kwargs: Any) -> Any:
    """`Model.fit_generator` with `Model.fit` below it, not that of `Graph`."""
    whole = models.Model(list(graph._starts.values()), list(graph._ends.values()))
    whole.compile(graph.optimizer, graph.loss)
    return whole.fit_generator(batches, samples_per_epoch=samples, **kwargs)


class MergedSequential(models.Sequential):
    """A `Sequential` that begins with a `Merge` of other models: it has an input for each of theirs."""

    def call(self, inputs, training=None, mask=None):
        """The output of the last layer."""
        return self._graph.run(inputs)

    @property
    def input_shape(self):
        """Shapes of the inputs."""
        return [x.shape for x in self._graph.inputs]

    def compute_output_shape(self, input_shape):
        """The shape of the output for inputs of these shapes."""
        return models.Model.compute_output_shape(self, [tuple(s) for s in input_shape])

    def compute_output_spec(self, inputs, training=None, mask=None):
        """Symbolic outputs for symbolic inputs."""
        return models.Model.compute_output_spec(self, inputs)

    def whole_graph(self):
        """The same layers as a model from the inputs of the merged models to the output."""
        return models.Model(self._graph.inputs, self._graph.outputs[0], name=self.name)

    def get_config(self):
        """The graph from the inputs of the merged models to the output."""
        return self.whole_graph().get_config()

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A model of the same graph."""
        return models.Model.from_config(config, custom_objects)


class Network(models.Functional):
    """A model made from symbolic tensors, as 2.x called the part of `Model` that does not train.

    Args:
        inputs, outputs: symbolic tensors, or lists of them.
        name: its name.
    """


class Container(Network):
    """A `Network`, as 1.x called it.

    Args:
        input, output: symbolic tensors, or lists of them.
        name: its name.
    """

    def __init__(self, input=None, output=None, name=None, inputs=None, outputs=None):
        super().__init__(inputs if input is None else input, outputs if output is None else output, name=name)


def begin_with_merge(function, self, layer):
    """`Sequential.add` that lets `Merge` come first."""
    if isinstance(layer, merging.Merge) and layer.layers and not self._members and not self._tensors:
        self._tensors = [layer.branches, layer.output]
        self._members.append(layer)
        object.__setattr__(self, "__class__", MergedSequential)
        return None
    if isinstance(self, MergedSequential) and isinstance(layer, Layer):
        self._tensors.append(layer(self._tensors[-1]))
        self._members.append(layer)
        return None
    return function(self, layer)


def make_batches(size, batch_size):
    """Pairs of first and last row for batches of a size."""
    return [(i, min(size, i + batch_size)) for i in range(0, size, batch_size)]


def slice_X(X, start=None, stop=None):
    """Rows of an array, or of each array of a list.

    Args:
        X: an array or a list of them.
        start: the first row, or a list of rows.
        stop: the row behind the last one.
    """
    rows = list(start) if hasattr(start, "__len__") else slice(start, stop)
    return [x[rows] for x in X] if isinstance(X, list) else X[rows]


def model_from_config(config, custom_objects=None):
    """The model that a config describes."""
    return deserialize(config, custom_objects, "keras.models")
