"""Distillation: a small model learns from a large one."""

from keras._core import registry
from keras.distillation._distiller import Distiller
from keras.distillation._losses import DistillationLoss, FeatureDistillation, LogitsDistillation

__all__ = ["DistillationLoss", "Distiller", "FeatureDistillation", "LogitsDistillation"]

registry.register_built_ins("keras.distillation", {name: globals()[name] for name in __all__})
