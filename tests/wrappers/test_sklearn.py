"""Models as estimators of scikit-learn: its own checks, labels of all kinds, weights, copies, searches."""

import copy
import io
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pandas
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import keras
from keras.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

# One size of data and one batch, so that all tests share their programs.
ROWS, COLUMNS = 24, 3
X = np.random.RandomState(0).normal(size=(ROWS, COLUMNS))
SIGN = (X[:, 0] > 0).astype(int)
FIT = {"verbose": 0, "batch_size": 8}


def network(X, y, end=None, loss="mse", units=None, optimizer="sgd"):
    """One dense layer, the same weights and order of rows each time."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Dense(units or y.shape[1], end)])
    model.compile(optimizer, loss)
    return model


def softmax_or_sigmoid(X, y, optimizer="sgd"):
    """A network for classes, or for several labels."""
    if np.all(y.sum(axis=1) == 1):
        return network(X, y, "softmax", "categorical_crossentropy", optimizer=optimizer)
    return network(X, y, "sigmoid", "binary_crossentropy", optimizer=optimizer)


def good(X, y, rate=1.0):
    """A network that has learned the sign after some epochs."""
    return softmax_or_sigmoid(X, y, keras.optimizers.SGD(rate))


class Named:
    """A function that shows its name and no address, so that tests have the same names in every process."""

    def __init__(self, function):
        self.function = function

    def __call__(self, X, y):
        return self.function(X, y)

    def __repr__(self):
        return self.function.__name__


ESTIMATORS = [
    SKLearnClassifier(Named(softmax_or_sigmoid), fit_kwargs={"verbose": 0}),
    SKLearnRegressor(Named(network), fit_kwargs={"verbose": 0}),
    SKLearnTransformer(Named(network), fit_kwargs={"verbose": 0}),
]


@parametrize_with_checks(ESTIMATORS)  # no failure is expected, so none is listed
@pytest.mark.filterwarnings("ignore")
def test_an_estimator_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


def classifier(**settings):
    return SKLearnClassifier(good, fit_kwargs={**FIT, "epochs": 20}, **settings)


@pytest.mark.parametrize("labels", [np.array(["no", "yes"]), np.array([-1, 1]), np.array([0.0, 1.0])])
def test_labels_of_any_kind_come_back(labels):
    y = labels[SIGN]
    fitted = classifier().fit(X, y)
    assert fitted.classes_.tolist() == labels.tolist()
    assert fitted.predict(X).dtype == y.dtype
    assert fitted.score(X, y) > 0.9
    assert ((fitted.decision_function(X) > 0) == (fitted.predict(X) == labels[1])).all()
    assert fitted.predict_proba(X).shape == (ROWS, 2)
    assert fitted.epoch_ == 20 == len(fitted.history_.history["loss"])


def test_the_function_sees_columns_of_zeros_and_ones():
    seen = []

    def note(X, y):
        seen.append(y)
        return good(X, y)

    SKLearnClassifier(note, fit_kwargs=FIT).fit(X, np.array(["b", "a"])[SIGN])
    assert seen[0].tolist() == np.eye(2)[1 - SIGN].tolist()


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        ({"end": "sigmoid", "units": 1, "loss": "binary_crossentropy"}, (ROWS,)),
        ({"end": "softmax", "loss": "sparse_categorical_crossentropy"}, (ROWS,)),
    ],
)
def test_one_output_or_a_sparse_loss_gets_the_target_it_needs(settings, shape):
    kwargs = {**settings, "optimizer": keras.optimizers.SGD(1.0)}
    fitted = SKLearnClassifier(network, model_kwargs=kwargs, fit_kwargs={**FIT, "epochs": 20})
    fitted.fit(X, SIGN, validation_data=(X, SIGN))
    assert fitted.predict(X).shape == shape
    assert fitted.score(X, SIGN) > 0.9
    assert fitted.predict_proba(X).sum(axis=1) == pytest.approx(np.ones(ROWS), abs=1e-6)
    assert "val_loss" in fitted.history_.history


def test_several_labels_per_row_are_columns():
    y = (X > 0).astype(int)
    fitted = classifier().fit(X, y)
    assert fitted.predict(X).shape == y.shape
    assert (fitted.predict(X) == y).mean() > 0.9
    assert (fitted.predict(X) == (fitted.decision_function(X) > 0)).all()
    assert fitted.predict_proba(X).shape == y.shape
    with pytest.raises(ValueError, match="`class_weight` weighs classes that exclude each other"):
        fitted.fit(X, y, class_weight={0: 2.0})


def test_class_weights_are_row_weights():
    y = np.array(["no", "yes"])[SIGN]
    share = {"no": ROWS / (2 * (SIGN == 0).sum()), "yes": ROWS / (2 * SIGN.sum())}
    rows = np.array([share[label] for label in y])
    ways = [{"class_weight": "balanced"}, {"class_weight": share}, {"sample_weight": pandas.Series(rows)},
            {"class_weight": {0: share["no"], 1: share["yes"]}, "sample_weight": np.ones(ROWS)}]  # fmt: skip
    found = [SKLearnClassifier(good, fit_kwargs=FIT).fit(X, y, **way).model_.get_weights()[0] for way in ways]
    plain = SKLearnClassifier(good, fit_kwargs=FIT).fit(X, y).model_.get_weights()[0]
    for weights in found[1:]:
        np.testing.assert_allclose(weights, found[0], rtol=1e-6)
    assert not np.allclose(plain, found[0])
    with pytest.raises(ValueError, match=r"must be among \['no', 'yes'\]\. Got \['maybe'\]"):
        SKLearnClassifier(good).fit(X, y, class_weight={"maybe": 1.0})


def test_a_frame_gives_names_to_columns_and_a_series_gives_labels():
    frame = pandas.DataFrame(X, columns=["a", "b", "c"])
    fitted = classifier().fit(frame, pandas.Series(np.array(["no", "yes"])[SIGN]))
    assert fitted.feature_names_in_.tolist() == ["a", "b", "c"]
    assert set(fitted.predict(frame)) == {"no", "yes"}
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame.rename(columns={"a": "z"}))
    outside = SKLearnTransformer(network, fit_kwargs=FIT).set_output(transform="pandas").fit(frame)
    assert outside.transform(frame).columns.tolist() == [f"sklearntransformer{i}" for i in range(3)]


def test_a_given_model_is_copied_and_stays_as_it_is():
    model = good(X, np.eye(2))
    before = model.get_weights()[0]
    estimator = SKLearnClassifier(model, fit_kwargs=FIT)
    fitted = estimator.fit(X, SIGN)
    assert fitted.model is model is not fitted.model_
    assert np.array_equal(model.get_weights()[0], before)
    assert fitted.model_.optimizer.learning_rate == 1.0
    assert clone(estimator).model is not model
    assert cross_val_score(estimator, X, SIGN, cv=2).shape == (2,)
    assert estimator.get_params(deep=True)["model"] is model


def test_warm_start_goes_on_with_the_weights_there_are():
    model = good(X, np.eye(2))
    fitted = SKLearnClassifier(model, warm_start=True, fit_kwargs=FIT).fit(X, SIGN)
    assert fitted.model_ is model
    once = model.get_weights()[0]
    fitted.fit(X, SIGN)
    assert fitted.model_ is model
    assert fitted.epoch_ == 2
    assert not np.array_equal(model.get_weights()[0], once)
    with pytest.raises(ValueError, match=r"previously unseen labels: \[5\]"):
        fitted.fit(X, np.where(SIGN, 5, 0))
    with pytest.raises(ValueError, match="X has 2 features, but SKLearnClassifier is expecting 3"):
        fitted.fit(X[:, :2], SIGN)


def test_settings_of_a_single_call_leave_the_parameters_as_they_are():
    estimator = SKLearnClassifier(good, fit_kwargs=FIT).fit(X, SIGN, epochs=2, sample_weight=np.ones(ROWS))
    assert estimator.fit_kwargs == FIT
    assert estimator.epoch_ == 2


def test_several_targets_are_predicted_together():
    y = X[:, :2].astype("float32")
    fitted = SKLearnRegressor(network, fit_kwargs=FIT).fit(X, y)
    assert fitted.predict(X).shape == y.shape
    assert fitted.predict(X).dtype == np.float32
    with pytest.warns(DataConversionWarning):
        one = SKLearnRegressor(network, fit_kwargs=FIT).fit(X, X[:, :1])
    assert one.predict(X).shape == (ROWS,)
    assert one.predict(X).dtype == np.float64


def test_a_transformer_without_a_target_learns_its_input():
    fitted = SKLearnTransformer(network, fit_kwargs={**FIT, "epochs": 40}, model_kwargs={"optimizer": "sgd"}).fit(X)
    assert np.abs(fitted.transform(X) - X).mean() < np.abs(X).mean()
    assert fitted.get_feature_names_out().tolist() == [f"sklearntransformer{i}" for i in range(3)]


def test_a_fitted_estimator_travels():
    fitted = classifier().fit(X, SIGN)
    file = io.BytesIO()
    joblib.dump(fitted, file)
    file.seek(0)
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted), joblib.load(file)):
        assert np.array_equal(other.predict_proba(X), fitted.predict_proba(X))
        assert other.model_ is not fitted.model_
        assert other.epoch_ == 20
    assert not hasattr(clone(fitted), "model_")


def test_pipelines_searches_and_folds_work():
    pipeline = make_pipeline(StandardScaler(), SKLearnClassifier(good, fit_kwargs={**FIT, "epochs": 20}))
    assert cross_val_score(pipeline, X, SIGN, cv=2, scoring="roc_auc").mean() > 0.8
    grid = {"sklearnclassifier__model_kwargs": [{"rate": 0.0}, {"rate": 1.0}]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, SIGN)
    assert search.best_params_ == {"sklearnclassifier__model_kwargs": {"rate": 1.0}}
    assert len(search.cv_results_["mean_test_score"]) == 2


def test_weights_of_rows_can_be_routed():
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = SKLearnClassifier(good, fit_kwargs=FIT).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), estimator)
        weighted = pipeline.fit(X, SIGN, sample_weight=np.where(SIGN, 5.0, 1.0))[-1].model_.get_weights()[0]
        plain = pipeline.fit(X, SIGN)[-1].model_.get_weights()[0]
    assert not np.allclose(weighted, plain)


def test_what_is_wrong_is_said():
    with pytest.raises(NotFittedError, match="This SKLearnClassifier instance is not fitted yet"):
        classifier().predict(X)
    with pytest.raises(TypeError, match=r"SKLearnClassifier: `model` must be a compiled keras\.Model, or .* Got 3"):
        SKLearnClassifier(3).fit(X, SIGN)
    with pytest.raises(TypeError, match="Got None"):
        SKLearnClassifier(lambda X, y: None).fit(X, SIGN)
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(RuntimeError, match="SKLearnClassifier: the model must be compiled"):
        SKLearnClassifier(plain).fit(X, SIGN)
    with pytest.raises(ValueError, match="only one class is present"):
        classifier().fit(X, np.zeros(ROWS))
    with pytest.raises(ValueError, match="has 3 outputs, but y has 2 classes"):
        SKLearnClassifier(network, model_kwargs={"units": 3}).fit(X, SIGN)
    with pytest.raises(ValueError, match="Multioutput target data is not supported"):
        SKLearnClassifier(lambda X, y: network(X, y[0])).fit(X, np.arange(2 * ROWS).reshape(ROWS, 2) % 3)
    logits = SKLearnClassifier(network, fit_kwargs=FIT).fit(X, SIGN)
    with pytest.raises(ValueError, match=r"the outputs of .* are not probabilities"):
        logits.predict_proba(100 * X)


def test_without_scikit_learn_only_the_estimators_are_missing():
    code = (
        "import sys; sys.modules['sklearn'] = None; import keras; print(keras.wrappers.__all__)\n"
        "try: keras.wrappers.SKLearnRegressor\nexcept ModuleNotFoundError as error: print(error)"
    )
    source = str(keras.__path__[0]).rpartition("/keras")[0]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": source})
    assert "SKLearnRegressor needs scikit-learn: pip install kerata[sklearn]" in done.stdout, done.stderr


class Subclassed(keras.Model):
    """A model without a graph, whose outputs are known only once it has run."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2, "softmax")

    def call(self, x):
        return self.dense(x)


def test_a_model_without_a_graph_is_asked_for_its_outputs():
    def make(X, y):
        model = Subclassed()
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    assert Subclassed().compute_output_shape((None, 3)) == (None, 2)
    assert SKLearnClassifier(make, fit_kwargs=FIT).fit(X, SIGN).predict_proba(X).shape == (ROWS, 2)
