"""A search that trains its candidates side by side finds what scikit-learn's own search finds."""

import warnings

import jax
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold

import keras
from keras._jax import compile as engine
from keras._training import together
from keras.wrappers import SKLearnClassifier, SKLearnRegressor, VectorizedSearchCV

X = np.random.RandomState(0).normal(size=(27, 3))
Y = (X[:, 0] > 0).astype(int)
FIT = {"batch_size": 8, "verbose": 0}


@pytest.fixture(autouse=True)
def worth_compiling(monkeypatch):
    """Trainings as short as those of tests are otherwise made one by one."""
    monkeypatch.setattr(together, "WORTH_COMPILING", 0)


def network(X, y, units=4, scale=1.0):
    model = keras.Sequential(
        [
            keras.Input(X.shape[1:]),
            keras.layers.Dense(units, "relu", kernel_initializer=keras.initializers.RandomNormal(stddev=scale)),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(y.shape[1], "softmax"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


def line(X, y):
    model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Dense(y.shape[1])])
    model.compile("adam", "mse")
    return model


def searched(kind, estimator, grid, target=Y, **settings):
    keras.utils.set_random_seed(4)
    return kind(estimator, grid, error_score="raise", **{"cv": 3, **settings}).fit(X, target)


def assert_same(found, expected):
    assert found.best_params_ == expected.best_params_
    for name in expected.cv_results_:
        if "score" in name and "time" not in name:
            np.testing.assert_allclose(found.cv_results_[name], expected.cv_results_[name], rtol=1e-6, err_msg=name)
    for a, b in zip(found.best_estimator_.model_.get_weights(), expected.best_estimator_.model_.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_it_gives_the_results_of_the_search_that_trains_one_by_one():
    estimator = SKLearnClassifier(network, **FIT)
    grid = {"model__scale": [0.5, 2.0], "optimizer__learning_rate": [0.01, 1.0], "epochs": [2]}
    found = searched(VectorizedSearchCV, estimator, grid, return_train_score=True)
    assert found.n_together_ == 12
    assert_same(found, searched(GridSearchCV, estimator, grid, return_train_score=True))


def test_numbers_alone_cost_no_program():
    estimator = SKLearnClassifier(network, **FIT)
    searched(VectorizedSearchCV, estimator, {"optimizer__learning_rate": [0.5, 0.25], "epochs": [1]}, refit=False)
    with engine.counting() as counted:
        searched(VectorizedSearchCV, estimator, {"optimizer__learning_rate": [0.1, 2.0], "epochs": [2]}, refit=False)
    assert not counted.compiles


def test_folds_of_several_sizes_and_a_random_state_of_each_fit():
    estimator = SKLearnRegressor(line, random_state=3, **FIT)
    cv = KFold(2, shuffle=True)  # draws when it is asked for the folds
    grid = {"epochs": [1, 2]}
    found = searched(VectorizedSearchCV, estimator, grid, target=X[:, 1], cv=cv)
    assert found.n_together_ == 4
    assert_same(found, searched(GridSearchCV, estimator, grid, target=X[:, 1], cv=cv))


def test_what_cannot_wait_is_trained_in_its_turn():
    class Nothing(keras.callbacks.Callback):
        pass

    estimator = SKLearnRegressor(line, **FIT)
    grid = [{"callbacks": [Nothing]}, {"epochs": [2]}]
    found = searched(VectorizedSearchCV, estimator, grid, target=X[:, 1])
    assert found.n_together_ == 3
    assert_same(found, searched(GridSearchCV, estimator, grid, target=X[:, 1]))


def test_a_candidate_that_fails_gets_the_error_score():
    def sometimes(X, y, good=True):
        if not good:
            raise RuntimeError("no such network")
        return line(X, y)

    search = VectorizedSearchCV(SKLearnRegressor(sometimes, **FIT), {"model__good": [True, False]}, cv=2)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        search.fit(X, X[:, 0])
    assert any("no such network" in str(w.message) for w in told)
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [False, True]


def test_other_estimators_are_sent_to_scikit_learn():
    with pytest.raises(TypeError, match="GridSearchCV takes any estimator"):
        VectorizedSearchCV(LogisticRegression(), {"C": [1]}).fit(X, Y)


def test_candidates_of_other_structures_are_trained_beside_their_likes_or_alone():
    def one_of(X, y, kind):
        middle = {
            "dense": [keras.layers.Dense(3)],
            "wide": [keras.layers.Dense(5)],
            # a convolution in a loop is slow on a CPU
            "convolution": [keras.layers.Reshape((3, 1)), keras.layers.Conv1D(2, 2), keras.layers.Flatten()],
        }[kind]
        model = keras.Sequential([keras.Input(X.shape[1:]), *middle, keras.layers.Dense(y.shape[1])])
        model.compile("sgd", "mse")
        return model

    estimator = SKLearnRegressor(one_of, batch_size=13, verbose=0)
    grid = {"model__kind": ["dense", "convolution", "wide"]}
    halves = np.arange(13), np.arange(13, 26)
    settings = {"target": X[:, 1], "cv": [halves, halves[::-1]], "refit": False}
    found = searched(VectorizedSearchCV, estimator, grid, **settings)
    assert found.n_together_ == (4 if jax.default_backend() == "cpu" else 6)
    expected = searched(GridSearchCV, estimator, grid, **settings)
    for name in ("split0_test_score", "split1_test_score"):
        np.testing.assert_allclose(found.cv_results_[name], expected.cv_results_[name], rtol=1e-5)


def test_what_is_not_worth_a_program_is_trained_one_by_one(monkeypatch):
    monkeypatch.setattr(together, "WORTH_COMPILING", 100_000)
    estimator = SKLearnRegressor(line, batch_size=9, verbose=0)
    found = searched(VectorizedSearchCV, estimator, {"epochs": [3]}, target=X[:, 1], refit=False)
    assert found.n_together_ == 0


def test_lookups_statistics_and_candidates_that_end_before_others():
    def of_words(X, y):
        model = keras.Sequential(
            [
                keras.Input((3,)),
                keras.layers.Embedding(5, 2),
                keras.layers.GlobalAveragePooling1D(),
                keras.layers.BatchNormalization(),
                keras.layers.Dense(y.shape[1]),
            ]
        )
        model.compile("rmsprop", "mse")
        return model

    words = np.random.RandomState(0).randint(0, 5, (27, 3))
    found, expected = [], []
    for kind, scores in ((VectorizedSearchCV, found), (GridSearchCV, expected)):
        keras.utils.set_random_seed(2)
        search = kind(SKLearnRegressor(of_words, **FIT), {"epochs": [1, 3]}, cv=KFold(2), refit=False)
        search.fit(words, X[:, 0])
        scores += [search.cv_results_[f"split{i}_test_score"] for i in range(2)]
    assert search.cv_results_["params"][1] == {"epochs": 3}
    np.testing.assert_allclose(found, expected, rtol=1e-5)
