"""Images drawn at random are those of the releases: the same seeds, the same draws, the same pixels."""

import numpy as np
import pytest

import keras
from golden import ask_augmentation as ask
from golden import store
from keras.legacy import era
from keras.preprocessing import image

CASES = [
    pytest.param(release, case, id=f"{release}-{number}-{case['ask']}-{case.get('name', '')}")
    for release in ("1.2", "2.3", "3")
    for number, case in enumerate(store.read(f"augmentation_{release}"))
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("pictures")
    ask.make_folder(found)
    return found


@pytest.mark.parametrize(("release", "case"), CASES)
def test_the_draws_of_a_release(release, case, folder, capsys):
    with era.during(release):
        found = ask.answer(image, case, folder)
    assert len(found) == len(case["answer"])
    for one, expected in zip(found, case["answer"]):
        assert np.shape(one) == expected.shape
        np.testing.assert_allclose(one, expected, rtol=1e-4, atol=2e-4)
    assert keras.preprocessing.image is image


@pytest.mark.parametrize(
    ("release", "settings"),
    [
        ("1.2", {**ask.EVERYTHING, "fill_mode": "reflect", "samplewise_center": True}),
        ("2.3", {**ask.EVERYTHING, "fill_mode": "constant", "cval": 3.0, "brightness_range": (0.5, 1.5)}),
        ("3", {"rotation_range": 30, "fill_mode": "wrap", "preprocessing_function": lambda one: one / 127.5 - 1}),
        ("3", {"horizontal_flip": True, "featurewise_center": True, "featurewise_std_normalization": True}),
    ],
    ids=["1.2-moved", "2.3-tinted", "3-turned", "3-flipped"],
)
def test_the_compiled_mode_gives_what_the_other_gives(release, settings):
    x = ask.images()
    batches = []
    for compiled in (False, True):
        with era.during(release):
            generator = image.ImageDataGenerator(**settings, compiled=compiled)
        if "featurewise_center" in settings:
            generator.fit(x)
        batches.append(np.asarray(generator.flow(x, batch_size=4, seed=5)[0]))
    # brightness is rounded to whole numbers, so two ways of rounding a sum can be 2 apart
    assert np.abs(batches[0] - batches[1]).max() < (2.1 if "brightness_range" in settings else 2e-3)
    assert np.abs(batches[0] - batches[1]).mean() < 0.02
