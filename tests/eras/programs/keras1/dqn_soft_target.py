"""Deep Q-learning: a target network that follows slowly, losses of one action, a masked loss of several inputs."""

import numpy as np

np.random.seed(123)

import keras.backend as K
from keras.models import Sequential, Model, model_from_config
from keras.layers import Dense, Activation, Flatten, Input, Lambda, merge
import keras.optimizers as optimizers


def clone_model(model, custom_objects={}):
    config = {"class_name": model.__class__.__name__, "config": model.get_config()}
    clone = model_from_config(config, custom_objects=custom_objects)
    clone.set_weights(model.get_weights())
    return clone


def get_soft_target_model_updates(target, source, tau):
    target_weights = target.trainable_weights + sum([l.non_trainable_weights for l in target.layers], [])
    source_weights = source.trainable_weights + sum([l.non_trainable_weights for l in source.layers], [])
    assert len(target_weights) == len(source_weights)
    updates = []
    for tw, sw in zip(target_weights, source_weights):
        updates.append((tw, tau * sw + (1.0 - tau) * tw))
    return updates


class AdditionalUpdatesOptimizer(optimizers.Optimizer):
    def __init__(self, optimizer, additional_updates):
        super(AdditionalUpdatesOptimizer, self).__init__()
        self.optimizer = optimizer
        self.additional_updates = additional_updates

    def get_updates(self, params, constraints, loss):
        updates = self.optimizer.get_updates(params, constraints, loss)
        updates += self.additional_updates
        self.updates = updates
        return self.updates

    def get_config(self):
        return self.optimizer.get_config()


def clipped_masked_error(args):
    y_true, y_pred, mask = args
    loss = 0.5 * K.square(y_true - y_pred)
    loss *= mask
    return K.sum(loss, axis=-1)


nb_actions = 2
model = Sequential()
model.add(Flatten(input_shape=(1, 4)))
model.add(Dense(6))
model.add(Activation("relu"))
model.add(Dense(nb_actions))
model.add(Activation("linear"))
rng = np.random.RandomState(0)
model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
target_model = clone_model(model)
target_model.compile(optimizer="sgd", loss="mse")
target_model.set_weights([0 * w for w in target_model.get_weights()])
model.compile(optimizer="sgd", loss="mse")
updates = get_soft_target_model_updates(target_model, model, 0.1)
optimizer = AdditionalUpdatesOptimizer(optimizers.get("adam"), updates)
y_pred = model.output
y_true = Input(name="y_true", shape=(nb_actions,))
mask = Input(name="mask", shape=(nb_actions,))
loss_out = Lambda(clipped_masked_error, output_shape=(1,), name="loss")([y_true, y_pred, mask])
trainable_model = Model(input=[model.input] + [y_true, mask], output=[loss_out, y_pred])
losses = [lambda y_true, y_pred: y_pred, lambda y_true, y_pred: K.zeros_like(y_pred)]
trainable_model.compile(optimizer=optimizer, loss=losses)
print(trainable_model.metrics_names[0], len(trainable_model.metrics_names))
states, actions = rng.rand(8, 1, 4), rng.randint(nb_actions, size=8)
for step in range(4):
    targets, masks = np.zeros((8, nb_actions)), np.zeros((8, nb_actions))
    q = target_model.predict_on_batch(states).max(axis=1)
    for i, a in enumerate(actions):
        targets[i, a], masks[i, a] = 1 + 0.9 * q[i], 1.0
    found = trainable_model.train_on_batch([states, targets, masks], [np.zeros(8), targets])
    print("%.4f" % found[0], "%.4f" % np.mean(target_model.predict_on_batch(states)))
for w, t in zip(model.get_weights(), target_model.get_weights()):
    print("%.4f %.4f" % (w.mean(), t.mean()))
follow = K.function([], [], updates=updates)
follow([])
print(["%.4f" % w.std() for w in target_model.get_weights()])
