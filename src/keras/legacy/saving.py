"""Objects as Keras 2 described them."""

from keras.saving._older_objects import deserialize_keras_object, serialize_keras_object

__all__ = ["deserialize_keras_object", "serialize_keras_object"]
