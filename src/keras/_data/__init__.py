"""What people pass to fit, evaluate and predict, as rows in memory or as batches one by one."""

from keras._data.batches import pack_x_y_sample_weight, unpack_x_y_sample_weight
from keras._data.dataset import Dataset
from keras._data.py_dataset import PyDataset
from keras._data.sources import ArraySource, BatchSource, make_source

__all__ = [
    "ArraySource",
    "BatchSource",
    "Dataset",
    "PyDataset",
    "make_source",
    "pack_x_y_sample_weight",
    "unpack_x_y_sample_weight",
]
