"""Tools around models: labels, sequences, seeds, progress, custom objects."""

from keras._data import pack_x_y_sample_weight, unpack_x_y_sample_weight
from keras._jax.random import set_random_seed
from keras.callbacks._progress import Progbar
from keras.config import disable_interactive_logging, enable_interactive_logging, is_interactive_logging_enabled
from keras.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from keras.utils._arrays import normalize, to_categorical
from keras.utils._sequences import pad_sequences
from keras.utils._session import clear_session
from keras.utils._tensors import get_source_inputs, is_keras_tensor, standardize_dtype

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "standardize_dtype",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
