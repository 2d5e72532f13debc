"""The state of an optimizer in files and lists."""

from __future__ import annotations

import warnings

import numpy as np


class Saving:
    """An optimizer as what is saved."""

    def set_weights(self, weights) -> None:
        """Gives `variables` the values in `weights`, in order."""
        owner = type(self).__name__
        if not self.built:
            raise ValueError(f"{owner}.set_weights: build the optimizer first: `optimizer.build(variables)`.")
        variables, weights = self.variables, list(weights)
        if len(variables) != len(weights):
            raise ValueError(f"{owner}.set_weights: there are {len(variables)} variables. Got {len(weights)} values.")
        for v, value in zip(variables, weights):
            v.assign(value)

    def save_own_variables(self, store) -> None:
        """Puts the value of each variable into `store` under its number: '0', '1', ..."""
        for i, v in enumerate(self.variables):
            store[str(i)] = v.numpy()

    def load_own_variables(self, store) -> None:
        """Takes the values back from `store`; warns and changes nothing if the count differs."""
        variables = self.variables
        if len(store.keys()) == len(variables) - 1:  # tf.keras kept the rate in the config alone
            variables = [v for v in variables if v is not self._learning_rate]
        if len(store.keys()) != len(variables):
            warnings.warn(
                f"The state of {self.name} was not loaded: it has {len(variables)} variables, but "
                f"{len(store.keys())} were saved.",
                stacklevel=2,
            )
            return
        for i, v in enumerate(variables):
            v.assign(np.asarray(store[str(i)]))
