"""Blocks of code that see other values of variables, and blocks that name variables."""

from __future__ import annotations

import contextlib
from typing import Any

from keras._core import names
from keras._jax import pure
from keras._jax.op import convert_to_tensor
from keras._jax.variable import Variable


class StatelessScope(pure.Scope):
    """A block in which variables have other values, and whose assignments stay inside.

    Args:
        state_mapping: pairs of a variable and its value in the block.
        collect_losses: whether losses that layers add are kept in `losses`.
        initialize_variables: here variables made in the block have a value at once, so both settings do the same.

    Raises:
        ValueError: a key is no variable, or a value does not have its variable's shape.

    >>> v = keras.Variable([1.0])
    >>> with keras.StatelessScope([(v, np.array([5.0]))]) as scope:
    ...     _ = v.assign(v * 2)
    >>> float(v.value[0]), float(scope.get_current_value(v)[0])
    (1.0, 10.0)
    """

    def __init__(self, state_mapping=None, collect_losses=False, initialize_variables=True):
        pairs = list(state_mapping or [])
        values = []
        for variable, value in pairs:
            if not isinstance(variable, Variable):
                raise ValueError(
                    f"StatelessScope: `state_mapping` must be pairs of a variable and a value. Got {variable!r}."
                )
            value = convert_to_tensor(value, dtype=variable.dtype)
            if tuple(value.shape) != tuple(variable.shape):
                raise ValueError(
                    f"StatelessScope: {variable.path} has shape {tuple(variable.shape)}, and its value in "
                    f"`state_mapping` has shape {tuple(value.shape)}."
                )
            values.append(value)
        super().__init__([variable for variable, _ in pairs], values)
        self.collect_losses = collect_losses
        self.initialize_variables = initialize_variables
        self.losses: list[Any] | None = [] if collect_losses else None

    def add_loss(self, loss) -> None:
        """Keeps a loss in `losses`, if they are wanted."""
        if self.losses is not None:
            self.losses.append(loss)

    def add_update(self, update) -> None:
        """Gives a variable a value, as assigning it in the block does: a pair of the variable and the value."""
        variable, value = update
        self.write(variable, convert_to_tensor(value, dtype=variable.dtype))

    def get_current_value(self, variable):
        """The value that a variable has in the block, None if it was neither given one nor assigned."""
        return self.values.get(id(variable))


class SymbolicScope(pure.Scope):
    """A block that is run to find shapes only: what it assigns to variables, seeds included, does not last.

    >>> v = keras.Variable(1.0)
    >>> with keras.SymbolicScope():
    ...     _ = v.assign(2.0)
    >>> float(v.value)
    1.0
    """

    def __init__(self):
        super().__init__()


def name_scope(name: str) -> contextlib.AbstractContextManager[None]:
    """Puts `name` in front of the paths of variables made in the block.

    Raises:
        ValueError: the name is no text, or has a slash.

    >>> with keras.name_scope("block"):
    ...     print(keras.Variable(1.0, name="scale").path)
    block/scale
    """
    if not isinstance(name, str) or "/" in name:
        raise ValueError(f"name_scope: `name` must be a string without '/'. Got {name!r}.")
    return names.name_scope(name)
