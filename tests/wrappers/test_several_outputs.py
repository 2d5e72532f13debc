"""Models with several outputs as estimators, and the errors of data that do not fit a model."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import keras
from keras.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

X = np.random.RandomState(0).normal(size=(24, 3))
SIGN = (X[:, 0] > 0).astype(int)
# two classes in the first column, three in the second
COLUMNS = np.stack(
    [np.array(["no", "yes"])[SIGN], np.array(["a", "b", "c"])[np.digitize(X[:, 1], [-0.5, 0.5])]], axis=1
)
FIT = {"verbose": 0, "batch_size": 8}


def heads(X, sizes, ends, loss):
    keras.utils.set_random_seed(1)
    x = keras.Input(X.shape[1:])
    model = keras.Model(x, [keras.layers.Dense(size, end)(x) for size, end in zip(sizes, ends)])
    model.compile(keras.optimizers.SGD(1.0 if ends[0] else 0.1), loss)
    return model


def of_two_columns(X, y):
    assert [part.shape[1] for part in y] == [2, 3]
    losses = ["binary_crossentropy", "sparse_categorical_crossentropy"]
    return heads(X, (1, 3), ("sigmoid", "softmax"), losses)


def test_each_output_learns_a_column_of_labels():
    fitted = SKLearnClassifier(of_two_columns, epochs=30, class_weight="balanced", **FIT).fit(X, COLUMNS)
    assert [classes.tolist() for classes in fitted.classes_] == [["no", "yes"], ["a", "b", "c"]]
    predicted = fitted.predict(X)
    assert (predicted == COLUMNS).mean() > 0.9
    assert [p.shape for p in fitted.predict_proba(X)] == [(24, 2), (24, 3)]
    assert [m.shape for m in fitted.decision_function(X)] == [(24,), (24, 3)]
    assert fitted.score(X, COLUMNS) == (predicted == COLUMNS).all(axis=1).mean()
    with pytest.raises(ValueError, match=r"previously unseen labels: \['q'\]"):
        fitted.score(X, np.full((24, 2), "q"))
    assert fitted.partial_fit(X, COLUMNS).epoch_ == 31


def test_columns_of_labels_need_an_output_each():
    def one(X, y):
        return heads(X, (5,), ("softmax",), "categorical_crossentropy")

    with pytest.raises(ValueError, match=r"Multioutput target data is not supported by .* y has 2 columns"):
        SKLearnClassifier(one, **FIT).fit(X, COLUMNS)
    with pytest.raises(ValueError, match="`class_weight` must be 'balanced', or a list"):
        SKLearnClassifier(of_two_columns, class_weight={"no": 2.0}, **FIT).fit(X, COLUMNS)


def test_several_outputs_share_the_columns_of_a_target():
    def two(X, y):
        return heads(X, (1, 2), (None, None), "mse")

    def labels(X, y):
        return heads(X, (1, 2), ("sigmoid", "sigmoid"), "binary_crossentropy")

    fitted = SKLearnRegressor(two, epochs=40, **FIT).fit(X, X)
    assert fitted.predict(X).shape == X.shape
    assert fitted.score(X, X) > 0.9
    transformer = SKLearnTransformer(two, **FIT).fit(X)
    assert transformer.transform(X).shape == (24, len(transformer.get_feature_names_out())) == (24, 3)
    several = SKLearnClassifier(labels, epochs=30, **FIT).fit(X, (X > 0).astype(int))
    assert several.predict_proba(X).shape == X.shape
    assert (several.predict(X) == (X > 0)).mean() > 0.9
    with pytest.raises(ValueError, match=r"has outputs of \[1, 2\] columns, but y has 2"):
        SKLearnRegressor(two, **FIT).fit(X, X[:, :2])


def test_a_transformer_before_a_classifier_learns_labels_that_are_text():
    def plain(X, y):
        return heads(X, (y.shape[1],), ("softmax",), "categorical_crossentropy")

    pipeline = make_pipeline(
        SKLearnTransformer(plain, epochs=20, **FIT), SKLearnClassifier(plain, epochs=20, **FIT)
    )  # fmt: skip
    assert pipeline.fit(X, COLUMNS[:, 0]).score(X, COLUMNS[:, 0]) > 0.9


def line(X, y, units=1):
    return heads(X, (units,), (None,), "mse")


@pytest.mark.parametrize(
    ("y", "settings", "call", "message"),
    [
        (SIGN, {"model__unit": 1}, {}, "'model__unit' for estimator SKLearnRegressor.*Did you mean 'units'"),
        (SIGN, {}, {"sample_weight": np.ones(3)}, r"inconsistent numbers of samples: \[24, 3\]"),
        (COLUMNS[:, 0], {}, {}, "could not convert string to float"),
    ],
    ids=["argument of the function", "weights", "text"],
)
def test_what_does_not_fit_is_said(y, settings, call, message):
    with pytest.raises(ValueError, match=message):
        SKLearnRegressor(line, **FIT, **settings).fit(X, y, **call)
