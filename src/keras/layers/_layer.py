"""The base class of all layers: building, calling, masks, config."""

from __future__ import annotations

import copy
import functools
import warnings
from typing import Any

import numpy as np

from keras import config as settings
from keras import regularizers
from keras._core import registry, tree
from keras._core.checks import NO_SUPER
from keras._core.dtype_policy import DTypePolicy, is_float_name, policy_from
from keras._core.errors import WrongTypeError
from keras._core.graph import KerasTensor, any_symbolic
from keras._core.names import name_scope
from keras._core.policy_map import DTypePolicyMap
from keras._core.recording import recording
from keras._core.remat_scope import remat_settings
from keras._core.serialization import deserialize, serialize
from keras._core.signature import bound_arguments, constructor_parameters, takes, unnamed_arguments
from keras._jax import pure
from keras._jax.op import convert_to_tensor, symbolic_result
from keras._jax.operation import Operation
from keras._jax.variable import AutocastScope, Variable, allow
from keras.layers._base.building import unwrapped, watched_build
from keras.layers._base.config import BASE_ARGUMENTS, config_value, describes_objects, layer_of_ours, put_in, taken_out
from keras.layers._base.dtypes import Dtypes
from keras.layers._base.losses import Losses
from keras.layers._base.outputs import Outputs
from keras.layers._base.parts import Parts
from keras.layers._base.remat import Remat
from keras.layers._base.shapes import as_shape, first_shape, is_tensorish, shape_of, symbols_of_shape
from keras.layers._base.weights import Weights
from keras.layers._call import build_parameters, context, needed_parameters, node_rules, signature_of
from keras.layers._input_spec import check_inputs

WRONG_BUILD = """{name}: build() takes {names}, but there is nothing to pass as `{missing}`.
  Each must be the name of an argument of call() with '_shape' behind it."""

_UNNAMED = (
    "{owner}: the config cannot hold what `*args` took, which has no name.\n"
    "  Give the constructor named arguments, or write a `get_config` for {owner}."
)
_OPTIONS = ("training", "mask")  # what is passed down to `call`, and says nothing about weights


def _are_numbers(x: list) -> bool:
    return bool(x) and all(type(item) in (int, float, bool) for item in tree.leaves(x))


class Layer(Parts, Dtypes, Weights, Losses, Outputs, Remat, Operation):
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
            cls.build = watched_build(cls.__dict__["build"])

    def __new__(cls, *args, **kwargs):
        instance = super().__new__(cls)
        object.__setattr__(instance, "_arguments", (args, kwargs))
        return instance

    def __init__(self, *, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, **kwargs):
        super().__init__(name=name)
        self._first_shape = first_shape(type(self).__name__, kwargs)
        self.supports_masking = type(self).compute_mask is not Layer.compute_mask
        self.input_spec = None
        self.built = self._nothing_to_build()
        self.autocast = bool(autocast)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        if not isinstance(trainable, (bool, np.bool_)) and not (isinstance(trainable, int) and trainable in (0, 1)):
            raise ValueError(f"{type(self).__name__}: `trainable` must be True or False. Got {trainable!r}.")
        self._trainable = bool(trainable)
        self._policy: DTypePolicy = settings.dtype_policy() if dtype is None else policy_from(dtype)
        self._policy_map = self._policy if isinstance(self._policy, DTypePolicyMap) else None
        allow(self._policy.compute_dtype)
        self._remat = remat_settings()
        self._variables: list[Variable] = []
        self._to_train: list[Variable] = []  # those that freezing the layer freezes and thawing it thaws
        for value in list(vars(self).values()):  # given before this constructor was called
            if isinstance(value, Variable):
                self._keep(value)
        self._losses: list[Any] = []
        self._path = ""
        self._build_shapes: Any = None
        self._building = False
        self._scope_open = False

    _not_in_config: frozenset[str] = frozenset()
    """Arguments of base classes that a subclass fills in itself."""

    _left_out_if_none: tuple[str, ...] = ()
    """Arguments that a config names only where they were given."""

    _built_from_start = False
    """Whether layers of a class have nothing to build, and tell so before they are called."""

    supports_jit = True
    """Whether `call` may be compiled; a model compiled with `jit_compile="auto"` runs eagerly where a layer says no."""

    _form: Any = None
    """What computes in place of `call`, where weights are kept in another form than floats."""

    # --- building

    def build(self, input_shape) -> None:
        """Makes the weights for inputs of a shape. Layers with weights override it.

        Here: builds the layers inside by tracing `call` on an input of that shape, unless a subclass builds itself.
        """
        own = unwrapped(type(self).build) is not Layer.build
        if self._layers and type(self).call is not Layer.call and not self.built and not own:
            inputs = symbols_of_shape(input_shape, self.compute_dtype)
            self.built = True  # a `call` may ask, and build itself if it is not
            try:
                with name_scope(self._scope_name()):  # that of its call, so that those inside get their paths
                    if not self._building:
                        self._take_policy()
                    symbolic_result(functools.partial(self._run, {}), inputs)
            except Exception as error:
                self.built = False
                raise ValueError(
                    f"{self.name} could not be built for inputs of shape {input_shape}: {error}"
                ) from error
        if not self._building:
            self._build_shapes = {"input_shape": input_shape}
        self.built = True

    def _nothing_to_build(self) -> bool:
        """Whether it counts as built from the start; not where a subclass builds something."""
        return self._built_from_start and type(self).build is Layer.build

    def _build_once(self, arguments: dict[str, Any]) -> None:
        """Builds for the shapes of the arguments of a call."""
        self._take_policy()
        method = type(self).build
        if method is Layer.build:
            self.built = True
            self._build_shapes = {"input_shape": shape_of(next(iter(arguments.values()), None))}
            return
        names = build_parameters(unwrapped(method))
        if not names:
            shape = shape_of(next(iter(arguments.values()), None))
            self.build(shape)
            return
        shapes = {f"{k}_shape": shape_of(v) for k, v in arguments.items() if is_tensorish(v)}
        unknown = [n for n in names if n not in shapes]
        given = {n: shapes[n] for n in names if n in shapes}
        if unknown and not given:
            raise ValueError(WRONG_BUILD.format(name=self.name, names=", ".join(names), missing=unknown[0]))
        missing = [n for n in unknown if n in needed_parameters(unwrapped(method))]
        strange = [n for n in missing if not signature_of(type(self)).takes(n.removesuffix("_shape"))]
        if strange or any(not n.endswith("_shape") for n in missing):
            raise ValueError(WRONG_BUILD.format(name=self.name, names=", ".join(names), missing=missing[0]))
        if missing:
            raise TypeError(f"{self.name} was called without its argument {missing[0].removesuffix('_shape')!r}.")
        self.build(**given)

    def _after_build(self) -> None:
        """What is to be done as soon as the weights are there."""

    def get_build_config(self) -> dict | None:
        """What `build_from_config` needs to make the weights again; None where there is nothing to make."""
        return None if self._nothing_to_build() else self._build_shapes

    def build_from_config(self, config: dict) -> None:
        """Makes the weights for the shapes in `config`."""
        if not config or (self.built and not self._nothing_to_build()):
            return
        if set(config) == {"input_shape"}:
            self.build(as_shape(config["input_shape"]))
        elif "shapes_dict" in config:
            self.build(**{k: as_shape(v) for k, v in config["shapes_dict"].items()})
        else:
            self.build(**{k: as_shape(v) for k, v in config.items()})

    # --- calling

    def call(self, *args, **kwargs):
        """The computation. Every layer overrides it."""
        raise NotImplementedError(f"{type(self).__name__} has no `call` method. Define call(self, inputs).")

    def __call__(self, *args, **kwargs):
        """Runs on arrays, or adds a node for symbolic tensors."""
        if "_variables" not in self.__dict__:
            raise RuntimeError(NO_SUPER.format(name=type(self).__name__))
        if recording.tape is not None:
            if not pure.in_scope():
                self._forget_losses()
            return recording.tape.call(self, args, kwargs, layer=self)
        signature = signature_of(type(self))
        if args and type(args[0]) is list and _are_numbers(args[0]):
            args = (convert_to_tensor(args[0]), *args[1:])
        args = tuple(self._convert(a) for a in args)
        if kwargs:
            kwargs = {k: self._convert(v) for k, v in kwargs.items()}
        arguments = {**dict(zip(signature.positional, args)), **kwargs}
        outer_training = context.training
        training = given_training = arguments.get("training")
        if training is None:
            training = outer_training if outer_training is not None else signature.default_training
        if kwargs and not signature.takes_training:
            kwargs.pop("training", None)
        first = arguments.get(signature.first) if signature.first else (args[0] if args else None)
        if self.input_spec is not None:
            check_inputs(self.input_spec, first, self.name)
        context.depth += 1
        context.training = training
        try:
            with name_scope(self.name):
                self._scope_open = True
                if not self.built or (self._build_shapes is None and self._nothing_to_build()):
                    self._build_once({k: v for k, v in arguments.items() if k not in _OPTIONS and v is not None})
                    if self.input_spec is not None:
                        check_inputs(self.input_spec, first, self.name)
                masks = self._masks_for(signature, arguments, kwargs)
                # before the call, which may take a mask away from its input
                previous = masks.get("mask", arguments.get("mask"))
                if previous is None:
                    nested = isinstance(first, (list, tuple, dict))
                    previous = tree.map_leaves(pure.find_mask, first) if nested else pure.find_mask(first)
                wants_training = signature.has_training and (training is not None or "training" in kwargs)
                if wants_training and "training" not in signature.positional[: len(args)]:
                    kwargs["training"] = training
                if any_symbolic(args) or any_symbolic(kwargs):
                    outputs = self._call_symbolic(signature, args, kwargs, masks, given_training)
                else:
                    outputs = self._call_on_values(args, {**kwargs, **masks} if masks else kwargs)
                self._pass_masks_on(first, previous, outputs)
        finally:
            self._scope_open = False
            context.depth -= 1
            context.training = outer_training
        return outputs

    def _call_on_values(self, args: tuple, kwargs: dict) -> Any:
        if context.depth == 1 and not pure.in_scope():
            self._forget_losses()
        with AutocastScope(self.compute_dtype if self.autocast else None):
            run = self.call if self._form is None else self._form.call
            if self._remat is not None:
                run = self.rematerialized_call(run, *args, **kwargs)
            outputs = run(*args, **kwargs)
        if context.watch is not None:
            context.watch(self, args, outputs)
        if self.activity_regularizer is not None:
            for output in tree.leaves(outputs):
                self.add_loss(self._activity_penalty(output))
        return outputs

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

    def _call_symbolic(self, signature, args: tuple, kwargs: dict, masks: dict, given_training: bool | None) -> Any:
        outputs = self.compute_output_spec(*args, **kwargs, **masks)
        for name in masks:
            kwargs.pop(name, None)
        # an output that is an input would make a loop in the graph
        inputs = {id(x) for x in tree.leaves((args, kwargs)) if isinstance(x, KerasTensor)}
        outputs = tree.map_leaves(lambda x: KerasTensor(x.shape, x.dtype) if id(x) in inputs else x, outputs)
        explicit = {k: v for k, v in kwargs.items() if not (k == "training" and v == context.training)}
        kept = node_rules.training(given_training) if signature.has_training and context.depth == 1 else None
        if kept is not None and "training" not in signature.positional[: len(args)]:
            explicit["training"] = kept
        return self.add_node(args, explicit, outputs)

    def _pass_masks_on(self, first: Any, masks: Any, outputs: Any) -> None:
        masked = any(m is not None for m in tree.leaves(masks))
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
        """The constructor's arguments: all of them, or those of the layer of ours that a subclass adds its own to."""
        found: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize(self._policy_for_config()),
        }
        found = {k: v for k, v in found.items() if k not in self._not_in_config}
        described = type(self)
        if described.get_config is not Layer.get_config and registry.module_of(described) is None:
            # it adds its own arguments to those of the layer of ours that it comes from
            described = layer_of_ours(described)
            if described is Layer:
                return found
        if self._reports_activity_regularizer(described):
            found["activity_regularizer"] = serialize(self.activity_regularizer)
        if layer_of_ours(described) is Layer and unnamed_arguments(type(self), self._arguments[0]):
            raise NotImplementedError(_UNNAMED.format(owner=type(self).__name__))
        arguments = bound_arguments(type(self), *self._arguments)
        # what a constructor of the user's hands to that of a layer of ours stands in the config of Keras 3
        beneath = constructor_parameters(layer_of_ours(described))
        for name in dict.fromkeys((*constructor_parameters(described), *beneath)):
            if name in BASE_ARGUMENTS or name in self._not_in_config:
                continue
            if name in vars(self) or (hasattr(type(self), name) and not hasattr(Layer, name)):
                value = getattr(self, name)
            elif name in arguments:
                value = arguments[name]
            else:  # left at its default
                continue
            if value is None and name in self._left_out_if_none:
                continue
            found[name] = config_value(value)
        if self._first_shape is not None:
            found["batch_input_shape"] = self._first_shape
        return found

    def _activity_penalty(self, output: Any) -> Any:
        penalty = self.activity_regularizer(output)
        return penalty / max(output.shape[0], 1) if output.shape else penalty  # a mean over the batch

    def _reports_activity_regularizer(self, described: type) -> bool:
        name = "activity_regularizer"
        if name in self._not_in_config:
            return False
        named = takes(described.__init__, name) and name not in self._left_out_if_none
        return named or self.activity_regularizer is not None

    @classmethod
    def from_config(cls, config: dict):
        """A layer from what `get_config` returned."""
        config = dict(config)
        for name, value in config.items():
            if describes_objects(value):
                config[name] = deserialize(value)
        policy = config.get("dtype")
        if type(policy) is DTypePolicy:
            config["dtype"] = policy.name  # constructors of one's own may look at it
        later = taken_out(config, cls)
        try:
            layer = cls(**config)
        except TypeError as error:
            raise TypeError(
                f"{cls.__name__} cannot be made from its config {sorted({**config, **later})}: {error}\n"
                "  If the constructor takes other arguments, define get_config() or from_config()."
            ) from error
        except ValueError as error:
            if type(error) is not ValueError:
                raise
            raise WrongTypeError(str(error)) from error  # Keras 3 makes a TypeError of whatever a constructor says
        put_in(layer, later)
        return layer

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
