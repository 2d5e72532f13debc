"""Operations on images: batches (samples, height, width, channels) or single images, in either axis order."""

__all__ = []
