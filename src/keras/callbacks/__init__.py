"""Callbacks: objects that are told how a run goes on, and can act on it."""

from keras.callbacks._backup_and_restore import BackupAndRestore
from keras.callbacks._callback import Callback
from keras.callbacks._callback_list import CallbackList
from keras.callbacks._csv_logger import CSVLogger
from keras.callbacks._early_stopping import EarlyStopping
from keras.callbacks._history import History
from keras.callbacks._lambda_callback import LambdaCallback
from keras.callbacks._learning_rate_scheduler import LearningRateScheduler
from keras.callbacks._model_checkpoint import ModelCheckpoint
from keras.callbacks._optuna_pruning import OptunaPruning
from keras.callbacks._orbax_checkpoint import OrbaxCheckpoint
from keras.callbacks._progbar_logger import ProgbarLogger
from keras.callbacks._reduce_lr_on_plateau import ReduceLROnPlateau
from keras.callbacks._remote_monitor import RemoteMonitor
from keras.callbacks._swap_ema_weights import SwapEMAWeights
from keras.callbacks._tensorboard import TensorBoard
from keras.callbacks._terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "OptunaPruning",
    "OrbaxCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
