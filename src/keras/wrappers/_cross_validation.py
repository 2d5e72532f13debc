"""Cross-validation that trains the models of all folds in one program."""

import numpy as np
from sklearn import model_selection
from sklearn.base import is_classifier
from sklearn.utils.validation import indexable

from keras.wrappers._side_by_side import check_is_ours, for_fit_and_folds, made_ahead


def cross_validate(
    estimator,
    X,
    y=None,
    *,
    groups=None,
    scoring=None,
    cv=None,
    verbose=0,
    params=None,
    return_train_score=False,
    return_estimator=False,
    return_indices=False,
    error_score=np.nan,
):
    """`sklearn.model_selection.cross_validate` that trains the models of all folds side by side, in one program.

    With the same seeds the scores are the same, to the rounding of float32. What cannot be trained side by side is
    trained one by one; see `VectorizedSearchCV`.

    Args:
        estimator: a `SKLearnClassifier`, `SKLearnRegressor` or `SKLearnTransformer`.
        X, y, groups, scoring, cv, verbose, params, return_train_score, return_estimator, return_indices, error_score:
            as scikit-learn's function takes them.

    Returns:
        A dict of arrays with an entry for each fold, as scikit-learn's function; `fit_time` is divided equally.

    Raises:
        TypeError: the estimator is none of `keras.wrappers`.

    >>> cross_validate(SKLearnClassifier(network, epochs=150), X, y, cv=10)["test_score"]
    """
    check_is_ours(estimator, "cross_validate", "sklearn.model_selection.cross_validate")
    rows, target, groups = indexable(X, y, groups)
    given = {**(params or {}), **({} if groups is None else {"groups": groups})}
    router = model_selection.GridSearchCV(estimator, {}, scoring=scoring, cv=cv)
    for_fit, for_folds = for_fit_and_folds(router, given)
    splitter = model_selection.check_cv(cv, target, classifier=is_classifier(estimator))
    folds = list(splitter.split(rows, target, **for_folds))
    others = {n: v for n, v in given.items() if n != "groups"}  # the folds are drawn
    with made_ahead(estimator, [{}], rows, target, folds, for_fit) as ahead:
        found = model_selection.cross_validate(
            estimator, X, y, scoring=scoring, cv=folds, verbose=verbose, params=others,
            return_train_score=return_train_score, return_estimator=return_estimator, return_indices=return_indices,
            error_score=error_score,
        )  # fmt: skip
    found["fit_time"] = found["fit_time"] + ahead.seconds
    return found


def cross_val_score(
    estimator, X, y=None, *, groups=None, scoring=None, cv=None, verbose=0, params=None, error_score=np.nan
):
    """`sklearn.model_selection.cross_val_score` that trains the models of all folds side by side, in one program.

    Args:
        estimator, X, y, groups, cv, verbose, params, error_score: see `cross_validate`.
        scoring: one score, as scikit-learn's function takes it.

    Returns:
        The score of every fold.

    >>> cross_val_score(SKLearnClassifier(network, epochs=150), X, y, cv=10).mean()
    """
    found = cross_validate(
        estimator, X, y, groups=groups, scoring=scoring, cv=cv, verbose=verbose, params=params, error_score=error_score
    )
    return found["test_score"]
