"""Searches of other packages with models and estimators as they are; pyproject.toml has an extra that brings them."""

import importlib.util
import os
import subprocess
import sys

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score

import keras
from keras.wrappers import SKLearnClassifier

X = np.random.RandomState(0).normal(size=(32, 3))
Y = (X[:, 0] > 0).astype(int)
GRID = {"model__units": [2, 4]}

# what these packages warn of among themselves is no affair of ours
pytestmark = pytest.mark.filterwarnings("ignore")


def network(X, y, units=2, end="softmax"):
    model = keras.Sequential(
        [keras.Input(X.shape[1:]), keras.layers.Dense(units, "relu"), keras.layers.Dense(y.shape[1], end)]
    )
    model.compile(keras.optimizers.SGD(0.5), "categorical_crossentropy", metrics=["accuracy"])
    return model


def classifier(**parameters):
    return SKLearnClassifier(network, **{"epochs": 2, "batch_size": 8, "verbose": 0, "random_state": 0, **parameters})


def scores(n_jobs=None):
    search = GridSearchCV(classifier(), GRID, cv=2, n_jobs=n_jobs, error_score="raise").fit(X, Y)
    return search.cv_results_["mean_test_score"]


@pytest.fixture
def for_workers(monkeypatch):
    """Other processes find the modules that this one runs with."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(p for p in sys.path if p))
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")


@pytest.mark.slow
def test_dask_trains_on_its_workers(for_workers):
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**settings) as cluster, distributed.Client(cluster) as client:
        client.get_task_stream()  # from now on
        with joblib.parallel_config("dask"):
            found = scores(n_jobs=2)
        seen = {entry["worker"] for entry in client.get_task_stream()}
    assert seen  # it was not this process that trained
    np.testing.assert_allclose(found, scores())


@pytest.mark.slow
def test_ray_trains_on_its_workers(for_workers):
    ray = pytest.importorskip("ray")
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        register_ray()
        with joblib.parallel_config("ray"):
            found = scores(n_jobs=2)
    finally:
        ray.shutdown()
    np.testing.assert_allclose(found, scores())


def test_samplers_of_optuna_choose_parameters_of_estimators():
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def objective(trial):
        chosen = classifier(
            model__units=trial.suggest_int("units", 2, 4, step=2),
            optimizer__learning_rate=trial.suggest_float("rate", 1e-6, 1.0, log=True),
            epochs=trial.suggest_categorical("epochs", [1, 2]),
        )
        return cross_val_score(chosen, X, Y, cv=2, error_score="raise").mean()

    for sampler in (optuna.samplers.TPESampler(seed=0, n_startup_trials=2), optuna.samplers.RandomSampler(seed=0)):
        study = optuna.create_study(direction="maximize", sampler=sampler)
        study.optimize(objective, n_trials=4)
        assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 4
        assert study.best_value == max(trial.value for trial in study.trials)


def test_optuna_ends_trials_that_learn_nothing():
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    target = np.eye(2)[Y]

    def objective(trial):
        model = network(X, target)
        model.optimizer.learning_rate = [0.5, 0.0][trial.number]
        pruning = keras.callbacks.OptunaPruning(trial, "loss")
        return model.fit(X, target, batch_size=8, epochs=5, verbose=0, callbacks=[pruning]).history["loss"][-1]

    study = optuna.create_study(pruner=optuna.pruners.PercentilePruner(50.0, n_startup_trials=1, n_warmup_steps=1))
    study.optimize(objective, n_trials=2)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "PRUNED"]
    assert [len(trial.intermediate_values) for trial in study.trials] == [5, 2]


def test_scikit_optimize_chooses_parameters_of_estimators():
    skopt = pytest.importorskip("skopt")
    space = [skopt.space.Integer(1, 2), skopt.space.Real(1e-6, 1.0, prior="log-uniform")]

    def loss(chosen):
        units, rate = chosen
        one = classifier(model__units=2 * units, optimizer__learning_rate=rate)
        return -cross_val_score(one, X, Y, cv=2, error_score="raise").mean()

    for minimize in (skopt.gp_minimize, skopt.forest_minimize):
        found = minimize(loss, space, n_calls=4, n_initial_points=3, random_state=0)
        assert found.fun == min(found.func_vals)
    spaces = {"model__units": skopt.space.Categorical([2, 4]), "epochs": skopt.space.Integer(1, 2)}
    search = skopt.BayesSearchCV(classifier(), spaces, n_iter=2, cv=2, random_state=0).fit(X, Y)
    assert search.best_estimator_.predict(X).shape == Y.shape


# in a process of its own: KerasTuner looks at Keras while it is loaded
KERAS_TUNER = """
import sys
import keras, keras_tuner
import numpy as np

x = np.random.RandomState(0).normal(size=(32, 3)).astype("float32")
y = (x[:, 0] > 0).astype("float32")

def build(hp):
    units, rate = hp.Int("units", 2, 4, step=2), hp.Float("rate", 0.01, 1.0, sampling="log")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    return model

def tuner():
    return keras_tuner.RandomSearch(build, "val_accuracy", max_trials=3, seed=1, directory=sys.argv[1])

search = tuner()
search.search(x, y, epochs=2, validation_split=0.25, verbose=0)
best = search.get_best_models(1)[0]
trial = search.oracle.get_best_trials(1)[0]
assert abs(best.evaluate(x[24:], y[24:], verbose=0)[1] - trial.score) < 1e-6, trial.score
assert tuner().get_best_hyperparameters()[0].values == trial.hyperparameters.values  # from its files
others = {
    "Hyperband": {"max_epochs": 2, "factor": 2}, "BayesianOptimization": {"max_trials": 3, "num_initial_points": 2}
}
for name, settings in others.items():
    other = getattr(keras_tuner, name)(
        build, "val_loss", seed=1, directory=sys.argv[1], project_name=name, **settings
    )
    other.search(x, y, epochs=2, validation_split=0.25, verbose=0)
    first = other.oracle.get_best_trials(1)[0]
    assert abs(other.get_best_models(1)[0].evaluate(x[24:], y[24:], verbose=0)[0] - first.score) < 1e-6, first.score
assert "tensorflow" not in sys.modules
print("trials", len(search.oracle.trials))
"""


def test_keras_tuner_searches_as_it_is_published(tmp_path):
    pytest.importorskip("six")  # which KerasTuner imports without asking for it
    if importlib.util.find_spec("keras_tuner") is None:
        pytest.skip("keras-tuner is not installed")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-W", "ignore", "-c", KERAS_TUNER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert "trials 3" in done.stdout, done.stderr[-2000:]
