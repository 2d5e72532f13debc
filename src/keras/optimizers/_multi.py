"""MultiOptimizer: different optimizers for different variables."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from typing import Any

from keras._core.serialization import deserialize, serialize, serialize_dict
from keras.optimizers._loss_scale import LossScaleOptimizer
from keras.optimizers._optimizer import Optimizer


class OptimizerMap(MutableMapping):
    """Which optimizer changes which variables.

    Keys are regular expressions that match the whole path of a variable.

    Args:
        default_optimizer: the optimizer of all variables that no key matches.
        optimizer_map: a dict of keys and optimizers to begin with.

    >>> optimizers = OptimizerMap(SGD())
    >>> optimizers["encoder/.*"] = Adam(name="for_encoder")
    >>> optimizers["encoder/dense/kernel"]
    <Adam name=for_encoder>
    """

    def __init__(self, default_optimizer, optimizer_map=None):
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"OptimizerMap: `default_optimizer` must be an Optimizer. Got {default_optimizer!r}.")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"OptimizerMap: `optimizer_map` must be a dict. Got {optimizer_map!r}.")
        self.default_optimizer = _checked(default_optimizer, "`default_optimizer`")
        self._optimizer_map: dict[str, Optimizer] = {}
        self.update(optimizer_map or {})

    def __getitem__(self, path: str) -> Optimizer:
        if path in self._optimizer_map:
            return self._optimizer_map[path]
        matching = [key for key in self._optimizer_map if re.fullmatch(key, path)]
        if len(matching) > 1:
            keys = " and ".join(repr(k) for k in matching)
            raise ValueError(f"OptimizerMap: more than one key matches the variable {path!r}: {keys}.")
        return self._optimizer_map[matching[0]] if matching else self.default_optimizer

    def __call__(self, variable: Any) -> Optimizer:
        """The optimizer that changes a variable."""
        return self[variable.path]

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if not isinstance(key, str):
            raise ValueError(f"OptimizerMap: keys are expressions that match paths of variables. Got {key!r}.")
        if key in self._optimizer_map:
            raise ValueError(f"OptimizerMap: there is an optimizer for {key!r} already. Delete it first.")
        self._optimizer_map[key] = _checked(optimizer, f"the value for {key!r}")

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __contains__(self, key: object) -> bool:
        return key in self._optimizer_map

    def __iter__(self):
        return iter(self._optimizer_map)

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {
            "default_optimizer": serialize(self.default_optimizer),
            "optimizer_map": serialize_dict(self._optimizer_map),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A map from what `get_config` returned."""

        def made(value):
            return deserialize(value, custom_objects, module="keras.optimizers")

        others = {key: made(value) for key, value in config["optimizer_map"].items()}
        return cls(made(config["default_optimizer"]), others)


class MultiOptimizer(Optimizer):
    """Changes different variables with different optimizers.

    Args:
        optimizer_map: an `OptimizerMap`, or a function that returns the optimizer for a variable.
        loss_scale_factor: what `scale_loss` multiplies the loss by, for all optimizers; those of their own are void.
        name: the first part of the paths of its own variables.

    Learning rates belong to the optimizers in `optimizers`; there is none for all of them.

    >>> optimizer = MultiOptimizer(OptimizerMap(SGD(1.0), {".*bias": SGD(0.5)}))
    >>> kernel, bias = keras.Variable([0.0], name="kernel"), keras.Variable([0.0], name="bias")
    >>> optimizer.apply([[1.0], [1.0]], [kernel, bias])
    >>> float(kernel[0]), float(bias[0])
    (-1.0, -0.5)
    """

    def __init__(self, optimizer_map, loss_scale_factor=None, name=None):
        if not isinstance(optimizer_map, OptimizerMap) and (
            isinstance(optimizer_map, Optimizer) or not callable(optimizer_map)
        ):
            raise ValueError(
                "MultiOptimizer: `optimizer_map` must be an OptimizerMap or a function of a variable. "
                f"Got {optimizer_map!r}."
            )
        super().__init__(learning_rate=0.0, loss_scale_factor=loss_scale_factor, name=name)
        self.optimizer_map: OptimizerMap | Callable = optimizer_map
        self.optimizers: list[Optimizer] = []
        self._groups: list[list[int]] = []
        if isinstance(optimizer_map, OptimizerMap):
            self._note(optimizer_map)

    def _note(self, optimizer_map: OptimizerMap) -> None:
        self.optimizers = []
        for optimizer in (*optimizer_map.values(), optimizer_map.default_optimizer):
            if not any(o is optimizer for o in self.optimizers):
                self.optimizers.append(optimizer)

    def build(self, var_list):
        if self.built:
            return
        variables = list(var_list)
        if isinstance(self.optimizer_map, OptimizerMap):
            self._note(self.optimizer_map)
            chosen = [self.optimizer_map[v.path] for v in variables]
        else:
            chosen = [_checked(self.optimizer_map(v), f"what the function returns for {v.path}") for v in variables]
        for optimizer in chosen:
            if not any(o is optimizer for o in self.optimizers):
                self.optimizers.append(optimizer)
        for optimizer in self.optimizers:
            optimizer.loss_scale_factor = None  # there is one loss for all of them
            if self._offloads:
                optimizer.offload_state()
        self._groups = [[i for i, o in enumerate(chosen) if o is optimizer] for optimizer in self.optimizers]
        for optimizer, group in zip(self.optimizers, self._groups):
            optimizer.build([variables[i] for i in group])
        super().build(variables)

    @property
    def variables(self):
        """Its own variables, then those of each optimizer."""
        return [*super().variables, *(v for o in self.optimizers for v in o.variables)]

    @property
    def learning_rate(self):
        """There is none: each optimizer has its own."""
        raise AttributeError(_NO_RATE)

    @learning_rate.setter
    def learning_rate(self, value):
        raise AttributeError(_NO_RATE)

    def numbered_parts(self):
        """The optimizers."""
        return {f"optimizer_{i}": optimizer for i, optimizer in enumerate(self.optimizers)}

    def _apply(self, grads: list, variables: list) -> None:
        if self.stored_number("loss_scale_factor") is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        came = {id(v): g for g, v in zip(grads, variables)}
        for optimizer, group in zip(self.optimizers, self._groups):
            mine = [v for v in (self._trainable_variables[i] for i in group) if id(v) in came]
            optimizer.apply([came[id(v)] for v in mine], mine)

    def finalize_variable_values(self, var_list):
        """Lets every optimizer put its moving averages in place."""
        for optimizer in self.optimizers:
            optimizer.finalize_variable_values(var_list)

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        """Names variables that no optimizer's weight decay touches."""
        for optimizer in self.optimizers:
            optimizer.exclude_from_weight_decay(var_list, var_names)


_NO_RATE = (
    "A MultiOptimizer has no learning rate of its own.\n"
    "  Read or assign those of its parts: multi.optimizers[0].learning_rate"
)


def _checked(optimizer: Any, what: str) -> Optimizer:
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"OptimizerMap: {what} must be an Optimizer. Got {optimizer!r}.")
    if isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
        raise ValueError(
            f"OptimizerMap: {what} is a {type(optimizer).__name__}, which is for all variables. "
            "Put it around the MultiOptimizer."
        )
    return optimizer
