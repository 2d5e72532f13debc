"""The networks that are compared with Keras 3, what is compared, and weights that any release can make."""

import hashlib
import json
import re

import numpy as np

# small variants that run, and what they are made with
RUNS = {
    "VGG16": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "ResNet50": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "ResNet50V2": {"include_top": False, "input_shape": (33, 33, 3), "pooling": "max"},
    "MobileNet": {"alpha": 0.25, "input_shape": (32, 32, 3), "classes": 5},
    "MobileNetV2": {"alpha": 0.35, "input_shape": (40, 40, 3), "classes": 5},
    "DenseNet121": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "EfficientNetB0": {"input_shape": (33, 32, 3), "classes": 5},
    "InceptionV3": {"include_top": False, "input_shape": (75, 75, 3), "pooling": "max"},
    "Xception": {"include_top": False, "input_shape": (71, 71, 3), "pooling": "avg"},
    "ConvNeXtTiny": {"input_shape": (64, 64, 3), "classes": 5},
    "EfficientNetV2B0": {"input_shape": (33, 32, 3), "classes": 5},
    "EfficientNetV2S": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "max"},
    "InceptionResNetV2": {"include_top": False, "input_shape": (75, 75, 3), "pooling": "avg"},
    "MobileNetV3Large": {"minimalistic": True, "include_top": False, "input_shape": (33, 33, 3), "pooling": "avg"},
    "MobileNetV3Small": {"alpha": 0.75, "input_shape": (40, 40, 3), "classes": 5},
    "NASNetMobile": {"input_shape": (49, 40, 3), "include_top": False, "pooling": "avg"},
}

# their larger relatives
BARE = {"include_top": False, "pooling": "avg"}
RELATIVES = {
    **{name: {**BARE, "input_shape": (40, 32, 3)} for name in ("VGG19", "ResNet101", "DenseNet169")},
    "ResNet101V2": {**BARE, "input_shape": (33, 40, 3)},
    **{f"EfficientNet{n}": {**BARE, "input_shape": (70, 64, 3)} for n in ("B1", "B4", "B7", "V2B1", "V2M", "V2L")},
    **{f"ConvNeXt{n}": {**BARE, "input_shape": (64, 96, 3)} for n in ("Small", "Base", "Large", "XLarge")},
    "NASNetLarge": {**BARE, "input_shape": (75, 64, 3)},
}
RUNS.update(RELATIVES)

# networks that Keras 3 has no more
OLDER_RUNS = {
    "ResNeXt50": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "RegNetX002": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "RegNetY002": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "max"},
    "ResNetRS50": {"include_top": False, "input_shape": (33, 40, 3), "pooling": "avg"},
}

# small variants of which earlier releases wrote files with weights
FILES = {
    "VGG16": {"input_shape": (32, 32, 3), "classes": 5},
    "VGG19": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "ResNet50": {"input_shape": (224, 224, 3), "classes": 5},
    "ResNet101": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "ResNet50V2": {"include_top": False, "input_shape": (33, 33, 3), "pooling": "max"},
    "ResNet101V2": RUNS["ResNet101V2"],
    "MobileNet": {"alpha": 0.05, "input_shape": (32, 32, 3), "classes": 5},
    "MobileNetV2": {"alpha": 0.05, "input_shape": (40, 40, 3), "classes": 5},
    "DenseNet121": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "InceptionV3": {"include_top": False, "input_shape": (139, 139, 3), "pooling": "max"},
    "InceptionResNetV2": {"include_top": False, "input_shape": (139, 139, 3), "pooling": "avg"},
    "Xception": {"include_top": False, "input_shape": (71, 71, 3), "pooling": "avg"},
    "NASNetMobile": {"input_shape": (49, 40, 3), "include_top": False, "pooling": "avg"},
    "MobileNetV3Large": {"minimalistic": True, "include_top": False, "input_shape": (33, 33, 3), "pooling": "avg"},
    "MobileNetV3Small": {"alpha": 0.75, "input_shape": (40, 40, 3), "classes": 5},
    "EfficientNetB0": {"input_shape": (33, 32, 3), "classes": 5},
    "EfficientNetV2B0": {"input_shape": (33, 32, 3), "classes": 5},
    "EfficientNetV2S": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "max"},
    "ConvNeXtTiny": {"input_shape": (64, 64, 3), "classes": 5},
    "RegNetX002": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"},
    "RegNetY002": {"include_top": False, "input_shape": (32, 32, 3), "pooling": "max"},
    "ResNetRS50": {"include_top": False, "input_shape": (33, 40, 3), "pooling": "avg"},
}

# and Keras 3 files of the largest
LARGE_FILES = {name: RUNS[name] for name in ("EfficientNetB7", "EfficientNetV2L", "ConvNeXtLarge", "ConvNeXtXLarge")}
LARGE_FILES["NASNetLarge"] = RUNS["NASNetLarge"]

# further settings, for which layers and weights are compared
VARIANTS = {
    "ConvNeXtTiny pooled": ("ConvNeXtTiny", {"include_top": False, "pooling": "max", "name": "mine"}),
    "EfficientNetV2B0 bare": ("EfficientNetV2B0", {"include_preprocessing": False, "input_shape": (64, 64, 3)}),
    "MobileNetV3Large 1.25": ("MobileNetV3Large", {"alpha": 1.25, "dropout_rate": 0, "classes": 7}),
    "MobileNetV3Small 0.75": ("MobileNetV3Small", {"alpha": 0.75, "include_preprocessing": False}),
    "MobileNetV3Small minimalistic": ("MobileNetV3Small", {"minimalistic": True, "include_top": False}),
    "NASNetMobile 50 x 40": ("NASNetMobile", {"include_top": False, "input_shape": (50, 40, 3), "pooling": "max"}),
}

SETTINGS = (
    "filters", "units", "kernel_size", "strides", "padding", "pool_size", "activation", "use_bias", "epsilon",
    "momentum", "rate", "max_value", "target_shape", "groups", "dilation_rate", "depth_multiplier", "keepdims",
)  # fmt: skip


def description(model):
    """A line per layer: its class, name, inputs, settings, weights and output; names that were made up are left out."""
    lines = []
    for layer in model.layers:
        config = layer.get_config()
        inputs = [x._keras_history[0].name for node in layer._inbound_nodes for x in node.input_tensors]
        settings = {k: config[k] for k in SETTINGS if config.get(k) is not None}
        weights = [[weight_name(w), list(w.shape)] for w in layer.weights]
        inputs = [shown(name) for name in inputs]
        parts = [type(layer).__name__, shown(layer.name), inputs, settings, weights, list(layer.output.shape)]
        lines.append(json.dumps(parts, sort_keys=True))
    return lines


def shown(name):
    """A name without the number that tells how many came before."""
    made_up = (
        "(activation|add|average_pooling2d|batch_normalization|concatenate|conv2d|cropping2d|custom_scale_layer|dropout|"
        "flatten|global_average_pooling2d|global_max_pooling2d|input_layer|layer_normalization|max_pooling2d|multiply|"
        "normalization|re_lu|rescaling|reshape|zero_padding2d)"
    )
    return re.sub(rf"^{made_up}(_\d+)?$", r"\1", name)


def weight_name(weight):
    """The last part of its path; one that Keras 3 gave no name is called gamma, which it is."""
    return re.sub(r"^variable(_\d+)?$", "gamma", weight.path.rpartition("/")[2])


def older_weight_name(name):
    """What a weight of Keras 1 is called today, as far as `values` looks at it: 'bn1_gamma' -> 'gamma'."""
    last = name.rpartition("_")[2]
    return {"std": "moving_variance"}.get(last, last)


def digest(lines):
    """One text of 64 signs for all lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def fill(model):
    """Gives a model weights that depend on nothing but their places and shapes."""
    model.set_weights(values([(weight_name(w), tuple(w.shape)) for w in model.weights]))


def values(weights):
    """Values for weights of these names and shapes."""
    found = []
    for i, (name, shape) in enumerate(weights):
        wave = np.cos(np.arange(np.prod(shape), dtype="float32") * 0.7 + i)
        if name in ("mean", "variance", "count"):  # of Normalization, which Keras 3 reads when it is built only
            wave = np.full(shape, name == "variance")
        elif len(shape) > 1:
            wave *= np.sqrt(4.0 / np.prod(shape[:-1] if "depthwise" not in name else shape[:2]))
        elif name in ("gamma", "moving_variance"):
            wave = 1.0 + 0.25 * wave
        else:
            wave *= 0.1
        found.append(wave.reshape(shape).astype("float32"))
    return found


def weighted_layers(model):
    """A line per layer that has weights, for models of older releases too: its name and the shapes of its weights."""
    return [
        json.dumps([uncounted(layer.name), [[int(n) for n in w.shape] for w in layer.weights]])
        for layer in model.layers
        if layer.weights
    ]


def uncounted(name):
    """A name without the number that tells how many models came before."""
    return re.sub(r"^.*head_dense$", "head_dense", re.sub(r"^stem_\d+_", "stem_", name))


def image(shape):
    """One image for a network."""
    return np.cos(np.arange(np.prod(shape), dtype="float32") * 0.3).reshape(1, *shape)


def outputs(model):
    """The first eight numbers that a filled network makes of the image."""
    fill(model)
    return np.asarray(model.predict(image(model.input_shape[1:]), verbose=0)).ravel()[:8]
