"""Learns to read handwritten digits: 1,797 images of 8 x 8 pixels that come with scikit-learn.

    make demo        (or: python examples/digits.py)

Takes a few seconds on two CPU cores. What it draws is in the folder demo_output.
"""

import time
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # draws into files, needs no screen
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import keras
from keras import layers

OUTPUT = Path("demo_output")
OUTPUT.mkdir(exist_ok=True)

# The same run every time, bit for bit.
keras.utils.set_random_seed(3)

# --- The data: images with values from 0 to 1, and the digit each one shows. A fifth is held out.

digits = load_digits()
images = digits.images[..., None].astype("float32") / 16  # (1797, 8, 8, 1)
labels = digits.target  # (1797,)

order = np.random.permutation(len(images))
held_out, rest = order[:360], order[360:]
x_train, y_train = images[rest], labels[rest]
x_test, y_test = images[held_out], labels[held_out]

# --- The model: two convolutions find strokes, two dense layers decide.


def build():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


EPOCHS, BATCH = 15, 32
steps = EPOCHS * -(-len(x_train) // BATCH)

model = build()
model.summary()
model.compile(
    # large steps first, ever smaller ones towards the end
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.002, steps)),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)

# --- Training.

started = time.perf_counter()
history = model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, validation_data=(x_test, y_test))
seconds = time.perf_counter() - started

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"\nTrained in {seconds:.1f} s. On {len(x_test)} images it has never seen: {accuracy:.1%} right.")
assert accuracy >= 0.98, "this run should end above 98 %"

# --- The weights go into a file, and from there into a second model that knows nothing yet.

model.save_weights(OUTPUT / "digits.weights.h5")
second = build()
second.load_weights(OUTPUT / "digits.weights.h5")
probabilities = model.predict(x_test, verbose=0)  # (360, 10)
assert np.array_equal(second.predict(x_test, verbose=0), probabilities)
print(f"A second model with the weights from {OUTPUT / 'digits.weights.h5'} predicts exactly the same.")

# --- Pictures: how learning went, and what the model gets wrong.

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for axes, name in ((left, "loss"), (right, "accuracy")):
    epochs = range(1, len(history.history[name]) + 1)
    axes.plot(epochs, history.history[name], label="training, with dropout")
    axes.plot(epochs, history.history["val_" + name], label="held out")
    axes.set(xlabel="epoch", title=name)
    axes.legend()
figure.savefig(OUTPUT / "learning_curve.png", dpi=120)

guesses, sureness = probabilities.argmax(axis=-1), probabilities.max(axis=-1)
wrong = guesses != y_test
shown = np.lexsort((sureness, ~wrong))[: max(18, 6 * -(-wrong.sum() // 6))]  # the mistakes, then the least sure
figure, grid = plt.subplots(len(shown) // 6, 6, figsize=(9, 0.4 + 1.8 * len(shown) // 6), layout="constrained")
for axes, i in zip(grid.flat, shown):
    axes.axis("off")
    axes.imshow(x_test[i, :, :, 0], cmap="gray_r")
    title = f"{y_test[i]} read as {guesses[i]}" if wrong[i] else f"{guesses[i]}"
    axes.set_title(f"{title}, {sureness[i]:.0%} sure", fontsize=9, color="red" if wrong[i] else "black")
figure.suptitle(f"{wrong.sum()} mistakes in red, then what it was least sure of")
figure.savefig(OUTPUT / "mistakes.png", dpi=120)

print(f"""
Look at {OUTPUT / "learning_curve.png"} and {OUTPUT / "mistakes.png"}. Then try, in examples/digits.py:
  - a third convolution, or no dropout: does the held-out curve still follow the training curve?
  - callbacks=[keras.callbacks.EarlyStopping(patience=3)] in fit: how many epochs does it take?
  - your own images: 8 x 8 pixels, white on black, values from 0 to 1, shape (n, 8, 8, 1), into model.predict
""")
