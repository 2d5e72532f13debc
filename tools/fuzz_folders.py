"""Damages models that are kept in several files: folders of TensorFlow, checkpoints, weights in parts.

The corpus has them packed as `.zip`: `model/` is a folder of a model, `weights/ckpt` a checkpoint of it,
`NAME.weights.json` with `model.json` beside it are weights in parts.
"""

from __future__ import annotations

import io
import json
import pathlib
import random
import struct
import zipfile

import fuzz_files


def kind_of(path: pathlib.Path) -> str | None:
    """What a packed folder holds."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if any(name.endswith(".weights.json") for name in names):
        return "folders of weights in parts"
    if "model/saved_model.pb" in names:
        return "folders of TensorFlow"
    return "folders of archives" if "model/config.json" in names else None


def files_in(data: bytes) -> dict[str, bytes]:
    """Files of a packed folder by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A packed folder, one of whose files is damaged or missing."""
    files = files_in(data)
    name = chance.choice([n for n in files if n != "model.json"])
    if chance.random() < 0.03:
        del files[name]
    elif name.endswith(".index") and chance.random() < 0.8:
        files[name] = mutated_table(files[name], chance)
    elif name.endswith(".pb") and chance.random() < 0.6:
        files[name] = mutated_message(files[name], chance)
    elif name.endswith(".json") and chance.random() < 0.8:
        files[name] = mutated_config(files[name], chance)
    else:
        files[name] = fuzz_files.mutated(files[name], chance)
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return found.getvalue()


def mutated_config(data: bytes, chance: random.Random) -> bytes:
    """A config as JSON with values changed."""
    try:
        return json.dumps(fuzz_files.mutated_json(json.loads(data), chance)).encode()
    except (ValueError, RecursionError):  # it holds itself
        return fuzz_files.mutated_bytes(data, chance)


def mutated_table(data: bytes, chance: random.Random) -> bytes:
    """A table of a checkpoint with damaged blocks whose checksums are right again, so that they are looked into."""
    from keras.saving import _protobuf
    from keras.saving._checksum import masked_crc32c
    from keras.saving._tensor_bundle import _FOOTER, _block

    found = bytearray(data)
    view = memoryview(data)
    footer, at, ends = view[-_FOOTER:], 0, []
    for _ in range(2):
        _, at = _protobuf.varint(footer, at)
    for place in [footer[at:], *(place for _, place in _block(view, footer[at:]))]:
        start, after = _protobuf.varint(place, 0)
        ends.append((start, _protobuf.varint(place, after)[0]))
    for _ in range(chance.choice((1, 1, 2, 4))):
        start, size = chance.choice(ends)
        where = start + chance.randrange(size)
        found[where] = chance.choice((found[where] ^ (1 << chance.randrange(8)), chance.randrange(256), 0, 255, 128))
    for start, size in ends:
        after = start + size + 1
        found[after : after + 4] = struct.pack("<I", masked_crc32c(bytes(found[start:after])))
    return bytes(found)


def mutated_message(data: bytes, chance: random.Random) -> bytes:
    """Messages of a description of a model, whose JSON has a value changed."""
    at = data.find(b'{"')
    starts = []
    while at >= 0 and len(starts) < 200:
        starts.append(at)
        at = data.find(b'{"name', at + 1)
    if not starts:
        return fuzz_files.mutated_bytes(data, chance)
    start = chance.choice(starts[:1] * 3 + starts)
    text = data[start:].decode("utf-8", "replace")
    try:
        config, length = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return fuzz_files.mutated_bytes(data, chance)
    length = len(text[:length].encode())
    return resized(data, start, length, mutated_config(json.dumps(config).encode(), chance))


def resized(data: bytes, start: int, length: int, new: bytes) -> bytes:
    """A message with other bytes in a field; the sizes of all fields around it are mended."""
    if start == 0 and length == len(data):
        return new
    at = 0
    while at < len(data):
        key, at = number(data, at)
        kind = key & 7
        if kind == 0:
            _, at = number(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        elif kind == 2:
            before = at
            size, at = number(data, at)
            if at <= start and start + length <= at + size:
                inner = resized(data[at : at + size], start - at, length, new)
                return data[:before] + written(len(inner)) + inner + data[at + size :]
            at += size
        else:
            break
    return data[:start] + new + data[start + length :]


def number(data: bytes, at: int) -> tuple[int, int]:
    """A whole number of a message and where the next thing starts."""
    found = place = 0
    while True:
        found |= (data[at] & 127) << place
        place, at = place + 7, at + 1
        if data[at - 1] < 128:
            return found, at


def written(value: int) -> bytes:
    """A whole number as messages have it."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def loader(path: pathlib.Path, scratch: pathlib.Path, into_model, quietly):
    """What loads damaged copies of a packed folder."""
    import keras

    home = scratch / path.stem
    good = files_in(path.read_bytes())
    there: dict[str, bytes] = {}
    unpack(good, home, there)
    parts = [name for name in good if name.endswith(".weights.json")]
    if parts:
        text = good["model.json"].decode()
    else:
        try:
            text = keras.models.load_model(home / "model", compile=False).to_json()
        except ValueError:  # of a class that only tests know
            text = None
    model = keras.models.model_from_json(text) if text else None

    def load(data: bytes):
        files = files_in(data)
        missing = good.keys() - files.keys()
        for name in missing:
            (home / name).unlink(missing_ok=True)
            there.pop(name, None)
        unpack(files, home, there)
        changed = next((name for name in good if files.get(name) != good[name]), "model/")
        if parts:
            found = into_model(model, home / parts[0])
        elif changed.startswith("weights/") and model is not None:
            found = into_model(model, home / "weights" / "ckpt")
        else:
            found = quietly(lambda _: keras.models.load_model(home / "model"))(None)
        return refused_if_missing(found) if missing else found

    return load


def refused_if_missing(load):
    """`load`, where a file that is not there is reason enough."""

    def run():
        try:
            load()
        except FileNotFoundError as error:
            raise ValueError(str(error)) from error

    return run


def unpack(files: dict[str, bytes], home: pathlib.Path, there: dict[str, bytes]) -> None:
    """Writes files into a folder, but those that are there as they should be."""
    for name, content in files.items():
        if there.get(name) != content:
            target = home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            there[name] = content
