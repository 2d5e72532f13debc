"""A search that trains all candidates and folds of one structure in one program."""

import contextlib
import time

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, ParameterGrid, check_cv
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import indexable

from keras.models._together import fit_together
from keras.utils._own_seed import own_seed
from keras.wrappers._model_estimator import ModelEstimator, made_already
from keras.wrappers._parameters import Parameters


class VectorizedSearchCV(GridSearchCV):
    """`GridSearchCV` that trains all candidates and folds of the same structure in one program, side by side.

    Weights, orders of rows, rates and other numbers are each candidate's own, drawn in the order in which
    `GridSearchCV` draws them: with the same seeds `cv_results_` is the same, to the rounding of float32. What cannot
    be trained side by side is trained one by one: candidates that nobody shares a structure with, models with
    convolutions on a CPU, and arguments of `fit` beyond batch size, epochs, shuffle and weights, such as callbacks.

    Args:
        estimator: a `SKLearnClassifier`, `SKLearnRegressor` or `SKLearnTransformer`.
        param_grid, scoring, refit, cv, verbose, error_score, return_train_score: as for `GridSearchCV`.

    Attributes:
        n_together_: how many fits were made side by side.

    >>> search = VectorizedSearchCV(SKLearnClassifier(network), {"optimizer__learning_rate": [0.01, 0.1]}, cv=3)
    >>> search.fit(X, y).best_params_
    """

    def __init__(
        self,
        estimator,
        param_grid,
        *,
        scoring=None,
        refit=True,
        cv=None,
        verbose=0,
        error_score=np.nan,
        return_train_score=False,
    ):
        super().__init__(
            estimator, param_grid, scoring=scoring, refit=refit, cv=cv, verbose=verbose, error_score=error_score,
            return_train_score=return_train_score,
        )  # fmt: skip

    def fit(self, X, y=None, **params):
        """Trains every candidate on every fold, and the best one on all rows.

        Args:
            X, y, params: as for `GridSearchCV.fit`.

        Raises:
            TypeError: the estimator is none of `keras.wrappers`.
        """
        if not isinstance(self.estimator, ModelEstimator):
            raise TypeError(
                "VectorizedSearchCV: `estimator` must be an SKLearnClassifier, SKLearnRegressor or SKLearnTransformer. "
                f"Got {type(self.estimator).__name__}.\n  sklearn.model_selection.GridSearchCV takes any estimator."
            )
        groups = params.get("groups")
        rows, target, groups = indexable(X, y, groups)
        cv = self.cv
        folds = list(check_cv(cv, target, classifier=is_classifier(self.estimator)).split(rows, target, groups))
        started = time.perf_counter()
        fits, self.n_together_ = self._trained(rows, target, folds, params)
        seconds = (time.perf_counter() - started) / max(len(fits), 1)
        self.cv = folds
        try:
            with _handed_out(fits):
                super().fit(X, y, **{n: v for n, v in params.items() if n != "groups"})
        finally:
            self.cv = cv
        self.cv_results_["mean_fit_time"] = self.cv_results_["mean_fit_time"] + seconds
        return self

    def _trained(self, X, y, folds, params):
        """The fitted estimators, or the errors of their fits, in the order in which the search asks for them."""
        fits = []
        waiting = []
        for parameters in ParameterGrid(self.param_grid):
            for train, _ in folds:
                estimator = clone(self.estimator).set_params(**clone(parameters, safe=False))
                part = {n: _rows_or_whole(v, train, X) for n, v in params.items() if n != "groups"}
                try:
                    training = _begun(estimator, _safe_indexing(X, train), _rows_of(y, train), part)
                except Exception as error:  # raised where the search asks for this fit: `error_score` decides
                    fits.append(error)
                    continue
                fits.append(estimator)
                if training.history is None:
                    waiting.append((estimator, training))
                else:
                    estimator._finished(training)
        together = fit_together([training for _, training in waiting])
        for estimator, training in waiting:
            estimator._finished(training)
        return fits, together


def _begun(estimator, X, y, kwargs):
    """The training of an estimator: drawn and waiting, or done where it cannot wait."""
    parameters = Parameters(estimator._further())
    seed = parameters.seed()
    with contextlib.nullcontext() if seed is None else own_seed(seed):
        training = estimator._training(X, y, False, parameters, kwargs)
        if not training.draw():
            training.train()
    return training


def _rows_of(y, rows):
    return None if y is None else _safe_indexing(y, rows)


def _rows_or_whole(value, rows, X):
    """The rows of what has one entry per row of `X`; else the value itself."""
    return _safe_indexing(value, rows) if hasattr(value, "__len__") and len(value) == len(X) else value


@contextlib.contextmanager
def _handed_out(fits):
    """Inside, every `fit` of an estimator of `keras.wrappers` takes the next of the fits that were made already."""
    token = made_already.set(iter(fits))
    try:
        yield
    finally:
        made_already.reset(token)
