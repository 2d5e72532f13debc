"""The estimators of SciKeras."""

import contextlib
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, r2_score
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_array, check_consistent_length, validate_data

from keras import optimizers
from keras._core.names import nearest
from keras._core.signature import parameters
from keras.legacy.scikeras import routing
from keras.legacy.scikeras.utils import loss_name
from keras.legacy.scikeras.utils.transformers import ClassifierLabelEncoder, RegressorTargetEncoder
from keras.models import Model
from keras.utils._own_seed import own_seed
from keras.wrappers._parameters import Parameters

__all__ = ["BaseWrapper", "KerasClassifier", "KerasRegressor"]


class BaseWrapper(BaseEstimator):
    """A model, or a function that makes one, as an estimator.

    Args:
        model: a function that returns a model, compiled or not; or a model, which is trained itself, not a copy. The
            function gets those of `kwargs` that it names or that begin with `model__`; and by these names `meta`, what
            is known of the data; `compile_kwargs`, ready for `compile`; and `params`, all parameters. None in a
            subclass with a method `_keras_build_fn`, which is called the same way.
        build_fn: the older name of `model`.
        warm_start: whether a further `fit` goes on with the weights there are.
        random_state: a seed of weights, dropout and shuffling.
        optimizer, loss, metrics, run_eagerly: what a model is compiled with that is not compiled yet: names, classes or
            objects. Classes are made with parameters such as `optimizer__learning_rate`.
        batch_size, validation_batch_size, verbose, callbacks, validation_split, shuffle, epochs: for `Model.fit`, and
            for `Model.predict` those it takes.
        kwargs: further parameters, of any depth: `callbacks__0__patience`, `fit__epochs`, `predict__batch_size`.

    Attributes:
        model_: the model.
        history_: metric -> its values, epoch by epoch, of all fits that went on from each other.
        feature_encoder_, target_encoder_: the fitted encoders, whose `get_metadata()` are attributes too.
        n_features_in_, X_shape_, X_dtype_, y_dtype_, y_ndim_, target_type_: of the data of `fit`.
    """

    def __init__(
        self,
        model=None,
        *,
        build_fn=None,
        warm_start=False,
        random_state=None,
        optimizer="rmsprop",
        loss=None,
        metrics=None,
        batch_size=None,
        validation_batch_size=None,
        verbose=1,
        callbacks=None,
        validation_split=0.0,
        shuffle=True,
        run_eagerly=False,
        epochs=1,
        **kwargs,
    ):
        self.model = model
        self.build_fn = build_fn
        self.warm_start = warm_start
        self.random_state = random_state
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.batch_size = batch_size
        self.validation_batch_size = validation_batch_size
        self.verbose = verbose
        self.callbacks = callbacks
        self.validation_split = validation_split
        self.shuffle = shuffle
        self.run_eagerly = run_eagerly
        self.epochs = epochs
        vars(self).update(kwargs)

    def get_params(self, deep=True):
        """All parameters, those of `kwargs` and of subclasses too; none is an estimator, so `deep` finds no more."""
        return {n: v for n, v in vars(self).items() if not n.startswith("_") and not n.endswith("_")}

    def set_params(self, **params):
        """Changes parameters; new ones are those whose names begin as `model__`, `fit__`, `optimizer__` do.

        Raises:
            ValueError: there is no such parameter.
        """
        legal = self.get_params()
        for name in params:
            owner, nested, rest = name.partition("__")
            if name not in legal and not (nested and rest and owner in routing.OWNERS):
                who = type(self).__name__
                raise ValueError(
                    f"Invalid parameter {name} for estimator {who}.{nearest(name, legal)}\n"
                    f"  What the function that makes the model takes, the constructor must know: {who}({name}=...)."
                )
        vars(self).update(params)
        return self

    @property
    def initialized_(self):
        """Whether there is a model."""
        return hasattr(self, "model_")

    @property
    def current_epoch(self):
        """How many epochs `history_` tells of."""
        return len(next(iter(getattr(self, "history_", {}).values()), ()))

    @property
    def feature_encoder(self):
        """A transformer of `X` into what the model takes; a subclass may have another."""
        return FunctionTransformer()

    @property
    def target_encoder(self):
        """A transformer of `y` into what the model learns, and of its outputs back; a subclass may have another."""
        return FunctionTransformer()

    def initialize(self, X, y=None):
        """Makes the model and fits the encoders, without training."""
        with self._seeded():
            self._initialize(X, y)
        return self

    def fit(self, X, y, sample_weight=None, **kwargs):
        """Trains a model.

        Args:
            X: rows of numbers.
            y: targets, as `target_encoder` takes them.
            sample_weight: one weight per row.
            kwargs: arguments of `Model.fit` in this call.
        """
        epochs = kwargs.pop("epochs", None)
        return self._fit(X, y, sample_weight, self.warm_start, epochs, kwargs.pop("initial_epoch", 0), **kwargs)

    def partial_fit(self, X, y, sample_weight=None, **kwargs):
        """One epoch more with the weights there are; the first call makes the model."""
        if "epochs" in kwargs:
            raise TypeError("Invalid argument `epochs` to `partial_fit`: `partial_fit` always trains for 1 epoch")
        return self._fit(X, y, sample_weight, True, 1, self.current_epoch, goes_on_counting=True, **kwargs)

    def predict(self, X, **kwargs):
        """What the target encoder makes of the model's outputs.

        Args:
            X: rows of numbers.
            kwargs: arguments of `Model.predict` in this call.
        """
        outputs = self._predict_raw(X, **kwargs)
        return self.target_encoder_.inverse_transform(outputs)

    def score(self, X, y, sample_weight=None):
        """What `scorer` says of the predictions."""
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        return self.scorer(np.asarray(y), self.predict(X), **weights)

    @staticmethod
    def scorer(y_true, y_pred, **kwargs):
        """How good predictions are; subclasses have one."""
        raise NotImplementedError("BaseWrapper has no score: override `scorer`, a static method.")

    def _initialize(self, X, y=None):
        """Makes the model and fits the encoders; returns the data, checked. Subclasses may do more."""
        if y is None and self.__sklearn_tags__().target_tags.required:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        X, y = self._checked(X, y, reset=True)
        if y is not None:
            self.target_type_ = self._type_of_target(y)
            self.y_dtype_, self.y_ndim_ = y.dtype, y.ndim
            self.target_encoder_ = self._fitted(self.target_encoder, y)
        self.X_shape_, self.X_dtype_ = X.shape, X.dtype
        self.feature_encoder_ = self._fitted(self.feature_encoder, X)
        if y is None:
            self.target_encoder_ = FunctionTransformer().fit(X)
        self.model_ = self._build_keras_model()
        self._check_model_compatibility(y)
        return X, y

    def _fitted(self, encoder: Any, values: np.ndarray) -> Any:
        encoder = encoder.fit(values)
        vars(self).update(encoder.get_metadata() if hasattr(encoder, "get_metadata") else {})
        return encoder

    def _fit(self, X, y, sample_weight, warm_start, epochs, initial_epoch, *, goes_on_counting=False, **kwargs):
        goes_on = warm_start and self.initialized_
        with self._seeded():
            X, y = self._checked(X, y, reset=False) if goes_on else self._initialize(X, y)
            settings = {**routing.arguments(self.get_params(), "fit", routing.FITTING), **kwargs}
            settings["initial_epoch"] = initial_epoch
            settings["epochs"] = initial_epoch + (settings["epochs"] if epochs is None else epochs)
            settings["sample_weight"] = self._weights(X, y, sample_weight)
            settings["callbacks"] = _as_list(settings.get("callbacks"))
            target = None if y is None else self.target_encoder_.transform(y)
            history = self.model_.fit(self.feature_encoder_.transform(X), target, **settings).history
        before = getattr(self, "history_", {}) if goes_on and goes_on_counting else {}
        self.history_ = {name: [*before.get(name, ()), *values] for name, values in history.items()}
        return self

    def _weights(self, X, y, sample_weight):
        """The weight of every row; None if they are all the same."""
        if sample_weight is None:
            return None
        weights = np.asarray(sample_weight, "float64")
        if weights.shape != (len(X),):
            raise ValueError(f"sample_weight.shape == {weights.shape}, expected {(len(X),)}!")
        if not weights.any():
            raise ValueError("Sample weights must contain at least one non-zero number.")
        return weights

    def _checked(self, X, y, reset):
        X = validate_data(self, X, reset=reset, allow_nd=True)
        if not reset and X.shape[1:] != self.X_shape_[1:]:
            raise ValueError(
                f"X has rows of shape {X.shape[1:]}, but {type(self).__name__} is expecting rows of shape "
                f"{self.X_shape_[1:]}."
            )
        if y is not None:
            y = self._checked_target(y)
            check_consistent_length(X, y)
        return X, y

    def _checked_target(self, y):
        return check_array(y, ensure_2d=False, allow_nd=True, dtype=None, input_name="y")

    def _type_of_target(self, y):
        return type_of_target(y)

    def _predict_raw(self, X, **kwargs):
        """The model's outputs."""
        if not self.initialized_:
            raise NotFittedError(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with appropriate arguments before "
                "using this estimator."
            )
        X, _ = self._checked(X, None, reset=False)
        settings = {**routing.arguments(self._for_predict(), "predict", routing.PREDICTING), **kwargs}
        settings["callbacks"] = _as_list(settings.get("callbacks"))
        return self.model_.predict(self.feature_encoder_.transform(X), **settings)

    def _for_predict(self):
        # callbacks of `fit` are not those of `predict`
        return {n: v for n, v in self.get_params().items() if n.partition("__")[0] != "callbacks"}

    def _seeded(self):
        seed = Parameters({"random_state": self.random_state}).seed()
        return contextlib.nullcontext() if seed is None else own_seed(seed)

    def _build_keras_model(self):
        """The model, compiled."""
        model = self._made_model()
        if not model.compiled:
            settings = self._compile_arguments()
            if settings["loss"] is None:
                raise ValueError(f"{type(self).__name__}: you must provide a `loss` or a compiled model.")
            model.compile(**settings)
        return model

    def _made_model(self):
        maker = self.model if self.model is not None else self.build_fn
        if isinstance(maker, Model):
            return maker
        if maker is None:
            maker = getattr(self, "_keras_build_fn", None)
        if maker is None:
            raise ValueError(
                f"{type(self).__name__} needs `model`, a model or a function that returns one, or a method "
                "`_keras_build_fn`."
            )
        if not callable(maker):
            raise TypeError(f"`model` must be a callable, a Keras Model instance or None. Got {maker!r}.")
        made = maker(**self._arguments_for(maker))
        if not isinstance(made, Model):
            raise TypeError(f"{type(self).__name__}: what `model` returns must be a keras.Model. Got {made!r}.")
        return made

    def _arguments_for(self, maker):
        """Arguments of the function that makes the model.

        Raises:
            ValueError: there are parameters that neither it nor anything else takes.
        """
        given = self.get_params()
        names, takes_all = parameters(maker)
        own = {n: v for n, v in given.items() if "__" not in n and n not in _OWN}
        elsewhere = {*routing.FITTING, *routing.PREDICTING, *routing.COMPILING, *parameters(type(self).__init__)[0]}
        routed = routing.below(given, "model")
        unknown = [n for n in own if n not in names and n not in elsewhere]
        unknown += [f"model__{n}" for n in routed if n not in names]
        if unknown and not takes_all:
            who = type(self).__name__
            name = unknown[0].removeprefix("model__")
            raise ValueError(
                f"Invalid parameter {unknown[0]!r} for estimator {who}: what makes the model has no argument "
                f"{name!r}.{nearest(name, [*names, *elsewhere])}"
            )
        found = {n: v for n, v in own.items() if n in names or (takes_all and n not in elsewhere)}
        if "meta" in names or takes_all:
            found["meta"] = {n: v for n, v in vars(self).items() if n.endswith("_") and n not in _OF_TRAINING}
        if "compile_kwargs" in names or takes_all:
            found["compile_kwargs"] = self._compile_arguments()
        if "params" in names or takes_all:
            found["params"] = given
        return {**found, **routed}

    def _compile_arguments(self):
        found = routing.arguments(self.get_params(), "compile", routing.COMPILING)
        optimizer = optimizers.get(found["optimizer"]() if isinstance(found["optimizer"], type) else found["optimizer"])
        found["optimizer"] = type(optimizer).from_config(optimizer.get_config())  # it belongs to one model
        return found

    def _check_model_compatibility(self, y):
        """Raises ValueError if the model has other outputs, or another loss, than this estimator was told."""
        outputs = getattr(self.model_, "outputs", None)
        expected = getattr(self, "n_outputs_expected_", None)
        if outputs is not None and expected not in (None, len(outputs)):
            raise ValueError(
                f"{type(self).__name__}: the target encoder makes {expected} outputs, but {self.model_.name} has "
                f"{len(outputs)}.\n  Give a subclass its own `target_encoder`, whose `get_metadata()` says "
                "`n_outputs_expected_`."
            )
        asked, has = self.loss, self.model_.loss
        if all(isinstance(x, str) or callable(x) for x in (asked, has)) and loss_name(asked) != loss_name(has):
            raise ValueError(
                f"{type(self).__name__}: loss={loss_name(asked)} but the model was compiled with {loss_name(has)}."
            )

    def __sklearn_is_fitted__(self):
        return self.initialized_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.non_deterministic = self.random_state is None
        return tags


_OWN = (*(n for n in parameters(BaseWrapper.__init__)[0] if n != "self"), "class_weight")
_OF_TRAINING = ("model_", "history_")


class KerasClassifier(ClassifierMixin, BaseWrapper):
    """A model as a classifier; see `BaseWrapper`.

    With a categorical cross-entropy as `loss` the model learns a column of 0 and 1 for every class, else the places of
    the labels.

    Args:
        model, kwargs: see `BaseWrapper`.
        class_weight: label -> weight, or 'balanced'.

    >>> KerasClassifier(build, hidden_layer_sizes=(100,), loss="binary_crossentropy", optimizer__learning_rate=0.01)
    """

    def __init__(
        self,
        model=None,
        *,
        build_fn=None,
        warm_start=False,
        random_state=None,
        optimizer="rmsprop",
        loss=None,
        metrics=None,
        batch_size=None,
        validation_batch_size=None,
        verbose=1,
        callbacks=None,
        validation_split=0.0,
        shuffle=True,
        run_eagerly=False,
        epochs=1,
        class_weight=None,
        **kwargs,
    ):
        super().__init__(
            model, build_fn=build_fn, warm_start=warm_start, random_state=random_state, optimizer=optimizer, loss=loss,
            metrics=metrics, batch_size=batch_size, validation_batch_size=validation_batch_size, verbose=verbose,
            callbacks=callbacks, validation_split=validation_split, shuffle=shuffle, run_eagerly=run_eagerly,
            epochs=epochs, **kwargs,
        )  # fmt: skip
        self.class_weight = class_weight

    _labels_ahead = None

    @property
    def target_encoder(self):
        """A `ClassifierLabelEncoder` for the loss."""
        ahead = self._labels_ahead
        return ClassifierLabelEncoder(loss=self.loss, categories="auto" if ahead is None else [np.asarray(ahead)])

    def fit(self, X, y, sample_weight=None, **kwargs):
        """Trains a model; see `BaseWrapper.fit`."""
        self._labels_ahead = None
        return super().fit(X, y, sample_weight, **kwargs)

    def partial_fit(self, X, y, classes=None, sample_weight=None, **kwargs):
        """One epoch more; `classes` are all labels there will be, those in `y` if None."""
        if not self.initialized_:
            self._labels_ahead = classes
        return super().partial_fit(X, y, sample_weight, **kwargs)

    def predict_proba(self, X, **kwargs):
        """The probability of every class."""
        outputs = self._predict_raw(X, **kwargs)
        return self.target_encoder_.inverse_transform(outputs, return_proba=True)

    @staticmethod
    def scorer(y_true, y_pred, **kwargs):
        """The share of rows whose labels are right."""
        return float(accuracy_score(y_true, y_pred, **kwargs))

    def _weights(self, X, y, sample_weight):
        weights = super()._weights(X, y, sample_weight)
        if self.class_weight is None:
            return weights
        of_classes = compute_sample_weight(self.class_weight, y)
        return of_classes if weights is None else weights * of_classes

    def _check_model_compatibility(self, y):
        super()._check_model_compatibility(y)
        if self.loss is None and isinstance(self.target_encoder_, ClassifierLabelEncoder):
            self.target_encoder_.loss = self.model_.loss  # the function that made the model chose one

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.classifier_tags.poor_score = True  # how good it is, is the model's affair
        return tags


class KerasRegressor(RegressorMixin, BaseWrapper):
    """A model as a regressor; see `BaseWrapper`.

    >>> KerasRegressor(build, loss="mse", epochs=50).fit(X, y).score(X, y)
    """

    @property
    def target_encoder(self):
        """A `RegressorTargetEncoder`."""
        return RegressorTargetEncoder()

    @staticmethod
    def scorer(y_true, y_pred, **kwargs):
        """The coefficient of determination."""
        return float(r2_score(y_true, y_pred, **kwargs))

    def _checked_target(self, y):
        y = super()._checked_target(y)
        return y if y.dtype.kind in "biuf" else y.astype("float64")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # how good it is, is the model's affair
        return tags


def _as_list(callbacks):
    """Callbacks, from one, a list or a dict."""
    if callbacks is None:
        return None
    if isinstance(callbacks, dict):
        return list(callbacks.values())
    return callbacks if isinstance(callbacks, list) else [callbacks]
