"""RandomGaussianBlur: some images lose sharpness."""

from keras import ops, random
from keras._core.checks import integers
from keras.layers._image.chance import chosen
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.factors import factor_range
from keras.layers._image.image_layer import by_image


class RandomGaussianBlur(ColourLayer):
    """Blurs some images with a Gauss curve whose width is drawn once for a batch.

    Args:
        factor: the share of images, from 0 to 1, drawn from here for each; one number `f` means `(0, f)`.
        kernel_size: width and height of the window, one number or two.
        sigma: the standard deviations in pixels are drawn from here, one for width and one for height; one number `s`,
            from 0 to 1, means `(0, s)`.
        value_range: the lowest and the highest value that pixels have.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(
        self, factor=1.0, kernel_size=3, sigma=1.0, value_range=(0, 255), data_format=None, seed=None, **kwargs
    ):
        super().__init__(factor, value_range, seed, data_format=data_format, **kwargs)
        self.kernel_size = integers("kernel_size", kernel_size, 2, "RandomGaussianBlur")
        if not all(size % 2 for size in self.kernel_size):
            raise ValueError(f"RandomGaussianBlur: `kernel_size` must be odd, to have a middle. Got {kernel_size!r}.")
        self.sigma = factor_range("sigma", sigma, (0, 1), "RandomGaussianBlur")

    def draw(self, shape, seed):
        return {
            "should_apply_blur": chosen(self.count(shape), self.factor, seed),
            "blur_factor": random.uniform((2,), *self.sigma, "float32", seed),
        }

    def change(self, images, transformation):
        sigma = ops.maximum(transformation["blur_factor"], 1e-3)  # a curve of no width at all would divide by 0
        blurred = ops.image.gaussian_blur(images, self.kernel_size, sigma, data_format="channels_last")
        result = ops.where(by_image(transformation["should_apply_blur"]), blurred, images)
        return self.within_range(result)
