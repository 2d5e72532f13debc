"""ConvNeXt: a convolutional network drawn after transformers."""

from keras import config, layers
from keras.applications import imagenet_utils
from keras.applications._frame import Frame, published
from keras.applications._scales import LayerScale
from keras.applications.imagenet_utils import DEVIATIONS, RED_GREEN_BLUE, decode_predictions
from keras.models import Sequential

__all__ = [
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtSmall",
    "ConvNeXtTiny",
    "ConvNeXtXLarge",
    "decode_predictions",
    "preprocess_input",
]

EPSILON = 1e-6

# blocks and channels of the four stages, hashes of the files with and without the classifier
_SIZES = {
    "Tiny": (
        (3, 3, 9, 3), (96, 192, 384, 768),
        ("8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
         "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1"),
    ),
    "Small": (
        (3, 3, 27, 3), (96, 192, 384, 768),
        ("ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
         "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab"),
    ),
    "Base": (
        (3, 3, 27, 3), (128, 256, 512, 1024),
        ("52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
         "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45"),
    ),
    "Large": (
        (3, 3, 27, 3), (192, 384, 768, 1536),
        ("070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
         "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd"),
    ),
    "XLarge": (
        (3, 3, 27, 3), (256, 512, 1024, 2048),
        ("c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
         "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05"),
    ),
}  # fmt: skip


def _network(variant):
    who, model_name = f"ConvNeXt{variant}", f"convnext_{variant.lower()}"
    counts, widths, hashes = _SIZES[variant]
    files = published("convnext/", model_name, hashes)

    def function(
        include_top=True,
        include_preprocessing=True,
        weights="imagenet",
        input_tensor=None,
        input_shape=None,
        pooling=None,
        classes=1000,
        classifier_activation="softmax",
        name=model_name,
    ):
        arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
        frame = Frame(who, *arguments, default=224)
        first = config.image_data_format() == "channels_first"
        x = layers.Permute((2, 3, 1))(frame.image) if first else frame.image  # dense layers want channels last
        x = _features(x, counts, widths, include_preprocessing, name)
        if include_top:
            x = layers.GlobalAveragePooling2D(data_format="channels_last", name=f"{name}_head_gap")(x)
            x = layers.LayerNormalization(epsilon=EPSILON, name=f"{name}_head_layernorm")(x)
            x = layers.Dense(classes, activation=classifier_activation, name=f"{name}_head_dense")(x)
        else:
            if pooling == "avg":
                x = layers.GlobalAveragePooling2D(data_format="channels_last")(x)
            elif pooling == "max":
                x = layers.GlobalMaxPooling2D(data_format="channels_last")(x)
            x = layers.LayerNormalization(epsilon=EPSILON)(x)
            x = layers.Permute((3, 1, 2))(x) if first and pooling is None else x
        return frame.model(x, name, files)

    function.__module__, function.__name__, function.__qualname__ = __name__, who, who
    function.__doc__ = f"""The network ConvNeXt {variant}, of Liu and others, 2022 (arXiv 2201.03545).

    Args:
        include_preprocessing: whether a layer normalises pixels from 0 to 255; without it, they are to be normalised.
        name: of the model; names of layers begin with it.
        The others: those of `keras.applications.VGG16`.

    >>> model = {who}(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    return function


def _features(x, counts, widths, include_preprocessing, name):
    if include_preprocessing:
        x = layers.Normalization(
            mean=[255 * mean for mean in RED_GREEN_BLUE],
            variance=[(255 * deviation) ** 2 for deviation in DEVIATIONS],
            name=f"{name}_prestem_normalization",
        )(x)
    for stage, (count, width) in enumerate(zip(counts, widths)):
        if stage == 0:
            steps = [_patches(width, 4, f"{name}_stem_conv"), _norm(f"{name}_stem_layernorm")]
            x = Sequential(steps, name=f"{name}_stem")(x)
        else:
            i = stage - 1
            steps = [_norm(f"{name}_downsampling_layernorm_{i}"), _patches(width, 2, f"{name}_downsampling_conv_{i}")]
            x = Sequential(steps, name=f"{name}_downsampling_block_{i}")(x)
        for block in range(count):
            x = x + _correction(x, width, f"{name}_stage_{stage}_block_{block}")
    return x


def _norm(name):
    return layers.LayerNormalization(epsilon=EPSILON, name=name)


def _patches(filters, size, name):
    """Squares beside each other, each turned into one pixel."""
    return layers.Conv2D(filters, size, strides=size, data_format="channels_last", name=name)


def _correction(x, width, label):
    """What a block adds: each channel filtered for itself, then two dense layers across the channels."""
    x = layers.Conv2D(
        width, 7, padding="same", groups=width, data_format="channels_last", name=f"{label}_depthwise_conv"
    )(x)
    x = _norm(f"{label}_layernorm")(x)
    x = layers.Dense(4 * width, name=f"{label}_pointwise_conv_1")(x)
    x = layers.Activation("gelu", name=f"{label}_gelu")(x)
    x = layers.Dense(width, name=f"{label}_pointwise_conv_2")(x)
    x = LayerScale(1e-6, width, name=f"{label}_layer_scale")(x)
    return layers.Activation("linear", name=f"{label}_identity")(x)


ConvNeXtTiny = _network("Tiny")
ConvNeXtSmall = _network("Small")
ConvNeXtBase = _network("Base")
ConvNeXtLarge = _network("Large")
ConvNeXtXLarge = _network("XLarge")


def preprocess_input(x, data_format=None):
    """The pixels themselves, from 0 to 255: the network normalises them by a layer of its own."""
    return imagenet_utils.as_they_are(x, data_format)
