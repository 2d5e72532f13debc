"""A generator and a critic that tells real from made and which class it is, trained in turns batch by batch."""

import numpy as np
from keras.layers import Dense, Dropout, Embedding, Flatten, Input, LeakyReLU, Reshape, UpSampling2D, merge
from keras.layers.convolutional import Convolution2D
from keras.models import Model, Sequential
from keras.optimizers import Adam
from keras.utils.generic_utils import Progbar

np.random.seed(1337)
latent_size, classes, nb_epochs, batch_size = 6, 2, 2, 8
adam_lr, adam_beta_1 = 0.0002, 0.5


def build_generator(latent_size):
    cnn = Sequential()
    cnn.add(Dense(2 * 4 * 4, input_dim=latent_size, activation="relu"))
    cnn.add(Reshape((4, 4, 2)))
    cnn.add(UpSampling2D(size=(2, 2), dim_ordering="tf"))
    cnn.add(Convolution2D(1, 3, 3, border_mode="same", activation="tanh", init="glorot_normal", dim_ordering="tf"))
    latent = Input(shape=(latent_size,))
    image_class = Input(shape=(1,), dtype="int32")
    cls = Flatten()(Embedding(classes, latent_size, init="glorot_normal")(image_class))
    h = merge([latent, cls], mode="mul")
    return Model(input=[latent, image_class], output=cnn(h))


def build_discriminator():
    cnn = Sequential()
    cnn.add(Convolution2D(3, 3, 3, border_mode="same", subsample=(2, 2), input_shape=(8, 8, 1), dim_ordering="tf"))
    cnn.add(LeakyReLU())
    cnn.add(Dropout(0.3))
    cnn.add(Flatten())
    image = Input(shape=(8, 8, 1))
    features = cnn(image)
    fake = Dense(1, activation="sigmoid", name="generation")(features)
    aux = Dense(classes, activation="softmax", name="auxiliary")(features)
    return Model(input=image, output=[fake, aux])


discriminator = build_discriminator()
discriminator.compile(
    optimizer=Adam(lr=adam_lr, beta_1=adam_beta_1), loss=["binary_crossentropy", "sparse_categorical_crossentropy"]
)
generator = build_generator(latent_size)
generator.compile(optimizer=Adam(lr=adam_lr, beta_1=adam_beta_1), loss="binary_crossentropy")

latent = Input(shape=(latent_size,))
image_class = Input(shape=(1,), dtype="int32")
fake = generator([latent, image_class])
discriminator.trainable = False
fake, aux = discriminator(fake)
combined = Model(input=[latent, image_class], output=[fake, aux])
combined.compile(
    optimizer=Adam(lr=adam_lr, beta_1=adam_beta_1), loss=["binary_crossentropy", "sparse_categorical_crossentropy"]
)
assert discriminator.metrics_names == ["loss", "generation_loss", "auxiliary_loss"]

y_train = np.arange(16) % classes
X_train = np.where(y_train[:, None, None, None], 0.8, -0.8) * np.ones((16, 8, 8, 1))
in_generator = [w.copy() for w in generator.get_weights()]
epoch_gen_loss, epoch_disc_loss = [], []
for epoch in range(nb_epochs):
    nb_batches = X_train.shape[0] // batch_size
    progress_bar = Progbar(target=nb_batches, verbose=0)
    for index in range(nb_batches):
        progress_bar.update(index)
        noise = np.random.uniform(-1, 1, (batch_size, latent_size))
        image_batch = X_train[index * batch_size : (index + 1) * batch_size]
        label_batch = y_train[index * batch_size : (index + 1) * batch_size]
        sampled_labels = np.random.randint(0, classes, batch_size)
        generated_images = generator.predict([noise, sampled_labels.reshape((-1, 1))], verbose=0)
        X = np.concatenate((image_batch, generated_images))
        y = np.array([1] * batch_size + [0] * batch_size)
        aux_y = np.concatenate((label_batch, sampled_labels), axis=0)

        before = combined.get_weights()
        epoch_disc_loss.append(discriminator.train_on_batch(X, [y, aux_y]))
        after = combined.get_weights()
        # what was not to be trained in `combined` is trained here, for it was compiled before
        moved = [not np.array_equal(a, b) for a, b in zip(before, after)]
        assert sum(moved) == len(discriminator.get_weights())

        noise = np.random.uniform(-1, 1, (2 * batch_size, latent_size))
        sampled_labels = np.random.randint(0, classes, 2 * batch_size)
        trick = np.ones(2 * batch_size)
        critic = discriminator.get_weights()
        epoch_gen_loss.append(
            combined.train_on_batch([noise, sampled_labels.reshape((-1, 1))], [trick, sampled_labels])
        )
        assert all(np.array_equal(a, b) for a, b in zip(critic, discriminator.get_weights()))

assert not np.array_equal(in_generator[0], generator.get_weights()[0])
assert np.mean(np.array(epoch_disc_loss), axis=0).shape == (3,)
loss = discriminator.evaluate(X_train, [np.ones(16), y_train], verbose=0)
assert len(loss) == 3 and abs(loss[0] - loss[1] - loss[2]) < 1e-5
