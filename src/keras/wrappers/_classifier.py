"""A model as a classifier of scikit-learn."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.validation import column_or_1d

from keras.wrappers._estimator import side_by_side
from keras.wrappers._labels import Labels
from keras.wrappers._model_estimator import ModelEstimator
from keras.wrappers._several_labels import SeveralLabels, labels_of


class SKLearnClassifier(ClassifierMixin, ModelEstimator):
    """A model as a classifier of scikit-learn.

    Labels may be numbers or text. The model learns a column of 0 and 1 for each class; with a sparse loss the places of
    the labels; with a single output 0 and 1. A target of several columns of 0 and 1 gives every row several labels:
    those whose output is above 0.5. Several columns of labels are learned by a model with a list of outputs, one for
    each; predictions have these columns, probabilities and `classes_` are lists.

    Args:
        model: a compiled model, which every `fit` copies and trains from new weights; or a function that is called
            `model(X=X, y=y, **model_kwargs)` and returns a compiled one. It sees `y` as columns of 0 and 1.
        warm_start: whether a further `fit` goes on with the weights there are, also with those of the given model.
        model_kwargs: further arguments of the function, a dict.
        fit_kwargs: arguments of `Model.fit`, a dict; its `batch_size` and `verbose` hold for predictions too. A
            `class_weight` may be 'balanced', or name labels.

    Attributes:
        model_: the trained model.
        history_: what its last `fit` returned.
        epoch_: how many epochs it was trained.
        classes_: the labels.
        n_features_in_: columns of `X`.
        feature_names_in_: their names, if `X` had any.

    >>> def network(X, y, units=8):
    ...     layers = [keras.Input(X.shape[1:]), keras.layers.Dense(units), keras.layers.Dense(y.shape[1], "softmax")]
    ...     model = keras.Sequential(layers)
    ...     model.compile("adam", "categorical_crossentropy")
    ...     return model
    >>> cross_val_score(SKLearnClassifier(network, model_kwargs={"units": 4}), X, y)
    """

    def partial_fit(self, X, y, classes=None, **kwargs):
        """One epoch more on `X` and `y`, with the weights there are; the first call makes the model.

        Args:
            X, y, kwargs: as for `fit`.
            classes: all labels there will be, in the first call; those in `y` if None.
        """
        if not hasattr(self, "model_"):
            self._labels = _labels_ahead(np.asarray(y), classes)
        self._knows_labels = True
        try:
            return super().partial_fit(X, y, **kwargs)
        finally:
            del self._knows_labels

    _knows_labels = False

    def predict(self, X):
        """The label of every row; several labels per row as columns of 0 and 1."""
        outputs = self._outputs(X)
        return self._labels.decide(outputs)

    def predict_proba(self, X):
        """The probability of every class, or of every label.

        Raises:
            ValueError: the model's outputs are not probabilities.
        """
        outputs = self._outputs(X)
        if isinstance(outputs, (list, tuple)):
            return [self._as_probabilities(part) for part in outputs]
        return self._as_probabilities(outputs)

    def _as_probabilities(self, outputs):
        if outputs.shape[-1] == 1 and not self._labels.is_multilabel:
            outputs = np.concatenate([1.0 - outputs, outputs], axis=-1)
        sums = 1.0 if self._labels.is_multilabel else outputs.sum(axis=-1)
        if outputs.min() < 0.0 or outputs.max() > 1.0 or np.max(np.abs(sums - 1.0)) > 1e-3:
            raise ValueError(
                f"{type(self).__name__}.predict_proba: the outputs of {self.model_.name} are not probabilities.\n"
                "  Let the model end in a softmax, or in a sigmoid for two classes and one output."
            )
        return outputs

    def decision_function(self, X):
        """How clearly each row is decided.

        Two classes: the second output minus the first, one number per row, as scikit-learn has it. More: the outputs.
        """
        outputs = self._outputs(X)
        return self._labels.margins(outputs)

    def score(self, X, y, sample_weight=None):
        """The share of rows whose label, or whose labels all, are right.

        Raises:
            ValueError: a label was not in the target of `fit`.
        """
        predicted = self.predict(X)
        if not self._labels.is_multilabel:
            self._labels.indices(np.asarray(y))  # all of them known?
        if isinstance(self._labels, Labels):
            return float(accuracy_score(y, predicted, sample_weight=sample_weight))
        return float(np.average((predicted == np.asarray(y)).all(axis=1), weights=sample_weight))

    def _outputs(self, X, **settings):
        outputs = super()._outputs(X, **settings)
        return side_by_side(outputs) if self._labels.is_multilabel else outputs

    def _checked(self, X, y, reset):
        X, y = super()._checked(X, y, reset)
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _learn_target(self, y, goes_on):
        if self._knows_labels:
            labels = self._labels
            labels.one_hot(y)  # all of them known?
        else:
            labels = labels_of(y)
            _check_variety(labels, y)
        if goes_on and not self._knows_labels:
            labels = self._continued(labels, y)
        self._labels = labels
        self.classes_ = labels.classes

    def _continued(self, labels, y):
        """The labels of the fit before, which the new ones must be among."""
        if (type(labels), labels.is_multilabel) != (type(self._labels), self._labels.is_multilabel):
            raise ValueError(f"{type(self).__name__}: `warm_start` goes on with labels of the same kind.")
        if labels.is_multilabel and labels != self._labels:
            raise ValueError(f"{type(self).__name__}: `warm_start` goes on with {len(self.classes_)} labels per row.")
        if not labels.is_multilabel:
            self._labels.indices(y)
        return self._labels

    def _shown_to_factory(self, y):
        return self._labels.one_hot(y)

    def _for_model(self, model, X, y, settings):
        labels, settings = self._labels, dict(settings)
        weights = labels.row_weights(y, settings.pop("class_weight", None), settings.pop("sample_weight", None))
        if weights is not None:
            if not self._knows_labels:
                seen = y[weights > 0] if weights.ndim == 1 else y
                _check_variety(labels, seen, " where `sample_weight` is above 0")
            settings["sample_weight"] = weights
        tested = settings.get("validation_data")
        if isinstance(tested, (tuple, list)):
            x_tested, y_tested, *others = tested
            x_tested = np.asarray(x_tested)
            settings["validation_data"] = (x_tested, labels.for_model(np.asarray(y_tested), model, x_tested), *others)
        return labels.for_model(y, model, X), settings

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.target_tags.multi_output = True
        tags.classifier_tags.poor_score = True  # how good it is, is the model's affair
        return tags


def _check_variety(labels, y, where=""):
    if isinstance(labels, Labels) and not labels.is_multilabel and len(np.unique(y)) < 2:
        raise ValueError(f"Classifier can't train when only one class is present{where}.")


def _labels_ahead(y, classes):
    """The labels there will be: `classes`, a list of them for several columns, or else those in `y`."""
    if classes is None:
        return labels_of(y)
    several = isinstance(labels_of(y), SeveralLabels)
    return SeveralLabels(classes) if several else Labels(np.asarray(classes))
