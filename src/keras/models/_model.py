"""Models: layers that can be trained, printed and saved."""

from __future__ import annotations

import contextlib
import json
import warnings
import weakref
from typing import Any

from keras._core import limits, registry, tree
from keras._core.checks import NO_SUPER
from keras._core.graph import KerasTensor, Operation, any_symbolic
from keras._core.serialization import deserialize, is_deserializing, serialize
from keras._core.signature import parameters, required_of_constructor
from keras._jax import pure, stateless
from keras._jax.op import symbolic_result
from keras._training.batch_loss import loss_of_batch
from keras._training.trainer import Trainer
from keras.layers import Layer
from keras.layers._base.parts import structure
from keras.layers._base.shapes import is_shape
from keras.layers._call import context
from keras.models._as_function import as_function
from keras.models._exporting import export
from keras.models._graph import Graph, alone
from keras.models._host_part import is_traced
from keras.models._in_parts import call_in_parts, is_called_in_parts
from keras.models._rows_apart import computes_rows_apart
from keras.models._state_tree import set_state_tree, state_tree
from keras.models._summary import print_summary
from keras.quantizers._model import quantize_model
from keras.saving import load_weights, save_model, save_weights
from keras.saving._described import described_for, model_from_text
from keras.saving._model import from_bytes, to_bytes

_MADE_FROM_TENSORS: weakref.WeakSet[type] = weakref.WeakSet()  # classes of which one was


def makes_from_tensors(kind: type) -> bool:
    """Whether a model of a class was made from symbolic tensors, which makes the class one of `Functional`."""
    return any(base in _MADE_FROM_TENSORS for base in kind.__mro__)


_NO_CONFIG = (
    "{owner} cannot be made from its config, which does not hold `{missing}`.\n"
    "  Write a `get_config` for {owner} that returns {{**super().get_config(), {missing!r}: ...}}."
)


class Model(Trainer, Layer):
    """Layers grouped into something that can be trained.

    Made from symbolic tensors, `Model(inputs, outputs)`, or by a subclass that makes layers in its constructor and
    computes with them in `call`.

    Args:
        inputs, outputs: symbolic tensors, or lists and dicts of them.
        name: its name.

    >>> inputs = keras.Input((4,))
    >>> model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    """

    _keras_hidden = Trainer._not_structure

    def computes_rows_apart(self, training: bool) -> bool:
        """Whether it is known that the rows of a batch do not meet, while training or not."""
        return computes_rows_apart(self, training)

    def __new__(cls, *args, **kwargs):
        if cls is Model and _is_functional(args, kwargs):
            cls = _classes["Functional"]
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args, **kwargs):
        graph = None
        if _is_functional(args, kwargs):
            inputs, outputs, args = _take(args, kwargs)
            graph = Graph(inputs, outputs)
            graph.begin_with_inputs()
            _leave_out_unknown(type(self).__name__, kwargs)
        name = args[0] if args else kwargs.pop("name", None)
        super().__init__(name=name, **kwargs)
        self._init_training()
        self._graph: Graph | None = graph
        self._from_tensors = graph is not None
        if self._from_tensors:
            _MADE_FROM_TENSORS.add(type(self))
        self._members: list[Layer] = graph.layers if graph is not None else []
        if graph is not None:
            self.built = True

    def _begins_on_host(self) -> bool:
        """Whether its first layers do what compiled code cannot do."""
        return self._graph is not None and self._graph.host is not None

    def read_on_host(self, x):
        """Inputs as compiled code takes them: what layers at the beginning of the graph make of text."""
        if self._graph is None or self._graph.host is None:
            return x
        return self._graph.host.read(x)

    def __call__(self, *args, **kwargs):
        if "_graph" not in self.__dict__:
            raise RuntimeError(NO_SUPER.format(name=type(self).__name__))
        if args and self._begins_on_host():
            if not any_symbolic(args) and not is_traced(args):
                args = (self.read_on_host(args[0]), *args[1:])
        elif self._from_tensors and (context.depth or not pure.in_scope()):
            self._check_sizes(args[0] if args else kwargs.get("inputs"))
        if is_called_in_parts(self, args, kwargs):
            return call_in_parts(self, *args, **kwargs)
        return super().__call__(*args, **kwargs)

    def call(self, inputs, training=None, mask=None):
        """The outputs for inputs. Subclasses without symbolic tensors override it."""
        if self._graph is None:
            raise NotImplementedError(f"{type(self).__name__} has no `call` method. Define call(self, inputs).")
        return self._graph.run(inputs)

    def _check_sizes(self, inputs: Any) -> None:
        """Refuses inputs of other sizes than declared; `fit` and `predict` leave it to the layers, as in Keras 3."""
        self._graph.check_sizes(inputs)

    @staticmethod
    def structure_version() -> int:
        """A number that changes whenever any layer does."""
        return structure.number

    @staticmethod
    @contextlib.contextmanager
    def watching_calls(watch):
        """While open, `watch(layer, inputs, outputs)` is called after each call of a layer in this thread."""
        before, context.watch = context.watch, watch
        try:
            yield
        finally:
            context.watch = before

    # --- what it is made of

    def _layer_metrics(self) -> list[Any]:
        """Own ones and those of the layers; a model inside this one trains by itself, and counts by itself."""
        layers = (layer for layer in self._flatten_layers() if layer is self or not isinstance(layer, Model))
        return [m for layer in layers for m in layer._metric_objects()]

    @property
    def layers(self) -> list[Layer]:
        """Layers directly inside it."""
        return list(self._members) if self._graph is not None else self._layers

    @property
    def operations(self) -> list[Operation]:
        """Layers and functions of the graph, as they come; the layers of a model without one."""
        return list(self._layers if self._graph is None else self._graph.operations)

    def get_layer(self, name=None, index=None):
        """The layer of a name, or at a position.

        Raises:
            ValueError: there is none.
        """
        if index is not None and name is not None:
            raise ValueError(f"get_layer: pass `name` or `index`, not both. Got {name!r} and {index!r}.")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"get_layer: there is no layer {index}; {self.name} has {len(layers)}.")
            return layers[index]
        if name is None:
            raise ValueError("get_layer: pass `name` or `index`.")
        for layer in layers:
            if layer.name == name:
                return layer
        known = ", ".join(repr(layer.name) for layer in layers)
        raise ValueError(f"get_layer: {self.name} has no layer {name!r}. Layers: {known}.")

    @property
    def inputs(self) -> list[KerasTensor] | None:
        """Symbolic inputs, flat.

        Raises:
            AttributeError: the model has no graph, or none yet.
        """
        return self._known_graph("inputs").inputs

    @property
    def outputs(self) -> list[KerasTensor] | None:
        """Symbolic outputs, flat.

        Raises:
            AttributeError: the model has no graph, or none yet.
        """
        return self._known_graph("outputs").outputs

    def _known_graph(self, asked: str) -> Graph:
        if self._graph is None:
            raise AttributeError(f"{self.name} has no `{asked}`: it is not made of symbolic tensors, or not built yet.")
        return self._graph

    @property
    def input(self) -> Any:
        """Symbolic inputs, as they were given."""
        return super().input if self._graph is None else self._graph.input_structure

    @property
    def output(self) -> Any:
        """Symbolic outputs, as they were given."""
        return super().output if self._graph is None else self._graph.output_structure

    @property
    def input_shape(self) -> Any:
        """Shape of the input, or a structure of shapes."""
        return super().input_shape if self._graph is None else _shapes(self._graph.input_structure)

    @property
    def output_shape(self) -> Any:
        """Shape of the output, or a structure of shapes."""
        return super().output_shape if self._graph is None else _shapes(self._graph.output_structure)

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs: those of their layers."""
        return [] if self._graph is None else [x._keras_history.operation.name for x in self._graph.inputs]

    @property
    def output_names(self) -> list[str] | None:
        """Names of the outputs: those of the layers that make them, told apart where one layer makes several."""
        if self._graph is None:
            return None
        return _told_apart([x._keras_history.operation.name for x in self._graph.outputs])

    def symbolic_outputs(self) -> Any:
        """Symbolic outputs with the model's own shapes, as a call returns them; None where tracing has to find them."""
        return None if self._graph is None else alone(self._graph.output_structure)

    def compute_output_spec(self, inputs, training=None, mask=None):
        """Symbolic outputs for symbolic inputs."""
        if self._graph is None:
            if type(self).compute_output_shape is Model.compute_output_shape:  # which asks here
                return self._traced_outputs((inputs,), {})
            return super().compute_output_spec(inputs)
        flat = tree.leaves(inputs)
        if len(flat) == len(self._graph.inputs) and all(x.shape == s.shape for x, s in zip(flat, self._graph.inputs)):
            return tree.map_leaves(lambda x: KerasTensor(x.shape, x.dtype), self._graph.output_structure)
        return self._graph.symbolic(inputs)

    def compute_output_shape(self, input_shape):
        """The shape of the outputs for inputs of a shape."""
        inputs = _symbols(input_shape, self.compute_dtype)
        return tree.map_leaves(_shape, self.compute_output_spec(inputs))

    def build(self, input_shape=None):
        """Makes the weights of a model without a graph, for inputs of a shape."""
        if self._graph is not None or self.built:
            return
        if input_shape is None:
            raise ValueError(
                f"{self.name}: build() needs the shape of the inputs, with the batch size (or None) first."
            )
        inputs = _symbols(tuple(input_shape) if is_shape(input_shape) else input_shape, self.compute_dtype)
        arguments = inputs if isinstance(input_shape, list) and not is_shape(input_shape) else (inputs,)
        try:
            symbolic_result(lambda *a: self._run({}, *a), inputs)
        except TypeError:
            if len(arguments) == 1:
                raise
            symbolic_result(lambda *a: self._run({}, *a), *arguments)
        self.built = True

    def _build_once(self, arguments: dict[str, Any]) -> None:
        if type(self).build is Model.build:  # a subclass's layers build themselves when `call` reaches them
            self._build_shapes = {"input_shape": tree.map_leaves(_shape, next(iter(arguments.values()), None))}
            self.built = True
            return
        super()._build_once(arguments)

    def _first_input(self) -> Any:
        """Symbolic tensors shaped like the input it was built for, for any number of rows; None if that is unknown."""
        shape = (getattr(self, "_build_shapes", None) or {}).get("input_shape")
        return _with_free_rows(shape, self.compute_dtype) if shape else None

    def summary(
        self,
        line_length=None,
        positions=None,
        print_fn=None,
        expand_nested=False,
        show_trainable=False,
        layer_range=None,
        *,
        columns=(),
    ):
        """Prints the layers with their output shapes and numbers of parameters.

        Args:
            line_length: width of the table.
            positions: where columns end, as shares of the width.
            print_fn: called with each line instead of `print`.
            expand_nested: whether the layers of models inside are listed too.
            show_trainable: whether to say which layers are trainable.
            layer_range: names of the first and the last layer to list, or regular expressions for them.
            columns: further columns: 'trainable', 'dtype' and 'bytes' of the weights, 'flops', the operations that one
                row takes through the layer.
        """
        print_summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range, columns)

    def reset_states(self) -> None:
        """Sets the states of stateful recurrent layers back."""
        for layer in self._flatten_layers(include_self=False):
            if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
                layer.reset_states()

    # --- as a function of values

    def get_state_tree(self, value_format="backend_tensor") -> dict:
        """Values of all variables as nested dicts by the parts of their paths.

        Args:
            value_format: 'backend_tensor' for arrays as the model has them, 'numpy_array' for copies in NumPy.

        Returns:
            A dict with `trainable_variables`, `non_trainable_variables`, `optimizer_variables`, `metrics_variables`.
        """
        return state_tree(self, value_format)

    def set_state_tree(self, state_tree: dict) -> None:
        """Assigns values in the form of `get_state_tree`; variables that it does not name stay as they are.

        Raises:
            ValueError: a name is unknown or a shape differs; no variable is assigned then.
        """
        set_state_tree(self, state_tree)

    def stateless_compute_loss(
        self,
        trainable_variables,
        non_trainable_variables,
        metrics_variables,
        x=None,
        y=None,
        y_pred=None,
        sample_weight=None,
        training=True,
    ):
        """`compute_loss` with other values for the variables.

        Returns:
            The loss, and the new values of the trainable, the non-trainable and the metrics' variables.
        """
        given = (trainable_variables, non_trainable_variables, metrics_variables)
        fields = (self.trainable_variables, self.non_trainable_variables, self.metrics_variables)
        loss, values = stateless.call(
            lambda: loss_of_batch(self, x, y, y_pred, sample_weight, training),
            [v for field in fields for v in field],
            [v for field in given for v in field],
            "stateless_compute_loss: the variables together",
        )
        first, second = len(fields[0]), len(fields[0]) + len(fields[1])
        return loss, (values[:first], values[first:second], values[second:])

    def as_function(self, training=False):
        """The weights as nested dicts, and a function of weights and inputs that changes nothing, for JAX's libraries.

        Args:
            training: whether the function does what is done in training.

        Returns:
            `weights`, a dict with 'trainable' and 'non_trainable', and `function(weights, *inputs)`, which returns the
            outputs; with `training=True` the outputs and the new 'non_trainable' part: running means, seeds.

        Raises:
            ValueError: the model is not built.

        >>> weights, function = model.as_function()
        >>> jax.grad(lambda trainable: function({**weights, "trainable": trainable}, x).sum())(weights["trainable"])
        """
        return as_function(self, training)

    # --- quantisation

    def quantize(self, mode=None, config=None, filters=None, **kwargs):
        """Keeps the weights of its layers in fewer bits from now on; compile it again to train it further.

        Args:
            mode: 'int8', 'int4', 'float8', 'gptq' or 'awq'.
            config: a QuantizationConfig, which may stand for `mode`; 'gptq' and 'awq' need theirs.
            filters: which layers: a regular expression for their names, a list of them, or a function of a layer.
            kwargs: `type_check=False` also takes subclasses of layers that can be quantised.

        Raises:
            ValueError: it is not built, a layer is quantised already, or `mode` and `config` do not fit.

        >>> model.quantize("int8", filters="^(?!head)")
        """
        quantize_model(self, mode, config, filters, **kwargs)
        self._captured = None  # variables have been replaced
        self._capture_trainable()
        self._post_quantize(config.mode if mode is None else mode, **kwargs)

    def _post_quantize(self, mode, **kwargs) -> None:
        """Called after `quantize`, for subclasses that keep something made from the weights, as in Keras 3."""

    def get_quantization_layer_structure(self, mode=None):
        """What 'gptq' and 'awq' must know of a model; None, unless a subclass says it.

        A dict with 'pre_block_layers', the layers that turn tokens into what the first block takes, and
        'sequential_blocks', the blocks that follow one another.
        """
        return

    # --- files and configs

    def export(self, filepath, format=None, verbose=None, input_signature=None, **kwargs):
        """Writes the model as a program for another runtime, 'stablehlo' or 'onnx', which runs without its code.

        Args:
            filepath, format, verbose, input_signature, kwargs: see `keras.export.export_model`.

        >>> model.export("model.onnx")
        """
        export(self, filepath, format, verbose, input_signature, **kwargs)

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """Writes the model with its weights and its optimizer to a file, whole or not at all.

        Args:
            filepath: where to: a name in `.keras`, `.h5` or `.safetensors`, or an open file.
            overwrite: whether an existing file is replaced without asking.
            zipped: False writes a folder instead of an archive.
            kwargs: see `keras.saving.save_model`.
        """
        save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def get_compile_config(self) -> dict:
        """What `compile` was given, as plain values; empty before."""
        return serialize(self._compile_arguments) if self.compiled and self._compile_arguments else {}

    def compile_from_config(self, config) -> None:
        """Compiles it with what `get_compile_config` returned."""
        owner = next(cls for cls in type(self).__mro__ if "compile" in vars(cls))
        if not owner.__module__.startswith("keras."):
            warnings.warn(
                f"{self.name} was not compiled: its class {type(self).__name__} has a `compile` of its own.\n"
                "  Define compile_from_config(), or call compile() after loading.",
                stacklevel=2,
            )
            return
        known = {k: v for k, v in config.items() if k in parameters(Trainer.compile)[0]}
        for name in ("loss", "metrics", "weighted_metrics"):
            limits.check_repeats(name, _count_of_parts(known.get(name)))
        modules = {"optimizer": "keras.optimizers", "loss": "keras.losses"}
        arguments = {k: deserialize(v, None, modules.get(k, "keras.metrics")) for k, v in known.items()}
        self.compile(**arguments)

    def __reduce__(self):
        return from_bytes, to_bytes(self)

    def save_weights(self, filepath, overwrite=True, max_shard_size=None, **kwargs):
        """Writes the weights to a file in `.weights.h5`, `.h5` or `.safetensors`, whole or not at all."""
        return save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size, **kwargs)

    def load_weights(self, filepath, skip_mismatch=False, **kwargs):
        """Takes weights from a file of any year; see `keras.saving.load_weights`."""
        load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    def to_json(self, era=None, **kwargs) -> str:
        """The architecture as JSON; `keras.models.model_from_json` makes a model of it.

        Args:
            era: '1' or '2' writes what Keras 1.2 or 2.3 reads.
            kwargs: passed to `json.dumps`.
        """
        return json.dumps(described_for(self, era), **kwargs)

    def get_config(self) -> dict:
        """What `from_config` needs: the graph, or the constructor's arguments of a subclass."""
        if self._graph is not None and type(self).__init__ is Model.__init__:
            return _functions["functional_config"](self)
        found = super().get_config()
        if self._graph is None and type(self).get_config is Model.get_config:
            self._check_config(found)
        return found

    def _check_config(self, found: dict) -> None:
        """Refuses to describe a model that could not be made from the description."""
        missing = [name for name in required_of_constructor(type(self)) if name not in found]
        if missing:
            owner = type(self).__name__
            raise NotImplementedError(_NO_CONFIG.format(owner=owner, missing=missing[0]))

    @classmethod
    def from_config(cls, config: dict, custom_objects=None):
        """A model from what `get_config` returned, today or in an earlier year."""
        config = in_todays_form("Model", config)
        with registry.object_scope(custom_objects or {}):
            if "layers" in config and "input_layers" in config:
                return _functions["functional_from_config"](cls, config)
            return super().from_config(config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def in_todays_form(kind: str, config: Any) -> Any:
    """The config of a model as `get_config` would return it today.

    Args:
        kind: 'Sequential' or 'Model'.
        config: what `get_config` of any year returned; in 1.x that of a `Sequential` was a list.
    """
    layers = config.get("layers") if isinstance(config, dict) else config
    if is_deserializing() or not isinstance(layers, (list, tuple)) or not any(map(_is_older, layers)):
        return config
    return registry.in_todays_form({"class_name": kind, "config": config})["config"]


def _is_older(layer: Any) -> bool:
    return isinstance(layer, dict) and "class_name" in layer and "module" not in layer


# filled by the files that know more than this one
_classes: dict[str, type] = {}
_functions: dict[str, Any] = {}


def _shape(x: Any) -> Any:
    return getattr(x, "shape", None)


def _with_free_rows(shape: Any, dtype: str) -> Any:
    if is_shape(shape):
        return KerasTensor((None, *shape[1:]), dtype)
    if isinstance(shape, dict):
        return {k: _with_free_rows(v, dtype) for k, v in shape.items()}
    if shape is None:  # what it was called with is no tensor
        return None
    found = [_with_free_rows(s, dtype) for s in shape]
    return tuple(found) if isinstance(shape, tuple) else found


def _shapes(structure: Any) -> Any:
    return alone(tree.map_leaves(_shape, structure))


def _symbols(shape: Any, dtype: str) -> Any:
    if is_shape(shape):
        return KerasTensor(shape, dtype)
    if isinstance(shape, dict):
        return {k: _symbols(v, dtype) for k, v in shape.items()}
    return [_symbols(s, dtype) for s in shape]


def _told_apart(names: list[str]) -> list[str]:
    """The names, with numbers behind those that were there before: 'critic', 'critic_1'."""
    if len(set(names)) == len(names):
        return names
    return [f"{name}_{names[:i].count(name)}" if name in names[:i] else name for i, name in enumerate(names)]


def _is_functional(args: tuple, kwargs: dict) -> bool:
    return len(args) >= 2 or (len(args) == 1 and "outputs" in kwargs) or ("inputs" in kwargs and "outputs" in kwargs)


def _count_of_parts(config: Any) -> int:
    """How many losses or metrics the config of a model's compile() names."""
    if not isinstance(config, (dict, list)) or "class_name" in config:
        return 1
    return sum(map(_count_of_parts, config.values() if isinstance(config, dict) else config))


def _leave_out_unknown(owner: str, kwargs: dict) -> None:
    """Keras 3 takes any argument of a model made from tensors, and packages rely on it."""
    unknown = [name for name in kwargs if name not in ("name", "trainable", "dtype", "autocast")]
    if unknown:
        warnings.warn(f"{owner}: {', '.join(unknown)} has no meaning for a model and was left out.", stacklevel=4)
    for name in unknown:
        del kwargs[name]


def _take(args: tuple, kwargs: dict) -> tuple:
    """Inputs, outputs and the remaining positional arguments."""
    rest = list(args)
    inputs = kwargs.pop("inputs") if "inputs" in kwargs else rest.pop(0)
    outputs = kwargs.pop("outputs") if "outputs" in kwargs else rest.pop(0)
    return inputs, outputs, tuple(rest)


def model_from_json(json_string: str, custom_objects=None):
    """A model from what `to_json` of any year returned, without weights.

    Raises:
        ValueError: the text is no JSON, or describes no model.
    """
    return model_from_text(json_string, custom_objects)
