"""Programs written for SciKeras run unchanged; the expected behaviour is that of SciKeras 0.13."""

import importlib
import pickle
import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import keras
from keras.legacy import detect, packages
from keras.legacy.scikeras import wrappers
from keras.legacy.scikeras.utils import loss_name
from keras.legacy.scikeras.utils.transformers import ClassifierLabelEncoder
from keras.legacy.scikeras.wrappers import BaseWrapper, KerasClassifier, KerasRegressor

X = np.random.RandomState(0).normal(size=(12, 4)).astype("float32")
Y = np.array(["no", "yes"] * 6)


def build(meta, compile_kwargs, hidden_layer_sizes=(3,)):
    layers = [keras.layers.Dense(size, "relu") for size in hidden_layer_sizes]
    model = keras.Sequential([keras.Input((meta["n_features_in_"],)), *layers, keras.layers.Dense(1, "sigmoid")])
    model.compile(**compile_kwargs)
    return model


def plain():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])


def classifier(**parameters):
    return KerasClassifier(plain, **{"loss": "binary_crossentropy", "verbose": 0, "random_state": 1, **parameters})


@pytest.fixture
def scikeras_missing(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [packages.MissingPackages({"scikeras"}), *sys.meta_path])
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "scikeras"]:
        del sys.modules[name]


def test_imports_of_scikeras_are_answered_for_programs_that_ask_for_it(scikeras_missing):
    assert importlib.import_module("scikeras.wrappers").KerasClassifier is KerasClassifier
    assert importlib.import_module("scikeras").__version__ == "0.13.0"
    encoders = importlib.import_module("scikeras.utils.transformers")
    assert encoders.ClassifierLabelEncoder is ClassifierLabelEncoder


def test_predict_proba_of_such_an_estimator_is_no_sign_of_an_older_year():
    source = "from scikeras.wrappers import KerasClassifier\nKerasClassifier(f).fit(X, y).predict_proba(X)"
    assert detect.detect(source).era == "3"
    assert detect.detect("import keras\nmodel.predict_proba(X)").era == "2"


def test_parameters_of_every_depth_reach_what_they_name():
    found = KerasClassifier(
        model=build,
        hidden_layer_sizes=(2,),
        optimizer=keras.optimizers.SGD,
        optimizer__momentum=0.5,
        optimizer__learning_rate=keras.optimizers.schedules.ExponentialDecay,
        optimizer__learning_rate__initial_learning_rate=0.25,
        optimizer__learning_rate__decay_steps=10,
        optimizer__learning_rate__decay_rate=0.5,
        loss="binary_crossentropy",
        loss__label_smoothing=0.125,
        metrics=["accuracy", keras.metrics.Precision],
        metrics__1__thresholds=0.75,
        callbacks=[keras.callbacks.EarlyStopping],
        callbacks__monitor="loss",
        callbacks__0__patience=1,
        callbacks__0__min_delta=10.0,
        fit__epochs=9,
        predict__batch_size=5,
        verbose=0,
    ).fit(X, Y)
    model = found.model_
    assert [layer.units for layer in model.layers] == [2, 1]
    assert (model.optimizer.momentum, model.optimizer.get_config()["learning_rate"]["config"]["decay_steps"]) == (
        0.5,
        10,
    )
    assert model.loss.get_config()["label_smoothing"] == 0.125
    assert sorted(found.history_) == ["accuracy", "loss", "precision"]
    assert found.current_epoch == 2  # not 9: stopped early
    assert found.predict(X).dtype == Y.dtype
    assert 0.0 <= found.score(X, Y) <= 1.0


def test_epochs_are_counted_through_partial_fit_warm_start_and_pickling():
    found = classifier(epochs=2, metrics=["accuracy"])
    assert not found.initialized_
    assert found.current_epoch == 0
    assert found.initialize(X, Y).initialized_
    assert found.current_epoch == 0
    before = found.fit(X, Y).history_["loss"]
    assert len(before) == found.current_epoch == 2
    copied = pickle.loads(pickle.dumps(found))
    for one in (found, copied):
        one.partial_fit(X, Y)
    assert found.history_["loss"][:2] == before
    assert found.current_epoch == copied.current_epoch == 3
    np.testing.assert_array_equal(found.predict_proba(X), copied.predict_proba(X))
    assert found.set_params(warm_start=True).fit(X, Y, epochs=1).current_epoch == 1
    still = clone(found).set_params(optimizer__learning_rate=0.0)
    start = still.initialize(X, Y).model_.get_weights()[0]  # the same seed, the same weights
    np.testing.assert_array_equal(still.fit(X, Y, epochs=1).model_.get_weights()[0], start)


def test_a_search_sets_what_constructor_and_prefixes_know():
    search = GridSearchCV(
        make_pipeline(StandardScaler(), KerasClassifier(build, loss="mse", hidden_layer_sizes=(1,), verbose=0)),
        {"kerasclassifier__hidden_layer_sizes": [(1,)], "kerasclassifier__optimizer__learning_rate": [0.1]},
        cv=2,
        error_score="raise",
    ).fit(X, Y)
    assert search.best_params_["kerasclassifier__optimizer__learning_rate"] == 0.1
    assert "kerasclassifier" in search.best_estimator_._repr_html_()


@pytest.mark.parametrize(
    ("y", "loss", "target", "outputs", "labels"),
    [
        (["a", "b"], "binary_crossentropy", [[0], [1]], [[0.25], [0.75]], ["a", "b"]),
        ([[5], [7]], "binary_crossentropy", [[0], [1]], [[0.75], [0.25]], [[7], [5]]),
        ([2, 4, 6], "sparse_categorical_crossentropy", [[0], [1], [2]], np.eye(3)[::-1], [6, 4, 2]),
        ([2, 4, 6], "categorical_crossentropy", np.eye(3), np.eye(3)[::-1], [6, 4, 2]),
        (np.eye(3), "categorical_crossentropy", np.eye(3), np.eye(3) / 3, np.eye(3)),
        ([[1, 1], [0, 1]], "binary_crossentropy", [[1, 1], [0, 1]], [[0.25, 0.75], [0.75, 0.75]], [[0, 1], [1, 1]]),
    ],
    ids=["text", "a column", "sparse", "categorical", "one-hot", "several labels"],
)
def test_labels_are_learned_as_the_loss_needs_them_and_come_back(y, loss, target, outputs, labels):
    encoder = ClassifierLabelEncoder(loss).fit(np.array(y))
    np.testing.assert_array_equal(encoder.transform(np.array(y)), target)
    found = encoder.inverse_transform(np.array(outputs))
    np.testing.assert_array_equal(found, labels)
    assert found.dtype == np.array(y).dtype
    assert encoder.inverse_transform(np.array(outputs), return_proba=True).shape[-1] == encoder.n_classes_


class Halves(BaseEstimator, TransformerMixin):
    """A target of two columns for a model of two outputs, and rows of four numbers for one of two inputs."""

    def fit(self, values):
        return self

    def transform(self, values):
        half = values.shape[1] // 2
        return [values[:, :half], values[:, half:]]

    def inverse_transform(self, outputs, return_proba=False):
        found = np.concatenate(outputs, axis=1)
        return found if return_proba else (found > 0.5).astype(int)

    def get_metadata(self):
        return {"n_outputs_expected_": 2}


class TwoOfBoth(KerasClassifier):
    def _keras_build_fn(self, compile_kwargs, units):
        inputs = [keras.Input((2,)), keras.Input((2,))]
        hidden = keras.layers.Dense(units)(keras.layers.Concatenate()(inputs))
        model = keras.Model(inputs, [keras.layers.Dense(1, "sigmoid")(hidden) for _ in range(2)])
        model.compile(**compile_kwargs)
        return model

    @property
    def target_encoder(self):
        return Halves()

    @property
    def feature_encoder(self):
        return FunctionTransformer(Halves().transform)

    @staticmethod
    def scorer(y_true, y_pred, **kwargs):
        return np.mean([accuracy_score(t, p, **kwargs) for t, p in zip(y_true.T, y_pred.T)])


def test_encoders_of_a_subclass_feed_several_inputs_and_outputs():
    y = (X[:, :2] > 0).astype(int)
    found = TwoOfBoth(loss=["binary_crossentropy"] * 2, units=3, verbose=0).fit(X, y, batch_size=6)
    assert found.predict(X).shape == found.predict_proba(X).shape == (12, 2)
    assert 0.0 <= found.score(X, y, sample_weight=np.ones(12)) <= 1.0
    with pytest.raises(ValueError, match=r"encoder makes 1 outputs, but .* has 2"):
        KerasClassifier(found.model_, verbose=0).fit(X, Y)


class AutoEncoder(BaseWrapper, TransformerMixin):
    def _keras_build_fn(self, encoding_dim, meta):
        layers = [keras.layers.Dense(encoding_dim), keras.layers.Dense(meta["n_features_in_"])]
        return keras.Sequential([keras.Input((meta["n_features_in_"],)), *layers])

    def _initialize(self, X, y=None):
        X, _ = super()._initialize(X=X, y=X)
        self.encoder_model_ = keras.Sequential([keras.Input(X.shape[1:]), self.model_.layers[0]])
        return X, X

    def fit(self, X, *, sample_weight=None):
        super().fit(X=X, y=X, sample_weight=sample_weight)
        return self

    def transform(self, X):
        return self.encoder_model_.predict(self.feature_encoder_.transform(X), verbose=0)


def test_a_wrapper_of_a_programs_own_kind_learns_its_rows():
    found = AutoEncoder(loss="mse", encoding_dim=2, verbose=0, random_state=0)
    assert found.fit(X).transform(X).shape == (12, 2)
    with pytest.raises(NotImplementedError, match="override `scorer`"):
        found.score(X, X)


def test_a_regressor_predicts_in_the_shape_of_its_targets_with_weights_in_effect():
    assert KerasRegressor(plain, loss="mse", verbose=0).fit(X, X[:, :1]).predict(X).shape == (12, 1)
    found = KerasRegressor(plain, loss="mse", verbose=0, optimizer="sgd", random_state=2)
    once = found.fit(X, X[:, 0], sample_weight=np.arange(12.0)).predict(X)
    assert once.shape == (12,)
    assert isinstance(found.score(X, X[:, 0]), float)
    np.testing.assert_array_equal(found.fit(X, X[:, 0], sample_weight=np.arange(12.0)).predict(X), once)
    assert not np.array_equal(found.fit(X, X[:, 0]).predict(X), once)


def test_class_weights_name_labels_or_are_balanced():
    rare = np.where(np.arange(12) < 3, "no", "yes")
    found = classifier(class_weight="balanced").fit(X, rare).predict_proba(X)
    weighed = classifier(class_weight={"no": 2.0, "yes": 2 / 3}).fit(X, rare).predict_proba(X)
    np.testing.assert_allclose(found, weighed, rtol=1e-6)


def _compiled():
    model = plain()
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize(
    ("made", "kind", "says"),
    [
        (lambda: KerasClassifier().fit(X, Y), ValueError, "needs `model`.*`_keras_build_fn`"),
        (lambda: KerasClassifier(3).fit(X, Y), TypeError, "must be a callable.* Got 3"),
        (lambda: KerasClassifier(plain).fit(X, Y), ValueError, "provide a `loss` or a compiled model"),
        (lambda: classifier().predict(X), NotFittedError, "not fitted yet"),
        (lambda: classifier().set_params(epoch=1), ValueError, "Invalid parameter epoch.*'epochs'"),
        (lambda: classifier(model__unit=1).fit(X, Y), ValueError, "Invalid parameter 'model__unit'"),
        (lambda: classifier(units=1).fit(X, Y), ValueError, "Invalid parameter 'units'"),
        (lambda: classifier(optimizer__rate=1).fit(X, Y), ValueError, "rate"),
        (lambda: classifier(optimizer=keras.optimizers.SGD(), optimizer__momentum=0.5).fit(X, Y), TypeError, "class"),
        (lambda: classifier(callbacks=[], callbacks__0__patience=1).fit(X, Y), ValueError, "no such entry"),
        (lambda: classifier(callbacks__patience=1).fit(X, Y), ValueError, "no 'callbacks'"),
        (lambda: KerasClassifier(_compiled, loss="bce").fit(X, Y), ValueError, "compiled with mean_squared_error"),
        (lambda: classifier().fit(X, X[:, 0]), ValueError, "Unknown label type: continuous"),
        (lambda: classifier().fit(np.full((12, 4), np.nan), Y), ValueError, "contains NaN"),
        (lambda: classifier().fit(X, None), ValueError, "requires y to be passed"),
        (lambda: classifier().fit(X, Y[:3]), ValueError, "inconsistent numbers of samples"),
        (lambda: classifier().fit(X, Y, sample_weight=np.zeros(12)), ValueError, "at least one non-zero"),
        (lambda: classifier().fit(X, Y, sample_weight=[1]), ValueError, r"expected \(12,\)"),
        (lambda: classifier().partial_fit(X, Y, epochs=2), TypeError, "always trains for 1 epoch"),
        (lambda: classifier().initialize(X, Y).predict(X[:, 1:]), ValueError, "expecting 4 features"),
        (lambda: classifier().initialize(X, Y).partial_fit(X, np.repeat("?", 12)), ValueError, "unseen labels"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_what_is_wrong_is_said(made, kind, says):
    with pytest.raises(kind, match=f"(?s){says}"):
        made()


def test_losses_have_one_name_in_all_their_forms():
    forms = ("mse", "MeanSquaredError", keras.losses.MeanSquaredError, keras.losses.MeanSquaredError())
    assert {loss_name(form) for form in (*forms, keras.losses.mean_squared_error)} == {"mean_squared_error"}
    assert wrappers.__all__ == ["BaseWrapper", "KerasClassifier", "KerasRegressor"]
