"""`keras.wrappers.scikit_learn` of 0.3 to 2.x; what is asked for was seen in Keras 2.3.1."""

import pickle

import numpy as np
import pandas
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score

import keras
from keras.layers import Dense
from keras.models import Sequential
from keras.wrappers.scikit_learn import BaseWrapper, KerasClassifier, KerasRegressor

ROWS = 24
X = np.random.RandomState(0).normal(size=(ROWS, 3))
SIGN = (X[:, 0] > 0).astype(int)
THREE = np.digitize(X[:, 0], [-0.5, 0.5])
FIT = {"verbose": 0, "batch_size": 8}


def create(out=1, end="sigmoid", loss="binary_crossentropy", metrics=("accuracy",), rate=1.0):
    keras.utils.set_random_seed(1)
    model = Sequential([Dense(out, input_dim=3, activation=end)])
    model.compile(loss=loss, optimizer=keras.optimizers.SGD(rate), metrics=list(metrics))
    return model


def test_two_classes_and_one_output():
    estimator = KerasClassifier(create, nb_epoch=20, **FIT)
    history = estimator.fit(X, SIGN)
    assert len(history.history["loss"]) == 20
    assert estimator.predict(X).shape == (ROWS, 1)
    assert estimator.predict_proba(X, batch_size=8).shape == (ROWS, 2)
    np.testing.assert_allclose(estimator.predict_proba(X).sum(axis=1), np.ones(ROWS), rtol=1e-6)
    assert estimator.score(X, SIGN) == pytest.approx((estimator.predict(X)[:, 0] == SIGN).mean())
    assert estimator.score(X, SIGN) > 0.9
    assert (estimator.classes_.tolist(), estimator.n_classes_) == ([0, 1], 2)
    again = pickle.loads(pickle.dumps(estimator))
    assert np.array_equal(again.predict(X), estimator.predict(X))


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_more_classes_as_places_text_or_columns(loss):
    estimator = KerasClassifier(create, out=3, end="softmax", loss=loss, epochs=20, **FIT)
    names = np.array(["x", "y", "z"])[THREE]
    estimator.fit(X, pandas.Series(names))
    assert estimator.predict(X).shape == (ROWS,)
    assert set(estimator.predict(X)) <= {"x", "y", "z"}
    assert estimator.score(X, names) == pytest.approx((estimator.predict(X) == names).mean())
    with pytest.raises(ValueError, match=r"y contains previously unseen labels: \['q'\]"):
        estimator.score(X, np.full(ROWS, "q"))
    if loss.startswith("categorical"):
        estimator.fit(X, np.eye(3)[THREE])
        assert estimator.classes_.tolist() == [0, 1, 2]
        assert estimator.score(X, np.eye(3)[THREE]) == pytest.approx((estimator.predict(X) == THREE).mean())


def test_a_regressor_scores_with_its_loss():
    estimator = KerasRegressor(create, end=None, loss="mse", metrics=(), rate=0.1, epochs=2, **FIT)
    estimator.fit(pandas.DataFrame(X), pandas.Series(X[:, 0]))
    assert estimator.predict(X).shape == (ROWS,)
    assert estimator.predict(X=X[:1]).shape == (1,)  # its name until 1.1
    assert estimator.score(X, X[:, 0]) == pytest.approx(-np.mean((estimator.predict(X) - X[:, 0]) ** 2), rel=1e-5)
    assert is_regressor(estimator)
    assert is_classifier(KerasClassifier(create))
    assert not is_classifier(estimator)


def test_parameters_go_to_those_who_take_them():
    estimator = KerasClassifier(create, rate=0.5, epochs=2, nb_epoch=3, **FIT)
    assert estimator.filter_sk_params(create) == {"rate": 0.5}
    assert estimator.filter_sk_params(Sequential.predict) == FIT
    assert estimator.filter_sk_params(Sequential.fit, {"epochs": 5, "other": 1}) == {
        **FIT, "epochs": 5, "nb_epoch": 3, "other": 1,
    }  # fmt: skip
    assert estimator.get_params() == {**FIT, "rate": 0.5, "epochs": 2, "nb_epoch": 3, "build_fn": create}
    assert estimator.set_params(epochs=9) is estimator
    assert estimator.sk_params["epochs"] == 9
    assert clone(estimator).get_params() == estimator.get_params()


def first_weights(estimator, settings):
    estimator.fit(X, SIGN, **settings)
    return estimator.model.get_weights()[0].tolist()


def test_weights_of_rows_and_classes_count():
    found = [
        first_weights(KerasClassifier(create, **FIT, **more), call)
        for more, call in [
            ({}, {}), ({}, {"sample_weight": np.where(SIGN, 3.0, 1.0)}), ({"class_weight": {0: 1.0, 1: 3.0}}, {}),
        ]
    ]  # fmt: skip
    assert found[1] == found[2] != found[0]


def test_an_object_or_a_subclass_makes_the_model():
    class Maker:
        def __call__(self, rate=1.0):
            return create(rate=rate)

    class Own(KerasClassifier):
        def __call__(self, rate=1.0):
            return create(rate=rate)

    for estimator in (KerasClassifier(Maker(), rate=0.5, **FIT), Own(rate=0.5, **FIT)):
        estimator.fit(X, SIGN)
        assert estimator.model.optimizer.learning_rate == 0.5


def test_folds_and_searches_work():
    estimator = KerasClassifier(build_fn=create, **FIT)
    assert cross_val_score(KerasClassifier(create, epochs=20, **FIT), X, SIGN, cv=2).mean() > 0.7
    search = GridSearchCV(estimator, {"rate": [0.0, 1.0], "epochs": [1, 20]}, cv=2).fit(X, SIGN)
    assert search.best_params_ == {"rate": 1.0, "epochs": 20}
    assert search.best_estimator_.predict(X).shape == (ROWS, 1)


def test_what_is_wrong_is_said():
    for name, near in (("bogus", ""), ("epoch", "epochs"), ("ratee", "rate")):
        with pytest.raises(ValueError, match=f"{name} is not a legal parameter.*{near}"):
            KerasClassifier(create, **{name: 3})
    estimator = KerasClassifier(create, **FIT)
    with pytest.raises(ValueError, match="bogus is not a legal parameter"):
        estimator.set_params(bogus=3)
    with pytest.raises(ValueError, match=r"KerasClassifier needs `build_fn`, a function .* Got None"):
        KerasClassifier()
    with pytest.raises(NotFittedError, match="This KerasClassifier instance is not fitted yet"):
        estimator.predict(X)
    with pytest.raises(NotFittedError):
        estimator.score(X, SIGN)
    with pytest.raises(ValueError, match=r"Invalid shape for y: \(24, 2, 2\)"):
        estimator.fit(X, np.zeros((ROWS, 2, 2)))
    silent = KerasClassifier(create, metrics=(), **FIT)
    silent.fit(X, SIGN)
    with pytest.raises(ValueError, match="The model is not configured to compute accuracy"):
        silent.score(X, SIGN)
    assert issubclass(KerasRegressor, BaseWrapper)


def test_several_inputs_come_as_a_list():
    def two():
        first, second = keras.Input((3,)), keras.Input((3,))
        model = keras.Model([first, second], Dense(1, activation="sigmoid")(keras.layers.add([first, second])))
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
        return model

    estimator = KerasClassifier(two, **FIT)
    estimator.fit([X, X], SIGN)
    assert estimator.predict([X, X]).shape == (ROWS, 1)
    assert 0.0 <= estimator.score([X, X], SIGN) <= 1.0


def test_the_first_releases_asked_for_the_accuracy_themselves():
    keras.config.set_era("0")
    try:
        estimator = KerasClassifier(create, metrics=(), nb_epoch=20, **FIT)
        estimator.fit(X, SIGN)
        assert estimator.score(X, SIGN) > 0.9
    finally:
        keras.config.set_era("3")
