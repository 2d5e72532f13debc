"""Sounds for, and tags from, the network of Keras 1 that tags music."""

from __future__ import annotations

import importlib

import numpy as np

from keras import config

__all__ = ["decode_predictions", "preprocess_input"]

RATE = 12000  # samples per second
SAMPLES = int(29.12 * RATE)
WINDOW, BANDS, STEP = 512, 96, 256

TAGS = [
    "rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s", "alternative rock", "jazz",
    "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul", "indie rock", "Mellow", "electronica",
    "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic",
    "experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country", "easy listening", "sexy",
    "catchy", "funk", "electro", "heavy metal", "Progressive rock", "60s", "rnb", "indie pop", "sad", "House", "happy",
]  # fmt: skip


def preprocess_input(audio_path, dim_ordering="default"):
    """The middle 29 seconds of a recording as a picture of loudness: 96 bands of frequencies, 1366 frames.

    Args:
        audio_path: a file that librosa reads.
        dim_ordering: 'tf' for (96, 1366, 1), 'th' for (1, 96, 1366); 'default' takes that of the settings.

    Raises:
        ValueError: there is no such order of axes.
        ImportError: librosa is not installed.
    """
    if dim_ordering == "default":
        dim_ordering = "tf" if config.image_data_format() == "channels_last" else "th"
    if dim_ordering not in ("tf", "th"):
        raise ValueError(f"preprocess_input: `dim_ordering` must be 'tf', 'th' or 'default'. Got {dim_ordering!r}.")
    try:
        librosa = importlib.import_module("librosa")
    except ImportError as error:
        raise ImportError("preprocess_input needs librosa to read sounds: pip install librosa") from error
    sound, _ = librosa.load(audio_path, sr=RATE)
    start = max(0, (len(sound) - SAMPLES) // 2)
    sound = sound[start : start + SAMPLES]
    sound = np.pad(sound, (0, SAMPLES - len(sound)))
    bands = librosa.feature.melspectrogram(y=sound, sr=RATE, hop_length=STEP, n_fft=WINDOW, n_mels=BANDS)
    loudness = librosa.power_to_db(bands**2, ref=1.0)
    return loudness[:, :, None] if dim_ordering == "tf" else loudness[None]


def decode_predictions(preds, top_n=5):
    """The most likely tags of each recording.

    Args:
        preds: outputs of the network, (recordings, 50).
        top_n: how many tags per recording.

    Returns:
        A list per recording, of `(tag, score)`, the most likely first.

    Raises:
        ValueError: the shape is another one.
    """
    preds = np.asarray(preds)
    if preds.ndim != 2 or preds.shape[1] != len(TAGS):
        raise ValueError(
            f"decode_predictions takes outputs of shape (recordings, {len(TAGS)}). Got shape {preds.shape}."
        )
    best = np.argsort(preds, axis=1)[:, ::-1][:, :top_n]
    return [[(TAGS[i], row[i]) for i in order] for row, order in zip(preds, best)]
