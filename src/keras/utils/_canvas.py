"""A drawing's picture as SVG, PDF, or pixels."""

from __future__ import annotations

import io
import math
from html import escape
from typing import Any

from keras.utils._images import pillow
from keras.utils._layout import LINE, PADDING, SIZE, Picture, text_width

INK, TITLE, PAPER, SHADE, EDGE = "#22303c", "#dfe9f3", "#ffffff", "#f5f7f9", "#5b6b7a"
_ARROW = 6.0
_WIDER_FONTS = (
    "DejaVuSansCondensed.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "arial.ttf",
    "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "Hiragino Sans GB.ttc", "msgothic.ttc", "Arial Unicode.ttf",
)  # fmt: skip


def svg(picture: Picture) -> bytes:
    """The picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width:.0f}pt" height="{picture.height:.0f}pt"',
        f'viewBox="0 0 {picture.width:.1f} {picture.height:.1f}" font-family="Helvetica, Arial, sans-serif"',
        f'font-size="{SIZE}">',
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
    ]
    for title, left, top, right, bottom in picture.frames:
        parts.append(_rect(left, top, right - left, bottom - top, SHADE, EDGE, 'stroke-dasharray="4 3"'))
        parts.append(_svg_text(left + PADDING, top + LINE * 0.72, title, "start", "font-style='italic'"))
    for line in picture.lines:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{EDGE}"/>')
        head = " ".join(f"{x:.1f},{y:.1f}" for x, y in _head(line))
        parts.append(f'<polygon points="{head}" fill="{EDGE}"/>')
    for box in picture.boxes:
        left, top = box.x - box.width / 2, box.y - box.height / 2
        parts.append(_rect(left, top, box.width, box.height, PAPER, INK, 'rx="3"'))
        parts.append(_rect(left, top, box.width, LINE + 2, TITLE, INK, 'rx="3"'))
        for place, row in enumerate(box.rows):
            weight = 'font-weight="bold"' if place == 0 else ""
            parts.append(_svg_text(box.x, top + LINE * (place + 0.72) + 2, row, "middle", weight))
    return "\n".join([*parts, "</svg>"]).encode()


def _rect(left: float, top: float, width: float, height: float, fill: str, stroke: str, more: str) -> str:
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" '
        f'stroke="{stroke}" {more}/>'
    )


def _svg_text(x: float, y: float, text: str, anchor: str, more: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}" {more}>{escape(text)}</text>'


def _head(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The three corners of the arrow at the end of a line."""
    (ax, ay), (x, y) = line[-2:]
    length = math.hypot(x - ax, y - ay) or 1.0
    dx, dy = (x - ax) / length * _ARROW, (y - ay) / length * _ARROW
    return [(x, y), (x - dx - dy * 0.5, y - dy + dx * 0.5), (x - dx + dy * 0.5, y - dy - dx * 0.5)]


def pixels(picture: Picture, format: str, dpi: int) -> bytes:
    """The picture as a file of pixels: 'png', 'jpg', 'gif', ...

    Args:
        dpi: pixels per inch, 72 points.

    Raises:
        ImportError: Pillow is not installed.
        ValueError: the picture would be larger than files of pixels can be.
    """
    images = pillow()
    from PIL import ImageDraw, ImageFont

    scale = dpi / 72
    size = (math.ceil(picture.width * scale), math.ceil(picture.height * scale))
    if max(size) > 60_000 or size[0] * size[1] > 400_000_000:
        raise ValueError(
            f"plot_model: the picture would have {size[0]} x {size[1]} pixels.\n"
            "  Pass a smaller `dpi`, or write '.svg'."
        )
    image = images.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    words = "".join([frame[0] for frame in picture.frames] + [row for one in picture.boxes for row in one.rows])
    font = _font(ImageFont, words, SIZE * scale)
    thin = max(1, round(0.8 * scale))

    def box(left: float, top: float, width: float, height: float, fill: str, ink: str) -> None:
        corners = [left * scale, top * scale, (left + width) * scale, (top + height) * scale]
        draw.rounded_rectangle(corners, 3 * scale, fill=fill, outline=ink, width=thin)

    for title, left, top, right, bottom in picture.frames:
        box(left, top, right - left, bottom - top, SHADE, EDGE)
        draw.text(((left + PADDING) * scale, (top + LINE * 0.5) * scale), title, INK, font, anchor="lm")
    for line in picture.lines:
        draw.line([(x * scale, y * scale) for x, y in line], fill=EDGE, width=thin, joint="curve")
        draw.polygon([(x * scale, y * scale) for x, y in _head(line)], fill=EDGE)
    for one in picture.boxes:
        left, top = one.x - one.width / 2, one.y - one.height / 2
        box(left, top, one.width, one.height, PAPER, INK)
        box(left, top, one.width, LINE + 2, TITLE, INK)
        for place, row in enumerate(one.rows):
            middle = (one.x * scale, (top + LINE * (place + 0.5) + 2) * scale)
            draw.text(middle, row, INK, font, anchor="mm", stroke_width=0.25 * scale if place == 0 else 0)
    file = io.BytesIO()
    image.save(file, {"jpg": "jpeg", "tif": "tiff"}.get(format, format), dpi=(dpi, dpi))
    return file.getvalue()


def _font(fonts: Any, words: str, size: float) -> Any:
    """Pillow's own font; for letters beyond ASCII, which it does not have, the first font of the system that does."""
    own = fonts.load_default(size)
    beyond = sorted({letter for letter in words if not letter.isascii()})
    if not beyond:
        return own
    found = []
    for name in _WIDER_FONTS:
        try:
            font = fonts.truetype(name, size)
        except OSError:  # the system does not have it
            continue
        nothing = bytes(font.getmask("\uffff"))
        found.append((sum(bytes(font.getmask(letter)) != nothing for letter in beyond), -len(found), font))
    return max(found)[2] if found else own


def pdf(picture: Picture) -> bytes:
    """The picture as a PDF of one page, drawn in lines and letters."""
    height = picture.height
    parts = ["0.8 w"]

    def colour(code: str, sign: str) -> None:
        parts.append(" ".join(f"{int(code[i : i + 2], 16) / 255:.3f}" for i in (1, 3, 5)) + f" {sign}")

    def box(left: float, top: float, width: float, tall: float, fill: str, ink: str) -> None:
        colour(fill, "rg")
        colour(ink, "RG")
        parts.append(f"{left:.2f} {height - top - tall:.2f} {width:.2f} {tall:.2f} re B")

    def text(x: float, y: float, words: str, font: str) -> None:
        plain = words.encode("cp1252", "replace").decode("cp1252")
        plain = plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        colour(INK, "rg")
        parts.append(f"BT /{font} {SIZE} Tf {x:.2f} {height - y:.2f} Td ({plain}) Tj ET")

    for title, left, top, right, bottom in picture.frames:
        box(left, top, right - left, bottom - top, SHADE, EDGE)
        text(left + PADDING, top + LINE * 0.72, title, "F1")
    for line in picture.lines:
        colour(EDGE, "RG")
        colour(EDGE, "rg")
        points = [f"{x:.2f} {height - y:.2f}" for x, y in line]
        parts.append(f"{points[0]} m " + " ".join(f"{p} l" for p in points[1:]) + " S")
        head = [f"{x:.2f} {height - y:.2f}" for x, y in _head(line)]
        parts.append(f"{head[0]} m {head[1]} l {head[2]} l f")
    for one in picture.boxes:
        left, top = one.x - one.width / 2, one.y - one.height / 2
        box(left, top, one.width, one.height, PAPER, INK)
        box(left, top, one.width, LINE + 2, TITLE, INK)
        for place, row in enumerate(one.rows):
            begin = one.x - text_width(row) * 0.46  # Helvetica is narrower than what boxes leave room for
            text(begin, top + LINE * (place + 0.72) + 2, row, "F2" if place == 0 else "F1")
    content = "\n".join(parts).encode("cp1252")
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {picture.width:.2f} {height:.2f}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
    ]
    found = bytearray(b"%PDF-1.4\n")
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    begin = len(found)
    found += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    found += b"".join(b"%010d 00000 n \n" % place for place in places)
    found += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, begin)
    return bytes(found)
