"""A Wasserstein GAN: the critic's gradient between real and made points is kept at length 1."""

from functools import partial

import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, LeakyReLU
from keras.layers.merge import _Merge
from keras.models import Model, Sequential
from keras.optimizers import Adam

np.random.seed(4)
BATCH_SIZE, TRAINING_RATIO, GRADIENT_PENALTY_WEIGHT = 8, 2, 10


def wasserstein_loss(y_true, y_pred):
    return K.mean(y_true * y_pred)


def gradient_penalty_loss(y_true, y_pred, averaged_samples, gradient_penalty_weight):
    gradients = K.gradients(y_pred, averaged_samples)[0]
    gradients_sqr = K.square(gradients)
    gradients_sqr_sum = K.sum(gradients_sqr, axis=np.arange(1, len(gradients_sqr.shape)))
    gradient_l2_norm = K.sqrt(gradients_sqr_sum)
    gradient_penalty = gradient_penalty_weight * K.square(1 - gradient_l2_norm)
    return K.mean(gradient_penalty)


class RandomWeightedAverage(_Merge):
    def _merge_function(self, inputs):
        weights = K.random_uniform((BATCH_SIZE, 1))
        return (weights * inputs[0]) + ((1 - weights) * inputs[1])


generator = Sequential([Dense(6, input_dim=3), LeakyReLU(), Dense(2)])
discriminator = Sequential([Dense(8, input_dim=2, kernel_initializer="he_normal"), LeakyReLU(), Dense(1)])
for layer in discriminator.layers:
    layer.trainable = False
discriminator.trainable = False
generator_input = Input(shape=(3,))
generator_layers = generator(generator_input)
discriminator_layers_for_generator = discriminator(generator_layers)
generator_model = Model(inputs=[generator_input], outputs=[discriminator_layers_for_generator])
generator_model.compile(optimizer=Adam(0.01, beta_1=0.5, beta_2=0.9), loss=wasserstein_loss)

for layer in discriminator.layers:
    layer.trainable = True
for layer in generator.layers:
    layer.trainable = False
discriminator.trainable = True
generator.trainable = False
real_samples = Input(shape=(2,))
generator_input_for_discriminator = Input(shape=(3,))
generated_samples = generator(generator_input_for_discriminator)
output_from_generator = discriminator(generated_samples)
output_from_real_samples = discriminator(real_samples)
averaged_samples = RandomWeightedAverage()([real_samples, generated_samples])
averaged_samples_out = discriminator(averaged_samples)
partial_gp_loss = partial(gradient_penalty_loss, averaged_samples=averaged_samples,
                          gradient_penalty_weight=GRADIENT_PENALTY_WEIGHT)  # fmt: skip
partial_gp_loss.__name__ = "gradient_penalty"
discriminator_model = Model(
    inputs=[real_samples, generator_input_for_discriminator],
    outputs=[output_from_real_samples, output_from_generator, averaged_samples_out],
)
discriminator_model.compile(optimizer=Adam(0.01, beta_1=0.5, beta_2=0.9),
                            loss=[wasserstein_loss, wasserstein_loss, partial_gp_loss])  # fmt: skip

positive_y = np.ones((BATCH_SIZE, 1), dtype=np.float32)
negative_y = -positive_y
dummy_y = np.zeros((BATCH_SIZE, 1), dtype=np.float32)


def penalty_by_hand(real, noise):
    """Where the network is linear on the way, its gradient is the same everywhere: leaks of 1 make it so."""
    weights = discriminator.get_weights()
    slope = weights[0].dot(weights[2])[:, 0]
    return GRADIENT_PENALTY_WEIGHT * (1 - np.sqrt((slope**2).sum())) ** 2


discriminator_loss, generator_loss = [], []
for epoch in range(6):
    real = np.random.normal(size=(BATCH_SIZE, 2)) * 0.1 + [2.0, -1.0]
    for _ in range(TRAINING_RATIO):
        noise = np.random.rand(BATCH_SIZE, 3).astype(np.float32)
        kept = generator.get_weights()
        discriminator_loss.append(discriminator_model.train_on_batch([real, noise], [negative_y, positive_y, dummy_y]))
        assert all(np.array_equal(a, b) for a, b in zip(kept, generator.get_weights()))
    kept = discriminator.get_weights()
    generator_loss.append(generator_model.train_on_batch(np.random.rand(BATCH_SIZE, 3), positive_y))
    assert all(np.array_equal(a, b) for a, b in zip(kept, discriminator.get_weights()))
assert np.array(discriminator_loss).shape == (12, 4) and np.isfinite(discriminator_loss).all()

critic_of_one_slope = Sequential([Dense(8, input_dim=2), LeakyReLU(alpha=1.0), Dense(1)])
critic_of_one_slope.set_weights(discriminator.get_weights())
out = critic_of_one_slope(averaged_samples)
model = Model([real_samples, generator_input_for_discriminator], out)
model.compile("sgd", partial_gp_loss)
found = model.test_on_batch([real, noise], dummy_y)
assert abs(found - penalty_by_hand(real, noise)) < 1e-3
# the penalty alone is learned: second derivatives are there
model.compile(Adam(0.05), partial_gp_loss)
for _ in range(40):
    last = model.train_on_batch([real, noise], dummy_y)
assert last < 0.5 * found or last < 1e-2
