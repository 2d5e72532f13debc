"""A search that trains all candidates and folds of one structure in one program."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import GridSearchCV, ParameterGrid, check_cv
from sklearn.utils.validation import indexable

from keras.wrappers._side_by_side import check_is_ours, for_fit_and_folds, made_ahead


class VectorizedSearchCV(GridSearchCV):
    """`GridSearchCV` that trains all candidates and folds of the same structure in one program, side by side.

    Weights, orders of rows, rates and other numbers are each candidate's own, drawn in the order in which
    `GridSearchCV` draws them: with the same seeds `cv_results_` is the same, to the rounding of float32. What cannot
    be trained side by side is trained one by one, and what gains nothing by it: fits with too few steps in all to be
    worth compiling a program, models with convolutions, recurrent layers or large products of matrices on a CPU, and
    arguments of `fit` beyond batch size, epochs, shuffle and weights, such as callbacks.

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
        check_is_ours(self.estimator, "VectorizedSearchCV", "sklearn.model_selection.GridSearchCV")
        rows, target, groups = indexable(X, y, params.get("groups"))
        for_fit, for_folds = for_fit_and_folds(self, {**params, "groups": groups} if "groups" in params else params)
        cv = self.cv
        splitter = check_cv(cv, target, classifier=is_classifier(self.estimator))
        folds = list(splitter.split(rows, target, **for_folds))
        with made_ahead(self.estimator, ParameterGrid(self.param_grid), rows, target, folds, for_fit) as ahead:
            self.n_together_ = ahead.together
            self.cv = folds
            try:
                super().fit(X, y, **{n: v for n, v in params.items() if n != "groups"})  # the folds are drawn
            finally:
                self.cv = cv
        self.cv_results_["mean_fit_time"] = self.cv_results_["mean_fit_time"] + ahead.seconds
        return self
