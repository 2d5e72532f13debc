"""The part that the classifier, the regressor and the transformer have in common."""

import contextlib
import contextvars
import inspect
import types
import typing
from collections.abc import Iterator

import numpy as np
from sklearn.utils.validation import check_consistent_length, validate_data

from keras import tree
from keras._core.names import nearest
from keras.models import Model, clone_model
from keras.models._together import Fit
from keras.utils._own_seed import own_seed
from keras.wrappers._estimator import Estimator, for_each_output, settings_of_prediction
from keras.wrappers._parameters import KNOWN, Parameters, goes_somewhere

_NO_MODEL = (
    "{who}: `model` must be a compiled keras.Model, or a function that is called with X, y and model_kwargs and "
    "returns one. Got {got!r}."
)
_NOT_COMPILED = "{who}: the model must be compiled, with a loss and an optimizer.\n  Call model.compile(...) first."

# bytes; for fewer, a search predicts in one step: in batches as small as those of `fit` it takes longer than training
_FEW = 1 << 20

# what the next calls of `fit` find done: fitted estimators, or the errors that fitting them raised
made_already: contextvars.ContextVar[Iterator | None] = contextvars.ContextVar("made_already", default=None)


class ModelEstimator(Estimator):
    """A model, or what makes one, with the data checks of scikit-learn.

    Further parameters have names that say where they go: arguments of `Model.fit` by their names or as
    `fit__epochs`; `model__units` for the function that makes the model; `optimizer`, `loss` and `metrics` in place of
    what the model was compiled with; `optimizer__learning_rate`; `callbacks`, also classes, with
    `callbacks__patience`; `predict__batch_size`; and `random_state`, which seeds weights, dropout and shuffling
    without touching the generators of the program.
    """

    # scikit-learn's metadata routing reads this: weights may be asked for, though `fit` takes any argument
    __metadata_request__fit: typing.ClassVar = {"sample_weight": None}
    __metadata_request__partial_fit: typing.ClassVar = {"sample_weight": None}

    def __init__(self, model, warm_start=False, model_kwargs=None, fit_kwargs=None, **parameters):
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs
        self._set_further(parameters)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if _is_own(cls.__init__):
            cls.__init__ = _named_after(cls)
        cls.__signature__ = _constructor_of(cls)

    def get_params(self, deep=True):
        """The constructor's arguments; none of them is an estimator, so `deep` finds no more."""
        return {**super().get_params(deep=False), **self._further()}

    def set_params(self, **params):
        """Changes arguments of the constructor, also such as `model__units` that it was not made with.

        Raises:
            ValueError: there is no such parameter.
        """
        own = super().get_params(deep=False)
        self._set_further({n: v for n, v in params.items() if n not in own})
        for name in own.keys() & params.keys():
            setattr(self, name, params[name])
        return self

    def _further(self):
        """The parameters whose names say where they go."""
        return {n: v for n, v in vars(self).items() if goes_somewhere(n)}

    def _set_further(self, parameters):
        for name in parameters:
            if not goes_somewhere(name):
                legal = [*super().get_params(deep=False), *KNOWN]
                raise ValueError(
                    f"Invalid parameter {name!r} for estimator {type(self).__name__}.{nearest(name, legal)}\n"
                    "  Besides the arguments of the constructor: arguments of Model.fit, model__NAME for the function "
                    "that makes the model,\n  optimizer, loss, metrics, optimizer__NAME, callbacks__NAME, fit__NAME, "
                    "predict__NAME and random_state."
                )
        for name, value in parameters.items():
            setattr(self, name, value)

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
        made = next(made_already.get() or iter(()), None)
        if made is None:
            return self._fit(X, y, bool(self.warm_start), kwargs)
        if isinstance(made, Exception):
            raise made
        vars(self).update(vars(made))
        return self

    def partial_fit(self, X, y, **kwargs):
        """One epoch more on `X` and `y`, with the weights there are; the first call makes the model.

        Args:
            X, y, kwargs: as for `fit`.
        """
        return self._fit(X, y, True, {"epochs": 1, "initial_epoch": 0, **kwargs})

    def _fit(self, X, y, goes_on, kwargs):
        parameters = Parameters(self._further())
        seed = parameters.seed()
        with contextlib.nullcontext() if seed is None else own_seed(seed):
            goes_on = goes_on and hasattr(self, "model_")
            training = self._training(X, y, goes_on, parameters, kwargs)
            training.train()
        return self._finished(training, self._epochs if goes_on else 0)

    def _training(self, X, y, goes_on, parameters, kwargs):
        """The training that `fit` does, ready to begin."""
        X, y = self._checked(X, y, reset=not goes_on)
        self._learn_target(y, goes_on)
        model = self.model_ if goes_on else self._new_model(X, self._shown_to_factory(y), parameters)
        settings = {**(self.fit_kwargs or {}), **parameters.for_fit(), **kwargs}
        if np.ndim(settings.get("sample_weight")) == 1:
            check_consistent_length(X, settings["sample_weight"])
        target, settings = self._for_model(model, X, y, settings)
        return Fit(model, X, target, settings)

    def _finished(self, training, epochs_before=0):
        self.history_ = training.history
        self._epochs = epochs_before + len(training.history.epoch)
        self.model_ = training.model
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

    @property
    def current_epoch(self):
        """The same as `epoch_`, under its name in SciKeras."""
        return self.epoch_

    def _fitted_model(self):
        return self.model_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = vars(self).get("random_state") is None
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "model_")

    def _outputs(self, X, **settings):
        if hasattr(self, "model_"):
            X = validate_data(self, X, reset=False, allow_nd=True)
        given = Parameters(self._further())
        wanted = {**settings_of_prediction(self.fit_kwargs or {}), **given.for_predict(), **settings}
        if made_already.get() is None or "batch_size" in given.of("predict"):
            return super()._outputs(X, **wanted)
        return self._outputs_at_once(X, wanted)

    def _outputs_at_once(self, X, settings):
        """The outputs for few rows, in one step for a number of rows that folds of several sizes share."""
        if getattr(X, "nbytes", _FEW) >= _FEW:
            return super()._outputs(X, **settings)
        rows = len(X)
        X = np.concatenate([X, np.zeros((-rows % 64, *X.shape[1:]), X.dtype)])
        found = super()._outputs(X, **{**settings, "batch_size": len(X)})
        return tree.map_structure(lambda x: x[:rows], found)

    def _checked(self, X, y, reset):
        return validate_data(self, X, y, reset=reset, allow_nd=True, multi_output=True)

    def _learn_target(self, y, goes_on):
        """Remembers what is needed to turn outputs into predictions."""

    def _shown_to_factory(self, y):
        """The target as a function that makes models sees it."""
        return y[:, None] if y.ndim == 1 else y

    def _for_model(self, model, X, y, settings):
        """The target as the model takes it, and the arguments of `Model.fit`."""
        return for_each_output(self._shown_to_factory(y), model, X), settings

    def _new_model(self, X, y, parameters):
        who = type(self).__name__
        if isinstance(self.model, Model):
            model = self.model
            if model.compiled and not self.warm_start:
                model = clone_model(self.model)
                model.compile_from_config(self.model.get_compile_config())
        elif callable(self.model):
            model = self.model(X=X, y=y, **{**(self.model_kwargs or {}), **parameters.for_maker(self.model, who)})
        else:
            raise TypeError(_NO_MODEL.format(who=who, got=self.model))
        if not isinstance(model, Model):
            raise TypeError(_NO_MODEL.format(who=who, got=model))
        model = parameters.compiled(model)
        if not model.compiled or model.loss is None or model.optimizer is None:
            raise RuntimeError(_NOT_COMPILED.format(who=who))
        return model


def _is_own(constructor):
    return getattr(constructor, "__code__", None) is ModelEstimator.__init__.__code__


def _named_after(cls):
    """The constructor under the name of a class, so that Python's message about a missing `model` shows that class."""
    own = ModelEstimator.__init__
    copied = types.FunctionType(own.__code__, own.__globals__, own.__name__, own.__defaults__, own.__closure__)
    copied.__qualname__ = f"{cls.__name__}.__init__"
    copied.__module__ = own.__module__
    return copied


def _constructor_of(cls):
    """What a class is called with, for help texts and for scikit-learn: further parameters one by one, without `**`."""
    found = [p for p in inspect.signature(cls.__init__).parameters.values() if p.kind is not p.VAR_KEYWORD][1:]
    if _is_own(cls.__init__):
        found += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in KNOWN]
    return inspect.Signature(found)
