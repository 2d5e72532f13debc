"""The packages that pictures need and other work does not."""


def pillow(who):
    """The modules of Pillow that draw: Image, ImageDraw, ImageFont."""
    try:
        from PIL import Image, ImageDraw, ImageFont  # optional
    except ImportError:
        raise ImportError(f"{who} needs Pillow: pip install kerata[image]") from None
    return Image, ImageDraw, ImageFont


def pyplot(who):
    """matplotlib.pyplot."""
    try:
        from matplotlib import pyplot as found  # optional
    except ImportError:
        raise ImportError(f"{who} needs matplotlib: pip install matplotlib") from None
    return found
