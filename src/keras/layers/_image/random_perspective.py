"""RandomPerspective: images as if seen from another place."""

from keras import ops, random
from keras._core.checks import number, number_between, one_of
from keras.layers._image.chance import chosen
from keras.layers._image.image_layer import RandomImageLayer, by_image


class RandomPerspective(RandomImageLayer):
    """Moves three corners of some images, and everything between with them.

    The top left corner stays, the top right one moves sideways, the bottom left one up or down, the bottom right one
    both ways: by up to `scale / 2` of the width and of the height.

    Args:
        factor: the share of images, from 0 to 1, drawn from here for each; one number `f` means `(0, f)`.
        scale: how far corners move, from 0 to 1.
        interpolation: 'nearest' or 'bilinear'.
        fill_value: what lies beyond the borders.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)
    moves_pixels = True

    def __init__(
        self, factor=1.0, scale=1.0, interpolation="bilinear", fill_value=0.0, seed=None, data_format=None, **kwargs
    ):
        super().__init__(factor=factor, seed=seed, data_format=data_format, **kwargs)
        owner = "RandomPerspective"
        self.scale = number_between("scale", scale, 0, 1, owner)
        self.interpolation = one_of("interpolation", interpolation, ("nearest", "bilinear"), owner)
        self.fill_value = number("fill_value", fill_value, owner)

    def draw(self, shape, seed):
        count, (height, width) = self.count(shape), self.size_of(shape)
        x, y = float(width - 1), float(height - 1)
        start = ops.convert_to_tensor([[0.0, 0.0], [x, 0.0], [0.0, y], [x, y]])
        free = ops.convert_to_tensor([[0.0, 0.0], [x, 0.0], [0.0, y], [x, y]]) / 2 * self.scale
        moves = random.uniform((count, 4, 2), -1.0, 1.0, "float32", seed) * free
        start = ops.broadcast_to(start, (count, 4, 2))
        return {
            "apply_perspective": chosen(count, self.factor, seed),
            "start_points": start,
            "end_points": start + moves,
            "input_shape": shape,
        }

    def change(self, images, transformation):
        return self._seen(images, transformation, self.interpolation)

    def change_masks(self, masks, transformation):
        return self._seen(masks, transformation, "nearest")

    def _seen(self, images, transformation, interpolation):
        seen = ops.image.perspective_transform(
            images, transformation["start_points"], transformation["end_points"], interpolation, self.fill_value,
            "channels_last",
        )  # fmt: skip
        return ops.where(by_image(transformation["apply_perspective"]), seen, images)

    def move_boxes(self, corners, transformation):
        matrix = _projection(transformation["start_points"], transformation["end_points"])
        x, y = corners[..., (0, 2, 0, 2)], corners[..., (1, 1, 3, 3)]  # (images, boxes, corners)
        a0, a1, a2, b0, b1, b2, c0, c1 = (matrix[:, i, None, None] for i in range(8))
        k = c0 * x + c1 * y + 1
        x, y = (a0 * x + a1 * y + a2) / k, (b0 * x + b1 * y + b2) / k
        moved = ops.stack([ops.min(x, -1), ops.min(y, -1), ops.max(x, -1), ops.max(y, -1)], axis=-1)
        return ops.where(by_image(transformation["apply_perspective"], 3), moved, corners)


def _projection(points, images):
    """The eight numbers of the projection that takes four points to four others, for each image."""
    points, images = (ops.convert_to_tensor(p, dtype="float32") for p in (points, images))
    (x, y), (u, v) = (ops.unstack(p, 2, axis=-1) for p in (points, images))
    zero, one = ops.zeros_like(x), ops.ones_like(x)
    first = ops.stack([x, y, one, zero, zero, zero, -x * u, -y * u], axis=-1)
    second = ops.stack([zero, zero, zero, x, y, one, -x * v, -y * v], axis=-1)
    matrix = ops.concatenate([first, second], axis=-2)
    return ops.linalg.solve(matrix, ops.concatenate([u, v], axis=-1)[..., None])[..., 0]
