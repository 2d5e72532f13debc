"""Parameters of estimators that say by their names where they go, and training piece by piece."""

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import keras
from keras.wrappers import SKLearnClassifier, SKLearnRegressor

X = np.random.RandomState(0).normal(size=(24, 3))
Y = (X[:, 0] > 0).astype(int)


def network(X, y, units=4):
    model = keras.Sequential(
        [
            keras.Input(X.shape[1:]),
            keras.layers.Dense(units, "relu", name="hidden"),
            keras.layers.Dense(y.shape[1], "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), "categorical_crossentropy")
    return model


def line(X, y):
    model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Dense(y.shape[1])])
    model.compile("sgd", "mse")
    return model


class Counts(keras.callbacks.Callback):
    """Counts epochs up to a limit."""

    def __init__(self, limit=100):
        super().__init__()
        self.limit, self.seen = limit, 0

    def on_epoch_end(self, epoch, logs=None):
        self.seen += 1
        self.model.stop_training = self.seen >= self.limit


def classifier(**parameters):
    return SKLearnClassifier(network, **{"batch_size": 8, "verbose": 0, **parameters})


def test_each_parameter_goes_where_its_name_says():
    found = classifier(
        model__units=6, epochs=3, optimizer__learning_rate=0.5, metrics=["accuracy"], callbacks=Counts,
        callbacks__limit=2, predict__batch_size=4,
    ).fit(X, Y)  # fmt: skip
    assert found.model_.get_layer("hidden").units == 6
    assert float(found.model_.optimizer.learning_rate) == 0.5
    assert found.model_.optimizer.momentum == 0.5  # as the model was compiled
    assert found.epoch_ == 2
    assert "accuracy" in found.history_.history
    assert len(found.predict(X)) == len(X)


def test_parameters_of_their_own_come_before_the_dicts():
    found = SKLearnClassifier(
        network, model_kwargs={"units": 2}, fit_kwargs={"epochs": 5, "verbose": 0}, model__units=3, fit__epochs=2
    ).fit(X, Y)
    assert found.model_.get_layer("hidden").units == 3
    assert found.epoch_ == 2


def test_an_optimizer_by_name_takes_the_place_of_the_one_compiled_with():
    found = classifier(optimizer="adam", optimizer__learning_rate=0.25).fit(X, Y)
    assert type(found.model_.optimizer) is keras.optimizers.Adam
    assert float(found.model_.optimizer.learning_rate) == 0.25


def test_callbacks_in_a_list_have_parameters_by_number_and_in_a_dict_by_name():
    assert classifier(epochs=9, callbacks=[Counts], callbacks__0__limit=1).fit(X, Y).epoch_ == 1
    assert classifier(epochs=9, callbacks={"stop": Counts}, callbacks__stop__limit=2).fit(X, Y).epoch_ == 2


def test_a_search_finds_such_parameters_also_those_the_estimator_was_not_made_with():
    search = GridSearchCV(classifier(), {"model__units": [2, 3], "epochs": [1, 2]}, cv=2, error_score="raise")
    search.fit(X, Y)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_estimator_.get_params()["model__units"] in (2, 3)
    copied = clone(search.best_estimator_)
    assert copied.get_params() == search.best_estimator_.get_params()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"epoch": 3}, "Invalid parameter 'epoch' .*epochs"),
        ({"fit__units": 3}, "Invalid parameter 'fit__units'"),
        ({"optimizer__learning_rat": 3}, "has no argument 'learning_rat'.*'learning_rate'.* It has: learning_rate"),
        ({"callbacks": [Counts()], "callbacks__0__limit": 1}, "Counts is made already"),
        ({"callbacks": [Counts], "callbacks__1__limit": 1}, "no such entry"),
        ({"callbacks__limit": 1}, "no `callbacks`"),
    ],
    ids=["unknown", "not of fit", "not of the optimizer", "made already", "not in the list", "without callbacks"],
)
def test_a_parameter_that_nobody_takes_is_an_error(parameters, message):
    with pytest.raises(ValueError, match=message):
        classifier(**parameters).fit(X, Y)


def test_random_state_repeats_a_fit_and_leaves_the_generators_of_the_program_alone():
    np.random.seed(5)
    expected = np.random.RandomState(5).uniform()
    first, second, other = (classifier(random_state=s).fit(X, Y).predict_proba(X) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
    assert np.random.uniform() == expected


def test_partial_fit_goes_on_for_one_epoch_and_knows_classes_that_come_later():
    found = classifier(epochs=7)
    zeros = Y == 0
    found.partial_fit(X[zeros], Y[zeros], classes=[0, 1, 2])
    start = found.model_
    found.partial_fit(X, Y)
    assert found.model_ is start
    assert found.epoch_ == 2
    assert list(found.classes_) == [0, 1, 2]
    with pytest.raises(ValueError, match="unseen labels"):
        found.partial_fit(X, Y + 5)


def test_partial_fit_of_a_regressor_goes_on_with_the_weights_there_are():
    whole = SKLearnRegressor(line, verbose=0, shuffle=False, random_state=0, epochs=2).fit(X, X[:, 1])
    parts = SKLearnRegressor(line, verbose=0, shuffle=False, random_state=0)
    for _ in range(2):
        parts.partial_fit(X, X[:, 1])
    np.testing.assert_allclose(parts.predict(X), whole.predict(X), rtol=1e-6)


def test_threads_that_fit_with_a_random_state_take_turns():
    def fitted(seed):
        return classifier(random_state=seed, epochs=2).fit(X, Y).predict_proba(X)

    alone = [fitted(seed) for seed in (1, 2, 1, 2)]
    in_threads = joblib.Parallel(4, backend="threading")(joblib.delayed(fitted)(seed) for seed in (1, 2, 1, 2))
    np.testing.assert_array_equal(in_threads, alone)


def test_a_missing_model_is_asked_for_in_the_name_of_the_class_that_was_written():
    class Mine(SKLearnClassifier):
        pass

    for kind in (SKLearnClassifier, Mine):
        with pytest.raises(TypeError, match=f"^{kind.__name__}.__init__.* 'model'"):
            kind()


def test_programs_written_for_scikeras_read_history_and_epochs_as_they_did():
    found = classifier(epochs=2).fit(X, Y)
    assert len(found.history_["loss"]) == found.current_epoch == 2
    assert dict(found.history_) == found.history_.history
    assert sorted(found.history_) == sorted(found.history_.keys())
