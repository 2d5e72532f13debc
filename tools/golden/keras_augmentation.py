"""Asks a release what its `ImageDataGenerator` and the functions beside it make of images.

    KERAS_BACKEND=theano PYTHON keras_augmentation.py FOLDER

PYTHON is an interpreter with Keras 1.2.2, 2.3.1 or 3; FOLDER is where the answers go, as a rule tests/golden. Each
release writes a file of its own: `augmentation_1.2`, `augmentation_2.3`, `augmentation_3`.
"""

import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests"))

import numpy as np

import keras
from golden import ask_augmentation as ask
from golden import store


def main(folder):
    release = keras.__version__[0] if keras.__version__[0] == "3" else keras.__version__[:3]
    if release == "3":
        from keras.src.legacy.preprocessing import image
    else:
        from keras.preprocessing import image
    writer = store.Writer("augmentation_" + release, {"keras": keras.__version__, "numpy": np.__version__}, folder)
    pictures = tempfile.mkdtemp()
    ask.make_folder(pictures)
    for question in ask.questions(release):
        found = [np.asarray(one) for one in ask.answer(image, question, pictures)]
        found = [one.astype("float32") if one.dtype.kind == "f" else one for one in found]
        writer.add(dict(question, answer=found))
    shutil.rmtree(pictures)
    writer.save()


if __name__ == "__main__":
    main(sys.argv[1])
