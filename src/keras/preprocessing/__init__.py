"""Data in the form that models take."""

from keras.preprocessing import sequence

__all__ = ["sequence"]
