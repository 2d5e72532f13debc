"""Actor and critic: policies trained by functions of the backend, PPO with further inputs, and a duelling network."""

import numpy as np
from keras.models import Model, Sequential
from keras.layers import Input, Dense, Lambda
from keras.optimizers import RMSprop
from keras import backend as K

rng = np.random.RandomState(0)


def fixed(model):
    model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
    return model


states = rng.rand(6, 4)
actions = np.eye(2)[rng.randint(2, size=6)]
rewards = rng.randn(6)

# updates of an optimizer, run by K.function
state_input = Input(shape=(4,))
hidden = Dense(5, activation="relu")(state_input)
policy = fixed(Model(state_input, Dense(2, activation="softmax")(hidden)))
action_prob_placeholder = policy.output
action_onehot_placeholder = K.placeholder(shape=(None, 2), name="action_onehot")
discount_reward_placeholder = K.placeholder(shape=(None,), name="discount_reward")
action_prob = K.sum(action_prob_placeholder * action_onehot_placeholder, axis=1)
log_action_prob = K.log(action_prob)
loss = K.mean(-log_action_prob * discount_reward_placeholder)
rmsprop = RMSprop(lr=1e-2)
updates = rmsprop.get_updates(params=policy.trainable_weights, loss=loss)
train_fn = K.function(
    inputs=[policy.input, action_onehot_placeholder, discount_reward_placeholder], outputs=[loss], updates=updates
)
for _ in range(3):
    print("policy loss %.4f" % train_fn([states, actions, rewards])[0])
print(np.round(policy.predict(states[:2]), 4).tolist())


# a loss with the advantage and the old prediction of further inputs
def proximal_policy_optimization_loss(advantage, old_prediction):
    def loss(y_true, y_pred):
        prob = y_true * y_pred
        old_prob = y_true * old_prediction
        r = prob / (old_prob + 1e-10)
        return -K.mean(
            K.minimum(r * advantage, K.clip(r, min_value=1 - 0.2, max_value=1 + 0.2) * advantage)
            + 5e-3 * (prob * K.log(prob + 1e-10))
        )

    return loss


state_input = Input(shape=(4,))
advantage = Input(shape=(1,))
old_prediction = Input(shape=(2,))
x = Dense(5, activation="tanh")(state_input)
out_actions = Dense(2, activation="softmax", name="output")(x)
actor = fixed(Model(inputs=[state_input, advantage, old_prediction], outputs=[out_actions]))
actor.compile(
    optimizer=RMSprop(lr=1e-2),
    loss=[proximal_policy_optimization_loss(advantage=advantage, old_prediction=old_prediction)],
)
old = actor.predict([states, np.zeros((6, 1)), np.zeros((6, 2))])
hist = actor.fit([states, rewards[:, None], old], [actions], batch_size=6, shuffle=False, epochs=3, verbose=False)
print(["%.4f" % v for v in hist.history["loss"]])


# duelling, a huber loss written with the backend, and one target per action
def huber_loss(y_true, y_pred, clip_delta=1.0):
    error = y_true - y_pred
    cond = K.abs(error) <= clip_delta
    squared_loss = 0.5 * K.square(error)
    quadratic_loss = 0.5 * K.square(clip_delta) + clip_delta * (K.abs(error) - clip_delta)
    return K.mean(K.switch(cond, squared_loss, quadratic_loss))


model = Sequential()
model.add(Dense(5, input_dim=4, activation="relu"))
y = Dense(3, activation="linear")(model.layers[-1].output)
outputlayer = Lambda(
    lambda a: K.expand_dims(a[:, 0], -1) + a[:, 1:] - K.mean(a[:, 1:], axis=1, keepdims=True), output_shape=(2,)
)(y)
model = fixed(Model(inputs=model.input, outputs=outputlayer))
K.set_learning_phase(0)
model.compile(loss=huber_loss, optimizer=RMSprop(lr=0.001))
for i in range(3):
    target = model.predict(states[i : i + 1])
    target[0][int(actions[i].argmax())] = 3.0 * rewards[i]
    h = model.fit(states[i : i + 1], target, epochs=1, verbose=0)
    print("%.4f" % h.history["loss"][0])

# the gradient of a critic with respect to the action, handed on to the actor
s, a = Input((4,)), Input((2,))
from keras.layers import concatenate

critic = fixed(Model([s, a], Dense(1)(Dense(4, activation="relu")(concatenate([s, a])))))
action_grads = K.function([critic.input[0], critic.input[1]], K.gradients(critic.output, [critic.input[1]]))
print(np.round(action_grads([states[:2], actions[:2]])[0], 4).tolist())
