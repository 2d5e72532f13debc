"""The network of Keras 1 that tags music."""

from __future__ import annotations

from keras import config, layers
from keras.legacy.activations import hard_sigmoid
from keras.legacy.audio_conv_utils import decode_predictions, preprocess_input
from keras.models import Model
from keras.utils import get_file, get_source_inputs

__all__ = ["MusicTaggerCRNN", "decode_predictions", "preprocess_input"]

TAGS = 50
BANDS, FRAMES = 96, 1366
ADDRESS = "https://github.com/fchollet/deep-learning-models/releases/download/v0.3/"


def MusicTaggerCRNN(weights="msd", input_tensor=None, include_top=True, classes=TAGS):
    """The convolutional and recurrent network of Choi and others, 2016 (arXiv 1609.04243), as Keras 1.2 had it.

    Args:
        weights: 'msd' for the published weights, of the Million Song Dataset, which are downloaded once; or None.
        input_tensor: a symbolic tensor to begin with, instead of a new input of 96 bands and 1366 frames.
        include_top: whether the layer of tags at the end is part of it.
        classes: how many tags, if that layer is new.

    Returns:
        A model.

    Raises:
        ValueError: `weights` is neither of these, or there are no such weights for so many classes.
        OSError: weights are not there and could not be downloaded; the message says where to put them.
    """
    if weights not in ("msd", None):
        raise ValueError(f"MusicTaggerCRNN: `weights` must be 'msd' or None. Got {weights!r}.")
    if weights == "msd" and include_top and classes != TAGS:
        raise ValueError(f"MusicTaggerCRNN: with weights='msd', `classes` must be {TAGS}. Got {classes!r}.")
    last = config.image_data_format() == "channels_last"
    image = input_tensor
    if image is None:
        image = layers.Input((BANDS, FRAMES, 1) if last else (1, BANDS, FRAMES))
    x = layers.ZeroPadding2D((0, 37))(image)
    # over time, not over bands as the name says; the published weights want it
    x = layers.BatchNormalization(axis=2 if last else 3, name="bn_0_freq")(x)
    for i, (filters, pool) in enumerate(((64, 2), (128, 3), (128, 4), (128, 4)), start=1):
        x = layers.Conv2D(filters, 3, padding="same", name=f"conv{i}")(x)
        x = layers.ELU()(layers.BatchNormalization(axis=3 if last else 1, name=f"bn{i}")(x))
        x = layers.MaxPooling2D(pool, name=f"pool{i}")(x)
    if not last:
        x = layers.Permute((3, 1, 2))(x)
    x = layers.Reshape((15, 128))(x)
    for i in (1, 2):
        x = layers.GRU(
            32, return_sequences=i == 1, recurrent_activation=hard_sigmoid, reset_after=False, name=f"gru{i}"
        )(x)
    if include_top:
        x = layers.Dense(classes, activation="sigmoid", name="output")(x)
    model = Model(image if input_tensor is None else get_source_inputs(input_tensor), x, name="music_tagger_crnn")
    if weights == "msd":
        name = f"music_tagger_crnn_weights_tf_kernels_{'tf' if last else 'th'}_dim_ordering.h5"
        # the file has the layer of tags also for a network without it
        model.load_weights(get_file(name, ADDRESS + name, cache_subdir="models"), by_name=True)
    return model
