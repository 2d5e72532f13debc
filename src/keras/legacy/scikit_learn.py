"""The estimators of `keras.wrappers.scikit_learn`, as they were from 0.3 until tf.keras had them no more."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from keras._core.names import nearest
from keras._core.signature import parameters
from keras.legacy import era
from keras.legacy.further_names import further_names
from keras.models import Model
from keras.wrappers._estimator import Estimator
from keras.wrappers._labels import Labels

__all__ = ["BaseWrapper", "KerasClassifier", "KerasRegressor"]

# arguments of `fit` in former years, which it still takes
_OLDER = ("nb_epoch", "show_accuracy")
_NO_ACCURACY = (
    'The model is not configured to compute accuracy. You should pass `metrics=["accuracy"]` to the '
    "`model.compile()` method."
)


class BaseWrapper(Estimator):
    """What both estimators share: a function that makes a model, and arguments for it and for the model's methods.

    Args:
        build_fn: a function, or an object with `__call__`, that returns a compiled model. None in a subclass that has
            a `__call__` itself.
        sk_params: arguments of `build_fn`, and of the model's `fit`, `predict` and `evaluate`. Each gets those that it
            takes; those in the call of a method come before them. They are the parameters that a search may set.

    Raises:
        ValueError: nobody takes one of `sk_params`, or there is no `build_fn`.
    """

    def __init__(self, build_fn=None, **sk_params):
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def _maker(self) -> Any:
        """What makes the model."""
        if self.build_fn is None and callable(self):
            return self
        if not callable(self.build_fn):
            raise ValueError(
                f"{type(self).__name__} needs `build_fn`, a function that returns a compiled model. "
                f"Got {self.build_fn!r}."
            )
        return self.build_fn

    def check_params(self, params):
        """Raises ValueError if one of `params` is taken neither by `build_fn` nor by a method of the model."""
        legal = {"build_fn", *_OLDER, *_taken_by(self._maker())}
        for method in (Model.fit, Model.predict, Model.evaluate):
            legal.update(_taken_by(method))
        for name in params:
            if name not in legal:
                raise ValueError(f"{name} is not a legal parameter.{nearest(name, legal)}")

    def get_params(self, deep=True, **params):
        """`sk_params` and `build_fn`, as they are; the arguments are those of scikit-learn and change nothing."""
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params):
        """Changes some of `sk_params`, or `build_fn`."""
        changed = dict(params)
        before = self.build_fn
        self.build_fn = changed.pop("build_fn", before)
        try:
            self.check_params(changed)
        except ValueError:
            self.build_fn = before
            raise
        self.sk_params = {**self.sk_params, **changed}
        return self

    def filter_sk_params(self, fn, override=None):
        """Those of `sk_params` that `fn` takes by name, with those in `override` on top."""
        taken = _taken_by(fn)
        if fn is not self.build_fn and getattr(fn, "__name__", "") == "fit":
            taken = (*taken, *_OLDER)
        return {**{k: v for k, v in self.sk_params.items() if k in taken}, **(override or {})}

    @further_names("X")
    def fit(self, x, y, **kwargs):
        """Makes a model and trains it; returns its history.

        Args:
            x: rows, as `Model.fit` takes them.
            y: targets.
            kwargs: arguments of `Model.fit`.
        """
        maker = self._maker()
        self.model = maker(**self.filter_sk_params(maker.__call__ if not inspect.isroutine(maker) else maker))
        x, y, settings = self._prepared(_plain(x), _plain(y), self.filter_sk_params(Model.fit, kwargs))
        return self.model.fit(x, y, **settings)

    def _prepared(self, x, y, settings: dict) -> tuple:
        return x, y, settings

    def _fitted_model(self):
        return self.model

    def __sklearn_is_fitted__(self):
        return hasattr(self, "model")

    def _evaluated(self, x, y, settings: dict) -> dict[str, Any]:
        if era.before("1.0"):  # `score` itself asked for the accuracy
            settings = {"show_accuracy": True, **settings}
        found = self.model.evaluate(x, y, **settings)
        names = self.model._in_order(self.model.get_metrics_result())
        return dict(zip(names, found if isinstance(found, list) else [found]))


class KerasClassifier(ClassifierMixin, BaseWrapper):
    """A model as a classifier of scikit-learn, with the interface it had in Keras 0.3 to 2.

    See `BaseWrapper`; today's is `keras.wrappers.SKLearnClassifier`.

    >>> model = KerasClassifier(build_fn=create_model, epochs=150, batch_size=10, verbose=0)
    >>> cross_val_score(model, X, Y, cv=10)
    """

    @further_names("X")
    def fit(self, x, y, sample_weight=None, **kwargs):
        """Makes a model and trains it; returns its history.

        Args:
            x: rows, as `Model.fit` takes them.
            y: labels, numbers or text, of shape (rows,) or (rows, 1); or a column of 0 and 1 for every class.
            sample_weight: one weight per row.
            kwargs: arguments of `Model.fit`. A `class_weight` may be 'balanced', or name labels.
        """
        if sample_weight is not None:
            kwargs["sample_weight"] = sample_weight
        return super().fit(x, y, **kwargs)

    @further_names("X")
    def predict(self, x, **kwargs):
        """The label of every row, of shape (rows,); of shape (rows, 1) if the model has one output."""
        outputs = self._outputs(_plain(x), **self.filter_sk_params(Model.predict, kwargs))
        found = self._labels.decide(outputs)
        return found[:, None] if outputs.shape[-1] == 1 else found

    @further_names("X")
    def predict_proba(self, x, **kwargs):
        """The model's outputs, one column per class."""
        outputs = self._outputs(_plain(x), **self.filter_sk_params(Model.predict, kwargs))
        return np.hstack([1 - outputs, outputs]) if outputs.shape[-1] == 1 else outputs

    @further_names("X")
    def score(self, x, y, **kwargs):
        """The accuracy that the model counts.

        Raises:
            ValueError: the model was compiled without that metric, or a label was not in the target of `fit`.
        """
        check_is_fitted(self)
        x = _plain(x)
        target = self._target(x, _plain(y))
        found = self._evaluated(x, target, self.filter_sk_params(Model.evaluate, kwargs))
        for name in ("accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"):
            if name in found:
                return float(found[name])
        raise ValueError(_NO_ACCURACY)

    def _prepared(self, x, y, settings):
        columns = _columns(y)
        self._labels = Labels(columns.argmax(axis=-1) if columns.ndim == 2 else columns)
        if columns.ndim == 2:
            self._labels.classes = np.arange(columns.shape[1])
        self.classes_ = self._labels.classes
        self.n_classes_ = len(self.classes_)
        target = self._target(x, y)
        if columns.ndim == 1:
            weights = self._labels.row_weights(
                columns, settings.pop("class_weight", None), settings.pop("sample_weight", None)
            )
            if weights is not None:
                settings["sample_weight"] = weights
        return x, target, settings

    def _target(self, x, y):
        y = _columns(y)
        return y if y.ndim == 2 else self._labels.for_model(y, self.model, x)


class KerasRegressor(RegressorMixin, BaseWrapper):
    """A model as a regressor of scikit-learn, with the interface it had in Keras 0.3 to 2.

    See `BaseWrapper`; today's is `keras.wrappers.SKLearnRegressor`.

    >>> KerasRegressor(build_fn=create_model, epochs=100, batch_size=5, verbose=0).fit(X, Y)
    """

    @further_names("X")
    def predict(self, x, **kwargs):
        """The model's outputs; of shape (rows,) if there is one."""
        outputs = self._outputs(_plain(x), **self.filter_sk_params(Model.predict, kwargs))
        return outputs[..., 0] if outputs.shape[-1] == 1 else outputs

    @further_names("X")
    def score(self, x, y, **kwargs):
        """The loss, made negative: more is better, as 2.x had it. Not the R2 of scikit-learn's own regressors."""
        check_is_fitted(self)
        return -float(self._evaluated(_plain(x), _plain(y), self.filter_sk_params(Model.evaluate, kwargs))["loss"])


def _taken_by(function: Any) -> tuple[str, ...]:
    """Names that a function takes by keyword."""
    return parameters(function if inspect.isroutine(function) else function.__call__)[0]


def _plain(data: Any) -> Any:
    """Frames and columns of pandas, and lists, as arrays; several inputs stay a list or dict."""
    if isinstance(data, dict) or (isinstance(data, (list, tuple)) and data and hasattr(data[0], "shape")):
        return data
    return np.asarray(data)


def _columns(y: np.ndarray) -> np.ndarray:
    """Labels of shape (rows,), or a column for every class."""
    if y.ndim == 2 and y.shape[1] > 1:
        return y
    if y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
        return y.reshape(len(y))
    raise ValueError(f"Invalid shape for y: {y.shape}")
