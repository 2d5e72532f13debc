"""Networks of the kind VGG."""

from keras import layers
from keras.applications._frame import Frame


def vgg(who, sizes, arguments, name):
    """Five blocks of 3 x 3 convolutions, each followed by pooling.

    Args:
        sizes: how many are in each block; the files with and without the classifier.
        The others: see `network`.
    """
    counts, files = sizes
    frame = Frame(who, *arguments, default=224)
    x = frame.image
    for block, (count, filters) in enumerate(zip(counts, (64, 128, 256, 512, 512)), start=1):
        for i in range(1, count + 1):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{i}")(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if frame.include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        x = layers.Dense(frame.classes, activation=frame.classifier_activation, name="predictions")(x)
    else:
        x = frame.pooled(x)
    return frame.model(x, name, files)
