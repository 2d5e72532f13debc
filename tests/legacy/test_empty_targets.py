"""Models without targets, as programs until 3 trained them."""

import numpy as np

from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model


def test_an_empty_list_stands_for_no_targets():
    inputs = Input((2,))
    outputs = Dense(1)(inputs)
    model = Model(inputs, outputs)
    model.add_loss(K.mean(K.square(outputs)))
    model.compile("sgd", loss=[None])
    x = np.ones((4, 2))

    def batches():
        while True:
            yield [x], []

    before = np.mean(np.square(model.predict(x, verbose=0)))
    np.testing.assert_allclose(model.train_on_batch([x], []), before, rtol=1e-5)
    history = model.fit_generator(batches(), steps_per_epoch=2, epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0] < before
