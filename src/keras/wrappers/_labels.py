"""Classes of a target: as users name them, and as models know them."""

import numpy as np
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from keras.wrappers._estimator import for_each_output, output_units

_NOT_SO_MANY = (
    "{name} has {units} outputs, but y has {classes} classes.\n"
    "  Let the model end in Dense({classes}); what it is made from is told `y`."
)


class Labels:
    """The classes that a target has, in order.

    Args:
        y: one label per row, or for several labels per row a column of zeros and ones for each.
        kind: what scikit-learn's `type_of_target` says of it, where that is known.

    Raises:
        ValueError: the target is continuous, or has several columns of classes.
    """

    def __init__(self, y, kind=None):
        self.kind = kind or type_of_target(y)
        if self.kind not in ("binary", "multiclass"):
            check_classification_targets(y)
        self.is_multilabel = self.kind == "multilabel-indicator"
        if np.ndim(y) > 1 and not self.is_multilabel:
            raise ValueError(
                f"Multioutput target data is not supported with label type {self.kind}: y should be a 1d array of "
                f"labels, or columns of 0 and 1, got an array of shape {np.shape(y)} instead."
            )
        self.classes = np.arange(np.shape(y)[1]) if self.is_multilabel else np.unique(y)

    def __eq__(self, other):
        return self.is_multilabel == other.is_multilabel and np.array_equal(self.classes, other.classes)

    def __hash__(self):
        return hash((self.is_multilabel, len(self.classes)))

    def indices(self, y):
        """The place of every label among the classes.

        Raises:
            ValueError: a label is none of the classes.
        """
        y = np.asarray(y)
        places = np.searchsorted(self.classes, y)
        found = self.classes[np.minimum(places, len(self.classes) - 1)]
        if not np.array_equal(found, y):
            raise ValueError(f"y contains previously unseen labels: {np.unique(y[found != y]).tolist()}")
        return places

    def one_hot(self, y):
        """A column for every class: 1 where a row is of that class, else 0."""
        return np.asarray(y, "float64") if self.is_multilabel else np.eye(len(self.classes))[self.indices(y)]

    def for_model(self, y, model, X):
        """The target in the form that the model's loss and outputs call for.

        Places for a sparse loss, 0 and 1 for two classes and one output, columns of 0 and 1 else.

        Raises:
            ValueError: the model has another number of outputs than the target asks for.
        """
        if self.is_multilabel:
            return self._columns_for(model, X, self.one_hot(y))
        return self.for_output(y, output_units(model, X), model.loss, model.name)

    def _columns_for(self, model, X, columns):
        units = output_units(model, X)
        if isinstance(units, int) and units != columns.shape[1]:
            raise ValueError(_NOT_SO_MANY.format(name=model.name, units=units, classes=columns.shape[1]))
        return for_each_output(columns, model, X)

    def for_output(self, y, units, loss, name):
        """The target in the form that one output with so many `units` and a `loss` calls for; see `for_model`."""
        if units == 1 and len(self.classes) == 2:
            return self.indices(y).astype("float64")[:, None]
        sparse = _is_sparse(loss)
        if units not in (None, len(self.classes)) and not (
            sparse and isinstance(units, int) and units > len(self.classes)
        ):
            raise ValueError(_NOT_SO_MANY.format(name=name, units=units, classes=len(self.classes)))
        return self.indices(y) if sparse else self.one_hot(y)

    def decide(self, outputs):
        """The labels that a model's outputs speak for."""
        if self.is_multilabel:
            return (outputs > 0.5).astype("int64")
        if outputs.shape[-1] == 1:
            return self.classes[(outputs[:, 0] > 0.5).astype("int64")]
        return self.classes[outputs[:, : len(self.classes)].argmax(axis=-1)]

    def margins(self, outputs):
        """How clearly the outputs decide, as scikit-learn has it.

        Two classes, or several labels: positive where the second class, or the label, wins. More classes: the outputs.
        """
        if self.is_multilabel or outputs.shape[-1] == 1:
            found = 2.0 * outputs - 1.0
            return found if self.is_multilabel else found[:, 0]
        return outputs[:, 1] - outputs[:, 0] if len(self.classes) == 2 else outputs

    def row_weights(self, y, class_weight, sample_weight=None):
        """One weight per row: that of its class, times that of the row.

        Args:
            y: the labels.
            class_weight: label, or place of the label, -> weight, where others weigh 1; or 'balanced'; or None.
            sample_weight: weights of the rows, or None.
        """
        if sample_weight is not None:
            sample_weight = np.asarray(sample_weight)
        if not class_weight:
            return sample_weight
        if self.is_multilabel:
            raise ValueError("`class_weight` weighs classes that exclude each other; y has several labels per row.")
        weights = self._class_weights(y, class_weight)[self.indices(y)]
        return weights if sample_weight is None else weights * sample_weight

    def _class_weights(self, y, class_weight):
        if isinstance(class_weight, str):
            return compute_class_weight(class_weight, classes=self.classes, y=y)  # knows 'balanced' only, and says so
        labels = self.classes.tolist()
        if all(key in labels for key in class_weight):
            named = labels
        elif all(key in range(len(labels)) for key in class_weight):  # as Keras numbers them
            named = range(len(labels))
        else:
            raise ValueError(f"The classes in `class_weight` must be among {labels}. Got {list(class_weight)}.")
        return np.array([class_weight.get(key, 1.0) for key in named], "float64")


def _is_sparse(loss):
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    return str(name).startswith("sparse_")
