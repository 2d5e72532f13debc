"""Fits of estimators that are made ahead, side by side where they can be, and handed to whoever asks for them."""

import contextlib
import time
from typing import NamedTuple

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


class Ahead(NamedTuple):
    """What is known of fits that are made ahead: how many of them side by side, and the seconds spent for each."""

    together: int
    seconds: float


@contextlib.contextmanager
def made_ahead(estimator, candidates, X, y, folds, params):
    """Trains copies of an estimator, every candidate on every fold.

    Inside, every `fit` of an estimator of `keras.wrappers` takes the next of them, in the order in which a search asks
    for them; the last ones may be trained meanwhile. What went wrong in a fit is raised there, where `error_score`
    decides.

    Args:
        estimator: one of `keras.wrappers`.
        candidates: the parameters of each copy.
        X, y: all rows.
        folds: pairs of the rows to train with and to test with.
        params: arguments of `fit`; those with an entry per row of `X` are divided as it is.

    Yields:
        An `Ahead`.
    """
    started = time.perf_counter()
    fits = []
    with SideBySide() as together:
        for parameters in candidates:
            for train, _ in folds:
                one = clone(estimator).set_params(**clone(parameters, safe=False))
                part = {n: _rows_or_whole(v, train, X) for n, v in params.items()}
                try:
                    training = _begun(one, _safe_indexing(X, train), _rows_of(y, train), part)
                except Exception as error:
                    fits.append((error, None))
                    continue
                fits.append((one, training))
                if training.history is None:
                    together.add(training)
        count = together.begin()
        token = made_already.set(_finished(fits, together))
        try:
            yield Ahead(count, (time.perf_counter() - started) / max(len(fits), 1))
        finally:
            made_already.reset(token)


def _finished(fits, together):
    for one, training in fits:
        try:
            if training is not None:
                together.finish(training)
                one._finished(training)
        except Exception as error:
            one = error
        yield one


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
