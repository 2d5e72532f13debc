"""Arguments that are rare, and what Keras 3 makes of them."""

import numpy as np
import pytest

import keras
from keras import ops


@pytest.mark.parametrize(("subscripts", "sums"), [("ij->", 900), ("ii", 300), ("ij->i", [300, 300, 300])])
def test_einsum_sums_small_integers_in_32_bits(subscripts, sums):
    x = np.full((3, 3), 100, "int8")
    found = ops.einsum(subscripts, x)
    assert found.dtype == "int32"
    assert found.tolist() == sums
    assert ops.einsum(subscripts, keras.KerasTensor((3, 3), "int8")).dtype == "int32"


def test_unique_takes_no_two_nans_for_the_same():
    values, counts = ops.unique(np.array([np.nan, 1.0, np.nan], "float32"), return_counts=True)
    np.testing.assert_array_equal(values, [1, np.nan, np.nan])
    assert counts.tolist() == [1, 1, 1]


def test_a_vector_is_unravelled_by_its_length():
    (places,) = ops.unravel_index(np.array([0, 5]), 12)
    assert places.tolist() == [0, 5]


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4)])
def test_categorical_takes_rows_of_classes(shape):
    with pytest.raises(ValueError, match=r"categorical: `logits` must have the shape \(batch, classes\)"):
        keras.random.categorical(np.ones(shape), 2)


def test_a_seed_generator_says_what_it_does_not_know():
    with pytest.raises(ValueError, match="SeedGenerator: unknown arguments start"):
        keras.random.SeedGenerator(start=1)
