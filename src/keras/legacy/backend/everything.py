"""All of `keras.backend`, as `keras.backend.tensorflow_backend` and its siblings had it."""

from keras import backend
from keras.legacy.backend import functions
from keras.legacy.underscored import _EPSILON, _get_available_gpus, _to_tensor

__all__ = list({**dict.fromkeys(backend.__all__), **functions()})

globals().update({name: getattr(backend, name) for name in __all__})
__all__ += ["_EPSILON", "_get_available_gpus", "_to_tensor"]
