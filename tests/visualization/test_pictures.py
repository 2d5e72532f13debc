"""Pictures of images with boxes and masks."""

import numpy as np
import pytest

from keras import visualization


def test_a_box_is_drawn_in_its_colour_and_no_box_is_not():
    pytest.importorskip("PIL")
    boxes = {"boxes": np.array([[[2.0, 1.0, 5.0, 4.0], [0.0, 0.0, 7.0, 5.0]]]), "labels": np.array([[1, -1]])}
    drawn = visualization.draw_bounding_boxes(np.zeros((1, 6, 8, 3)), boxes, "xyxy", color=(9, 8, 7), line_thickness=1)
    wanted = np.zeros((6, 8), "uint8")
    wanted[1:5, 2:6] = 9
    wanted[2:4, 3:5] = 0
    np.testing.assert_array_equal(drawn[0, ..., 0], wanted)
    assert drawn[0, 1, 2].tolist() == [9, 8, 7]


def test_masks_are_blended_with_images_as_in_keras_3():
    masks = np.array([[[0, 1, 2, 3, -1]]])
    drawn = visualization.draw_segmentation_masks(np.full((1, 1, 5, 3), 100, "uint8"), masks, num_classes=4)
    assert drawn[0, 0].tolist() == [[20, 20, 20], [20, 121, 44], [21, 223, 69], [22, 120, 94], [100, 100, 100]]
    colours = {0: (255, 0, 0), 1: (0, 0, 0), 2: (0, 0, 0), 3: (0, 0, 0)}
    drawn = visualization.draw_segmentation_masks(np.zeros((1, 1, 5, 3)), masks, color_mapping=colours, blend=False)
    assert drawn[0, 0, 0].tolist() == [255, 0, 0]
    with pytest.raises(ValueError, match="has no colour for class 1"):
        visualization.draw_segmentation_masks(np.zeros((1, 1, 5, 3)), masks, color_mapping={0: (1, 2, 3)})


def test_galleries_are_figures_with_an_image_in_each_place(tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    pictures = np.zeros((3, 4, 4, 3), "uint8")
    labels = np.array([0, 1, 1])
    figure = visualization.plot_image_gallery(pictures, labels, label_map={1: "cat"}, rows=1, show=False)
    assert [axis.get_title() for axis in figure.axes] == ["true: 0", "true: cat", "true: cat"]
    path = tmp_path / "boxes.png"
    boxes = {"boxes": np.ones((3, 1, 4)), "labels": np.ones((3, 1), "int32")}
    visualization.plot_bounding_box_gallery(pictures, "xywh", boxes, boxes, legend=True, path=path)
    assert path.stat().st_size > 0
    masks = np.zeros((3, 4, 4, 1), "int32")
    figure = visualization.plot_segmentation_mask_gallery(pictures, 1, y_true=masks, show=False)
    assert figure.axes[0].get_images()[0].get_array().shape == (4, 8, 3)
    assert figure.get_size_inches().tolist() == [8.0, 4.0]  # two columns of wide images
    with pytest.raises(ValueError, match="not both"):
        visualization.plot_image_gallery(pictures, path=path, show=True)


def test_a_legend_covers_no_image():
    pytest.importorskip("matplotlib").use("Agg")
    boxes = {"boxes": np.ones((4, 1, 4)), "labels": np.ones((4, 1), "int32")}
    pictures = np.zeros((4, 8, 8, 3), "uint8")
    figure = visualization.plot_bounding_box_gallery(pictures, "xywh", boxes, boxes, legend=True, show=False)
    figure.canvas.draw()
    lowest = min(axis.get_window_extent().y0 for axis in figure.axes)
    assert figure.legends[0].get_window_extent().y1 <= lowest + 1
