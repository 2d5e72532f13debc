"""Distiller: what it refuses and how it comes back from its config. Values: test_golden_bits.py."""

import numpy as np
import pytest

import keras
from keras.distillation import Distiller, FeatureDistillation, LogitsDistillation


def model(units=3, name=None):
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(units, name="out")], name=name)


def test_logits_are_divided_by_the_temperature():
    loss = LogitsDistillation(temperature=2.0, loss="mse")
    assert float(loss.compute_loss(np.array([[2.0, 4.0]]), np.array([[0.0, 0.0]]))) == 2.5  # (1 + 4) / 2


def test_several_outputs_have_the_sum_of_their_losses():
    loss = LogitsDistillation(temperature=1.0, loss={"a": "mse", "b": "mae"})
    teacher, student = {"a": np.array([[2.0]]), "b": np.array([[3.0]])}, {"a": np.zeros((1, 1)), "b": np.zeros((1, 1))}
    assert float(loss.compute_loss(teacher, student)) == 7.0


def test_the_teacher_does_not_change_and_the_config_makes_the_distiller_again():
    teacher, student = model(name="teacher"), model(name="student")
    losses = [LogitsDistillation(loss="mse"), FeatureDistillation("mae", "out", "out")]
    distiller = Distiller(teacher, student, losses, [0.5, 2.0], student_loss_weight=0.25)
    before = teacher.get_weights()
    distiller.compile("sgd", loss="mse")
    distiller.fit(np.ones((4, 2)), np.ones((4, 3)), verbose=0)
    np.testing.assert_array_equal(teacher.get_weights()[0], before[0])
    assert [v.path for v in distiller.trainable_variables] == [v.path for v in student.trainable_variables]
    again = Distiller.from_config(distiller.get_config())
    assert again.get_config() == distiller.get_config()


def test_what_cannot_be_distilled_says_so():
    with pytest.raises(ValueError, match="must have the same shape"):
        Distiller(model(3), model(2), LogitsDistillation())
    with pytest.raises(ValueError, match="no layer 'lost'"):
        Distiller(model(), model(), FeatureDistillation(student_layer_name="lost"))
    with pytest.raises(ValueError, match="`student_loss_weight` must be a number from 0 to 1"):
        Distiller(model(), model(), LogitsDistillation(), student_loss_weight=2)
    with pytest.raises(ValueError, match="a number for each of 1 losses"):
        Distiller(model(), model(), LogitsDistillation(), [1.0, 2.0])
    with pytest.raises(ValueError, match="`temperature` must be positive"):
        LogitsDistillation(temperature=0)
    with pytest.raises(ValueError, match="`loss` must be given"):
        Distiller(model(), model(), LogitsDistillation()).compile("sgd")
