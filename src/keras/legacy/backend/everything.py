"""All of `keras.backend`, as `keras.backend.tensorflow_backend` and its siblings had it."""

from keras import backend
from keras.legacy.backend import functions

__all__ = list({**dict.fromkeys(backend.__all__), **functions()})

globals().update({name: getattr(backend, name) for name in __all__})
