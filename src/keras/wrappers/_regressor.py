"""A model as a regressor of scikit-learn."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import column_or_1d, validate_data

from keras.wrappers._estimator import side_by_side
from keras.wrappers._model_estimator import ModelEstimator


class SKLearnRegressor(RegressorMixin, ModelEstimator):
    """A model as a regressor of scikit-learn.

    Args:
        model: a compiled model, which every `fit` copies and trains from new weights; or a function that is called
            `model(X=X, y=y, **model_kwargs)` and returns a compiled one. It sees `y` with one column per target.
        warm_start: whether a further `fit` goes on with the weights there are, also with those of the given model.
        model_kwargs: further arguments of the function, a dict.
        fit_kwargs: arguments of `Model.fit`, a dict; its `batch_size` and `verbose` hold for predictions too.

    Attributes:
        model_: the trained model.
        history_: what its last `fit` returned.
        epoch_: how many epochs it was trained.
        n_features_in_: columns of `X`.
        feature_names_in_: their names, if `X` had any.

    Shapes:
        y: (rows,) or (rows, targets); predictions: the same, in the float type of `y`. A model with several outputs
            learns as many targets in each as it has columns.

    >>> SKLearnRegressor(network, fit_kwargs={"epochs": 20}).fit(X, y).predict(X)
    """

    def predict(self, X):
        """The target of every row, in the float type of the targets."""
        outputs = side_by_side(self._outputs(X))
        found = outputs[:, 0] if self._has_one_target else outputs
        return found.astype(self._float_type, copy=False)

    def _checked(self, X, y, reset):
        X, y = validate_data(self, X, y, reset=reset, allow_nd=True, multi_output=True, y_numeric=True)
        y = y if y.dtype.kind in "biuf" else y.astype("float64")  # text is refused here, as scikit-learn words it
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _learn_target(self, y, goes_on):
        targets = 1 if y.ndim == 1 else y.shape[1]
        if goes_on and targets != self._targets:
            raise ValueError(
                f"{type(self).__name__}: `warm_start` goes on with {self._targets} targets. Got {targets}."
            )
        self._targets = targets
        self._has_one_target = y.ndim == 1
        self._float_type = y.dtype if np.issubdtype(y.dtype, np.floating) else np.dtype("float32")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.regressor_tags.poor_score = True  # how good it is, is the model's affair
        return tags
