"""Callbacks of one's own beside those that come along."""

import numpy as np
from keras.callbacks import Callback, EarlyStopping, LearningRateScheduler, ModelCheckpoint
from keras.layers import Activation, Dense
from keras.models import Sequential

np.random.seed(21)


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses, self.sizes = [], []

    def on_batch_begin(self, batch, logs={}):
        self.sizes.append(logs.get("size"))

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get("loss"))


class StopWhenGood(Callback):
    def __init__(self, monitor="val_acc", value=0.75):
        super(Callback, self).__init__()
        self.monitor, self.value = monitor, value

    def on_epoch_end(self, epoch, logs={}):
        if logs.get(self.monitor) >= self.value:
            self.model.stop_training = True
        self.rate = float(self.model.optimizer.lr)
        self.params_seen = sorted(self.params)


x = np.random.normal(size=(40, 4))
y = (x[:, :1] > 0).astype(int)
model = Sequential([Dense(6, input_dim=4), Activation("tanh"), Dense(1), Activation("sigmoid")])
model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["accuracy"])
losses, stop = LossHistory(), StopWhenGood(value=0.9)
checkpoint = ModelCheckpoint("weights.{epoch:02d}.hdf5", monitor="val_loss", save_weights_only=True, verbose=0)
rates = LearningRateScheduler(lambda epoch: 0.5 / (1 + epoch))
callbacks = [losses, stop, checkpoint, rates, EarlyStopping(monitor="val_loss", patience=20)]
history = model.fit(x, y, batch_size=16, nb_epoch=30, validation_data=(x, y), verbose=0, callbacks=callbacks)
epochs = len(history.epoch)
assert epochs < 30 and history.history["val_acc"][-1] >= 0.9
assert losses.sizes[:3] == [16, 16, 8] and len(losses.losses) == 3 * epochs
assert {"metrics", "nb_epoch", "nb_sample", "verbose"} <= set(stop.params_seen)
assert abs(float(model.optimizer.lr) - 0.5 / epochs) < 1e-6

again = Sequential([Dense(6, input_dim=4), Activation("tanh"), Dense(1), Activation("sigmoid")])
again.load_weights("weights.%02d.hdf5" % (epochs - 1))
assert all(np.allclose(a, b) for a, b in zip(again.get_weights(), model.get_weights()))
