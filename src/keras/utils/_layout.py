"""Where the boxes and lines of a drawing go: layers from top to bottom, without a program beside this one."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

GAP = 24.0  # between layers
SPACE = 22.0  # between boxes of a layer
SIZE = 11.0  # of the letters
LINE = 17.0  # height of a row of text
PADDING = 8.0  # beside text
MARGIN = 12.0
FRAME = 9.0  # between a frame and the boxes in it
_WIDE, _NARROW = frozenset("mwMW@%"), frozenset("ijltfrI.,:;|!()[]'/ -")


@dataclasses.dataclass
class Box:
    """A box with rows of text, or a point that a long line goes through, where there are no rows.

    Attributes:
        key: tells it from others.
        rows: the text, the title first.
        frames: keys of the frames around it, the outermost first.
        x, y: the middle.
        width, height: the size.
    """

    key: str
    rows: Sequence[str]
    frames: tuple[str, ...] = ()
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


@dataclasses.dataclass
class Picture:
    """What is to be drawn, with all places.

    Attributes:
        width, height: the size.
        boxes: those with text.
        lines: points that each line goes through; it ends in an arrow.
        frames: title, left, top, right and bottom of each frame, the outermost first.
    """

    width: float
    height: float
    boxes: list[Box]
    lines: list[list[tuple[float, float]]]
    frames: list[tuple[str, float, float, float, float]]


def text_width(text: str) -> float:
    """About as wide as a text is in a common font, and rather wider."""
    return SIZE * sum(0.88 if c in _WIDE else 0.34 if c in _NARROW else 0.7 if c.isupper() else 0.58 for c in text)


def arranged(boxes: list[Box], edges: list[tuple[str, str]], rankdir: str, titles: dict[str, str]) -> Picture:
    """Places boxes in layers, each behind those it takes inputs from.

    Args:
        boxes: with keys, rows and frames.
        edges: (key, key).
        rankdir: 'TB', 'LR', 'BT' or 'RL'.
        titles: of the frames.
    """
    sideways = rankdir in ("LR", "RL")
    for box in boxes:
        box.width = max(46.0, *(text_width(row) for row in box.rows)) + 2 * PADDING
        box.height = LINE * len(box.rows) + (4 if len(box.rows) > 1 else 2)  # a title alone fills its box
        if sideways:
            box.width, box.height = box.height, box.width
    known = {box.key: box for box in boxes}
    ranks = _ranks(boxes, edges)
    layers: list[list[Box]] = [[] for _ in range(max(ranks.values(), default=0) + 1)]
    for box in boxes:
        layers[ranks[box.key]].append(box)
    paths = [_path(known[a], known[b], ranks, layers) for a, b in edges]
    above: dict[str, list[Box]] = {}
    below: dict[str, list[Box]] = {}
    for path in paths:
        for first, second in itertools.pairwise(path):
            above.setdefault(second.key, []).append(first)
            below.setdefault(first.key, []).append(second)
    for layer in layers:
        _spread(layer, [box.x for box in layer])
    for turn in range(8):
        down = turn % 2 == 0
        neighbours = above if down else below
        for layer in layers if down else reversed(layers):
            wanted = {b.key: _mean([n.x for n in neighbours.get(b.key, ())], b.x) for b in layer}
            if turn < 6:
                layer.sort(key=lambda box: wanted[box.key])
            _spread(layer, [wanted[box.key] for box in layer])
    if titles:
        _part_frames(layers)
        for layer in layers:
            if not any(box.frames for box in layer):
                _spread(layer, [_mean([n.x for n in above.get(b.key, ())], b.x) for b in layer])
    top = 0.0
    for place, layer in enumerate(layers):
        height = max(box.height for box in layer)
        crowd = max(len(above.get(box.key, ())) for box in layer) > 1 or place == 0
        top += GAP + (8 if crowd else 0) + _frame_room(layers, place)
        for box in layer:
            box.y = top + height / 2
            if not box.rows:  # a line runs straight through a layer, so that it crosses no box
                box.height = height
        top += height
    return _picture(boxes, paths, rankdir, titles)


def _frame_room(layers: list[list[Box]], place: int) -> float:
    """Room above a layer for the borders and titles of frames that begin or end there."""
    if place == 0:
        return 0.0
    before = {frame for box in layers[place - 1] for frame in box.frames}
    now = {frame for box in layers[place] for frame in box.frames}
    return (LINE + FRAME) * len(now - before) + FRAME * len(before - now)


def _ranks(boxes: list[Box], edges: list[tuple[str, str]]) -> dict[str, int]:
    """The longest way to each box; boxes come in an order in which lines go forward."""
    ranks = {box.key: 0 for box in boxes}
    ways: dict[str, list[str]] = {}
    for first, second in edges:
        ways.setdefault(first, []).append(second)
    for box in boxes:
        for second in ways.get(box.key, ()):
            ranks[second] = max(ranks[second], ranks[box.key] + 1)
    for box in reversed(boxes):  # an input stands right above what it goes into
        after = [ranks[second] for second in ways.get(box.key, ())]
        if after and not any(box.key == second for _, second in edges):
            ranks[box.key] = min(after) - 1
    return ranks


def _path(first: Box, second: Box, ranks: dict[str, int], layers: list[list[Box]]) -> list[Box]:
    """The boxes and points from one box to another, one in each layer between them."""
    between = []
    for rank in range(ranks[first.key] + 1, ranks[second.key]):
        point = Box(f"{first.key}>{second.key}@{rank}", (), width=4.0)
        layers[rank].append(point)
        between.append(point)
    return [first, *between, second]


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _spread(layer: list[Box], wanted: list[float]) -> None:
    """Puts the boxes of a layer as near to where they are wanted as their order and sizes let them."""
    groups: list[list] = []  # boxes that touch: [members, offsets, sum of wishes minus offsets]
    for box, wish in zip(layer, wanted):
        groups.append([[box], [0.0], wish])
        while len(groups) > 1 and _left(groups[-1]) < _right(groups[-2]) + SPACE:
            members, offsets, wishes = groups.pop()
            before = groups[-1]
            shift = before[1][-1] + before[0][-1].width / 2 + SPACE + members[0].width / 2 - offsets[0]
            before[0] += members
            before[1] += [offset + shift for offset in offsets]
            before[2] += wishes - shift * len(members)
    for members, offsets, wishes in groups:
        for box, offset in zip(members, offsets):
            box.x = wishes / len(members) + offset


def _part_frames(layers: list[list[Box]]) -> None:
    """Moves frames, and boxes outside of them, to the right until none stands in another."""
    rank = {box.key: place for place, layer in enumerate(layers) for box in layer}
    _part([box for layer in layers for box in layer], 0, rank)


def _part(boxes: list[Box], depth: int, rank: dict[str, int]) -> None:
    """Parts what is in one frame, or in none: frames of this depth, and boxes that are in no frame of this depth."""
    blocks: dict[str, list[Box]] = {}
    for box in boxes:
        blocks.setdefault(box.frames[depth] if len(box.frames) > depth else f"box {box.key}", []).append(box)
    for key, members in blocks.items():
        if not key.startswith("box "):
            _part(members, depth + 1, rank)
    edges: dict[int, float] = {}  # layer -> where it is free from
    for key, members in sorted(blocks.items(), key=lambda block: _mean([box.x for box in block[1]], 0.0)):
        room = 0.0 if key.startswith("box ") else FRAME * (max(len(box.frames) for box in members) - depth)
        ranks = [rank[box.key] for box in members]
        across = range(min(ranks), max(ranks) + 1)
        left = min(box.x - box.width / 2 for box in members) - room
        shift = max(0.0, max(edges.get(place, left - SPACE) for place in across) + SPACE - left)
        for box in members:
            box.x += shift
        right = max(box.x + box.width / 2 for box in members) + room
        edges.update(dict.fromkeys(across, right))


def _left(group: list) -> float:
    return group[2] / len(group[0]) + group[1][0] - group[0][0].width / 2


def _right(group: list) -> float:
    return group[2] / len(group[0]) + group[1][-1] + group[0][-1].width / 2


def _picture(boxes: list[Box], paths: list[list[Box]], rankdir: str, titles: dict[str, str]) -> Picture:
    """Everything in its direction, with the corner at (0, 0)."""
    lines = []
    for path in paths:
        begin, end = path[0], path[-1]
        points = [(box.x, box.y + side * box.height / 2) for box in path[1:-1] for side in (-1, 1)]
        lines.append([(begin.x, begin.y + begin.height / 2), *points, (end.x, end.y - end.height / 2)])

    def turned(x: float, y: float) -> tuple[float, float]:
        return {"TB": (x, y), "BT": (x, -y), "LR": (y, x), "RL": (-y, x)}[rankdir]

    lines = [[turned(*point) for point in line] for line in lines]
    for box in boxes:
        box.x, box.y = turned(box.x, box.y)
        if rankdir in ("LR", "RL"):
            box.width, box.height = box.height, box.width
    frames = _frames(boxes, titles)
    xs = [p[0] for line in lines for p in line] + [b.x + s * b.width / 2 for b in boxes for s in (-1, 1)]
    ys = [p[1] for line in lines for p in line] + [b.y + s * b.height / 2 for b in boxes for s in (-1, 1)]
    xs += [edge for frame in frames for edge in (frame[1], frame[3])]
    ys += [edge for frame in frames for edge in (frame[2], frame[4])]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    for box in boxes:
        box.x, box.y = box.x - left, box.y - top
    return Picture(
        max(xs) - left + MARGIN, max(ys) - top + MARGIN, boxes,
        [[(x - left, y - top) for x, y in line] for line in lines],
        [(title, a - left, b - top, c - left, d - top) for title, a, b, c, d in frames],
    )  # fmt: skip


def _frames(boxes: list[Box], titles: dict[str, str]) -> list[tuple[str, float, float, float, float]]:
    """Frames around the boxes that are in them; those inside of others are smaller."""
    found = []
    for key, title in titles.items():
        inside = [box for box in boxes if key in box.frames]
        if not inside:
            continue
        # a box keeps off this frame by those that are around it further in, above it by their titles
        around = [(box, len(box.frames) - box.frames.index(key)) for box in inside]
        left = min(box.x - box.width / 2 - FRAME * count for box, count in around)
        right = max(box.x + box.width / 2 + FRAME * count for box, count in around)
        top = min(box.y - box.height / 2 - LINE * count for box, count in around)
        bottom = max(box.y + box.height / 2 + FRAME * count for box, count in around)
        found.append((title, left, top, max(right, left + text_width(title) + 2 * PADDING), bottom))
    return found
