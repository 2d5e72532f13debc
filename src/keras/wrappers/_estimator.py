"""What estimators of all years share: a model that is asked once it is fitted."""

import numpy as np
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
        found = self._fitted_model().predict(X, **settings)
        return found[0] if isinstance(found, list) and len(found) == 1 else found

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True  # weights are drawn and rows are shuffled
        return tags


def settings_of_prediction(fit_settings):
    """Those arguments of `fit` that hold for `predict` too."""
    return {name: fit_settings[name] for name in ("batch_size", "verbose") if fit_settings.get(name) is not None}


def output_units(model, X):
    """The last size of the model's output for rows like `X`; a list of several, None if they have names."""
    shape = model.compute_output_shape(tree.map_structure(lambda x: (None, *x.shape[1:]), X))
    if isinstance(shape, dict):
        return None
    if not isinstance(shape[0], (tuple, list)):
        return shape[-1]
    return [one[-1] for one in shape] if len(shape) > 1 else shape[0][-1]


def for_each_output(y, model, X):
    """The columns of `y` as the model learns them: in parts if it has several outputs.

    Raises:
        ValueError: the outputs have together another number of columns.
    """
    units = output_units(model, X)
    if not isinstance(units, list):
        return y
    if sum(units) != y.shape[1]:
        raise ValueError(f"{model.name} has outputs of {units} columns, but y has {y.shape[1]}.")
    return np.split(y, np.cumsum(units)[:-1], axis=1)


def side_by_side(outputs):
    """What all outputs say, as columns of one array."""
    return np.concatenate(outputs, axis=-1) if isinstance(outputs, (list, tuple)) else outputs
