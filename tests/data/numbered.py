"""A data set that misbehaves on demand. Processes import this file, so it imports little."""

import os
import time

import numpy as np

from keras._data import PyDataset


class Numbered(PyDataset):
    """Six batches; `mode` says what happens at number 3."""

    def __init__(self, mode="fine", **kwargs):
        super().__init__(**kwargs)
        self.mode = mode
        self.epochs_ended = 0

    def __len__(self):
        return 6

    def __getitem__(self, i):
        if i == 3 and self.mode == "raises":
            raise KeyError("batch three")
        if i == 3 and self.mode == "dies":
            os._exit(7)
        if i == 3 and self.mode == "hangs":
            time.sleep(60)
        return np.full((2, 1), float(i)), np.full((2, 1), float(i))

    def on_epoch_end(self):
        self.epochs_ended += 1
