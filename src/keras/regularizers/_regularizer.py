"""What every regularizer is."""

from keras._core.configurable import Configurable


class Regularizer(Configurable):
    """A penalty on a weight or an output, added to the loss.

    Subclasses write `__call__(self, x)`, which returns a number. Constructor arguments kept in attributes of the same
    name make up the config.

    >>> class Spread(Regularizer):
    ...     def __call__(self, x):
    ...         return ops.var(x)
    >>> Dense(3, kernel_regularizer=Spread())
    """

    def __call__(self, x):
        """The penalty for `x`."""
        return 0.0
