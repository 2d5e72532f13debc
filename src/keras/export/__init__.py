"""Models as programs for other runtimes: StableHLO and ONNX."""

from keras.export._archive import ExportArchive
from keras.export._loaded import ExportedModel, load
from keras.export._model import export_model

__all__ = ["ExportArchive", "ExportedModel", "export_model", "load"]
