"""`ImageDataGenerator`: images that are drawn anew, turned, moved and tinted, each time they are used."""

from __future__ import annotations

import warnings

import numpy as np

from keras import config
from keras._core.checks import one_of
from keras.legacy import era
from keras.legacy.further_names import further_names
from keras.legacy.preprocessing import manner as manners
from keras.legacy.preprocessing.affine import (
    FILL_MODES,
    MOVEMENT,
    apply_channel_shift,
    apply_transform,
    brightened,
    flip_axis,
    on_rows,
    stays,
    turning,
)
from keras.legacy.preprocessing.files import DataFrameIterator, DirectoryIterator, with_endings
from keras.legacy.preprocessing.iterators import NumpyArrayIterator
from keras.legacy.preprocessing.manner import Manner

_NO_STATISTICS = "ImageDataGenerator: {setting} needs statistics of the data. Call fit(x) with images before."


class ImageDataGenerator:
    """Batches of images, changed at random each time.

    An image is turned, moved, sheared and zoomed in one step, its channels are shifted, it is flipped, its brightness
    is changed; then `preprocessing_function`, `rescale`, and the normalisations in their order here. What is drawn
    comes from `numpy.random`; the same seeds give the same images as in the release of the era that is set.

    Args:
        featurewise_center, featurewise_std_normalization: whether the mean over the data is taken off, and the images
            are divided by the standard deviation; `fit` computes them.
        samplewise_center, samplewise_std_normalization: the same with each image's own.
        zca_whitening: whether values are made independent of each other; `fit` computes how.
        zca_epsilon: keeps that from dividing by zero.
        rotation_range: degrees.
        width_shift_range, height_shift_range: a share of the size if below 1, pixels if above; an int means whole
            pixels, a list the values to choose from.
        brightness_range: two factors.
        shear_range: degrees; radians before 2.2.
        zoom_range: two factors, or one number z for (1 - z, 1 + z).
        channel_shift_range: by how much values may be shifted.
        fill_mode: what comes from outside of an image: 'nearest', 'constant', 'reflect' or 'wrap'.
        cval: the value for 'constant'.
        horizontal_flip, vertical_flip: whether half of the images are flipped.
        rescale: a factor.
        preprocessing_function: applied to each image, of rank 3, after it was changed.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        validation_split: the share of the data, from its start, that is the subset 'validation'.
        interpolation_order: 0 takes the nearest pixel, 1 is linear, up to 5.
        dtype: of the batches; the default float type if None.
        compiled: whether one compiled program changes a whole batch on the device, instead of SciPy image by image.
            The draws are the same. `interpolation_order` must be 0 or 1, and `preprocessing_function` made of
            `keras.ops`.

    >>> images = ImageDataGenerator(rotation_range=20, horizontal_flip=True, rescale=1 / 255)
    >>> model.fit(images.flow(x, y, batch_size=32), epochs=10)
    """

    def __init__(
        self,
        featurewise_center=False,
        samplewise_center=False,
        featurewise_std_normalization=False,
        samplewise_std_normalization=False,
        zca_whitening=False,
        zca_epsilon=1e-6,
        rotation_range=0,
        width_shift_range=0.0,
        height_shift_range=0.0,
        brightness_range=None,
        shear_range=0.0,
        zoom_range=0.0,
        channel_shift_range=0.0,
        fill_mode="nearest",
        cval=0.0,
        horizontal_flip=False,
        vertical_flip=False,
        rescale=None,
        preprocessing_function=None,
        data_format=None,
        validation_split=0.0,
        interpolation_order=1,
        dtype=None,
        *,
        compiled=False,
    ):
        owner = "ImageDataGenerator"
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.shear_range = shear_range
        self.zoom_range = _zoom_range(zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode = one_of("fill_mode", fill_mode, FILL_MODES, owner=owner)
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.dtype = dtype or config.floatx()
        self.interpolation_order = interpolation_order
        self.compiled = compiled
        self.data_format = config.standard_data_format(data_format, owner=owner)
        self.channel_axis, self.row_axis, self.col_axis = (
            (1, 2, 3) if self.data_format == "channels_first" else (3, 1, 2)
        )
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(f"{owner}: `validation_split` must lie between 0 and 1. Got {validation_split!r}.")
        self._validation_split = validation_split
        if brightness_range is not None and np.shape(brightness_range) != (2,):
            raise ValueError(f"{owner}: `brightness_range` must be two numbers. Got {brightness_range!r}.")
        self.brightness_range = brightness_range
        if compiled and interpolation_order not in (0, 1):
            raise ValueError(f"{owner}: with `compiled`, `interpolation_order` must be 0 or 1.")
        self.flow_generator = None
        self.mean = None
        self.std = None
        self.principal_components = None
        self._manner = manners.current()
        if zca_whitening:
            self._need("featurewise_center", "zca_whitening")
            if featurewise_std_normalization:
                warnings.warn(
                    f"{owner}: `zca_whitening` takes the place of `featurewise_std_normalization`.", stacklevel=2
                )
                self.featurewise_std_normalization = False
        if featurewise_std_normalization:
            self._need("featurewise_center", "featurewise_std_normalization")
        if samplewise_std_normalization:
            self._need("samplewise_center", "samplewise_std_normalization")

    def _need(self, name: str, because: str) -> None:
        if not getattr(self, name):
            setattr(self, name, True)
            warnings.warn(f"ImageDataGenerator: `{because}` needs `{name}`, which is now set.", stacklevel=3)

    def flow(
        self,
        x,
        y=None,
        batch_size=32,
        shuffle=True,
        sample_weight=None,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        ignore_class_split=False,
        subset=None,
    ):
        """Batches of images in an array; see `NumpyArrayIterator`."""
        found = NumpyArrayIterator(
            x, y, self, batch_size=batch_size, shuffle=shuffle, sample_weight=sample_weight, seed=seed,
            data_format=self.data_format, save_to_dir=save_to_dir, save_prefix=save_prefix, save_format=save_format,
            subset=subset, ignore_class_split=ignore_class_split, dtype=self.dtype,
        )  # fmt: skip
        if era.before("1.0"):
            self.flow_generator = found
        return found

    def next(self):
        """The next batch of the last `flow`, which in 0.x was the generator itself."""
        if self.flow_generator is None:
            raise ValueError(f"{type(self).__name__}.next: call flow(X, y) first, in a program of Keras 0.x.")
        return next(self.flow_generator)

    def flow_from_directory(
        self,
        directory,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        follow_links=False,
        subset=None,
        interpolation="nearest",
        keep_aspect_ratio=False,
    ):
        """Batches of images in files, in one folder per class; see `DirectoryIterator`."""
        return DirectoryIterator(
            directory, self, target_size=target_size, color_mode=color_mode, classes=classes, class_mode=class_mode,
            batch_size=batch_size, shuffle=shuffle, seed=seed, data_format=self.data_format, save_to_dir=save_to_dir,
            save_prefix=save_prefix, save_format=save_format, follow_links=follow_links, subset=subset,
            interpolation=interpolation, keep_aspect_ratio=keep_aspect_ratio, dtype=self.dtype,
        )  # fmt: skip

    def flow_from_dataframe(
        self,
        dataframe,
        directory=None,
        x_col="filename",
        y_col="class",
        weight_col=None,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        subset=None,
        interpolation="nearest",
        validate_filenames=True,
        keep_aspect_ratio=False,
        has_ext=True,
        **kwargs,
    ):
        """Batches of images whose files a table names; see `DataFrameIterator`.

        With `has_ext=False`, as 2.2 had it, the names are without the endings of the files. `drop_duplicates` and
        `sort` are refused: give a table made ready.
        """
        if kwargs:
            raise TypeError(
                f"flow_from_dataframe: unknown arguments {', '.join(kwargs)}.\n"
                "  Prepare the table before: sorted, without duplicates."
            )
        if not has_ext:
            dataframe = with_endings(dataframe, directory, x_col)
        return DataFrameIterator(
            dataframe, directory, self, x_col=x_col, y_col=y_col, weight_col=weight_col, target_size=target_size,
            color_mode=color_mode, classes=classes, class_mode=class_mode, data_format=self.data_format,
            batch_size=batch_size, shuffle=shuffle, seed=seed, save_to_dir=save_to_dir, save_prefix=save_prefix,
            save_format=save_format, subset=subset, interpolation=interpolation,
            validate_filenames=validate_filenames, keep_aspect_ratio=keep_aspect_ratio, dtype=self.dtype,
        )  # fmt: skip

    def get_random_transform(self, img_shape, seed=None):
        """What happens to one image, drawn at random: the arguments of `apply_transform`.

        Args:
            img_shape: the shape of the image.
            seed: for `numpy.random`, if one is given.
        """
        draw = np.random
        if seed is not None:
            draw.seed(seed)
        rows, columns = img_shape[self.row_axis - 1], img_shape[self.col_axis - 1]
        theta = draw.uniform(-self.rotation_range, self.rotation_range) if self.rotation_range else 0
        tx = _drawn_shift(self.height_shift_range, rows, self._manner)
        ty = _drawn_shift(self.width_shift_range, columns, self._manner)
        shear = draw.uniform(-self.shear_range, self.shear_range) if self.shear_range else 0
        low, high = self.zoom_range
        zx, zy = (1, 1) if low == high == 1 else draw.uniform(low, high, 2)
        manner = self._manner
        if not manner.shear_in_degrees:
            shear = np.rad2deg(shear)
        channel_shift = brightness = None
        channels = None if manner.one_channel_shift else img_shape[self.channel_axis - 1]
        if self.channel_shift_range and not manner.flips_draw_always:  # before 2.2 it came before the flips
            channel_shift = draw.uniform(-self.channel_shift_range, self.channel_shift_range, channels)
        flips = []
        for wanted in (self.horizontal_flip, self.vertical_flip):
            flips.append((manner.flips_draw_always or wanted) and (draw.random_sample() < 0.5) * wanted)
        if self.channel_shift_range and manner.flips_draw_always:
            channel_shift = draw.uniform(-self.channel_shift_range, self.channel_shift_range, channels)
        if self.brightness_range is not None:
            brightness = draw.uniform(self.brightness_range[0], self.brightness_range[1])
        return {
            "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy, "flip_horizontal": flips[0],
            "flip_vertical": flips[1], "channel_shift_intensity": channel_shift, "brightness": brightness,
        }  # fmt: skip

    def apply_transform(self, x, transform_parameters):
        """One image, changed as told.

        Args:
            x: the image.
            transform_parameters: any of 'theta' and 'shear' (degrees), 'tx' and 'ty' (pixels), 'zx' and 'zy' (factors),
                'flip_horizontal', 'flip_vertical', 'channel_shift_intensity' and 'brightness'.
        """
        told = transform_parameters
        row, column, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        movement = [told.get(name, unmoved) for name, unmoved in MOVEMENT.items()]
        if not stays(*movement):
            matrix = on_rows(turning(*movement), x.shape[row], x.shape[column], self._manner)
            x = apply_transform(x, matrix, channel, self.fill_mode, self.cval, self.interpolation_order)
        if told.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, told["channel_shift_intensity"], channel)
        if told.get("flip_horizontal", False):
            x = flip_axis(x, column)
        if told.get("flip_vertical", False):
            x = flip_axis(x, row)
        if told.get("brightness") is not None:
            x = brightened(x, told["brightness"], self._manner.brightness_stretches, self._manner, self.data_format)
        return x

    def random_transform(self, x, seed=None):
        """One image, changed at random; see `get_random_transform`."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def standardize(self, x):
        """Images, or one, after `preprocessing_function`, `rescale` and the normalisations."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        x = np.asarray(x)
        x = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else self.dtype)
        if self.rescale:
            x *= self.rescale
        over = {"axis": self.channel_axis - 1} if self._manner.samplewise_by_channel else {}
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True, **over)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True, **over) + self._manner.tiny
        if self.featurewise_center and self._has("mean", "featurewise_center"):
            x -= self.mean
        if self.featurewise_std_normalization and self._has("std", "featurewise_std_normalization"):
            x /= self.std + self._manner.tiny
        if self.zca_whitening and self._has("principal_components", "zca_whitening"):
            shape = x.shape
            x = (x.reshape(-1, np.prod(shape[-3:])) @ self.principal_components).reshape(shape)
        return x

    def _has(self, name: str, setting: str) -> bool:
        if getattr(self, name) is None:
            warnings.warn(_NO_STATISTICS.format(setting=f"`{setting}`"), stacklevel=3)
            return False
        return True

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Computes the statistics that 'featurewise' normalisations and whitening need.

        Args:
            x: images, with 4 axes.
            augment: whether they are changed at random before.
            rounds: how often each of them, if so.
            seed: for `numpy.random`, if one is given.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(f"ImageDataGenerator.fit: `x` must be images with 4 axes. Got shape {x.shape}.")
        if x.shape[self.channel_axis] not in (1, 3, 4):
            found = (
                f"ImageDataGenerator.fit: images of {self.data_format} have 1, 3 or 4 channels as a rule. "
                f"`x` has {x.shape[self.channel_axis]}, in shape {x.shape}."
            )
            if era.before("2.0") and not era.before("1.2"):
                raise ValueError(found)
            warnings.warn(found, stacklevel=2)
        if seed is not None:
            np.random.seed(seed)
        if self.rescale and self._manner.fit_rescales:
            x *= self.rescale
        if augment:
            x = np.stack([self.random_transform(image) for _ in range(rounds) for image in x]).astype(self.dtype)
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(x, axis=axes, keepdims=True)[0]
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=axes, keepdims=True)[0]
            x /= self.std + self._manner.tiny
        if self.zca_whitening:
            self.principal_components = _whitening(x.reshape(len(x), -1), self.zca_epsilon, self._manner.zca_of_data)


class GraphImageDataGenerator(ImageDataGenerator):
    """`ImageDataGenerator` of 0.3 for a `Graph` with one 'input' and one 'output'.

    `flow(X, y)` returns the generator itself, whose batches are dicts `{"input": images, "output": targets}`.
    """

    @further_names("X")
    def flow(self, x, y, batch_size=32, shuffle=False, seed=None, save_to_dir=None, save_prefix="", save_format="jpeg"):
        """Batches of images in an array, without end; see `NumpyArrayIterator`."""
        self.flow_generator = super().flow(
            x, y, batch_size=batch_size, shuffle=shuffle, seed=seed, save_to_dir=save_to_dir, save_prefix=save_prefix,
            save_format=save_format,
        )  # fmt: skip
        return self

    def __iter__(self):
        return self

    def __next__(self):
        images, targets = super().next()
        return {"input": images, "output": targets}

    next = __next__


def _zoom_range(given) -> list:
    if isinstance(given, (int, float)):
        return [1 - given, 1 + given]
    if np.shape(given) == (2,):
        return [given[0], given[1]]
    raise ValueError(f"ImageDataGenerator: `zoom_range` must be a number or two. Got {given!r}.")


def _drawn_shift(given, size: int, manner: Manner) -> float:
    """Pixels to move by; `given` as the constructor takes it."""
    if not np.any(given):
        return 0
    if manner.shift_is_drawn_from_list and (np.ndim(given) or isinstance(given, (int, np.integer))):
        moved = np.random.choice(given) * np.random.choice([-1, 1])
    else:
        moved = np.random.uniform(-given, given)
    return moved * size if manner.shift_is_share or np.max(given) < 1 else moved


def _whitening(rows: np.ndarray, epsilon: float, of_data: bool) -> np.ndarray:
    """The symmetric matrix that makes columns independent, with variance 1."""
    if of_data:
        u, s, _ = np.linalg.svd(rows.T, full_matrices=False)
        scale = np.sqrt(len(rows)) / (s + epsilon)
    else:
        u, s, _ = np.linalg.svd(rows.T @ rows / len(rows))
        scale = 1.0 / np.sqrt(s + epsilon)
    return (u * scale) @ u.T
