"""The variables of a layer: made, listed, frozen, read and set."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from keras import constraints, initializers, regularizers
from keras._core.dtype_policy import is_float_name
from keras._core.names import name_scope
from keras._jax.random import SeedGenerator
from keras._jax.variable import Variable
from keras.layers._base.parts import structure

_settings = itertools.count(1)


class Weights:
    """A layer as the owner of variables."""

    _trainable_since = 0  # which setting of `trainable` in this process it was; 0 is the constructor's

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
        if self._scope_open and not self._building:
            self._check_first_in_call(name or shape)
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

    def _check_first_in_call(self, what: Any) -> None:
        """Allows a weight in `call` once, as where `call` looks whether it is there already."""
        made = self.__dict__.setdefault("_made_in_call", set())
        if what in made:
            raise ValueError(
                f"{type(self).__name__}: call() makes the weight {what!r} anew each time it runs, so it would never "
                f"learn.\n  Make weights in __init__ or in build(input_shape)."
            )
        made.add(what)

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
        if not self._trainable:
            return []
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
        self._trainable_since = next(_settings)
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

    def save_own_variables(self, store) -> None:
        """Puts the layer's own variables into `store`, a dict-like object."""
        for i, v in enumerate(self._own_variables()):
            store[str(i)] = np.asarray(v)  # no copy, where the device lets the host look

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


def _frozen_ids(layer: Weights) -> set[int]:
    """Variables of layers that are not trainable, but for layers inside them that were made trainable later."""
    frozen: set[int] = set()
    for outer in layer._flatten_layers():
        if not outer._trainable:
            later = [inner for inner in outer._flatten_layers() if inner._trainable_since > outer._trainable_since]
            freed = {id(v) for inner in later if inner._trainable for v in inner.weights}
            frozen.update(id(v) for v in outer.weights if id(v) not in freed)
    return frozen


def _is_metric(x: Any) -> bool:
    # layers that learn from data have the first of these too
    return hasattr(x, "update_state") and hasattr(x, "result")
