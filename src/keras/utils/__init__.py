"""Tools around models: labels, sequences, seeds, progress, custom objects."""

from keras._data import PyDataset, pack_x_y_sample_weight, unpack_x_y_sample_weight
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
from keras.utils import bounding_boxes
from keras.utils._arrays import normalize, to_categorical
from keras.utils._buckets import LengthBuckets
from keras.utils._config import Config
from keras.utils._download import get_file
from keras.utils._drawing import model_to_dot, plot_model
from keras.utils._feature_space import FeatureSpace
from keras.utils._folders import (
    audio_dataset_from_directory,
    image_dataset_from_directory,
    text_dataset_from_directory,
)
from keras.utils._images import array_to_img, img_to_array, load_img, save_img
from keras.utils._learning_rate import find_learning_rate
from keras.utils._sequences import pad_sequences
from keras.utils._series import split_dataset, timeseries_dataset_from_array
from keras.utils._session import clear_session
from keras.utils._tensors import get_source_inputs, is_keras_tensor, standardize_dtype

Sequence = PyDataset  # its name in 2.x

__all__ = [
    "Config",
    "CustomObjectScope",
    "FeatureSpace",
    "LengthBuckets",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "audio_dataset_from_directory",
    "bounding_boxes",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "find_learning_rate",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
