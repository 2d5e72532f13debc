"""Distiller: trains one model to do as another one does."""

from keras import metrics, ops
from keras._core.serialization import deserialize, serialize
from keras.distillation._losses import DistillationLoss
from keras.models import Model


class Distiller(Model):
    """Trains a student on labels and on what a teacher says.

    `total = w * student_loss + (1 - w) * sum(weight * distillation_loss)`

    The teacher is frozen. Calling the distiller, and `predict`, are calls of the student.
    Hinton, Vinyals and Dean, 2015, "Distilling the Knowledge in a Neural Network".

    Args:
        teacher: a trained model.
        student: the model to train.
        distillation_losses: a DistillationLoss, or a list of them.
        distillation_loss_weights: a number for each of them; 1 if None.
        student_loss_weight: the share `w` of the loss on labels, from 0 to 1.
        name: its name.

    >>> distiller = keras.distillation.Distiller(teacher, student, keras.distillation.LogitsDistillation())
    >>> distiller.compile("adam", loss="categorical_crossentropy")
    >>> distiller.fit(x, y)
    """

    _keras_hidden = Model._keras_hidden | {"_student_features"}

    def __init__(
        self,
        teacher,
        student,
        distillation_losses,
        distillation_loss_weights=None,
        student_loss_weight=0.5,
        name="distiller",
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        for role, model in (("teacher", teacher), ("student", student)):
            if not isinstance(model, Model):
                raise ValueError(f"Distiller: `{role}` must be a Model. Got {model!r}.")
        found = list(distillation_losses) if isinstance(distillation_losses, (list, tuple)) else [distillation_losses]
        for loss in found:
            if not isinstance(loss, DistillationLoss):
                raise ValueError(f"Distiller: `distillation_losses` must be DistillationLoss objects. Got {loss!r}.")
            loss.validate_model_compatibility(teacher, student)
        weights = [1.0] * len(found) if distillation_loss_weights is None else distillation_loss_weights
        weights = list(weights) if isinstance(weights, (list, tuple)) else [weights]
        if len(weights) != len(found):
            raise ValueError(
                f"Distiller: `distillation_loss_weights` must have a number for each of {len(found)} losses. "
                f"Got {len(weights)}."
            )
        if not 0.0 <= student_loss_weight <= 1.0:
            raise ValueError(
                f"Distiller: `student_loss_weight` must be a number from 0 to 1. Got {student_loss_weight!r}."
            )
        self.teacher = teacher
        self.student = student
        self.teacher.trainable = False
        self.distillation_losses = found
        self.distillation_loss_weights = [float(w) for w in weights]
        self.student_loss_weight = float(student_loss_weight)
        self.student_loss_tracker = metrics.Mean(name="student_loss")
        self.distillation_loss_tracker = metrics.Mean(name="distillation_loss")
        self.total_loss_tracker = metrics.Mean(name="total_loss")
        self._student_features = None
        self.built = bool(teacher.built and student.built)

    def compile(self, optimizer="adam", loss=None, metrics=None, **kwargs):
        """Chooses how the student learns.

        Args:
            optimizer, metrics: as for any model.
            loss: the loss of the student on labels.
            kwargs: further arguments of `Model.compile`.
        """
        if loss is None:
            raise ValueError("Distiller.compile: `loss` must be given: the loss of the student on labels.")
        super().compile(optimizer=optimizer, loss=loss, metrics=metrics, **kwargs)

    def call(self, inputs, training=None, **kwargs):
        """The student's outputs."""
        outputs, features = self._watched(self.student, "student_layer_name", inputs, training, kwargs)
        self._student_features = (outputs, features)
        return outputs

    def symbolic_outputs(self):
        """The student's symbolic outputs, or None."""
        return self.student.symbolic_outputs()

    def _watched(self, model, attribute, inputs, training, kwargs):
        """Outputs of a model, and by name those of its layers that a loss asks for."""
        names = {getattr(loss, attribute, None) for loss in self.distillation_losses} - {None}
        layers = {id(model.get_layer(name)): name for name in names}
        features = {}

        def watch(layer, inputs, outputs):
            if id(layer) in layers:
                features[layers[id(layer)]] = outputs

        if not layers:
            return model(inputs, training=training, **kwargs), features
        with self.watching_calls(watch):
            return model(inputs, training=training, **kwargs), features

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The student's loss on labels and its distance from the teacher, weighted."""
        seen, self._student_features = self._student_features, None
        share = self.student_loss_weight
        student_loss = distillation_loss = ops.zeros(())
        if share > 0 and y is not None:
            student_loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if share < 1:
            if seen is None or seen[0] is not y_pred:
                seen = self._watched(self.student, "student_layer_name", x, training, {})
            distillation_loss = self._distance(x, seen)
        total = share * student_loss + (1.0 - share) * distillation_loss
        for tracker, value in (
            (self.student_loss_tracker, student_loss),
            (self.distillation_loss_tracker, distillation_loss),
            (self.total_loss_tracker, total),
        ):
            tracker.update_state(value)
        return total

    def _distance(self, x, student):
        teacher = self._watched(self.teacher, "teacher_layer_name", x, False, {})
        total = 0.0
        for loss, weight in zip(self.distillation_losses, self.distillation_loss_weights):
            sides = []
            for (outputs, features), attribute in ((teacher, "teacher_layer_name"), (student, "student_layer_name")):
                name = getattr(loss, attribute, None)
                sides.append(outputs if name is None else features[name])
            total = total + weight * loss.compute_loss(ops.stop_gradient(sides[0]), sides[1])
        return total

    def get_config(self):
        """The constructor's arguments, both models among them."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize(self.dtype_policy),
            "teacher": serialize(self.teacher),
            "student": serialize(self.student),
            "distillation_losses": serialize(self.distillation_losses),
            "distillation_loss_weights": list(self.distillation_loss_weights),
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config):
        """A distiller from what `get_config` returned."""
        found = dict(config)
        for name, module in (
            ("teacher", "keras.models"), ("student", "keras.models"), ("distillation_losses", "keras.distillation"),
        ):  # fmt: skip
            found[name] = deserialize(found[name], module=module)
        return cls(**found)
