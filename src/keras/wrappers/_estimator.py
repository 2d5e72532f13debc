"""What estimators of all years share: a model that is asked once it is fitted."""

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from keras import tree


class Estimator(BaseEstimator):
    """An estimator of scikit-learn around a model."""

    def _fitted_model(self):
        """The model that `fit` has trained."""
        raise NotImplementedError

    def _outputs(self, X, **settings):
        """What the trained model makes of `X`; `settings` are those of `Model.predict`.

        Raises:
            NotFittedError: `fit` was not called yet.
        """
        check_is_fitted(self)
        return self._fitted_model().predict(X, **settings)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True  # weights are drawn and rows are shuffled
        return tags


def settings_of_prediction(fit_settings):
    """Those arguments of `fit` that hold for `predict` too."""
    return {name: fit_settings[name] for name in ("batch_size", "verbose") if fit_settings.get(name) is not None}


def output_units(model, X):
    """The last size of the model's output for rows like `X`; None if the model has several outputs."""
    shape = model.compute_output_shape(tree.map_structure(lambda x: (None, *x.shape[1:]), X))
    return shape[-1] if isinstance(shape, tuple) and not isinstance(shape[0], (tuple, list)) else None
