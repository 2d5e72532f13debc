"""What every constraint is."""

from keras import ops
from keras._core.configurable import Configurable


class Constraint(Configurable):
    """A projection that a weight goes through after each update.

    Subclasses write `__call__(self, w)`, which returns the weight's new value. Constructor arguments kept in
    attributes of the same name make up the config.

    >>> class Rounded(Constraint):
    ...     def __call__(self, w):
    ...         return ops.round(w)
    >>> Dense(3, kernel_constraint=Rounded())
    """

    def __call__(self, w):
        """`w`, projected."""
        return ops.convert_to_tensor(w)
