"""The part that the classifier, the regressor and the transformer have in common."""

import typing

from sklearn.utils.validation import validate_data

from keras.models import Model, clone_model
from keras.wrappers._estimator import Estimator, settings_of_prediction

_NO_MODEL = (
    "{who}: `model` must be a compiled keras.Model, or a function that is called with X, y and model_kwargs and "
    "returns one. Got {got!r}."
)
_NOT_COMPILED = "{who}: the model must be compiled, with a loss and an optimizer.\n  Call model.compile(...) first."


class ModelEstimator(Estimator):
    """A model, or what makes one, with the data checks of scikit-learn."""

    # scikit-learn's metadata routing reads this: weights may be asked for, though `fit` takes any argument
    __metadata_request__fit: typing.ClassVar = {"sample_weight": None}

    def __init__(self, model, warm_start=False, model_kwargs=None, fit_kwargs=None):
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def get_params(self, deep=True):
        """The constructor's arguments; none of them is an estimator, so `deep` finds no more."""
        return super().get_params(deep=False)

    def fit(self, X, y, **kwargs):
        """Trains a model on `X` and `y`.

        Args:
            X: rows of numbers: an array, or a frame whose column names are remembered.
            y: a target for every row.
            kwargs: for `Model.fit`, in this call only; they come before `fit_kwargs`.

        Raises:
            ValueError: the data are not what scikit-learn asks of them, or unlike those of an earlier fit that
                `warm_start` continues.
            RuntimeError: the model is not compiled.
        """
        goes_on = bool(self.warm_start) and hasattr(self, "model_")
        X, y = self._checked(X, y, reset=not goes_on)
        self._learn_target(y, goes_on)
        model = self.model_ if goes_on else self._new_model(X, self._shown_to_factory(y))
        settings = {**(self.fit_kwargs or {}), **kwargs}
        target, settings = self._for_model(model, X, y, settings)
        self.history_ = model.fit(X, target, **settings)
        self._epochs = len(self.history_.epoch) + (self._epochs if goes_on else 0)
        self.model_ = model
        return self

    def predict(self, X):
        """What the trained model makes of every row of `X`."""
        return self._outputs(X)

    @property
    def epoch_(self):
        """How many epochs `model_` was trained."""
        if not hasattr(self, "_epochs"):
            raise AttributeError(f"This {type(self).__name__} instance is not fitted yet: it has no `epoch_`.")
        return self._epochs

    def _fitted_model(self):
        return self.model_

    def __sklearn_is_fitted__(self):
        return hasattr(self, "model_")

    def _outputs(self, X, **settings):
        if hasattr(self, "model_"):
            X = validate_data(self, X, reset=False, allow_nd=True)
        return super()._outputs(X, **{**settings_of_prediction(self.fit_kwargs or {}), **settings})

    def _checked(self, X, y, reset):
        return validate_data(self, X, y, reset=reset, allow_nd=True, multi_output=True)

    def _learn_target(self, y, goes_on):
        """Remembers what is needed to turn outputs into predictions."""

    def _shown_to_factory(self, y):
        """The target as a function that makes models sees it."""
        return y[:, None] if y.ndim == 1 else y

    def _for_model(self, model, X, y, settings):
        """The target as the model takes it, and the arguments of `Model.fit`."""
        return self._shown_to_factory(y), settings

    def _new_model(self, X, y):
        who = type(self).__name__
        if isinstance(self.model, Model):
            model = self.model
            if model.compiled and not self.warm_start:
                model = clone_model(self.model)
                model.compile_from_config(self.model.get_compile_config())
        elif callable(self.model):
            model = self.model(X=X, y=y, **(self.model_kwargs or {}))
        else:
            raise TypeError(_NO_MODEL.format(who=who, got=self.model))
        if not isinstance(model, Model):
            raise TypeError(_NO_MODEL.format(who=who, got=model))
        if not model.compiled or model.loss is None or model.optimizer is None:
            raise RuntimeError(_NOT_COMPILED.format(who=who))
        return model
