"""How far a student's outputs are from its teacher's."""

from keras import losses, ops
from keras._core import tree
from keras._core.checks import number
from keras._core.configurable import Configurable


class DistillationLoss(Configurable):
    """Base of the losses between a teacher and a student.

    Subclasses write `compute_loss`; the other two may check what comes.
    """

    def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        """The loss, a scalar."""
        raise NotImplementedError(f"{type(self).__name__} needs a `compute_loss(teacher_outputs, student_outputs)`.")

    def validate_outputs(self, teacher_outputs, student_outputs):
        """Raises ValueError if the outputs of the two cannot be compared."""
        if _form(teacher_outputs) != _form(student_outputs):
            raise ValueError(
                f"{type(self).__name__}: teacher and student must have outputs of the same structure. "
                f"Got {_form(teacher_outputs)} and {_form(student_outputs)}."
            )

    def validate_model_compatibility(self, teacher, student):
        """Raises ValueError if the two models cannot be compared."""


class LogitsDistillation(DistillationLoss):
    """Compares the outputs of the models.

    `mean(loss(teacher / temperature, student / temperature))`. The outputs are compared as they come: with the
    Kullback-Leibler divergence they should be probabilities.

    Args:
        temperature: what both outputs are divided by.
        loss: a name, a Loss or a function; a structure of them for several outputs.
    """

    def __init__(self, temperature=3.0, loss="kl_divergence"):
        self.temperature = number("temperature", temperature, "LogitsDistillation")
        if not temperature > 0:
            raise ValueError(f"LogitsDistillation: `temperature` must be positive. Got {temperature!r}.")
        self.loss = _functions(loss)

    def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        """The mean of the losses of all outputs."""
        self.validate_outputs(teacher_outputs, student_outputs)
        cooled = [
            tree.map_leaves(lambda x: ops.divide(x, self.temperature), x) for x in (teacher_outputs, student_outputs)
        ]
        return _mean_loss(self, *cooled)

    def validate_model_compatibility(self, teacher, student):
        """Raises ValueError if the outputs of the two have different shapes."""
        _check_shapes(self, teacher, student)


class FeatureDistillation(DistillationLoss):
    """Compares what two layers give, or the outputs of the models.

    `mean(loss(teacher's features, student's features))`

    Args:
        loss: a name, a Loss or a function; a structure of them for several outputs.
        teacher_layer_name, student_layer_name: names of the layers; None is the model's output.
    """

    def __init__(self, loss="mse", teacher_layer_name=None, student_layer_name=None):
        self.loss = _functions(loss)
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name

    def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        """The mean of the losses of all features."""
        self.validate_outputs(teacher_outputs, student_outputs)
        return _mean_loss(self, teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher, student):
        """Raises ValueError if a model has no layer of the name."""
        for model, name in ((teacher, self.teacher_layer_name), (student, self.student_layer_name)):
            if name is not None:
                model.get_layer(name)


def _functions(loss):
    """Losses from names, in the structure in which they came."""
    if isinstance(loss, dict) and "class_name" in loss and "config" in loss:
        return losses.get(loss)
    return tree.map_leaves(losses.get, loss)


def _mean_loss(owner, teacher, student):
    functions = owner.loss
    if not isinstance(functions, (list, tuple, dict)):
        pairs = zip([functions] * len(tree.leaves(teacher)), tree.leaves(teacher), tree.leaves(student))
    else:
        if _form(functions) != _form(teacher):
            raise ValueError(
                f"{type(owner).__name__}: `loss` must have the structure of the outputs. "
                f"Got {_form(functions)} and {_form(teacher)}."
            )
        pairs = zip(tree.leaves(functions), tree.leaves(teacher), tree.leaves(student))
    values = [ops.mean(function(t, s)) for function, t, s in pairs]
    return sum(values)


def _form(x):
    """What tells structures apart."""
    if isinstance(x, dict):
        return {key: _form(value) for key, value in sorted(x.items())}
    return [_form(item) for item in x] if isinstance(x, (list, tuple)) else "*"


def _check_shapes(owner, teacher, student):
    shapes = [[tuple(x.shape) for x in getattr(model, "outputs", ())] for model in (teacher, student)]
    if all(shapes) and not all(_fits(a, b) for a, b in zip(*shapes)):
        raise ValueError(
            f"{type(owner).__name__}: the outputs of teacher and student must have the same shape. "
            f"Got {shapes[0]} and {shapes[1]}."
        )


def _fits(a, b):
    return len(a) == len(b) and all(m is None or n is None or m == n for m, n in zip(a, b))
