"""What `get_updates` of an optimizer of one's own is given while a step is made: a loss whose gradients are known.

It may be handed on to another optimizer, whose updates are wanted too, or to `K.gradients`.
"""

from __future__ import annotations

from collections.abc import Iterable

from keras import KerasTensor


class LossOfNow:
    """Stands for the loss.

    Args:
        gradients, variables: the gradients of this step, and what they belong to.
    """

    def __init__(self, gradients: list, variables: list):
        self.variables = variables
        self._of = {id(v): g for v, g in zip(variables, gradients)}

    def gradients(self, variables: Iterable) -> list:
        """The gradients with respect to variables; None for those that are not trained."""
        return [self._of.get(id(v)) for v in variables]


def known_values(updates: Iterable) -> list:
    """Updates with values in the place of symbolic tensors: all of them are known before the first update is made."""
    return [(u[0], value_of(u[1])) if type(u) in (tuple, list) and len(u) == 2 else u for u in updates]


def value_of(x):
    """What variables say now, where a program wrote the new value before there was a step."""
    return x.__jax_array__() if isinstance(x, KerasTensor) else x
