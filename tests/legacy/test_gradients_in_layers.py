"""`K.gradients` within the function of a `Lambda` or `merge`."""

import numpy as np
import pytest

from keras import backend as K
from keras.layers import Input, Lambda, MaxPooling2D, Merge
from keras.models import Model


def where(x):
    before, after = x
    return K.gradients(K.sum(after), before)


@pytest.mark.parametrize(
    "layer", [Lambda(where, name="where"), Merge(mode=where, name="where")], ids=["Lambda", "Merge"]
)
def test_a_layer_finds_where_the_largest_values_were(layer):
    inputs = Input((2, 2, 1))
    model = Model(inputs, layer([inputs, MaxPooling2D()(inputs)]))
    image = np.array([[[[1.0], [4.0]], [[3.0], [2.0]]]])
    np.testing.assert_array_equal(model.predict(image, verbose=0)[0, :, :, 0], [[0, 1], [0, 0]])
    assert model.layers[-1].name == "where"
    with pytest.raises(ValueError, match="The model calls `gradients`"):
        model.get_config()
