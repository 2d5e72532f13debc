"""Images in files, as Pillow's objects, and as arrays."""

import io
import os
import pathlib
import warnings

import numpy as np

from keras import config
from keras._core.checks import no_more_arguments, one_of
from keras.utils._resize import cropped_to_ratio, resize

MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
FILTERS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def pillow():
    """Pillow's module `PIL.Image`.

    Raises:
        ImportError: it is not installed; names the extra.
    """
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("Images in files need Pillow. Install it: pip install kerata[image]") from None
    return Image


def load_img(path, color_mode="rgb", target_size=None, interpolation="nearest", keep_aspect_ratio=False):
    """An image from a file, as a Pillow image.

    Args:
        path: the file, or its bytes in an `io.BytesIO`.
        color_mode: 'grayscale', 'rgb' or 'rgba'.
        target_size: (height, width) to resize to; None keeps the file's.
        interpolation: how to resize: 'nearest', 'bilinear', 'bicubic', 'hamming', 'box' or 'lanczos'.
        keep_aspect_ratio: whether the middle is cut out in the proportions of `target_size` before.

    Raises:
        ImportError: Pillow is not installed.
    """
    one_of("color_mode", color_mode, tuple(MODES), owner="load_img")
    one_of("interpolation", interpolation, FILTERS, owner="load_img")
    if isinstance(target_size, int):
        raise ValueError(f"load_img: `target_size` must be (height, width). Got {target_size!r}.")
    if isinstance(path, io.BytesIO):
        source = path
    elif isinstance(path, (str, bytes, os.PathLike)):
        source = io.BytesIO(pathlib.Path(os.fsdecode(path)).read_bytes())
    else:
        raise TypeError(f"load_img: `path` must be a path or an io.BytesIO. Got a {type(path).__name__}.")
    images = pillow()
    image = images.open(source)
    if color_mode != "grayscale" or image.mode not in ("I;16", "I", "L"):  # grey images of more bits stay as they are
        image = image.convert(MODES[color_mode])
    if target_size is None:
        return image
    height, width = target_size
    method = images.Resampling[interpolation.upper()]
    if not keep_aspect_ratio:
        return image if image.size == (width, height) else image.resize((width, height), method)
    crop_height = min(image.height, max(1, int(float(image.width * height) / width)))
    crop_width = min(image.width, max(1, int(float(image.height * width) / height)))
    top, left = int(float(image.height - crop_height) / 2), int(float(image.width - crop_width) / 2)
    return image.resize((width, height), method, box=(left, top, left + crop_width, top + crop_height))


def img_to_array(img, data_format=None, dtype=None):
    """A Pillow image, or a matrix, as an array.

    Args:
        img: the image.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        dtype: of the array; the default float type if None.

    Shapes:
        result: (height, width, channels), or (channels, height, width).
    """
    data_format = config.standard_data_format(data_format, owner="img_to_array")
    if isinstance(img, (str, bytes)):
        raise TypeError(f"img_to_array: `img` must be an image. Got {img!r}.\n  To read a file: load_img({img!r}).")
    x = np.asarray(img, dtype=dtype or config.floatx())
    if x.ndim == 2:
        x = x[..., None] if data_format == "channels_last" else x[None]
    elif x.ndim != 3:
        raise ValueError(f"img_to_array: `img` must have 2 or 3 axes. Got shape {x.shape}.")
    elif data_format == "channels_first":
        x = x.transpose(2, 0, 1)
    return x


def array_to_img(x, data_format=None, scale=True, dtype=None):
    """An array as a Pillow image.

    Args:
        x: (height, width, channels), or (channels, height, width), with 1, 3 or 4 channels.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        scale: whether values are shifted and stretched so that they go from 0 to 255.
        dtype: in which to compute that; the default float type if None.

    Raises:
        ValueError: `x` has no 3 axes, or another number of channels.
    """
    data_format = config.standard_data_format(data_format, owner="array_to_img")
    x = np.asarray(x, dtype=dtype or config.floatx())
    if x.ndim != 3:
        raise ValueError(f"array_to_img: `x` must be one image with 3 axes. Got shape {x.shape}.")
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    if x.shape[2] not in (1, 3, 4):
        raise ValueError(f"array_to_img: an image has 1, 3 or 4 channels. Got {x.shape[2]}, from shape {x.shape}.")
    if scale:
        x = x - np.min(x)
        largest = np.max(x)
        x = x / largest * 255 if largest else x
    images = pillow()
    if x.shape[2] == 1 and np.max(x) > 255:
        return images.fromarray(x[..., 0].astype("int32"))
    return images.fromarray((x[..., 0] if x.shape[2] == 1 else x).astype("uint8"))


def save_img(path, x, data_format=None, file_format=None, scale=True, **kwargs):
    """Writes an array as an image.

    Args:
        path: where to, or an object that is open for writing.
        x: (height, width, channels), or (channels, height, width).
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        file_format: such as 'png'; told by the path's ending if None.
        scale: whether values are shifted and stretched so that they go from 0 to 255.
        **kwargs: passed to Pillow's `save`.
    """
    image = array_to_img(x, data_format=data_format, scale=scale)
    ending = (file_format or os.path.splitext(str(path))[1].lstrip(".")).lower()
    if image.mode == "RGBA" and ending in ("jpg", "jpeg"):
        warnings.warn("save_img: JPEG has no transparency, so the fourth channel is left out.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format="jpeg" if file_format == "jpg" else file_format, **kwargs)


def smart_resize(x, size, interpolation="bilinear", data_format="channels_last", **kwargs):
    """Images in another size, without distortion: the middle is cut out in the proportions of `size` first.

    Args:
        x: (height, width, channels) or (images, height, width, channels).
        size: (height, width).
        interpolation: 'bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'.
        data_format: 'channels_last', or 'channels_first' with channels before the height.

    Returns:
        A NumPy array of floats.
    """
    no_more_arguments("smart_resize", kwargs)
    if len(size) != 2:
        raise ValueError(f"smart_resize: `size` must be (height, width). Got {size!r}.")
    data_format = config.standard_data_format(data_format, owner="smart_resize")
    x = np.asarray(x)
    if x.ndim not in (3, 4):
        raise ValueError(f"smart_resize: `x` must be images with 3 or 4 axes. Got shape {x.shape}.")
    if data_format == "channels_first":
        x = np.moveaxis(x, -3, -1)
    x = cropped_to_ratio(x, size)
    found = np.stack([resize(one, size, interpolation) for one in x]) if x.ndim == 4 else resize(x, size, interpolation)
    found = found.astype(config.floatx())
    return np.moveaxis(found, -1, -3) if data_format == "channels_first" else found
