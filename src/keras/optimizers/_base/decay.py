"""Weight decay, and what it leaves alone."""

from __future__ import annotations

import re

from keras._jax.variable import Variable


class Decay:
    """An optimizer as what makes weights smaller."""

    def _decay_weights(self, variables: list[Variable]) -> None:
        if self.stored_number("weight_decay") is None:
            return
        share = self.weight_decay * self._rate_now()
        for v in variables:
            if self.decays(v):
                v.assign(v.value - v.value * share)

    def exclude_from_weight_decay(self, var_list=None, var_names=None) -> None:
        """Names variables that `weight_decay` leaves alone.

        Args:
            var_list: the variables.
            var_names: regular expressions to be found in their names.
        """
        self._undecayed_variables = list(var_list or [])
        self._undecayed_names = list(var_names or [])

    def decays(self, variable) -> bool:
        """Whether weight decay touches the variable."""
        if any(v is variable for v in self._undecayed_variables):
            return False
        return not any(re.search(name, variable.name) for name in self._undecayed_names)
