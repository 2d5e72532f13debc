"""What targets are for a model, and what its outputs are for a user."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.multiclass import type_of_target

from keras.legacy.scikeras.utils import loss_name
from keras.wrappers._labels import Labels

__all__ = ["ClassifierLabelEncoder", "RegressorTargetEncoder"]

_UNKNOWN = (
    "Unknown label type: {kind}.\n"
    "  Give a subclass of KerasClassifier its own `target_encoder`, a transformer that knows such labels."
)


class ClassifierLabelEncoder(TransformerMixin, BaseEstimator):
    """Labels as a model learns them.

    With a categorical cross-entropy a column of 0 and 1 for every class, else a column with the places of the labels.
    Columns of 0 and 1 stay as they are.

    Args:
        loss: the model's.
        categories: 'auto', or a list with an array of all labels there will be.
    """

    def __init__(self, loss=None, categories="auto"):
        self.loss = loss
        self.categories = categories

    def fit(self, y):
        """Learns which labels there are.

        Raises:
            ValueError: the targets are not labels.
        """
        kind = type_of_target(y)
        if kind not in ("binary", "multiclass", "multilabel-indicator"):
            raise ValueError(_UNKNOWN.format(kind=kind))
        self._is_column = y.ndim == 2 and kind != "multilabel-indicator"
        self._takes_one = kind == "multilabel-indicator" and (y.sum(axis=1) == 1).all()
        self._dtype = y.dtype
        self._labels = Labels(y[:, 0] if self._is_column else y)
        if not isinstance(self.categories, str):
            self._labels.classes = np.unique(self.categories[0])
            self._labels.indices(y)  # all of them known?
        self.classes_ = self._labels.classes
        self.n_classes_ = len(self.classes_)
        self.n_outputs_ = self.n_outputs_expected_ = 1
        return self

    def transform(self, y):
        """The target of the model.

        Raises:
            ValueError: there are labels that `fit` did not see.
        """
        if self._labels.is_multilabel:
            return y
        y = y[:, 0] if self._is_column else y
        is_categorical = self.loss is not None and _has_columns(self.loss)
        found = self._labels.one_hot(y) if is_categorical else self._labels.indices(y)[:, None]
        return found.astype("float32")

    def inverse_transform(self, y, return_proba=False):
        """The labels that a model's outputs speak for, or with `return_proba` the probability of every class."""
        if return_proba:
            single = y.shape[-1] == 1 and self.n_classes_ == 2
            return np.concatenate([1.0 - y, y], axis=-1) if single else y
        if self._takes_one:
            return np.eye(y.shape[-1])[y.argmax(axis=-1)].astype(self._dtype)
        if self.n_classes_ == 1:
            return np.repeat(self.classes_, len(y))
        found = self._labels.decide(y).astype(self._dtype, copy=False)
        return found[:, None] if self._is_column else found

    def get_metadata(self):
        """What an estimator remembers of the labels."""
        return {n: getattr(self, n) for n in ("classes_", "n_classes_", "n_outputs_", "n_outputs_expected_")}


class RegressorTargetEncoder(TransformerMixin, BaseEstimator):
    """Numbers, which a model learns as they are; predictions get the shape of the targets."""

    def fit(self, y):
        """Learns the shape of the targets."""
        self._has_one_axis = y.ndim == 1
        self.n_outputs_ = 1 if y.ndim == 1 else y.shape[1]
        self.n_outputs_expected_ = 1
        return self

    def transform(self, y):
        """The targets."""
        return y

    def inverse_transform(self, y):
        """Predictions in the shape of the targets."""
        return y[:, 0] if self._has_one_axis and y.ndim == 2 and y.shape[1] == 1 else y

    def get_metadata(self):
        """What an estimator remembers of the targets."""
        return {"n_outputs_": self.n_outputs_, "n_outputs_expected_": self.n_outputs_expected_}


def _has_columns(loss):
    return loss_name(loss) in ("categorical_crossentropy", "categorical_focal_crossentropy")
