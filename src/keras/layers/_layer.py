"""The base class of all layers: building, calling, weights, masks, losses, config."""

from __future__ import annotations

import copy
import functools
import types
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras import config as settings
from keras import constraints, initializers, regularizers
from keras._core import registry, tree
from keras._core.dtype_policy import DTypePolicy, dtype_name, is_float_name, policy_from
from keras._core.graph import KerasTensor, any_symbolic
from keras._core.names import current_path, name_scope
from keras._core.policy_map import DTypePolicyMap
from keras._core.recording import recording
from keras._core.remat_scope import remat_settings
from keras._core.serialization import deserialize, serialize
from keras._core.signature import bound_arguments, constructor_parameters
from keras._jax import pure
from keras._jax.op import convert_to_tensor, symbolic_result
from keras._jax.operation import Operation
from keras._jax.random import SeedGenerator
from keras._jax.remat import largest_output, rematerialized
from keras._jax.variable import AutocastScope, Variable, allow
from keras.layers._call import build_parameters, call_signature, context
from keras.layers._input_spec import check_inputs

# attributes that say nothing about what a layer computes
_BOOKKEEPING = frozenset(
    (
        "name", "built", "_inbound_nodes", "_outbound_nodes", "_arguments", "_build_shapes", "_losses", "_scope_open",
        "_building", "_first_shape", "_path", "_kept", "_version", "_to_train",
    )
)  # fmt: skip


class _Version:
    """Counts changes to layers of the process, so that what was derived from them knows when it is out of date."""

    number = 0


structure = _Version()


class Layer(Operation):
    """A step of a model: a function of tensors that may keep weights.

    A layer of your own stores its settings in the constructor, makes its weights in `build(input_shape)` with
    `add_weight`, and computes in `call(inputs)`. `call` may take `training` and `mask`, which are passed down by
    themselves. The config is read from the constructor's signature.

    Args:
        activity_regularizer: a regularizer of the outputs.
        trainable: whether training changes its weights.
        dtype: a dtype or a DTypePolicy; the global policy if None.
        autocast: whether float inputs are converted to the dtype it computes in.
        name: its name; made from the class's name if None.
        input_shape, input_dim, batch_input_shape, batch_size, input_dtype: the input, when it is a model's first layer.

    >>> class Scale(keras.layers.Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")
    ...     def call(self, x):
    ...         return x * self.factor
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _watched_build(cls.__dict__["build"])

    def __new__(cls, *args, **kwargs):
        instance = super().__new__(cls)
        object.__setattr__(instance, "_arguments", (args, kwargs))
        return instance

    def __init__(self, *, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, **kwargs):
        super().__init__(name=name)
        self._first_shape = _first_shape(type(self).__name__, kwargs)
        self.supports_masking = False
        self.input_spec = None
        self.built = False
        self.autocast = bool(autocast)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._trainable = bool(trainable)
        self._policy: DTypePolicy = settings.dtype_policy() if dtype is None else policy_from(dtype)
        self._policy_map = self._policy if isinstance(self._policy, DTypePolicyMap) else None
        allow(self._policy.compute_dtype)
        self._remat = remat_settings()
        self._variables: list[Variable] = []
        self._to_train: list[Variable] = []  # those that freezing the layer freezes and thawing it thaws
        self._losses: list[Any] = []
        self._path = ""
        self._build_shapes: Any = None
        self._building = False
        self._scope_open = False

    # --- attributes

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Variable):
            known = self.__dict__.get("_variables")
            if known is None:
                raise RuntimeError(f"{type(self).__name__}: call super().__init__() before giving it variables.")
            if not any(v is value for v in known):
                self._keep(value)
        if name not in _BOOKKEEPING and name not in self._keras_hidden:
            structure.number += 1
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        structure.number += 1
        value = self.__dict__.get(name)
        if isinstance(value, Variable):
            self._variables[:] = [v for v in self._variables if v is not value]
            self._to_train[:] = [v for v in self._to_train if v is not value]
        object.__delattr__(self, name)

    _keras_hidden: frozenset[str] = frozenset()
    """Attributes that are no part of what it computes, beside the bookkeeping of every layer."""

    _not_in_config: frozenset[str] = frozenset()
    """Arguments of base classes that a subclass fills in itself."""

    _left_out_if_none: tuple[str, ...] = ()
    """Arguments that a config names only where they were given."""

    _form: Any = None
    """What computes in place of `call`, where weights are kept in another form than floats."""

    def _parts(self) -> Iterator[Any]:
        """What its attributes hold, lists and dicts opened, in the order in which they were set."""
        for name, value in list(vars(self).items()):
            if name in _BOOKKEEPING or name in self._keras_hidden or name == "_variables":
                continue
            if isinstance(value, (list, tuple, dict)):
                yield from tree.leaves(list(value.values()) if isinstance(value, dict) else value)
            else:
                yield value

    @property
    def _layers(self) -> list[Layer]:
        """Layers directly inside this one."""
        found: dict[int, Layer] = {}
        for part in self._parts():
            if isinstance(part, Layer) and part is not self:
                found.setdefault(id(part), part)
        return list(found.values())

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Layer]:
        """This layer and all layers inside it, each once, outer ones first."""
        found: dict[int, Layer] = {id(self): self}
        stack = list(reversed(self._layers))
        while stack:
            layer = stack.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                if recursive:
                    stack.extend(reversed(layer._layers))
        layers = list(found.values())
        return layers if include_self else layers[1:]

    # --- dtypes

    @property
    def dtype_policy(self) -> DTypePolicy:
        """The policy that says in which dtypes it computes and keeps variables."""
        return self._policy if self._policy_map is None else self._policy_map

    @dtype_policy.setter
    def dtype_policy(self, value) -> None:
        policy = policy_from(value)
        self._policy_map = policy if isinstance(policy, DTypePolicyMap) else None
        self._follow_policy(policy)
        self._policy = policy
        allow(policy.compute_dtype)

    def _follow_policy(self, policy: DTypePolicy) -> None:
        """What is to be done before the policy is replaced."""

    def _take_policy(self) -> None:
        """Looks its policy up in a map of policies, now that its place in the model is known."""
        self._path = current_path()
        if self._policy_map is not None:
            self._policy = self._policy_map[self.path]

    def _policy_for_config(self) -> DTypePolicy:
        """Its policy, with those of quantised layers inside, which know theirs from it alone."""
        inside = [x for x in self._flatten_layers(include_self=False) if x._policy.quantization_mode is not None]
        if not inside:
            return self.dtype_policy
        return DTypePolicyMap(self._policy, {x.path: x._policy for x in inside})

    @property
    def dtype(self) -> str:
        """The dtype its variables are kept in."""
        return self._policy.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype its variables are kept in."""
        return self._policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype it computes in."""
        return self._policy.compute_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype float inputs are converted to."""
        return self._policy.compute_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How its weights are quantised; None if they are not."""
        return self._policy.quantization_mode

    def quantize(self, mode=None, type_check=True, config=None):
        """Keeps the weights in fewer bits, where a layer can: Dense, EinsumDense and the embeddings do.

        Raises:
            NotImplementedError: this layer cannot.
        """
        raise NotImplementedError(f"{type(self).__name__} cannot be quantised.")

    def quantized_build(self, input_shape, mode):
        """Makes quantised weights for inputs of a shape, where a layer can."""
        raise NotImplementedError(f"{type(self).__name__} cannot be quantised.")

    def quantized_call(self, *args, **kwargs):
        """What a call computes with quantised weights, where a layer can have them."""
        raise NotImplementedError(f"{type(self).__name__} cannot be quantised.")

    # --- weights

    def add_weight(
        self,
        shape=None,
        initializer=None,
        dtype=None,
        trainable=True,
        autocast=True,
        regularizer=None,
        constraint=None,
        aggregation="none",
        overwrite_with_gradient=False,
        name=None,
    ):
        """Makes a variable that belongs to this layer.

        Args:
            shape: its shape, an integer or a tuple; a scalar if None.
            initializer: how it starts; 'glorot_uniform' for floats and zeros for others if None.
            dtype: its dtype; that of the layer's variables if None.
            trainable: whether optimizers change it.
            autocast: whether it is read in the dtype the layer computes in.
            regularizer, constraint: added to the loss; applied after each update.
            aggregation: how replicas combine it.
            overwrite_with_gradient: whether its gradient is its next value.
            name: its name.
        """
        if "_variables" not in self.__dict__:
            raise RuntimeError(f"{type(self).__name__}: call super().__init__() before add_weight().")
        shape = () if shape is None else (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
        dtype = dtype or self.variable_dtype
        if initializer is None:
            initializer = "glorot_uniform" if is_float_name(str(dtype)) else "zeros"
        with name_scope(self._scope_name()):
            variable = Variable(
                initializers.get(initializer), shape=shape, dtype=dtype, trainable=trainable, autocast=autocast,
                aggregation=aggregation, name=name,
            )  # fmt: skip
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._keep(variable)
        structure.number += 1
        return variable

    def add_variable(
        self,
        shape,
        initializer,
        dtype=None,
        trainable=True,
        autocast=True,
        regularizer=None,
        constraint=None,
        name=None,
    ):
        """Makes a variable that belongs to this layer, as `add_weight` does."""
        return self.add_weight(shape, initializer, dtype, trainable, autocast, regularizer, constraint, name=name)

    def _keep(self, variable: Variable) -> None:
        self._variables.append(variable)
        if variable.trainable:
            self._to_train.append(variable)
            variable.trainable = self._trainable

    def _scope_name(self) -> str:
        # inside `build` and `call` the layer's own name scope is open already
        return "" if self._building or self._scope_open else self.name

    def _own_variables(self) -> list[Variable]:
        found = {id(v): v for v in self._variables}
        for part in self._parts():
            if isinstance(part, Variable):
                found.setdefault(id(part), part)
        # the order is that of a layer that is not frozen
        first = {id(v) for v in self._to_train} | {id(v) for v in found.values() if v.trainable}
        return [v for v in found.values() if id(v) in first] + [v for v in found.values() if id(v) not in first]

    def _seed_variables(self) -> list[Variable]:
        return [part.state for part in self._parts() if isinstance(part, SeedGenerator)]

    def _metric_objects(self) -> list[Any]:
        return [part for part in self._parts() if _is_metric(part)]

    @property
    def variables(self) -> list[Variable]:
        """All variables, with those of seed generators, each once; metric variables are left out."""
        found: dict[int, Variable] = {}
        for layer in self._flatten_layers():
            for v in (*layer._own_variables(), *layer._seed_variables()):
                found.setdefault(id(v), v)
        return list(found.values())

    @property
    def weights(self) -> list[Variable]:
        """All variables but those of seed generators and metrics."""
        found: dict[int, Variable] = {}
        for layer in self._flatten_layers():
            for v in layer._own_variables():
                found.setdefault(id(v), v)
        return list(found.values())

    @property
    def trainable_variables(self) -> list[Variable]:
        """Variables that training changes."""
        frozen = _frozen_ids(self)
        return [v for v in self.weights if v.trainable and id(v) not in frozen]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """Variables that training does not change by gradients, with those of seed generators."""
        trained = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in trained]

    @property
    def trainable_weights(self) -> list[Variable]:
        """Weights that training changes."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """Weights that training does not change by gradients."""
        trained = {id(v) for v in self.trainable_variables}
        return [v for v in self.weights if id(v) not in trained]

    @property
    def metrics(self) -> list[Any]:
        """Metrics of this layer and of those inside it."""
        return [m for layer in self._flatten_layers() for m in layer._metric_objects()]

    @property
    def metrics_variables(self) -> list[Variable]:
        """Variables of the metrics."""
        return [v for m in self.metrics for v in m.variables]

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights. Setting it sets it for all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in self._to_train:
            variable.trainable = bool(value)
        for layer in self._layers:
            layer.trainable = bool(value)

    def get_weights(self) -> list[np.ndarray]:
        """The weights as a list of NumPy arrays."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights) -> None:
        """Takes a list of arrays in the order of `get_weights`.

        Raises:
            ValueError: the number of arrays or a shape is wrong; nothing is changed then.
        """
        variables = self.weights
        weights = list(weights)
        if len(weights) != len(variables):
            raise ValueError(
                f"{self.name} has {len(variables)} weights, but set_weights() got {len(weights)}."
                + ("" if self.built else "\n  It is not built yet: call it on data or call build() first.")
            )
        for variable, value in zip(variables, weights):
            if tuple(np.shape(value)) != variable.shape:
                raise ValueError(
                    f"{self.name}: weight {variable.path} has shape {variable.shape}, "
                    f"but set_weights() got {np.shape(value)}."
                )
        for variable, value in zip(variables, weights):
            variable.assign(value)

    def count_params(self) -> int:
        """The number of numbers in the weights.

        Raises:
            ValueError: it is not built yet.
        """
        if not self.built and not self.weights:
            raise ValueError(f"{self.name} is not built yet, so its weights cannot be counted: call it on data first.")
        return sum(v.size for v in self.weights)

    # --- building

    def build(self, input_shape) -> None:
        """Makes the weights for inputs of a shape. Layers with weights override it.

        Here: builds the layers inside by tracing `call` on an input of that shape.
        """
        if self._layers and type(self).call is not Layer.call and not self.built:
            inputs = _symbols_of_shape(input_shape, self.compute_dtype)
            try:
                symbolic_result(functools.partial(self._run, {}), inputs)
            except Exception as error:
                raise ValueError(
                    f"{self.name} could not be built for inputs of shape {input_shape}: {error}"
                ) from error
        if not self._building:
            self._build_shapes = {"input_shape": input_shape}
        self.built = True

    def _build_once(self, arguments: dict[str, Any]) -> None:
        """Builds for the shapes of the arguments of a call."""
        self._take_policy()
        method = type(self).build
        if method is Layer.build:
            self.built = True
            self._build_shapes = {"input_shape": _shape_of(next(iter(arguments.values()), None))}
            return
        names = build_parameters(inspect_target(method))
        if not names:
            shape = _shape_of(next(iter(arguments.values()), None))
            self.build(shape)
            return
        shapes = {f"{k}_shape": _shape_of(v) for k, v in arguments.items() if _is_tensorish(v)}
        unknown = [n for n in names if n not in shapes]
        given = {n: shapes[n] for n in names if n in shapes}
        if unknown and not given:
            raise ValueError(
                f"{self.name}: build() takes {', '.join(names)}; each must be the name of an argument of call() "
                f"with '_shape' behind it."
            )
        self.build(**given)

    def _after_build(self) -> None:
        """What is to be done as soon as the weights are there."""

    def get_build_config(self) -> dict | None:
        """What `build_from_config` needs to make the weights again."""
        return self._build_shapes

    def build_from_config(self, config: dict) -> None:
        """Makes the weights for the shapes in `config`."""
        if not config or self.built:
            return
        if set(config) == {"input_shape"}:
            self.build(_as_shape(config["input_shape"]))
        elif "shapes_dict" in config:
            self.build(**{k: _as_shape(v) for k, v in config["shapes_dict"].items()})
        else:
            self.build(**{k: _as_shape(v) for k, v in config.items()})

    # --- calling

    def call(self, *args, **kwargs):
        """The computation. Every layer overrides it."""
        raise NotImplementedError(f"{type(self).__name__} has no `call` method. Define call(self, inputs).")

    def __call__(self, *args, **kwargs):
        if "_variables" not in self.__dict__:
            raise RuntimeError(f"{type(self).__name__}: its __init__ did not call super().__init__().")
        if recording.tape is not None:
            if not pure.in_scope():
                self._forget_losses()
            return recording.tape.call(self, args, kwargs, layer=self)
        signature = call_signature(type(self).call)
        if (
            args
            and type(args[0]) is list
            and args[0]
            and all(type(x) in (int, float, bool) for x in tree.leaves(args[0]))
        ):
            args = (convert_to_tensor(args[0]), *args[1:])
        args = tuple(self._convert(a) for a in args)
        if kwargs:
            kwargs = {k: self._convert(v) for k, v in kwargs.items()}
        arguments = dict(zip(signature.positional, args))
        for name, value in kwargs.items():
            arguments[name] = value
        outer_training = context.training
        training = arguments.get("training")
        if training is None:
            training = outer_training if outer_training is not None else signature.default_training
        elif not signature.takes_training:
            kwargs.pop("training", None)
        first = arguments.get(signature.first) if signature.first else (args[0] if args else None)
        check_inputs(self.input_spec, first, self.name) if self.input_spec is not None else None
        context.depth += 1
        context.training = training
        try:
            with name_scope(self.name):
                self._scope_open = True
                if not self.built:
                    tensors = {k: v for k, v in arguments.items() if k not in ("training", "mask") and v is not None}
                    self._build_once(tensors)
                    check_inputs(self.input_spec, first, self.name) if self.input_spec is not None else None
                masks = self._masks_for(signature, arguments, kwargs)
                wants_training = signature.has_training and (training is not None or "training" in kwargs)
                if wants_training and "training" not in signature.positional[: len(args)]:
                    kwargs["training"] = training
                if any_symbolic(args) or any_symbolic(kwargs):
                    outputs = self._call_symbolic(signature, args, kwargs, masks)
                else:
                    if context.depth == 1 and not pure.in_scope():
                        self._forget_losses()
                    kwargs.update(masks)
                    with AutocastScope(self.compute_dtype if self.autocast else None):
                        run = self.call if self._form is None else self._form.call
                        again = self._remat is not None
                        outputs = self.rematerialized_call(run, *args, **kwargs) if again else run(*args, **kwargs)
                    if context.watch is not None:
                        context.watch(self, args, outputs)
                    if self.activity_regularizer is not None:
                        for output in tree.leaves(outputs):
                            self.add_loss(self.activity_regularizer(output) / output.shape[0])  # a mean over the batch
                self._pass_masks_on(first, outputs)
        finally:
            self._scope_open = False
            context.depth -= 1
            context.training = outer_training
        return outputs

    def rematerialized_call(self, layer_call, *args, **kwargs):
        """`layer_call(*args, **kwargs)`, with what the open `RematScope` demanded when the layer was made.

        Args:
            layer_call: the layer's `call`, or what stands for it.
        """
        mode, threshold, names = self._remat or (None, 0, ())
        if mode == "activations":
            return self._with_activation_again(layer_call, args, kwargs)
        if (
            mode == "full"
            or (mode == "list_of_layers" and self.name in names)
            or (mode == "larger_than" and largest_output(layer_call, *args, **kwargs) > threshold)
        ):
            return rematerialized(layer_call, self.add_loss)(*args, **kwargs)
        return layer_call(*args, **kwargs)

    def _with_activation_again(self, layer_call, args: tuple, kwargs: dict) -> Any:
        plain = vars(self).get("activation")
        if not callable(plain):
            return layer_call(*args, **kwargs)
        # for this call alone, and unseen by those who watch for changes of the layer
        vars(self)["activation"] = rematerialized(plain, self.add_loss)
        try:
            return layer_call(*args, **kwargs)
        finally:
            vars(self)["activation"] = plain

    def _run(self, kwargs: dict, *args):
        """Calls `call` as `__call__` does, on values, without adding nodes."""
        with AutocastScope(self.compute_dtype if self.autocast else None):
            return (self.call if self._form is None else self._form.call)(*args, **kwargs)

    def _run_converted(self, *args, **kwargs):
        return self._run({k: self._convert(v) for k, v in kwargs.items()}, *(self._convert(a) for a in args))

    def _convert(self, x: Any) -> Any:
        """Arrays for anything that is one, with floats in the dtype the layer computes in."""
        if x is None or isinstance(x, (bool, int, float, str, KerasTensor)):
            return x
        if isinstance(x, (list, tuple, dict)):
            return tree.map_leaves(self._convert, x)
        dtype = getattr(x, "dtype", None)
        if dtype is None:
            return x
        if isinstance(x, Variable):
            x = x.value
        if isinstance(x, (np.ndarray, np.generic)) or not hasattr(x, "aval"):
            if not hasattr(x, "__array__") and not hasattr(x, "__jax_array__"):
                return x
            is_float = np.asarray(x).dtype.kind == "f"
            return convert_to_tensor(x, self.compute_dtype if is_float and self.autocast else None)
        if (
            self.autocast
            and dtype != self.compute_dtype
            and is_float_name(dtype.name)
            and is_float_name(self.compute_dtype)
        ):
            mask = pure.find_mask(x)
            x = x.astype(self.compute_dtype)
            if mask is not None:
                pure.put_mask(x, mask)
        return x

    def _masks_for(self, signature, arguments: dict, kwargs: dict) -> dict:
        """Mask arguments that the caller left out, taken from the tensors."""
        found = {}
        for name, mask_name in signature.mask_of.items():
            if name in arguments and arguments.get(mask_name) is None:
                masks = tree.map_leaves(pure.find_mask, arguments[name])
                if any(m is not None for m in tree.leaves(masks)):
                    found[mask_name] = masks
        return found

    def _call_symbolic(self, signature, args: tuple, kwargs: dict, masks: dict) -> Any:
        outputs = self.compute_output_spec(*args, **kwargs, **masks)
        for name in masks:
            kwargs.pop(name, None)
        # an output that is an input would make a loop in the graph
        inputs = {id(x) for x in tree.leaves((args, kwargs)) if isinstance(x, KerasTensor)}
        outputs = tree.map_leaves(lambda x: KerasTensor(x.shape, x.dtype) if id(x) in inputs else x, outputs)
        explicit = {k: v for k, v in kwargs.items() if not (k == "training" and v == context.training)}
        return self.add_node(args, explicit, outputs)

    def _pass_masks_on(self, first: Any, outputs: Any) -> None:
        if isinstance(first, (list, tuple, dict)):
            masks = tree.map_leaves(pure.find_mask, first)
            masked = any(m is not None for m in tree.leaves(masks))
        else:
            masks = pure.find_mask(first)
            masked = masks is not None
        if self.supports_masking:
            if not masked and type(self).compute_mask is Layer.compute_mask:
                return
            found = self.compute_mask(first, masks)
            if found is None:
                return
            for output, mask in zip(tree.leaves(outputs), tree.leaves(found)):
                if mask is not None and pure.find_mask(output) is None:
                    pure.put_mask(output, mask)
        elif masked and type(self)._warns_about_masks:
            warnings.warn(
                f"{self.name} ({type(self).__name__}) got an input with a mask, but does not support masking: "
                "the layers behind it will not see the mask.",
                stacklevel=4,
            )

    _warns_about_masks = True

    def compute_mask(self, inputs, previous_mask):
        """The mask of the outputs; that of the inputs, unless a layer knows better."""
        return previous_mask

    def compute_output_shape(self, *args, **kwargs):
        """The shape of the outputs for inputs of a shape, found by tracing unless a layer knows it."""
        if kwargs and not args:
            signature = call_signature(type(self).call)
            inputs = {k.removesuffix("_shape"): _symbols_of_shape(v, self.compute_dtype) for k, v in kwargs.items()}
            inputs = {k if k in signature.names else signature.first: v for k, v in inputs.items()}
            outputs = self._traced_outputs((), inputs)
        else:
            outputs = self._traced_outputs(tuple(_symbols_of_shape(a, self.compute_dtype) for a in args), {})
        return tree.map_leaves(lambda x: tuple(x.shape), outputs)

    def compute_output_spec(self, *args, **kwargs):
        """Symbolic tensors with the shapes and dtypes of the outputs."""
        if type(self).compute_output_shape is Layer.compute_output_shape:
            return self._traced_outputs(args, kwargs)
        names = build_parameters(inspect_target(type(self).compute_output_shape))
        if names:
            arguments = {**dict(zip(call_signature(type(self).call).positional, args)), **kwargs}
            shapes = {f"{k}_shape": _shape_of(v) for k, v in arguments.items() if _is_tensorish(v)}
            shape = self.compute_output_shape(**{n: shapes[n] for n in names if n in shapes})
        else:
            first = args[0] if args else next(iter(kwargs.values()))
            shape = self.compute_output_shape(_shape_of(first))
        return _symbols_of_shape(shape, self._output_dtype(args, kwargs))

    _keeps_dtype = False  # whether outputs have the dtype of the first input, integers included

    def _output_dtype(self, args: tuple, kwargs: dict) -> str:
        if not self._keeps_dtype:
            return self.compute_dtype
        given = next(x.dtype for x in tree.leaves((args, kwargs)) if hasattr(x, "dtype"))
        return self._dtype_in_call(dtype_name(given))

    def _dtype_in_call(self, name: str) -> str:
        """The dtype in which `call` sees an input of a dtype."""
        both_floats = is_float_name(name) and is_float_name(self.compute_dtype)
        return self.compute_dtype if self.autocast and both_floats else name

    def _traced_outputs(self, args: tuple, kwargs: dict) -> Any:
        try:
            return symbolic_result(self._run_converted, *args, **kwargs)
        except (ValueError, TypeError) as error:
            if not _has_unknown((args, kwargs)):
                raise
            raise type(error)(
                f"{self.name} ({type(self).__name__}): {error}\n"
                "  (Raised while finding the output's shape; unknown sizes stand in as 720 or 1440.)"
            ) from error

    def symbolic_call(self, *args, **kwargs):
        """The outputs for symbolic inputs, without a node in the graph."""
        return self.compute_output_spec(*args, **kwargs)

    # --- losses

    def add_loss(self, loss) -> None:
        """Adds one or several scalars to what training minimises; meant for use inside `call`."""
        for one in tree.leaves(loss):
            if not pure.add_loss(one):
                self._losses.append(one)

    def add_metric(self, *args, **kwargs):
        """Gone since Keras 3.

        Raises:
            NotImplementedError: always; says what to do instead.
        """
        raise NotImplementedError(
            f"{self.name}: add_metric() is gone since Keras 3. Name the metric in `compile(metrics=[...])`, or make a "
            "metric in the constructor and call its `update_state` in `call`."
        )

    def _forget_losses(self) -> None:
        for layer in self._flatten_layers():
            layer._losses.clear()

    @property
    def losses(self) -> list[Any]:
        """Losses added by the last call, then those of weight regularizers."""
        added = pure.added_losses()
        if added is None:
            added = [x for layer in self._flatten_layers() for x in layer._losses]
        return [*added, *self._regularization_losses()]

    def _regularization_losses(self) -> list[Any]:
        return [v.regularizer(v) for v in self.trainable_variables if v.regularizer is not None]

    # --- as a function of values

    def stateless_call(self, trainable_variables, non_trainable_variables, *args, return_losses=False, **kwargs):
        """Calls the layer with other values for its variables.

        Returns:
            The outputs and the new values of the non-trainable variables, then the losses if `return_losses`.
        """
        self._check_built("stateless_call")
        trained, others = self.trainable_variables, self.non_trainable_variables
        if len(trained) != len(trainable_variables) or len(others) != len(non_trainable_variables):
            raise ValueError(
                f"{self.name} has {len(trained)} trainable and {len(others)} non-trainable variables. "
                f"stateless_call() got {len(trainable_variables)} and {len(non_trainable_variables)}."
            )
        values = [getattr(v, "value", v) if isinstance(v, Variable) else convert_to_tensor(v)
                  for v in (*trainable_variables, *non_trainable_variables)]  # fmt: skip
        with pure.Scope((*trained, *others), values) as scope:
            scope.losses = []
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else None
            changed = scope.values_of(others)
        return (outputs, changed, losses) if return_losses else (outputs, changed)

    def _check_built(self, what: str) -> None:
        if not self.built:
            raise ValueError(
                f"{self.name}: {what}() needs a layer that is built. Call it on data or call build() first."
            )

    # --- config

    def get_config(self) -> dict:
        """The constructor's arguments: all of them, or name, trainable and dtype where a subclass adds the others."""
        found: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize(self._policy_for_config()),
        }
        found = {k: v for k, v in found.items() if k not in self._not_in_config}
        if type(self).get_config is not Layer.get_config and registry.module_of(type(self)) is None:
            return found
        if self.activity_regularizer is not None and "activity_regularizer" not in self._not_in_config:
            found["activity_regularizer"] = serialize(self.activity_regularizer)
        arguments = bound_arguments(type(self), *self._arguments)
        for name in constructor_parameters(type(self)):
            if name in _BASE_ARGUMENTS or name in self._not_in_config:
                continue
            if name in vars(self) or (hasattr(type(self), name) and not hasattr(Layer, name)):
                value = getattr(self, name)
            elif name in arguments:
                value = arguments[name]
            else:  # left at its default
                continue
            if value is None and name in self._left_out_if_none:
                continue
            found[name] = _config_value(value)
        if self._first_shape is not None:
            found["batch_input_shape"] = self._first_shape
        return found

    @classmethod
    def from_config(cls, config: dict):
        """A layer from what `get_config` returned."""
        config = dict(config)
        for name, value in config.items():
            if _describes_objects(value):
                config[name] = deserialize(value)
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError(
                f"{cls.__name__} cannot be made from its config {sorted(config)}: {error}\n"
                "  If the constructor takes other arguments, define get_config() or from_config()."
            ) from error

    def __fingerprint__(self, of):
        items = []
        for name in sorted(vars(self)):
            # what weights and masks start from is a value that goes into programs, never a constant in them
            if name in _BOOKKEEPING or name in self._keras_hidden or name.endswith("_initializer") or name == "seed":
                continue
            items.append((name, of(vars(self)[name])))
        return tuple(items)

    def save_own_variables(self, store) -> None:
        """Puts the layer's own variables into `store`, a dict-like object."""
        for i, v in enumerate(self._own_variables()):
            store[str(i)] = v.numpy()

    def load_own_variables(self, store) -> None:
        """Takes the layer's own variables from `store`.

        Raises:
            ValueError: their number or a shape differs.
        """
        variables = self._own_variables()
        if len(store.keys()) != len(variables):
            raise ValueError(
                f"Layer {self.name!r} has {len(variables)} variables, but the file holds {len(store.keys())} for it."
                + ("" if self.built else " It is not built yet: call it on data or call build() before loading.")
            )
        for i, v in enumerate(variables):
            v.assign(store[str(i)])

    @property
    def path(self) -> str:
        """Its name, with those of the layers in which it was built before it: 'attention/query'."""
        return self._path or self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def __deepcopy__(self, memo):
        copied = type(self).__new__(type(self), *self._arguments[0], **self._arguments[1])
        memo[id(self)] = copied
        for name, value in vars(self).items():
            object.__setattr__(copied, name, copy.deepcopy(value, memo))
        return copied


_BASE_ARGUMENTS = frozenset(
    (
        "name", "trainable", "dtype", "activity_regularizer", "autocast", "weights",
    )
)  # fmt: skip


def _describes_objects(value: Any) -> bool:
    if isinstance(value, list):
        return any(_describes_objects(v) for v in value)
    return isinstance(value, dict) and "class_name" in value and "config" in value


def _config_value(value: Any) -> Any:
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) and registry.module_of(value):
        return value.__name__
    return serialize(value)


def _watched_build(function):
    """`build` that opens the layer's name scope, notes the shapes and marks the layer as built."""

    @functools.wraps(function)
    def build(self, *args, **kwargs):
        if self._building:  # a subclass calls the build of its base class
            return function(self, *args, **kwargs)
        scope = self._scope_name()
        self._building = True
        try:
            with name_scope(scope):
                self._take_policy()
                result = function(self, *args, **kwargs)
            names = build_parameters(function)
            if names or kwargs:
                given = {**dict(zip(names, args)), **kwargs}
                self._build_shapes = {"shapes_dict": given} if len(given) != 1 or "input_shape" not in given else given
            else:
                self._build_shapes = {"input_shape": args[0] if args else None}
            self.built = True
        finally:
            self._building = False
        with name_scope(scope):
            self._scope_open, before = True, self._scope_open
            self._after_build()
            self._scope_open = before
        return result

    build.__wrapped__ = function
    return build


def inspect_target(function):
    """The function under a wrapper."""
    return getattr(function, "__wrapped__", function)


def _frozen_ids(layer: Layer) -> set[int]:
    """Variables of layers that are not trainable."""
    frozen: set[int] = set()
    for inner in layer._flatten_layers():
        if not inner._trainable:
            frozen.update(id(v) for v in inner.weights)
    return frozen


def _is_metric(x: Any) -> bool:
    # layers that learn from data have the first of these too
    return hasattr(x, "update_state") and hasattr(x, "result")


def _is_tensorish(x: Any) -> bool:
    return any(hasattr(i, "shape") for i in tree.leaves(x))


def _shape_of(x: Any) -> Any:
    if isinstance(x, (list, tuple, dict)):
        return tree.map_leaves(_shape_of, x)
    shape = getattr(x, "shape", None)
    return None if shape is None else tuple(shape)


def _as_shape(x: Any) -> Any:
    """A shape, or a structure of them, from lists as JSON has them."""
    if isinstance(x, dict):
        return {k: _as_shape(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        if all(i is None or isinstance(i, (int, np.integer)) for i in x):
            return tuple(x)
        return [_as_shape(i) for i in x]
    return x


def is_shape(x: Any) -> bool:
    """Whether `x` is one shape rather than a structure of shapes."""
    return isinstance(x, (list, tuple)) and all(i is None or isinstance(i, (int, np.integer)) for i in x)


def _symbols_of_shape(shape: Any, dtype: str) -> Any:
    if shape is None:
        return None
    if is_shape(shape):
        return KerasTensor(shape, dtype)
    if isinstance(shape, dict):
        return {k: _symbols_of_shape(v, dtype) for k, v in shape.items()}
    return tree.rebuild(shape, [_symbols_of_shape(s, dtype) for s in shape])


def _has_unknown(x: Any) -> bool:
    return any(None in i.shape for i in tree.leaves(x) if isinstance(i, KerasTensor))


def _first_shape(owner: str, kwargs: dict) -> tuple | None:
    """The batch shape given to a model's first layer, in any of its spellings; takes them out of `kwargs`."""
    shape = kwargs.pop("input_shape", None)
    batch_shape = kwargs.pop("batch_input_shape", None) or kwargs.pop("batch_shape", None)
    batch_size = kwargs.pop("batch_size", None)
    dim, length = kwargs.pop("input_dim", None), kwargs.pop("input_length", None)
    kwargs.pop("input_dtype", None) if kwargs.get("input_dtype") is None else None
    if kwargs:
        raise TypeError(f"{owner}: unknown argument{'s' * (len(kwargs) > 1)} {', '.join(map(repr, kwargs))}.")
    if batch_shape is not None:
        return tuple(batch_shape)
    if shape is None and dim is not None:
        shape = (dim,) if length is None else (length, dim)
    if shape is None:
        return None
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return (batch_size, *shape)
