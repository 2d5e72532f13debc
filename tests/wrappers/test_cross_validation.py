"""Cross-validation whose folds are trained in one program finds what scikit-learn's finds."""

import numpy as np
import pytest
import sklearn
from sklearn import model_selection
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold

import keras
from keras import wrappers
from keras._jax import compile as engine
from keras._training import together
from keras.wrappers import SKLearnClassifier, SKLearnRegressor
from keras.wrappers._side_by_side import made_ahead

X = np.random.RandomState(0).normal(size=(32, 3))
Y = np.array(["no", "yes"])[(X[:, 0] > 0).astype(int)]
WEIGHTS = np.where(Y == "yes", 3.0, 1.0)


@pytest.fixture(autouse=True)
def worth_compiling(monkeypatch):
    """Trainings as short as those of tests are otherwise made one by one."""
    monkeypatch.setattr(together, "WORTH_COMPILING", 0)


def network(X, y):
    model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Dense(y.shape[1], "softmax")])
    model.compile(keras.optimizers.SGD(0.5), "categorical_crossentropy")
    return model


def line(X, y):
    model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Dense(y.shape[1])])
    model.compile("sgd", "mse")
    return model


def classifier(**parameters):
    return SKLearnClassifier(network, **{"batch_size": 8, "verbose": 0, "epochs": 2, **parameters})


def both(name, *args, **settings):
    """What our function and scikit-learn's find, from the same seed."""
    found = []
    for module in (wrappers, model_selection):
        keras.utils.set_random_seed(3)
        found.append(getattr(module, name)(*args, **settings))
    return found


def test_scores_are_those_of_training_one_by_one_and_all_folds_are_one_program():
    cv = StratifiedKFold(4, shuffle=True)  # draws when it is asked for the folds
    with engine.counting() as counted:
        keras.utils.set_random_seed(3)
        wrappers.cross_val_score(classifier(), X, Y, cv=cv, error_score="raise")
    assert counted.compiles["train_together"] == 1
    assert not counted.compiles["train_chunk"] + counted.compiles["train_step"]
    found, expected = both("cross_val_score", classifier(), X, Y, cv=cv, error_score="raise")
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_all_that_is_asked_for_is_returned():
    settings = {
        "cv": 2, "scoring": ("accuracy", "neg_log_loss"), "return_train_score": True, "return_estimator": True,
        "return_indices": True, "params": {"sample_weight": WEIGHTS},
    }  # fmt: skip
    found, expected = both("cross_validate", classifier(), X, Y, **settings)
    assert found.keys() == expected.keys()
    for name in (n for n in expected if "score" in n and "time" not in n):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-5, err_msg=name)
    for ours, theirs in zip(found["estimator"], expected["estimator"]):
        np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-5)
    assert (found["fit_time"] > 0).all()


class RowsOfAllEpochs(keras.metrics.Metric):
    """How many rows came; a new epoch goes on counting."""

    def __init__(self):
        super().__init__(name="rows")
        self.count = self.add_weight(initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.count.assign_add(keras.ops.cast(keras.ops.shape(y_pred)[0], "float32"))

    def result(self):
        return self.count

    def reset_state(self):
        pass


def counting_network(X, y):
    model = network(X, y)
    model.compile("sgd", "categorical_crossentropy", metrics=[RowsOfAllEpochs()])
    return model


def test_a_metric_that_a_new_epoch_leaves_as_it_is_goes_on_counting():
    def counted(estimator):
        return estimator.history_["rows"]

    estimator = SKLearnClassifier(counting_network, batch_size=8, verbose=0, epochs=3)
    found, expected = both("cross_validate", estimator, X, Y, cv=2, return_estimator=True, error_score="raise")
    assert [*map(counted, found["estimator"])] == [*map(counted, expected["estimator"])] == [[16, 32, 48]] * 2


def test_folds_are_scored_in_one_step_unless_predictions_have_a_batch_size_of_their_own(monkeypatch):
    estimator = classifier(epochs=1).fit(X, Y)
    expected = estimator.predict_proba(X)
    sizes, predict = [], keras.Model.predict
    monkeypatch.setattr(keras.Model, "predict", lambda *a, **kw: (sizes.append(kw["batch_size"]), predict(*a, **kw))[1])
    with made_ahead(estimator, [], X, Y, [], {}):
        found = estimator.predict_proba(X)
        np.testing.assert_array_equal(estimator.set_params(predict__batch_size=8).predict_proba(X), expected)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert sizes == [64, 8]  # 32 rows, and as many of zeros


def test_groups_stay_together_and_weights_go_where_they_are_asked_for():
    groups = np.arange(32) // 4
    found, expected = both(
        "cross_val_score", SKLearnRegressor(line, verbose=0), X, X[:, 0], cv=GroupKFold(2), groups=groups
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    with sklearn.config_context(enable_metadata_routing=True):
        asked = classifier().set_fit_request(sample_weight=False).set_score_request(sample_weight=True)
        found, expected = both("cross_val_score", asked, X, Y, cv=2, params={"sample_weight": WEIGHTS})
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_other_estimators_are_sent_to_scikit_learn():
    with pytest.raises(TypeError, match=r"cross_validate: .*Got LogisticRegression"):
        wrappers.cross_val_score(LogisticRegression(), X, Y)
