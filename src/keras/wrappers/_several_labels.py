"""Several columns of classes, one for each output of a model."""

import numpy as np
from sklearn.utils.multiclass import type_of_target

from keras.wrappers._estimator import output_units
from keras.wrappers._labels import Labels


def labels_of(y):
    """The labels of a target: of one column, of several columns of classes, or of columns of 0 and 1."""
    kind = type_of_target(y)
    return SeveralLabels(y.T) if kind == "multiclass-multioutput" else Labels(y, kind)


class SeveralLabels:
    """The classes of every column of a target; the interface is that of `Labels`, column by column.

    Args:
        columns: the labels of each column.
    """

    is_multilabel = False

    def __init__(self, columns):
        self.columns = [Labels(np.asarray(column)) for column in columns]

    @property
    def classes(self):
        """The classes of every column."""
        return [labels.classes for labels in self.columns]

    def __eq__(self, other):
        return isinstance(other, SeveralLabels) and self.columns == other.columns

    def __hash__(self):
        return hash(tuple(self.columns))

    def indices(self, y):
        """The places of all labels among the classes of their columns; ValueError if one is not among them."""
        return self._each(Labels.indices, y)

    def one_hot(self, y):
        """For every column of labels, columns of 0 and 1."""
        return self._each(Labels.one_hot, y)

    def for_model(self, y, model, X):
        """For every output what it learns.

        Raises:
            ValueError: the model has not one output for each column, or not one of the right size.
        """
        units = output_units(model, X)
        if not isinstance(units, list) or len(units) != len(self.columns):
            raise ValueError(
                f"Multioutput target data is not supported by {model.name}: y has {len(self.columns)} columns.\n"
                "  Give the model a list of outputs, one for each column."
            )
        names = model.output_names
        losses = _one_each(model.loss, names)
        return [
            labels.for_output(column, size, loss, name)
            for labels, column, size, loss, name in zip(self.columns, y.T, units, losses, names)
        ]

    def decide(self, outputs):
        """The labels that the outputs speak for, column by column."""
        return np.stack(self._each(Labels.decide, outputs), axis=1)

    def margins(self, outputs):
        """How clearly each output decides, as a list."""
        return self._each(Labels.margins, outputs)

    def row_weights(self, y, class_weight, sample_weight=None):
        """One weight per row: the product of those of its classes, times that of the row.

        Args:
            y: labels of shape (rows, columns).
            class_weight: 'balanced' for every column, or a list with one `class_weight` for each; or None.
            sample_weight: weights of the rows, or None.
        """
        given = class_weight if isinstance(class_weight, (list, tuple)) else [class_weight] * len(self.columns)
        if len(given) != len(self.columns) or isinstance(class_weight, dict):
            raise ValueError("`class_weight` must be 'balanced', or a list with one for each column of labels.")
        for labels, column, weight in zip(self.columns, y.T, given):
            sample_weight = labels.row_weights(column, weight, sample_weight)
        return sample_weight

    def _each(self, method, values):
        parts = values.T if isinstance(values, np.ndarray) else values
        return [method(labels, part) for labels, part in zip(self.columns, parts)]


def _one_each(loss, names):
    """The loss of every output, from a list, a dict by name, or one for all."""
    if isinstance(loss, dict):
        return [loss.get(name) for name in names]
    return loss if isinstance(loss, (list, tuple)) else [loss] * len(names)
