"""Callbacks: objects that are told how a run goes on, and can act on it."""

from keras.callbacks._callback import Callback
from keras.callbacks._callback_list import CallbackList
from keras.callbacks._history import History
from keras.callbacks._progbar_logger import ProgbarLogger

__all__ = [
    "Callback",
    "CallbackList",
    "History",
    "ProgbarLogger",
]
