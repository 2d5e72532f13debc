"""Models: functional, sequential, subclassed."""

from keras._core import registry
from keras.models._clone import clone_model
from keras.models._functional import Functional
from keras.models._model import Model, model_from_json
from keras.models._sequential import Sequential
from keras.saving import load_model, save_model

__all__ = ["Functional", "Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

registry.register_built_ins("keras.src.models.functional", {"Functional": Functional})  # as Keras 3 writes it
registry.register_built_ins("keras", {"Model": Model, "Sequential": Sequential})
registry.register_built_ins("keras.models", {"Functional": Functional, "Model": Model, "Sequential": Sequential})
registry.register_built_ins("keras.layers", {"Functional": Functional, "Model": Model, "Sequential": Sequential})
