"""Errors that programs of several releases catch under different names."""


class WrongTypeError(TypeError, ValueError):
    """A value of another type than needed: releases have said so with either error, and programs wait for either."""


class NotSerializable(NotImplementedError, TypeError, ValueError):
    """What no config can hold: a TypeError in Keras 3, a NotImplementedError where `get_config` meets it."""


class UnknownArgument(TypeError, ValueError):
    """An argument that is not taken: a TypeError in Python and up to tf.keras, a ValueError in Keras 3."""


class NotSymbolic(ValueError, TypeError):
    """An end of a model that is no symbolic tensor: a TypeError before tf.keras, a ValueError in Keras 3."""


class NotConnected(ValueError, RuntimeError):
    """A model whose outputs need more than its inputs: a RuntimeError in 1.x, a ValueError since."""


class NotIterable(TypeError, NotImplementedError):
    """A symbolic tensor that cannot be taken apart: a TypeError in Python, a NotImplementedError in Keras 3."""


class NotCompiled(ValueError, RuntimeError):
    """Training without `compile`: a `ValueError` in Keras 3, a `RuntimeError` in the releases before."""


class NoLayer(ValueError, TypeError, IndexError):
    """What `Sequential` cannot add or take off: a TypeError up to tf.keras, a ValueError or IndexError in Keras 3."""


class WrongShape(TypeError, ValueError):
    """Symbolic tensors whose shapes do not fit: a TypeError of the engine, a ValueError in Keras."""


class WrongIndex(IndexError, ValueError):
    """An axis or a place that a symbolic tensor does not have: an IndexError of the engine, a ValueError in Keras."""


class NoSuchFile(FileNotFoundError, ValueError):
    """A file of a model or a vocabulary that is not there: an OSError up to tf.keras, a ValueError in Keras 3."""


class UnknownName(TypeError, ValueError):
    """A class or function that only a config names: a ValueError up to tf.keras, a TypeError in Keras 3."""


class UnknownOutput(ValueError, KeyError):
    """A name that no output has: a ValueError up to tf.keras, a KeyError in Keras 3 where outputs are a dict."""

    __str__ = Exception.__str__  # a KeyError shows its text in quotes
