"""Names that today's modules have no more, and where in this folder they are."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple


class Home(NamedTuple):
    """Some older names of one of today's modules.

    Attributes:
        module: the module of today that had them.
        home: the module that has them; a name may be followed by `=` and what it is called there.
        names: separated by spaces.
        eras: which releases had them.
    """

    module: str
    home: str
    names: str
    eras: str


_LAYERS = "keras.legacy.layers"

HOMES = [
    #    module of today    where it is              names                                           eras
    Home("keras.applications", "keras.legacy.resnet_rs", "ResNetRS50 ResNetRS101 ResNetRS152 ResNetRS200 ResNetRS270 "
         "ResNetRS350 ResNetRS420", "2.x"),
    Home("keras.applications", "keras.legacy.regnet", "RegNetX002 RegNetX004 RegNetX006 RegNetX008 RegNetX016 "
         "RegNetX032 RegNetX040 RegNetX064 RegNetX080 RegNetX120 RegNetX160 RegNetX320 RegNetY002 RegNetY004 "
         "RegNetY006 RegNetY008 RegNetY016 RegNetY032 RegNetY040 RegNetY064 RegNetY080 RegNetY120 RegNetY160 "
         "RegNetY320", "2.x"),
    Home("keras.applications.mobilenet", "keras.layers", "DepthwiseConv2D", "2.x"),
    Home("keras.applications.mobilenet", "keras.legacy.underscored", "relu6", "2.x"),
    Home("keras.applications.imagenet_utils", "keras.legacy.underscored", "_obtain_input_shape obtain_input_shape",
         "2.x"),
    Home("keras.initializers", "keras.legacy.underscored", "_compute_fans", "2.x"),
    Home("keras.preprocessing.sequence", "keras.legacy.underscored", "_remove_long_seq", "2.x"),
    Home("keras.layers", _LAYERS, "Highway MaxoutDense TimeDistributedDense Merge", "0.x 1.x 2.x"),
    Home("keras.layers", _LAYERS, "TimeDistributedMerge MaskedLayer MaskedLambda AutoEncoder "
         "ThresholdedLinear WordContextProduct", "0.x"),
    Home("keras.layers", "keras.legacy.siamese", "LambdaMerge Siamese SiameseHead add_shared_layer", "0.x"),
    Home("keras.layers", _LAYERS, "ParametricSoftplus SReLU ThresholdedReLU", "0.x 1.x 2.x"),
    Home("keras.layers", _LAYERS, "AtrousConvolution1D AtrousConv1D=AtrousConvolution1D AtrousConvolution2D "
         "AtrousConv2D=AtrousConvolution2D Deconvolution2D Deconv2D=Deconvolution2D", "1.x 2.x"),
    Home("keras.layers", "keras.layers", "Deconv3D=Conv3DTranspose Deconvolution3D=Conv3DTranspose", "2.x"),
    Home("keras.layers", _LAYERS, "LocallyConnected1D LocallyConnected2D", "1.x 2.x"),
    Home("keras.layers", _LAYERS, "CuDNNGRU CuDNNLSTM", "2.x"),
    Home("keras.layers", "keras.legacy.recurrent", "Recurrent ConvRecurrent2D time_distributed_dense", "0.x 1.x 2.x"),
    Home("keras.layers", "keras.legacy.recurrent", "ConvLSTM2DCell ConvRNN2D AbstractRNNCell", "2.x"),
    # what `keras/layers/__init__.py` of those years took in with `*`, and programs took from there
    Home("keras.layers", "keras", "activations constraints initializers regularizers K=backend", "0.x 1.x 2.x"),
    Home("keras.layers", "keras.legacy", "initializations", "0.x 1.x"),
    Home("keras.regularizers", "keras.legacy.pieces", "l1l2 activity_l1 activity_l2 activity_l1l2 L1L2Regularizer "
         "WeightRegularizer=L1L2Regularizer ActivityRegularizer=L1L2Regularizer EigenvalueRegularizer", "0.x 1.x"),
    Home("keras.regularizers", "keras.regularizers", "identity=Regularizer", "0.x"),
    Home("keras.constraints", "keras.constraints", "maxnorm=MaxNorm nonneg=NonNeg unitnorm=UnitNorm", "0.x 1.x 2.x"),
    Home("keras.constraints", "keras.constraints", "identity=Constraint", "0.x"),
    Home("keras.constraints", "keras.legacy.pieces", "RadialConstraint radial_constraint=RadialConstraint", "2.x"),
    Home("keras.initializers", "keras.initializers", "normal=RandomNormal uniform=RandomUniform one=Ones zero=Zeros",
         "2.x"),
    Home("keras.losses", "keras.losses", "mse=mean_squared_error MSE=mean_squared_error mae=mean_absolute_error "
         "MAE=mean_absolute_error mape=mean_absolute_percentage_error MAPE=mean_absolute_percentage_error "
         "msle=mean_squared_logarithmic_error MSLE=mean_squared_logarithmic_error kld=kl_divergence KLD=kl_divergence "
         "kullback_leibler_divergence=kl_divergence logcosh=log_cosh huber_loss=huber", "0.x 1.x 2.x"),
    Home("keras.losses", "keras.losses._loss", "LossFunctionWrapper", "2.x"),
    Home("keras.losses", "keras.legacy.pieces", "cosine_proximity cosine=cosine_proximity Reduction", "0.x 1.x 2.x"),
    Home("keras.metrics", "keras.losses", "mse=mean_squared_error MSE=mean_squared_error mae=mean_absolute_error "
         "MAE=mean_absolute_error mape=mean_absolute_percentage_error MAPE=mean_absolute_percentage_error "
         "msle=mean_squared_logarithmic_error MSLE=mean_squared_logarithmic_error kld=kl_divergence KLD=kl_divergence "
         "kullback_leibler_divergence=kl_divergence logcosh=log_cosh mean_squared_error mean_absolute_error "
         "mean_absolute_percentage_error mean_squared_logarithmic_error hinge squared_hinge kl_divergence poisson "
         "binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy categorical_hinge log_cosh "
         "binary_focal_crossentropy", "1.x 2.x"),
    Home("keras.metrics", "keras.legacy.metrics", "accuracy cosine_proximity=positive_cosine "
         "cosine=positive_cosine cosine_similarity=positive_cosine precision recall fbeta_score fmeasure "
         "f1score=fmeasure fscore=fmeasure matthews_correlation MeanRelativeError MeanTensor", "1.x 2.x"),
    Home("keras.optimizers", "keras.optimizers", "sgd=SGD rmsprop=RMSprop adagrad=Adagrad adadelta=Adadelta adam=Adam "
         "adamax=Adamax nadam=Nadam", "0.x 1.x 2.x"),
    Home("keras.optimizers", "keras.legacy.optimizer_bases", "TFOptimizer clip_norm optimizer_from_config", "1.x 2.x"),
    Home("keras.models", "keras.legacy.models", "Graph make_batches slice_X model_from_config", "0.x 1.x"),
    Home("keras.models", "keras.legacy.texts", "model_from_yaml", "0.x 1.x 2.x"),
    Home("keras.models", "keras.layers", "Input InputLayer", "2.x"),
    Home("keras.callbacks", "keras.legacy.pieces", "BaseLogger", "0.x 1.x 2.x"),
    Home("keras.utils", "keras.legacy.tools", "GeneratorEnqueuer OrderedEnqueuer SequenceEnqueuer HDF5Matrix "
         "print_summary convert_all_kernels_in_model to_ordinal", "2.x"),
    Home("keras.utils", "keras.legacy.strategies", "multi_gpu_model", "2.x"),
    Home("keras.preprocessing.image", "keras.legacy.preprocessing.image", "DataFrameIterator DirectoryIterator "
         "GraphImageDataGenerator ImageDataGenerator Iterator NumpyArrayIterator apply_affine_transform "
         "apply_brightness_shift "
         "apply_channel_shift apply_transform flip_axis horizontal_flip list_pictures random_barrel_transform "
         "random_brightness random_channel_shift random_rotation random_shear random_shift random_zoom "
         "transform_matrix_offset_center vertical_flip", "0.x 1.x 2.x"),
    Home("keras.preprocessing.sequence", "keras.legacy.preprocessing.sequence", "TimeseriesGenerator "
         "make_sampling_table skipgrams", "0.x 1.x 2.x"),
    Home("keras", "keras.legacy.notebook", "load_ipython_extension unload_ipython_extension", "3"),
    Home("keras.utils", "keras.legacy.hdf5", "H5Dict h5dict", "2.x"),
    Home("keras.utils", "keras.legacy.experimental", "TimedThread warmstart_embedding_matrix", "2.x"),
    Home("keras.utils", "keras.legacy.gone", "SidecarEvaluator StepsPerExecutionTuner", "2.x"),
    Home("keras.layers", "keras.legacy.experimental", "RandomHeight RandomWidth", "2.x"),
    Home("keras.layers", "keras.legacy.gone", "DenseFeatures", "2.x"),
    Home("keras.callbacks", "keras.legacy.gone", "SidecarEvaluatorModelExport", "2.x"),
    Home("keras.config", "keras.legacy.era", "era set_era", "3"),
    Home("keras.config", "keras.legacy.report", "legacy_report", "3"),
]  # fmt: skip

_PLACES: dict[str, dict[str, tuple[str, str]]] = {}
for _home in HOMES:
    for _entry in _home.names.split():
        _old, _, _there = _entry.partition("=")
        _PLACES.setdefault(_home.module, {})[_old] = (_home.home, _there or _old)


def names_of(module: str) -> list[str]:
    """The older names of one of today's modules."""
    return list(_PLACES.get(module, ()))


def modules() -> set[str]:
    """Today's modules that have older names."""
    return set(_PLACES)


def find(module: str, name: str) -> Any:
    """The object that an older name of a module means.

    Raises:
        KeyError: the module never had it.
    """
    home, there = _PLACES[module][name]
    found = getattr(importlib.import_module(home), there, None)
    return importlib.import_module(f"{home}.{there}") if found is None else found
