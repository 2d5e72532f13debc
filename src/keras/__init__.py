"""Keras on JAX, for programs of all eras."""

from keras import config, ops, random

__all__ = ["config", "ops", "random"]
