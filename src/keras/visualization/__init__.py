"""Pictures of images with boxes and masks, alone and in galleries."""

from keras.visualization._boxes import draw_bounding_boxes, plot_bounding_box_gallery
from keras.visualization._gallery import plot_image_gallery
from keras.visualization._histograms import plot_activation_histograms, plot_weight_histograms
from keras.visualization._masks import draw_segmentation_masks, plot_segmentation_mask_gallery

__all__ = [
    "draw_bounding_boxes",
    "draw_segmentation_masks",
    "plot_activation_histograms",
    "plot_bounding_box_gallery",
    "plot_image_gallery",
    "plot_segmentation_mask_gallery",
    "plot_weight_histograms",
]
