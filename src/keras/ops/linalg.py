"""Linear algebra."""

from keras._jax.control import jvp

__all__ = [
    "jvp",
]
