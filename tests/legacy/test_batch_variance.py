"""Averages of variances in `BatchNormalization`, as Keras 2.3.1 and tf.keras 2.1 (of TensorFlow 2.1.4) moved them."""

import numpy as np
import pytest

from keras.layers import BatchNormalization
from keras.legacy import era

# era, shape of the batch, what one step of momentum 0.5 makes of the batch's variance: those releases gave
SHARES = [
    ("1", (4, 2, 3, 2), 1.0), ("1", (5, 3), 1.0), ("2.3", (4, 2, 3, 2), 1.0888945), ("2.3", (5, 3), 1.250314),
    ("2.3", (4, 3, 2), 1.0910079), ("tf2", (4, 2, 3, 2), 1.0434783), ("tf2", (5, 3), 1.0), ("3", (4, 2, 3, 2), 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("year", "shape", "share"), SHARES)
def test_the_variance_that_is_averaged_is_that_of_the_year(year, shape, share):
    x = np.random.RandomState(0).rand(*shape).astype("float32")
    era.set_era(year)
    try:
        layer = BatchNormalization(momentum=0.5)
        layer(x, training=True)
    finally:
        era.set_era(era.TODAY)
    moved = 2 * np.asarray(layer.moving_variance) - 1
    np.testing.assert_allclose(moved / x.reshape(-1, shape[-1]).var(axis=0), share, rtol=1e-4)
