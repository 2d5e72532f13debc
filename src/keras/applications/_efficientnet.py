"""Parts of networks of the kind EfficientNet."""

from keras import layers
from keras.applications._blocks import norm
from keras.applications._frame import channel_axis
from keras.initializers import VarianceScaling


def draws():
    """How the weights of convolutions start."""
    return VarianceScaling(2.0, mode="fan_out", distribution="truncated_normal")


def conv(x, filters, size, name, **kwargs):
    """A convolution that keeps rows and columns and has no bias, unless `kwargs` says otherwise."""
    settings = {"padding": "same", "use_bias": False, "kernel_initializer": draws(), **kwargs}
    return layers.Conv2D(filters, size, name=name, **settings)(x)


def normal(x, label, **kwargs):
    """Normalised, then made nonlinear."""
    return layers.Activation("silu", name=f"{label}_activation")(norm(x, f"{label}_bn", **kwargs))


def weighed(x, narrow, label):
    """Every channel times a weight from 0 to 1 that depends on the means of all of them."""
    axis = channel_axis()
    wide = x.shape[axis]
    weights = layers.GlobalAveragePooling2D(name=f"{label}se_squeeze")(x)
    weights = layers.Reshape((1, 1, wide) if axis == 3 else (wide, 1, 1), name=f"{label}se_reshape")(weights)
    weights = conv(weights, narrow, 1, f"{label}se_reduce", use_bias=True, activation="silu")
    weights = conv(weights, wide, 1, f"{label}se_expand", use_bias=True, activation="sigmoid")
    return layers.Multiply(name=f"{label}se_excite")([x, weights])


def added(x, start, rate, label):
    """What came in and what a block made of it, which in training is left out of some rows."""
    if rate:
        x = layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{label}drop")(x)
    return layers.Add(name=f"{label}add")([x, start])


def classified(x, frame, dropout):
    """The end of a network: the mean of each channel and one layer of classes, or what `pooling` asks for."""
    if not frame.include_top:
        return frame.pooled(x, named=True)
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    x = layers.Dropout(dropout, name="top_dropout")(x)
    return layers.Dense(
        frame.classes, activation=frame.classifier_activation, name="predictions",
        kernel_initializer=VarianceScaling(1.0 / 3.0, mode="fan_out", distribution="uniform"),
    )(x)  # fmt: skip
