"""Whole models that Keras 3 writes and that are read here, and the other way round; both build them with this code."""

import keras
from golden import weight_models
from keras import layers, ops


@keras.saving.register_keras_serializable("golden")
class Scale(layers.Layer):
    """A layer of a user's, with a build config of its own."""

    def __init__(self, by=1.0, **kwargs):
        super().__init__(**kwargs)
        self.by = by

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="factor")
        self.built = True

    def call(self, x):
        return x * self.factor * self.by

    def get_config(self):
        return {**super().get_config(), "by": self.by}


@keras.saving.register_keras_serializable("golden")
def far(y_true, y_pred):
    """A loss of a user's."""
    return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)


@keras.saving.register_keras_serializable("golden")
class Net(keras.Model):
    """A model without a graph that says how to make it again."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden = layers.Dense(units, activation="tanh")
        self.last = layers.Dense(2)

    def call(self, x):
        return self.last(self.hidden(x))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def custom():
    """Registered classes and functions."""
    model = keras.Sequential([keras.Input((4,)), Scale(2.0), layers.Dense(2, activation=ops.sin)])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss=far, metrics=["mae"])
    return model


def net():
    """A registered model without a graph."""
    model = Net(5)
    model.build((None, 4))
    model.compile("rmsprop", loss="mse")
    return model


def operations():
    """Functions between the layers."""
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    h = ops.concatenate([x * 2 - 1, ops.sqrt(ops.abs(y)) + x[:, 1:2]], axis=1)
    h = ops.reshape(layers.Dense(6)(h), (-1, 2, 3))
    h = ops.matmul(h, ops.transpose(h, axes=(0, 2, 1))) / 3.0
    h = ops.where(h > 0, h, -h) ** 2
    h = ops.clip(ops.sum(h, axis=2, keepdims=True), 0.0, 5.0)
    h = ops.stack([ops.mean(h, axis=1), ops.max(h, axis=1)], axis=-1)
    return keras.Model([x, y], ops.softmax(ops.squeeze(h, axis=1), axis=-1))


def outputs():
    """Several outputs with losses, weights and metrics by name, a schedule, and a mask."""
    x = keras.Input((6,), dtype="int32", name="words")
    h = layers.GRU(3)(layers.Embedding(7, 4, mask_zero=True)(x))
    one = layers.Dense(1, activation="sigmoid", name="one", kernel_regularizer="l2", kernel_constraint="non_neg")(h)
    two = layers.Dense(3, activation="softmax", name="two", kernel_initializer=keras.initializers.HeNormal(seed=1))(h)
    model = keras.Model(x, {"one": one, "two": two})
    model.compile(
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.1, 100), weight_decay=0.01, clipnorm=1.0),
        loss={"one": keras.losses.BinaryCrossentropy(label_smoothing=0.1), "two": "sparse_categorical_crossentropy"},
        loss_weights={"one": 1.0, "two": 0.5},
        metrics={"one": [keras.metrics.AUC(num_thresholds=20), "accuracy"], "two": ["accuracy"]},
    )
    return model


def shared():
    """One layer inside two inner models, and an inner model called twice."""
    layer = layers.Dense(4, name="common")
    a, b = keras.Input((4,)), keras.Input((4,))
    first = keras.Model(a, layers.ReLU()(layer(a)), name="first")
    second = keras.Model(b, layers.Activation("tanh")(layer(b)), name="second")
    x = keras.Input((4,))
    return keras.Model(x, layers.Add()([first(x), second(first(x))]))


def pictures():
    """Kernels of every kind."""
    x = keras.Input((8, 8, 3))
    h = layers.Conv2D(4, 3, padding="same", strides=2, use_bias=False)(x)
    h = layers.BatchNormalization()(h)
    h = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(h)
    h = layers.SeparableConv2D(4, 3, padding="same")(layers.LeakyReLU(negative_slope=0.1)(h))
    h = layers.Conv2DTranspose(3, 3, strides=2, padding="same")(h)
    h = layers.UpSampling2D()(layers.AveragePooling2D(2)(layers.ZeroPadding2D(1)(h)))
    h = layers.GroupNormalization(3)(layers.Cropping2D(1)(h))
    return keras.Model(x, layers.Dense(2)(layers.GlobalAveragePooling2D()(h)))


def sequences():
    """Recurrent layers inside others, attention, and what stands around them."""
    x = keras.Input((5, 4))
    h = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum")(layers.Masking()(x))
    h = layers.RNN(layers.StackedRNNCells([layers.GRUCell(3), layers.LSTMCell(4)]), return_sequences=True)(h)
    h = layers.TimeDistributed(layers.Dense(4, activation="gelu"))(layers.LayerNormalization()(h))
    h = layers.GRU(3, reset_after=False, recurrent_activation="hard_sigmoid")(layers.SpatialDropout1D(0.2)(h))
    return keras.Model(x, layers.PReLU()(layers.Reshape((3, 1))(h)))


def half_policy():
    """A policy of mixed precision."""
    policy = keras.DTypePolicy("mixed_bfloat16")
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, dtype=policy), layers.Dense(2, dtype="float32")])


OWN = (custom, net, operations, outputs, shared, pictures, sequences, half_policy)
MODELS = {m.__name__: m for m in OWN} | {n: weight_models.MODELS[n] for n in ("sequential", "functional", "recurrent")}
COMPILED = {"custom", "net", "outputs"}


def inputs_of(model):
    """The same inputs in every run."""
    return weight_models.inputs_of(model)


def predictions(model):
    """Everything the model returns, in one list of arrays."""
    found = model(inputs_of(model))
    found = [found[k] for k in sorted(found)] if isinstance(found, dict) else found
    found = list(found) if isinstance(found, (list, tuple)) else [found]
    return [keras.ops.convert_to_numpy(keras.ops.cast(x, "float32")) for x in found]
