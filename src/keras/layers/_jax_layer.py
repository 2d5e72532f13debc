"""A layer from a function of JAX."""

from __future__ import annotations

import inspect

from keras import ops, random
from keras._core import tree
from keras._core.checks import unavailable
from keras._jax import pytree
from keras._jax.variable import Variable
from keras.layers._base.shapes import is_shape
from keras.layers._layer import Layer


class JaxLayer(Layer):
    """Makes a layer of a function on JAX arrays, such as one of a model written with another library.

    `outputs = call_fn(params, inputs)`, or `outputs, new_state = call_fn(params, state, rng, inputs, training)`

    Args:
        call_fn: a function that takes some of `params`, `state`, `rng`, `inputs`, `training`, under these names, and
            `inputs` at least. With `state` it returns a pair: outputs and new state. `rng` is None outside of training.
        init_fn: a function that takes some of `rng`, `inputs`, `training`, and `inputs` at least, and returns the
            params, or params and state if `call_fn` takes `state`.
        params, state: nested arrays to start with, also in classes that JAX knows as nodes, instead of what `init_fn`
            returns. Training changes params.
        seed: seed of `rng`.
        native_serialization_platforms: for exports by way of TensorFlow, which this engine does not have; leave it out.

    >>> def init(rng, inputs):
    ...     return {"w": jax.random.normal(rng, (inputs.shape[-1], 3))}
    >>> JaxLayer(lambda params, inputs: inputs @ params["w"], init)(ops.ones((2, 4))).shape
    (2, 3)
    """

    _not_in_config = frozenset(("params", "state", "native_serialization_platforms"))

    def __init__(
        self,
        call_fn,
        init_fn=None,
        params=None,
        state=None,
        seed=None,
        native_serialization_platforms=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        unavailable("native_serialization_platforms", native_serialization_platforms, type(self).__name__)
        self.call_fn = call_fn
        self.init_fn = init_fn
        self._takes = _argument_names("call_fn", call_fn, ("params", "state", "rng", "inputs", "training"), ("inputs",))
        self._init_takes = ()
        if init_fn is not None:
            self._init_takes = _argument_names("init_fn", init_fn, ("rng", "inputs", "training"), ("inputs",))
        if init_fn is None and params is None and state is None and {"params", "state"} & set(self._takes):
            raise ValueError(
                f"{type(self).__name__}: `call_fn` takes params or a state, so `init_fn`, `params` or `state` must "
                "say what they start with."
            )
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)
        self.params = self._variables_of(params, trainable=True)
        self.state = self._variables_of(state, trainable=False)

    def build(self, input_shape):
        missing = [n for n in ("params", "state") if n in self._takes and getattr(self, n) is None]
        if not missing or self.init_fn is None:
            return
        given = {"rng": self.seed_generator.next(), "inputs": self._ones_of(input_shape), "training": True}
        start = self.init_fn(**{name: given[name] for name in self._init_takes})
        params, state = start if "state" in self._takes else (start, None)
        if "params" in missing:
            self.params = self._variables_of(params, trainable=True)
        if "state" in missing:
            self.state = self._variables_of(state, trainable=False)

    def call(self, inputs, training=False):
        given = {
            "params": _values_of(self.params),
            "state": _values_of(self.state),
            "rng": self.seed_generator.next() if training and "rng" in self._takes else None,
            "inputs": inputs,
            "training": bool(training),
        }
        outputs = self.call_fn(**{name: given[name] for name in self._takes})
        if "state" not in self._takes:
            return outputs
        if not isinstance(outputs, (list, tuple)) or len(outputs) != 2:
            raise ValueError(f"{self.name}: `call_fn` takes a state, so it must return a pair: outputs and new state.")
        outputs, state = outputs
        variables, values = pytree.flatten(self.state)[0], pytree.flatten(state)[0]
        if not tree.same_structure(self.state, state) or len(variables) != len(values):
            raise ValueError(
                f"{self.name}: `call_fn` must return a state like the one it got, {tree.describe(self.state)}. "
                f"Got {tree.describe(state)}."
            )
        for variable, value in zip(variables, values):
            if isinstance(variable, Variable):
                variable.assign(value)
        return outputs

    def _ones_of(self, shape):
        if shape is None:
            return None
        if is_shape(shape):
            return ops.ones([1 if n is None else n for n in shape], dtype=self.compute_dtype)
        if isinstance(shape, dict):
            return {name: self._ones_of(one) for name, one in shape.items()}
        return type(shape)(self._ones_of(one) for one in shape)

    def _variables_of(self, values, trainable):
        """The same structure with variables for arrays; what holds no numbers, such as text, stays."""
        if values is None:
            return None
        leaves, rebuilt = pytree.flatten(values)
        return rebuilt([self._variable_of(v, trainable) for v in leaves])

    def _variable_of(self, value, trainable):
        if not (hasattr(value, "dtype") or isinstance(value, (bool, int, float, complex))):
            return value
        value = ops.convert_to_tensor(value)
        return self.add_weight(
            shape=value.shape, initializer=lambda shape, dtype=None: value, dtype=value.dtype.name,
            trainable=trainable and "float" in value.dtype.name, name="variable",
        )  # fmt: skip

    def compute_output_shape(self, input_shape):
        """The shape of what `call_fn` returns, found by tracing it."""
        if not self.built:
            self.build(input_shape)
        return super().compute_output_shape(input_shape)

    def compute_output_spec(self, *args, **kwargs):
        """Symbolic tensors like those that `call_fn` returns."""
        return self._traced_outputs(args, kwargs)


def _values_of(variables):
    leaves, rebuilt = pytree.flatten(variables)
    return rebuilt([v.value if isinstance(v, Variable) else v for v in leaves])


def _argument_names(what, function, allowed, needed):
    """Names of the arguments of a function, which must be among those allowed."""
    names = [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    for name in names:
        if name not in allowed:
            raise ValueError(f"JaxLayer: `{what}` may take {', '.join(allowed)}. Got {name!r}.")
    for name in needed:
        if name not in names:
            raise ValueError(f"JaxLayer: `{what}` must take {name!r}. Got {', '.join(names) or 'no arguments'}.")
    return tuple(names)
