"""Bayesian personalised ranking: users and items embedded, a triplet loss written as a merge."""

import numpy as np

import keras
from keras import backend as K
from keras.models import Model
from keras.layers import Embedding, Flatten, Input, merge
from keras.optimizers import Adam


def identity_loss(y_true, y_pred):
    return K.mean(y_pred - 0 * y_true)


def bpr_triplet_loss(X):
    positive_item_latent, negative_item_latent, user_latent = X
    loss = 1.0 - K.sigmoid(
        K.sum(user_latent * positive_item_latent, axis=-1, keepdims=True)
        - K.sum(user_latent * negative_item_latent, axis=-1, keepdims=True)
    )
    return loss


def build_model(num_users, num_items, latent_dim):
    positive_item_input = Input((1,), name="positive_item_input")
    negative_item_input = Input((1,), name="negative_item_input")
    item_embedding_layer = Embedding(num_items, latent_dim, name="item_embedding", input_length=1)
    user_input = Input((1,), name="user_input")
    positive_item_embedding = Flatten()(item_embedding_layer(positive_item_input))
    negative_item_embedding = Flatten()(item_embedding_layer(negative_item_input))
    user_embedding = Flatten()(Embedding(num_users, latent_dim, name="user_embedding", input_length=1)(user_input))
    loss = merge(
        [positive_item_embedding, negative_item_embedding, user_embedding],
        mode=bpr_triplet_loss,
        name="loss",
        output_shape=(1,),
    )
    model = Model(input=[positive_item_input, negative_item_input, user_input], output=loss)
    model.compile(loss=identity_loss, optimizer=Adam())
    return model


num_users, num_items = 5, 7
rng = np.random.RandomState(3)
model = build_model(num_users, num_items, 4)
print(sorted((layer.name, tuple(np.shape(w) for w in layer.get_weights())) for layer in model.layers))
for layer in model.layers:
    layer.set_weights([rng.uniform(-1, 1, w.shape) for w in layer.get_weights()])
uid, pid, nid = rng.randint(num_users, size=24), rng.randint(num_items, size=24), rng.randint(num_items, size=24)
X = {"user_input": uid, "positive_item_input": pid, "negative_item_input": nid}
for epoch in range(3):
    history = model.fit(X, np.ones(24), batch_size=8, nb_epoch=1, verbose=0, shuffle=False)
    print("Epoch %s loss %.4f" % (epoch, history.history["loss"][0]))
user_vector = model.get_layer("user_embedding").get_weights()[0][2]
item_matrix = model.get_layer("item_embedding").get_weights()[0]
print(["%.4f" % v for v in np.dot(user_vector, np.transpose(item_matrix))])
print(model.get_layer("item_embedding").get_output_at(1) is not model.get_layer("item_embedding").get_output_at(0))
