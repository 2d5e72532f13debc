"""What a year did in its own way when it drew, turned and scaled images."""

from __future__ import annotations

from typing import NamedTuple

from keras.legacy import era


class Manner(NamedTuple):
    """How one year did it.

    Attributes:
        centre: what is added to half of an image's size to get the point that it is turned about.
        x_is_column: whether x is the column, so that `tx` moves to the side, or the row.
        flips_draw_always: whether a flip draws a number where it is switched off too.
        shift_is_drawn_from_list: whether whole numbers and lists say which shifts there are.
        shift_is_share: whether a shift is a share of the size even where it is 1 or more.
        shear_in_degrees: whether the shear is in degrees, or in radians.
        one_channel_shift: whether all channels are shifted by one number, or each by its own.
        brightness_stretches: whether values are stretched, so that they go up to 255, before the brightness changes.
        samplewise_by_channel: whether 'samplewise' means each pixel's channels, or the whole image.
        fit_rescales: whether `fit` sees images after `rescale`.
        zca_of_data: whether whitening comes from the data's own directions alone, or from their covariance.
        tiny: what keeps divisions by a standard deviation from failing.
    """

    centre: float
    x_is_column: bool
    flips_draw_always: bool
    shift_is_drawn_from_list: bool
    shift_is_share: bool
    shear_in_degrees: bool
    one_channel_shift: bool
    brightness_stretches: bool
    samplewise_by_channel: bool
    fit_rescales: bool
    zca_of_data: bool
    tiny: float


def current() -> Manner:
    """The manner of the era that is set, or that the call around this is spelled in."""
    return Manner(
        centre=0.5 if era.before("tf2.11") else -0.5,
        x_is_column=not era.before("tf2.11"),
        flips_draw_always=not era.before("2.2"),
        shift_is_drawn_from_list=not era.before("2.2"),
        shift_is_share=era.before("2.0"),
        shear_in_degrees=not era.before("2.2"),
        one_channel_shift=not era.before("2.2"),
        brightness_stretches=era.before("tf2.11"),
        samplewise_by_channel=era.before("2.0"),
        fit_rescales=not era.before("tf2.11"),
        zca_of_data=not era.before("tf2.11"),
        tiny=1e-7 if era.before("2.2") else 1e-6,
    )
