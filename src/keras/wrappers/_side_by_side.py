"""Fits of estimators that are made ahead, side by side where they can be, and handed to whoever asks for them."""

import contextlib

from sklearn import get_config
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.metadata_routing import process_routing

from keras.models._together import SideBySide
from keras.utils._own_seed import own_seed
from keras.wrappers._model_estimator import ModelEstimator, made_already
from keras.wrappers._parameters import Parameters

_NOT_OURS = (
    "{who}: `estimator` must be an SKLearnClassifier, SKLearnRegressor or SKLearnTransformer. Got {got}.\n"
    "  {instead} takes any estimator."
)


def check_is_ours(estimator, who, instead):
    """Raises TypeError if an estimator is none of `keras.wrappers`."""
    if not isinstance(estimator, ModelEstimator):
        raise TypeError(_NOT_OURS.format(who=who, got=type(estimator).__name__, instead=instead))


def for_fit_and_folds(search, params):
    """What of `params` the fits get, and what is for drawing the folds, as scikit-learn routes them."""
    if get_config()["enable_metadata_routing"]:
        routed = process_routing(search, "fit", **params)
        return routed.estimator.fit, routed.splitter.split
    return {n: v for n, v in params.items() if n != "groups"}, {"groups": params.get("groups")}


def fitted(estimator, candidates, X, y, folds, params):
    """Trains copies of an estimator, every candidate on every fold.

    Args:
        estimator: one of `keras.wrappers`.
        candidates: the parameters of each copy.
        X, y: all rows.
        folds: pairs of the rows to train with and to test with.
        params: arguments of `fit`; those with an entry per row of `X` are divided as it is.

    Returns:
        The fitted estimators, or the errors of their fits, in the order in which a search asks for them; and how many
        of them were trained side by side.
    """
    fits, waiting = [], []
    with SideBySide() as together:
        for parameters in candidates:
            for train, _ in folds:
                one = clone(estimator).set_params(**clone(parameters, safe=False))
                part = {n: _rows_or_whole(v, train, X) for n, v in params.items()}
                try:
                    training = _begun(one, _safe_indexing(X, train), _rows_of(y, train), part)
                except Exception as error:  # raised where the search asks for this fit: `error_score` decides
                    fits.append(error)
                    continue
                fits.append(one)
                if training.history is None:
                    waiting.append((one, training))
                    together.add(training)
                else:
                    one._finished(training)
        count = together.train()
    for one, training in waiting:
        one._finished(training)
    return fits, count


@contextlib.contextmanager
def handed_out(fits):
    """Inside, every `fit` of an estimator of `keras.wrappers` takes the next of the fits that were made already."""
    token = made_already.set(iter(fits))
    try:
        yield
    finally:
        made_already.reset(token)


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
