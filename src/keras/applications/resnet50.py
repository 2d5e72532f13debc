"""ResNet50, where releases before 2.2.5 had it; `keras.applications.resnet` has it and its larger kin."""

from keras.applications.resnet import ResNet50, decode_predictions, preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
