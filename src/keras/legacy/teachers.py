"""Today's modules that are taught what older programs say, and what in this folder does it; `attach` calls it."""

TEACHERS: dict[str, str] = {
    "keras.activations": "identifiers.teach_activations",
    "keras.applications.convnext": "arguments.apply",
    "keras.applications.imagenet_utils": "arguments.apply",
    "keras.applications.inception_v3": "older_networks.teach_with_mode",
    "keras.applications.mobilenet": "older_networks.teach",
    "keras.applications.mobilenet_v2": "arguments.apply",
    "keras.applications.resnet": "arguments.apply",
    "keras.applications.resnet50": "older_networks.teach_with_mode",
    "keras.applications.vgg16": "utilities.teach_network",
    "keras.applications.vgg19": "utilities.teach_network",
    "keras.applications.xception": "arguments.apply",
    "keras.backend": "utilities.teach_backend",
    "keras.callbacks": "callbacks.teach",
    "keras.constraints": "identifiers.teach_constraints",
    "keras.datasets.boston_housing": "utilities.teach_data_set",
    "keras.datasets.cifar10": "utilities.teach_data_set",
    "keras.datasets.cifar100": "utilities.teach_data_set",
    "keras.datasets.fashion_mnist": "utilities.teach_data_set",
    "keras.datasets.imdb": "utilities.teach_data_set",
    "keras.datasets.mnist": "utilities.teach_data_set",
    "keras.datasets.reuters": "utilities.teach_data_set",
    "keras.initializers": "identifiers.teach_initializers",
    "keras.layers": "layer_arguments.teach",
    "keras.legacy.preprocessing.image": "arguments.apply",
    "keras.legacy.preprocessing.text": "arguments.apply",
    "keras.legacy.tools": "arguments.apply",
    "keras.losses": "identifiers.teach_losses",
    "keras.metrics": "identifiers.teach_metrics",
    "keras.mixed_precision": "loss_scaling.teach",
    "keras.models": "model_arguments.teach",
    "keras.optimizers": "optimizers.teach",
    "keras.preprocessing.image": "utilities.teach_images",
    "keras.regularizers": "identifiers.teach_regularizers",
    "keras.utils": "utilities.teach_utils",
}

# modules with `get`, `serialize` and `deserialize`
LOOKED_UP = frozenset((
    "keras.activations", "keras.constraints", "keras.initializers", "keras.layers", "keras.losses", "keras.metrics",
    "keras.optimizers", "keras.optimizers.schedules", "keras.regularizers",
))  # fmt: skip

# the last one has older names, which `import *` gives, and nothing to learn
TAUGHT = TEACHERS.keys() | LOOKED_UP | {"keras.preprocessing.sequence"}


def of(module: str) -> list[str]:
    """What teaches a module, as 'file.function', in order."""
    own = [TEACHERS[module]] if module in TEACHERS else []
    return [*own, "lookups.teach"] if module in LOOKED_UP else own
