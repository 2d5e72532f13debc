"""Sequences of different lengths in one array."""

from keras.utils import pad_sequences

__all__ = ["pad_sequences"]
