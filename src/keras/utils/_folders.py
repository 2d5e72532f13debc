"""Data sets whose classes are folders: images, texts, sounds."""

import functools
import os
from collections.abc import Callable, Iterator

import numpy as np

from keras import config
from keras._core.checks import one_of, positive_integer
from keras._data import Dataset
from keras._data.pieces import Counter, Piece
from keras._data.workers import in_order
from keras.utils._images import MODES, pillow
from keras.utils._resize import INTERPOLATIONS, cropped_to_ratio, resize, resize_with_border
from keras.utils._sound import read_wav, resampled

IMAGE_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
THREADS = min(8, os.cpu_count() or 1)  # that read and decode files


def image_dataset_from_directory(
    directory,
    labels="inferred",
    label_mode="int",
    class_names=None,
    color_mode="rgb",
    batch_size=32,
    image_size=(256, 256),
    shuffle=True,
    seed=None,
    validation_split=None,
    subset=None,
    interpolation="bilinear",
    follow_links=False,
    crop_to_aspect_ratio=False,
    pad_to_aspect_ratio=False,
    data_format=None,
    format="tf",
    verbose=True,
):
    """Batches of images from a folder with one folder per class; files are read and decoded by threads.

    Args:
        directory: the folder.
        labels: 'inferred' takes the folders' order; None for no labels; or a list of numbers, one per file in the order
            of their paths.
        label_mode: 'int' for class numbers (or for a list of labels as they are), 'binary' for 0.0 and 1.0,
            'categorical' for one-hot rows, None for none.
        class_names: the folders in the order of their numbers; alphabetical if None.
        color_mode: 'rgb', 'rgba' or 'grayscale'.
        batch_size: images in a batch; None for single ones.
        image_size: (height, width) to resize to; one number for both.
        shuffle: whether files come in another order in every pass.
        seed: decides the order.
        validation_split: the share of files, the last ones after one shuffle, that are kept to validate.
        subset: with it: 'training', 'validation', or 'both' for a pair.
        interpolation: how to resize; see `smart_resize`.
        follow_links: whether folders that are links are gone through.
        crop_to_aspect_ratio, pad_to_aspect_ratio: whether the middle is cut out, or zeros are put around, to keep
            proportions.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        format: only 'tf', which here means a data set of this package's own.
        verbose: whether to print how many files there are.

    Returns:
        A data set of `(images, labels)` that `fit` takes, with `class_names` and `file_paths`. Images are float32, and
        uint8 where interpolation='nearest' leaves pixels as they are.

    Raises:
        ValueError: there are no images, or arguments do not fit together.
    """
    owner = "image_dataset_from_directory"
    one_of("color_mode", color_mode, tuple(MODES), owner=owner)
    one_of("interpolation", interpolation, INTERPOLATIONS, owner=owner)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(f"{owner}: only one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio` can be True.")
    size = tuple(image_size) if isinstance(image_size, (list, tuple)) else (image_size, image_size)
    if len(size) != 2 or not all(isinstance(n, (int, np.integer)) and n > 0 for n in size):
        raise ValueError(f"{owner}: `image_size` must be (height, width). Got {image_size!r}.")
    first = config.standard_data_format(data_format, owner=owner) == "channels_first"
    images = pillow()

    def load(path: str) -> np.ndarray:
        with images.open(path) as opened:
            opened = images.fromarray(np.right_shift(opened, 8).astype("uint8")) if opened.mode[0] == "I" else opened
            image = np.asarray(opened.convert(MODES[color_mode]))  # where 16 bits would be cut off at 255
        image = image[..., None] if image.ndim == 2 else image
        if crop_to_aspect_ratio:
            image = cropped_to_ratio(image, size)
        change = resize_with_border if pad_to_aspect_ratio else resize
        image = change(image, size, interpolation)
        return np.moveaxis(image, -1, 0) if first else image

    folder = _Folder(owner, directory, labels, label_mode, class_names, IMAGE_ENDINGS, follow_links, "images")
    return folder.datasets(load, np.stack, batch_size, shuffle, seed, validation_split, subset, format, verbose)


def text_dataset_from_directory(
    directory,
    labels="inferred",
    label_mode="int",
    class_names=None,
    batch_size=32,
    max_length=None,
    shuffle=True,
    seed=None,
    validation_split=None,
    subset=None,
    follow_links=False,
    format="tf",
    verbose=True,
):
    """Batches of texts from a folder with one folder of `.txt` files per class.

    Args:
        max_length: bytes to keep of each text; None keeps all.
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links,
            format, verbose: see `image_dataset_from_directory`.

    Returns:
        A data set of `(texts, labels)`; texts are arrays of Python strings, for a `TextVectorization` layer.
    """
    if max_length is not None:
        max_length = positive_integer("max_length", max_length, owner="text_dataset_from_directory")

    def load(path: str) -> str:
        with open(path, "rb") as file:
            return file.read(-1 if max_length is None else max_length).decode("utf-8", errors="replace")

    def stack(texts: list) -> np.ndarray:
        return np.array(texts, dtype=object)

    owner = "text_dataset_from_directory"
    folder = _Folder(owner, directory, labels, label_mode, class_names, (".txt",), follow_links, "texts")
    return folder.datasets(load, stack, batch_size, shuffle, seed, validation_split, subset, format, verbose)


def audio_dataset_from_directory(
    directory,
    labels="inferred",
    label_mode="int",
    class_names=None,
    batch_size=32,
    sampling_rate=None,
    output_sequence_length=None,
    ragged=False,
    shuffle=True,
    seed=None,
    validation_split=None,
    subset=None,
    follow_links=False,
    verbose=True,
):
    """Batches of sounds from a folder with one folder of `.wav` files per class.

    Args:
        sampling_rate: samples per second to convert to; None keeps the files'.
        output_sequence_length: samples to cut or to fill up with zeros to; None fills up to the longest of a batch.
        ragged: only False: arrays here have rows of one length.
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links,
            verbose: see `image_dataset_from_directory`.

    Returns:
        A data set of `(sounds, labels)`; sounds have shape (batch, samples, channels) and values from -1 to 1.
    """
    owner = "audio_dataset_from_directory"
    if ragged:
        raise ValueError(
            f"{owner}: `ragged=True` is not possible, arrays here have rows of one length.\n"
            f"  Leave it out to fill up with zeros, or pass `output_sequence_length`."
        )
    for name, value in (("sampling_rate", sampling_rate), ("output_sequence_length", output_sequence_length)):
        if value is not None:
            positive_integer(name, value, owner=owner)

    def load(path: str) -> np.ndarray:
        sound, rate = read_wav(path)
        if sampling_rate is not None and rate != sampling_rate:
            sound = resampled(sound, rate, sampling_rate)
        return sound if output_sequence_length is None else _of_length(sound, output_sequence_length)

    def stack(sounds: list) -> np.ndarray:
        longest = max(len(sound) for sound in sounds)
        return np.stack([_of_length(sound, longest) for sound in sounds])

    folder = _Folder(owner, directory, labels, label_mode, class_names, (".wav",), follow_links, "sounds")
    return folder.datasets(load, stack, batch_size, shuffle, seed, validation_split, subset, "tf", verbose)


def _of_length(sound: np.ndarray, length: int) -> np.ndarray:
    sound = sound[:length]
    return np.pad(sound, ((0, length - len(sound)), (0, 0)))


class _Folder:
    """Files and their labels."""

    def __init__(self, owner, directory, labels, label_mode, class_names, endings, follow_links, what):
        self.owner, self.what, self.label_mode = owner, what, label_mode
        if label_mode not in ("int", "categorical", "binary", None):
            raise ValueError(
                f"{owner}: `label_mode` must be 'int', 'categorical', 'binary' or None. Got {label_mode!r}."
            )
        if labels not in ("inferred", None) if isinstance(labels, (str, type(None))) else False:
            raise ValueError(f"{owner}: `labels` must be 'inferred', None, or a list of numbers. Got {labels!r}.")
        if labels is not None and not isinstance(labels, str) and class_names is not None:
            raise ValueError(f"{owner}: `class_names` is for labels='inferred'; with a list of labels leave it out.")
        if labels is None or label_mode is None:  # no classes either: every folder is gone through
            if class_names is not None:
                raise ValueError(f"{owner}: without labels there are no classes; leave `class_names` out.")
            labels = None
        directory = os.fspath(directory)
        if not os.path.isdir(directory):
            raise FileNotFoundError(f"{owner}: there is no folder {directory!r}.")
        inferred = isinstance(labels, str)
        if inferred:
            names = sorted(e.name for e in os.scandir(directory) if e.is_dir() and not e.name.startswith("."))
            if class_names is not None:
                missing = [name for name in class_names if name not in names]
                if missing:
                    raise ValueError(f"{owner}: there are no folders {missing} in {directory!r}. There are: {names}.")
                names = list(class_names)
            folders = [os.path.join(directory, name) for name in names]
        else:
            names, folders = None, [directory]
        found = [list(_files(folder, endings, follow_links)) for folder in folders]
        self.paths = [path for group in found for path in group]
        if not self.paths:
            raise ValueError(f"{owner}: no {what} in {directory!r}. Files must end in {', '.join(endings)}.")
        if labels is None:
            self.labels, self.classes = None, None
        elif inferred:
            self.labels, self.classes = np.repeat(np.arange(len(names)), [len(g) for g in found]).astype("int32"), names
        else:
            if len(labels) != len(self.paths):
                raise ValueError(
                    f"{owner}: `labels` must have one number per file. Got {len(labels)} for {len(self.paths)} files."
                )
            self.labels = np.asarray(labels)
            self.classes = [str(n) for n in sorted(set(self.labels.tolist()))]
            whole = self.labels.dtype.kind in "iub"
            if not whole and (label_mode != "int" or self.labels.dtype.kind != "f"):
                raise ValueError(
                    f"{owner}: `labels` must be whole numbers, or with label_mode='int' any numbers. Got {labels[0]!r}."
                )
            self.labels = self.labels.astype("int32" if whole else "float32")
            if label_mode == "categorical" and (self.labels.min() < 0 or self.labels.max() >= len(self.classes)):
                raise ValueError(
                    f"{owner}: with label_mode='categorical', `labels` must be numbers from 0 on, all of them used. "
                    f"Got {', '.join(self.classes[:5])}."
                )
        if self.labels is not None and label_mode == "binary" and len(self.classes) != 2:
            raise ValueError(f"{owner}: label_mode='binary' needs 2 classes. Got {len(self.classes)}.")

    def datasets(self, load, stack, batch_size, shuffle, seed, validation_split, subset, format, verbose):
        """One data set, or the two of `subset='both'`."""
        owner = self.owner
        if format != "tf":
            raise ValueError(
                f"{owner}: the data set is one of this package, which loops, `fit` and other loaders go through, so "
                f"`format` cannot be chosen. Leave it out. Got {format!r}."
            )
        if batch_size is not None:
            positive_integer("batch_size", batch_size, owner=owner)
        _check_split(owner, validation_split, subset, shuffle, seed)
        seed = int(np.random.randint(1_000_000)) if seed is None else seed
        order = np.arange(len(self.paths))
        if shuffle:  # once, as Keras 3 does it, so that the parts are the same ones
            np.random.RandomState(seed).shuffle(order)
        count = int(validation_split * len(order)) if validation_split else 0
        if subset is not None and not 0 < count < len(order):
            raise ValueError(
                f"{owner}: `validation_split` {validation_split} of {len(order)} files leaves a part empty."
            )
        training, validation = order[: len(order) - count], order[len(order) - count :]
        if verbose:
            classes = "" if self.labels is None else f" of {len(self.classes)} classes"
            used = {None: "", "training": f", {len(training)} of them to train", "both": ""}.get(
                subset, f", {len(validation)} of them to validate"
            )
            print(f"Found {len(order)} {self.what}{classes}{used}.")
        made = [
            _dataset([self.paths[i] for i in part], self._targets(part), load, stack, batch_size, shuffle, seed)
            for part in (
                [training, validation] if subset == "both" else [validation if subset == "validation" else training]
            )
        ]
        for dataset in made:
            dataset.class_names = self.classes
        return tuple(made) if subset == "both" else made[0]

    def _targets(self, rows: np.ndarray) -> np.ndarray | None:
        if self.labels is None:
            return None
        labels = self.labels[rows]
        if self.label_mode == "binary":
            return labels[:, None].astype("float32")
        return np.eye(len(self.classes), dtype="float32")[labels] if self.label_mode == "categorical" else labels


def _files(folder: str, endings: tuple, follow_links: bool) -> Iterator[str]:
    """The files below a folder, in the order that lists of labels have: folder by folder, each before those in it."""
    for parent, _, names in sorted(os.walk(folder, followlinks=follow_links)):
        yield from (os.path.join(parent, name) for name in sorted(names) if name.lower().endswith(endings))


def _check_split(owner, validation_split, subset, shuffle, seed) -> None:
    if (validation_split is None) != (subset is None):
        raise ValueError(f"{owner}: `validation_split` and `subset` must be given together.")
    if validation_split is None:
        return
    if isinstance(validation_split, bool) or not 0 < validation_split < 1:
        raise ValueError(f"{owner}: `validation_split` must be a number between 0 and 1. Got {validation_split!r}.")
    one_of("subset", subset, ("training", "validation", "both"), owner=owner)
    if shuffle and seed is None and subset != "both":
        raise ValueError(
            f"{owner}: with `shuffle` and `validation_split`, pass `seed`: "
            f"otherwise the two subsets would not fit together and share files."
        )


def _dataset(
    paths: list, targets: np.ndarray | None, load: Callable, stack: Callable, batch_size, shuffle, seed
) -> Dataset:
    """Batches of files, decoded by threads; each pass has an order of its own if shuffled, the first the list's."""
    size = batch_size or 1
    count = -(-len(paths) // size)
    counter = Counter()

    def order() -> np.ndarray:
        rows, number = np.arange(len(paths)), counter()
        if shuffle and number:
            np.random.RandomState([seed, number]).shuffle(rows)
        return rows

    def batch(order: np.ndarray, number: int):
        rows = order[number * size : (number + 1) * size]
        x = [load(paths[i]) for i in rows]
        if batch_size is None:
            return x[0] if targets is None else (x[0], targets[rows[0]])
        return stack(x) if targets is None else (stack(x), targets[rows])

    def start() -> Iterator:
        return in_order(range(count), [functools.partial(batch, order())] * THREADS, THREADS + 2, None, "Dataset")

    def pieces() -> Iterator[Piece]:
        make = functools.partial(batch, order())
        return (Piece(functools.partial(make, number), in_threads=True) for number in range(count))

    made = Dataset(start, count, pieces, (counter,), THREADS)
    made.file_paths = list(paths)
    return made
