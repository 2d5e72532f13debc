"""Functions and models that questions name, built in the same way for the earlier release and for this one."""

import keras
from keras import Input, Model, Sequential, layers, ops


def double(x):
    return 2 * x


def scale_and_shift(x, scale=1.0, shift=0.0):
    return x * scale + shift


@keras.saving.register_keras_serializable("golden")
def hard_sigmoid_until_2(x):
    """`clip(0.2 x + 0.5, 0, 1)`: what the word meant before Keras 3 took `relu6(x + 3) / 6` for it."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def mean_of_cubes(y_true, y_pred):
    """A loss of one's own: one value per row."""
    return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)


def largest_error(y_true, y_pred):
    """A metric of one's own: one number for the batch."""
    return ops.max(ops.abs(y_true - y_pred))


def halving(epoch, rate):
    return rate * 0.5


def regression():
    return Sequential([Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)], name="regression")


def two_targets():
    return Sequential([Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(2)], name="two_targets")


def deferred_regression():
    return Sequential([layers.Dense(4, activation="tanh"), layers.Dense(1)])


def binary():
    return Sequential([Input((3,)), layers.Dense(4, activation="relu"), layers.Dense(1, activation="sigmoid")])


def three_labels():
    """Three independent yes-or-no answers for each row."""
    return Sequential([Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(3, activation="sigmoid")])


def softmax():
    return Sequential([Input((3,)), layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")])


def logits():
    return Sequential([Input((3,)), layers.Dense(5, activation="relu"), layers.Dense(3)])


def regularized():
    return Sequential(
        [
            Input((3,)),
            layers.Dense(4, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1"),
            layers.Dense(1, bias_regularizer=keras.regularizers.L1(0.1), kernel_constraint="max_norm"),
        ]
    )


def half_frozen():
    model = regression()
    model.layers[0].trainable = False
    return model


def normalized():
    return Sequential(
        [
            Input((3,)),
            layers.Dense(4, use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.Activation("tanh"),
            layers.Dense(1),
        ]
    )


def convolutional():
    return Sequential(
        [
            Input((6, 6, 2)),
            layers.Conv2D(3, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(),
            layers.Conv2D(4, 2, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def convolutional_1d():
    return Sequential(
        [
            Input((8, 2)),
            layers.Conv1D(4, 3, activation="relu", padding="causal"),
            layers.AveragePooling1D(2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def residual():
    image = Input((4, 4, 3), name="image")
    x = layers.Conv2D(3, 3, padding="same", use_bias=False)(image)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Add()([x, image])
    x = layers.Flatten()(x)
    return Model(image, layers.Dense(2)(x))


def tagger():
    """One answer for each step of a masked sequence."""
    return Sequential(
        [
            Input((5, 2)),
            layers.Masking(),
            layers.LSTM(3, return_sequences=True),
            layers.Dense(2, activation="softmax"),
        ]
    )


def reader():
    """One answer for a sequence of words; word 0 is padding."""
    return Sequential(
        [
            Input((5,), dtype="int32"),
            layers.Embedding(6, 3, mask_zero=True),
            layers.Bidirectional(layers.GRU(2)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def recurrent():
    return Sequential([Input((5, 2)), layers.LSTM(4), layers.Dense(1)])


def _two_outputs():
    x = Input((3,), name="x")
    shared = layers.Dense(4, activation="tanh", name="shared")(x)
    value = layers.Dense(1, name="value")(shared)
    kind = layers.Dense(3, activation="softmax", name="kind")(shared)
    return x, value, kind


def two_outputs():
    x, value, kind = _two_outputs()
    return Model(x, [value, kind])


def two_outputs_by_name():
    x, value, kind = _two_outputs()
    return Model(x, {"value": value, "kind": kind})


def two_outputs_by_other_name():
    """The keys of the outputs are not the names of the layers."""
    x, value, kind = _two_outputs()
    return Model(x, {"out_b": value, "out_a": kind})


def same_output_twice():
    x, value, _ = _two_outputs()
    return Model(x, [value, value])


def two_inputs():
    a, b = Input((2,), name="a"), Input((3,), name="b")
    x = layers.Concatenate()([layers.Dense(2, activation="tanh")(a), b])
    return Model([a, b], layers.Dense(1)(x))


def two_inputs_by_name():
    a, b = Input((2,), name="a"), Input((3,), name="b")
    x = layers.Concatenate()([layers.Dense(2, activation="tanh")(a), b])
    return Model({"a": a, "b": b}, layers.Dense(1)(x))


def shared_layer():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    tower = layers.Dense(2, activation="tanh")
    return Model([a, b], layers.Dense(1)(layers.Subtract()([tower(a), tower(b)])))


class WithOwnLoss(layers.Layer):
    """Passes its inputs on and asks for small ones."""

    def call(self, x):
        self.add_loss(0.1 * ops.mean(x**2))
        return x


def with_own_loss():
    return Sequential([Input((3,)), layers.Dense(4, activation="tanh"), WithOwnLoss(), layers.Dense(1)])


class OwnCall(Model):
    """A model with a `call` of its own."""

    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(4, activation="tanh")
        self.answer = layers.Dense(1)

    def call(self, x):
        return self.answer(self.hidden(x))


def own_call():
    return OwnCall()


class OwnStep(OwnCall):
    """A model whose `compute_loss` adds the mean of its weights' squares."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)
        return loss + 0.01 * ops.sum(self.answer.kernel**2)


def own_loss_method():
    return OwnStep()
