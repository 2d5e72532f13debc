"""A model as a transformer of scikit-learn."""

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from keras.wrappers._estimator import output_units, side_by_side
from keras.wrappers._labels import Labels
from keras.wrappers._model_estimator import ModelEstimator


class SKLearnTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ModelEstimator):
    """A model as a transformer of scikit-learn: its outputs are the new columns.

    Args:
        model: a compiled model, which every `fit` copies and trains from new weights; or a function that is called
            `model(X=X, y=y, **model_kwargs)` and returns a compiled one. It sees `y` with one column per target.
        warm_start: whether a further `fit` goes on with the weights there are, also with those of the given model.
        model_kwargs: further arguments of the function, a dict.
        fit_kwargs: arguments of `Model.fit`, a dict; its `batch_size` and `verbose` hold for predictions too.

    Without `y` the model learns to give back `X` itself. Labels that are text it learns as columns of 0 and 1.

    Attributes:
        model_: the trained model.
        history_: what its last `fit` returned.
        epoch_: how many epochs it was trained.
        n_features_in_: columns of `X`.
        feature_names_in_: their names, if `X` had any.

    >>> make_pipeline(SKLearnTransformer(autoencoder), LogisticRegression()).fit(X, y)
    """

    def fit(self, X, y=None, **kwargs):
        """Trains a model to give `y` for `X`, or without `y` to give `X`; see `SKLearnRegressor.fit`."""
        return super().fit(X, y, **kwargs)

    def transform(self, X):
        """The model's outputs for `X`."""
        return side_by_side(self._outputs(X))

    @property
    def _n_features_out(self):
        check_is_fitted(self)
        return self._columns_out

    def _checked(self, X, y, reset):
        if y is None:
            X = validate_data(self, X, reset=reset, allow_nd=True)
            return X, X
        if _is_text(y):
            X, y = validate_data(self, X, y, reset=reset, allow_nd=True)
            return X, Labels(y).one_hot(y)
        return validate_data(self, X, y, reset=reset, allow_nd=True, multi_output=True, y_numeric=True)

    def _for_model(self, model, X, y, settings):
        units = output_units(model, X)
        self._columns_out = sum(units) if isinstance(units, list) else units
        return super()._for_model(model, X, y, settings)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]  # the type that models compute in
        return tags


def _is_text(y):
    y = np.asarray(y)
    return y.dtype.kind in "OUST" and y.size > 0 and isinstance(y.flat[0], str)
