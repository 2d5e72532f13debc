"""Models as estimators of scikit-learn, which is imported with the first of them and not before."""

import importlib
import typing

if typing.TYPE_CHECKING:
    from keras.wrappers._classifier import SKLearnClassifier
    from keras.wrappers._cross_validation import cross_val_score, cross_validate
    from keras.wrappers._regressor import SKLearnRegressor
    from keras.wrappers._transformer import SKLearnTransformer
    from keras.wrappers._vectorized_search import VectorizedSearchCV

_HOMES = {
    "SKLearnClassifier": "keras.wrappers._classifier",
    "SKLearnRegressor": "keras.wrappers._regressor",
    "SKLearnTransformer": "keras.wrappers._transformer",
    "VectorizedSearchCV": "keras.wrappers._vectorized_search",
    "cross_val_score": "keras.wrappers._cross_validation",
    "cross_validate": "keras.wrappers._cross_validation",
}

__all__ = [
    "SKLearnClassifier",
    "SKLearnRegressor",
    "SKLearnTransformer",
    "VectorizedSearchCV",
    "cross_val_score",
    "cross_validate",
]


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module 'keras.wrappers' has no attribute {name!r}")
    try:
        found = getattr(importlib.import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "sklearn":
            raise
        raise ModuleNotFoundError(f"{name} needs scikit-learn: pip install kerata[sklearn]", name=error.name) from None
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
