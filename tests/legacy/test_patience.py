"""How long callbacks waited, by the code of 1.2.2, 2.0.9 and 2.3.1."""

import pytest

import keras
from keras import callbacks, layers
from keras.legacy import era

WORSE = [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]


def watched(callback):
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    callback.set_model(model)
    callback.on_train_begin()
    return model


@pytest.mark.parametrize(
    ("year", "patience", "epochs"),
    [("1.2", 0, 2), ("1.2", 2, 4), ("2.0", 0, 2), ("2.0", 2, 3), ("2.3", 2, 3), ("3", 2, 3)],
)
def test_early_stopping_waited_one_epoch_more_in_1_x(year, patience, epochs):
    with era.during(year):
        callback = callbacks.EarlyStopping(monitor="val_loss", patience=patience)
        model = watched(callback)
        for epoch, loss in enumerate(WORSE):
            callback.on_epoch_end(epoch, {"val_loss": loss})
            if model.stop_training:
                break
    assert (epoch + 1, callback.patience) == (epochs, patience)


@pytest.mark.parametrize(
    ("year", "cooldown", "reduced"),
    [("1.2", 0, [3, 5, 7]), ("2.0", 0, [3, 5, 7]), ("2.3", 0, [2, 4, 6]), ("1.2", 1, [3, 6]), ("2.3", 1, [2, 4, 6])],
)
def test_reductions_of_the_rate_came_one_epoch_later_before_2_2(year, cooldown, reduced):
    with era.during(year):
        callback = callbacks.ReduceLROnPlateau(monitor="val_loss", patience=2, factor=0.5, cooldown=cooldown)
        model = watched(callback)
        rates = []
        for epoch, loss in enumerate(WORSE):
            callback.on_epoch_end(epoch, {"val_loss": loss})
            rates.append(float(model.optimizer.learning_rate))
    assert [i for i in range(1, len(rates)) if rates[i] != rates[i - 1]] == reduced
