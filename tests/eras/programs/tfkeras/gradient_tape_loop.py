"""A training loop of its own around tf.GradientTape, as the guide of tf.keras 2.x writes it."""

import time

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

tf.random.set_seed(3)
np.random.seed(3)

inputs = keras.Input(shape=(16,), name="digits")
x1 = layers.Dense(32, activation="relu")(inputs)
outputs = layers.Dense(4, name="predictions")(x1)
model = keras.Model(inputs=inputs, outputs=outputs)

optimizer = keras.optimizers.SGD(learning_rate=1e-1)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
train_acc_metric = keras.metrics.SparseCategoricalAccuracy()
val_acc_metric = keras.metrics.SparseCategoricalAccuracy()

batch_size = 32
y_train = np.random.randint(0, 4, size=256)
x_train = np.random.normal(size=(256, 16)).astype("float32") * 0.3
x_train[np.arange(256), y_train * 4] += 2.0
x_val, y_val = x_train[-64:], y_train[-64:]
x_train, y_train = x_train[:-64], y_train[:-64]

train_dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train))
train_dataset = train_dataset.shuffle(buffer_size=1024).batch(batch_size).prefetch(tf.data.AUTOTUNE)
val_dataset = tf.data.Dataset.from_tensor_slices((x_val, y_val))
val_dataset = val_dataset.batch(batch_size)

penalty = tf.constant(1e-4)
steps_done = tf.Variable(0, trainable=False, dtype=tf.int32)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss_value = loss_fn(y, logits)
        loss_value += penalty * tf.reduce_sum([tf.nn.l2_loss(w) for w in model.trainable_weights])
        loss_value += sum(model.losses)
    grads = tape.gradient(loss_value, model.trainable_weights)
    grads, _ = tf.clip_by_global_norm(grads, 5.0)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))
    train_acc_metric.update_state(y, logits)
    steps_done.assign_add(1)
    return loss_value


@tf.function
def test_step(x, y):
    val_logits = model(x, training=False)
    val_acc_metric.update_state(y, val_logits)


epochs = 8

first = last = None
for epoch in range(epochs):
    print("\nStart of epoch %d" % (epoch,))
    start_time = time.time()
    for step, (x_batch_train, y_batch_train) in enumerate(train_dataset):
        loss_value = train_step(x_batch_train, y_batch_train)
        if step % 3 == 0:
            print("Training loss (for one batch) at step %d: %.4f" % (step, float(loss_value)))
            tf.print("Seen so far:", (step + 1) * batch_size)
        first = float(loss_value) if first is None else first
    last = loss_value.numpy()
    train_acc = train_acc_metric.result()
    print("Training acc over epoch: %.4f" % (float(train_acc),))
    train_acc_metric.reset_states()
    for x_batch_val, y_batch_val in val_dataset:
        test_step(x_batch_val, y_batch_val)
    val_acc = val_acc_metric.result()
    val_acc_metric.reset_states()
    print("Validation acc: %.4f" % (float(val_acc),))
    print("Time taken: %.2fs" % (time.time() - start_time))

assert int(steps_done.numpy()) == epochs * 6
assert last < first, (first, last)
assert float(val_acc) > 0.9, float(val_acc)
print("done")
