"""What all layers for images share: images alone or with labels, boxes and masks, one or a batch, either axis order."""

from keras import config, ops, random
from keras._core.checks import one_of
from keras._core.dtype_policy import dtype_name, is_float_name
from keras.layers._image.box_formats import FORMATS, convert_format
from keras.layers._image.box_moves import clip_to_image_size
from keras.layers._image.factors import factor_range
from keras.layers._layer import Layer


class ImageLayer(Layer):
    """A layer that changes images, and what comes with them.

    It is called on images, or on a dict with some of the keys 'images', 'labels', 'bounding_boxes' (a dict with 'boxes'
    and 'labels') and 'segmentation_masks', and returns the same. `get_random_transformation` decides what happens,
    the `transform_` methods do it. Images are (height, width, channels) or a batch of them.

    A subclass changes floats of shape (images, height, width, channels) in `change(images, transformation)`; one that
    moves pixels also overrides `move_boxes(corners, transformation)` and sets `moves_pixels`.

    Args:
        factor: how strong the change is, for layers that have such a number.
        bounding_box_format: how boxes are written; needed when boxes come.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
    """

    factor_bounds = None  # what `factor` may be; None where there is none
    moves_pixels = False  # whether boxes and masks change with the images
    in_training_only = True

    def __init__(self, factor=None, bounding_box_format=None, data_format=None, **kwargs):
        super().__init__(**kwargs)
        owner = type(self).__name__
        if self.factor_bounds is not None:
            factor = factor_range("factor", factor, self.factor_bounds, owner)
        elif factor is not None:
            raise ValueError(f"{owner} has no `factor`; leave it out. Got {factor!r}.")
        self.factor = factor
        if bounding_box_format is not None:
            one_of("bounding_box_format", bounding_box_format, FORMATS, owner)
        self.bounding_box_format = bounding_box_format
        self.data_format = config.standard_data_format(data_format, owner=owner)

    @property
    def _not_in_config(self):
        return frozenset(name for name in ("factor", "bounding_box_format") if getattr(self, name, None) is None)

    # --- calling

    def call(self, data, training=True):
        transformation = self.get_random_transformation(data, training=training)
        if not isinstance(data, dict):
            return self.transform_images(data, transformation, training=training)
        if "images" not in data:
            raise ValueError(f"{self.name}: a dict of inputs needs the key 'images'. Got {sorted(data)}.")
        single = len(data["images"].shape) == 3
        results = dict(data)
        for key, (of_batch, of_one) in _METHODS.items():
            if key in data:
                results[key] = getattr(self, of_one if single else of_batch)(
                    data[key], transformation, training=training
                )
        return results

    def get_random_transformation(self, data, training=True, seed=None):
        """What is to happen to the images in `data`; nothing is decided by chance here."""

    # --- batches

    def transform_images(self, images, transformation=None, training=True):
        """The images after the transformation, in the dtype of the layer."""
        images = ops.convert_to_tensor(images)
        dtype = self.image_dtype(dtype_name(images.dtype))
        if not self._acts(transformation, training):
            return ops.cast(images, dtype)
        # whole numbers cannot be blended: what computes in them computes in float32, and is converted at the end
        images = ops.cast(images, dtype if is_float_name(dtype) or self._keeps_dtype else "float32")
        changed = self.on_batch(lambda batch: self.change(batch, transformation), images)
        return ops.cast(changed, dtype) if is_float_name(dtype) else ops.saturate_cast(changed, dtype)

    def transform_labels(self, labels, transformation=None, training=True):
        """The labels as they are."""
        return labels

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        """The boxes of the transformed images; a box that has left its image gets the label -1."""
        if not self.moves_pixels or not self._acts(transformation, training):
            return bounding_boxes
        form = self._box_format()
        height, width = self.size_before(transformation)
        corners = convert_format(bounding_boxes, form, "xyxy", height, width)
        height, width = self.size_after(height, width)
        moved = {**corners, "boxes": self.move_boxes(corners["boxes"], transformation)}
        clipped = clip_to_image_size(moved, height, width, "xyxy")
        return convert_format(clipped, "xyxy", form, height, width, dtype=self.compute_dtype)

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        """The masks of the transformed images: moved as these are, with no class between two others."""
        if not self.moves_pixels:
            return segmentation_masks
        masks = ops.cast(segmentation_masks, self.compute_dtype)
        if not self._acts(transformation, training):
            return masks
        return self.on_batch(lambda batch: self.change_masks(batch, transformation), masks)

    # --- one of each

    def transform_single_image(self, image, transformation, training=True):
        """One image after the transformation."""
        return self.transform_images(ops.expand_dims(image, 0), transformation, training=training)[0]

    def transform_single_label(self, label, transformation, training=True):
        """The label of one image."""
        labels = ops.expand_dims(ops.convert_to_tensor(label), 0)
        return self.transform_labels(labels, transformation, training=training)[0]

    def transform_single_bounding_box(self, bounding_box, transformation, training=True):
        """The boxes of one image."""
        batch = {key: ops.expand_dims(ops.convert_to_tensor(value), 0) for key, value in bounding_box.items()}
        batch = self.transform_bounding_boxes(batch, transformation, training=training)
        return {key: value[0] for key, value in batch.items()}

    def transform_single_segmentation_mask(self, segmentation_mask, transformation, training=True):
        """The mask of one image."""
        masks = ops.expand_dims(segmentation_mask, 0)
        return self.transform_segmentation_masks(masks, transformation, training=training)[0]

    def convert_weight(self, weight):
        """The value of a weight as a tensor."""
        return ops.convert_to_tensor(weight)

    # --- for subclasses

    def image_dtype(self, given):
        """The dtype of the results for images of a dtype."""
        return self.compute_dtype

    def change(self, images, transformation):
        """Images of shape (images, height, width, channels) after the transformation."""
        raise NotImplementedError(f"{type(self).__name__} has no `change` method.")

    def change_masks(self, masks, transformation):
        """What `change` is for masks."""
        return self.change(masks, transformation)

    def move_boxes(self, corners, transformation):
        """Corners 'xyxy' of shape (images, boxes, 4) after the transformation."""
        raise NotImplementedError(f"{type(self).__name__} cannot move boxes.")

    def size_before(self, transformation):
        """Height and width of the images that a transformation was drawn for."""
        return self.size_of(transformation["input_shape"])

    def size_after(self, height, width):
        """Height and width of the results."""
        return height, width

    def size_of(self, shape):
        """Height and width in the shape of one image or a batch."""
        return tuple(shape[-3:-1]) if self.data_format == "channels_last" else tuple(shape[-2:])

    def on_batch(self, function, images):
        """`function` of a batch with channels last, its result put back in the rank and order that came."""
        single = len(images.shape) == 3
        batch = ops.expand_dims(images, 0) if single else images
        first = self.data_format == "channels_first"
        batch = function(ops.moveaxis(batch, 1, -1) if first else batch)
        batch = ops.moveaxis(batch, -1, 1) if first else batch
        return batch[0] if single else batch

    def _acts(self, transformation, training):
        return training or not self.in_training_only

    def _box_format(self):
        if self.bounding_box_format is None:
            raise ValueError(
                f"{self.name}: boxes came, but the layer does not know how they are written.\n"
                f"  Write {type(self).__name__}(..., bounding_box_format='xyxy')."
            )
        return self.bounding_box_format

    # a build of its own keeps layers inside from being traced for shapes they do not have
    def build(self, input_shape):
        """Nothing: there are no weights."""


class RandomImageLayer(ImageLayer):
    """A layer whose change of images is decided by chance, anew at each call.

    Args:
        seed: an integer makes the same decisions again in every run.
        **kwargs: those of `ImageLayer` and `Layer`.
    """

    def __init__(self, factor=None, seed=None, **kwargs):
        super().__init__(factor=factor, **kwargs)
        self.seed = seed
        self.generator = random.SeedGenerator(seed)

    def get_random_transformation(self, data, training=True, seed=None):
        """What is to happen to the images in `data`, or None if nothing is, as without training.

        Args:
            data: images, or a dict that holds them.
            training: whether the layer is used in training.
            seed: an integer or a SeedGenerator; the layer's own generator if None.
        """
        if not training:
            return None
        shape = tuple((data["images"] if isinstance(data, dict) else data).shape)
        if len(shape) not in (3, 4):
            raise ValueError(f"{self.name}: takes one image, with 3 axes, or a batch, with 4. Got shape {shape}.")
        if seed is None:
            seed = self.generator
        return self.draw(shape, seed if isinstance(seed, random.SeedGenerator) else random.SeedGenerator(seed))

    def draw(self, shape, seed):
        """A transformation for images of a shape."""
        raise NotImplementedError(f"{type(self).__name__} has no `draw` method.")

    def _acts(self, transformation, training):
        return training and transformation is not None

    @staticmethod
    def count(shape):
        """The number of images in a shape."""
        return 1 if len(shape) == 3 else shape[0]

    @staticmethod
    def per_image(shape):
        """The shape of one number for each image, which applies to all of its pixels."""
        return (1, 1, 1) if len(shape) == 3 else (shape[0], 1, 1, 1)


def by_image(numbers, rank=4):
    """One number for each image, shaped to apply to arrays of that rank."""
    return ops.reshape(ops.convert_to_tensor(numbers), (-1,) + (1,) * (rank - 1))


_METHODS = {
    "images": ("transform_images", "transform_single_image"),
    "labels": ("transform_labels", "transform_single_label"),
    "bounding_boxes": ("transform_bounding_boxes", "transform_single_bounding_box"),
    "segmentation_masks": ("transform_segmentation_masks", "transform_single_segmentation_mask"),
}
