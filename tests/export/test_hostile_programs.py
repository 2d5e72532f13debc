"""Programs whose bytes claim more than they hold, or name themselves: refused before jax and jaxlib read them."""

import zipfile

import numpy as np
import pytest

import keras
from keras import layers
from keras._jax import bytecode, exported_table

flatbuffers = pytest.importorskip("flatbuffers")


def number(value):
    """A number as bytecode has it: as many zeros as the first byte ends in say how many bytes follow."""
    for size in range(1, 9):
        if value < 1 << 7 * size:
            return ((value << 1 | 1) << size - 1).to_bytes(size, "little")
    return b"\0" + value.to_bytes(8, "little")


def numbers(*values):
    return b"".join(map(number, values))


def section(kind, content):
    return bytes([kind]) + number(len(content)) + content


def program(attributes=(), types=(), code=None, **parts):
    """Bytecode with attributes of `vhlo`, and no operation if none are given."""
    entries = [*attributes, *types]
    groups = [numbers(1, len(group), *(2 * len(x) + 1 for x in group)) for group in (attributes, types) if group]
    found = {
        "strings": numbers(2, 5, 8) + b"builtin\0vhlo\0",
        "dialects": numbers(2, 0, 2, 0),
        "offsets": numbers(len(attributes), len(types)) + b"".join(groups),
        "entries": b"".join(entries),
        "code": number(0) if code is None else code,
        **parts,
    }
    kinds = {"strings": 0, "dialects": 1, "entries": 2, "offsets": 3, "code": 4, "properties": 8}
    return b"ML\xefR" + number(6) + b"made here\0" + b"".join(section(kinds[k], v) for k, v in found.items())


MANY = 2**26
LIST, PAIRS, FUNCTION, TENSOR = 1, 6, 8, 20  # kinds of attributes, then of types
OPERATION = numbers(2) + numbers(0)  # a block of one operation, and its name
HOSTILE = {
    "strings": (program(strings=numbers(MANY) + b"builtin\0"), "67108864 things are said to follow"),
    "a string": (program(strings=numbers(1, MANY) + b"builtin\0"), "67108864 things are said to follow"),
    "dialects": (program(dialects=numbers(MANY)), "67108864 things are said to follow"),
    "names of operations": (program(dialects=numbers(2, 0, 2, MANY)), "67108864 things are said to follow"),
    "attributes": (program(offsets=numbers(MANY, 0)), "67108864 things are said to follow"),
    "types": (program(offsets=numbers(0, MANY)), "67108864 things are said to follow"),
    "properties": (program(properties=numbers(MANY)), "67108864 things are said to follow"),
    "a list": (program([numbers(LIST, MANY)]), "67108864 things are said to follow"),
    "axes": (program((), [numbers(TENSOR, MANY)]), "67108864 things are said to follow"),
    "operations": (program(code=numbers(2 * MANY)), "67108864 things are said to follow"),
    "arguments of a block": (program(code=numbers(1, MANY)), "67108864 things are said to follow"),
    "results": (program(code=OPERATION + b"\x02" + numbers(0, MANY)), "67108864 things are said to follow"),
    "regions": (program(code=OPERATION + b"\x10" + numbers(0, 2 * MANY)), "67108864 things are said to follow"),
    "blocks": (program(code=OPERATION + b"\x10" + numbers(0, 2, MANY)), "67108864 things are said to follow"),
    "values": (program(code=OPERATION + b"\x10" + numbers(0, 2, 1, MANY)), "67108864 things are said to follow"),
    "levels": (program(code=(OPERATION + b"\x10" + numbers(0, 2, 1, 0)) * 200 + number(0)), "100 levels deep"),
    "itself": (program([numbers(LIST, 1, 0)]), "inside itself"),
    "one another": (program([numbers(LIST, 1, 1), numbers(PAIRS, 1, 0, 0)]), "inside itself"),
    "a type in itself": (program((), [numbers(FUNCTION, 1, 0, 0)]), "inside itself"),
    "a long chain": (program([numbers(LIST, 1, i + 1) for i in range(999)] + [numbers(LIST, 0)]), "too deep"),
    "twice, and twice": (
        program([numbers(LIST, 2, i + 1, i + 1) for i in range(60)] + [numbers(LIST, 0)]), "larger than all of them",
    ),
    "nothing": (program([numbers(LIST, 1, 9)]), "names what is not there"),
    "an end": (program()[:-1], "said to follow|ends too soon"),
    "another version": (b"ML\xefR" + number(9), "version 9 of the bytecode is not known"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_bytecode_that_claims_more_than_it_holds_or_holds_itself_is_refused(what):
    data, message = HOSTILE[what]
    with pytest.raises(ValueError, match=message):
        bytecode.check(data)


def test_bytecode_that_is_whole_passes():
    bytecode.check(program())
    inner = OPERATION + b"\x57" + numbers(0, 0, 0, 1, 0, 1, 0, 2, 1, 0) + numbers(0)
    bytecode.check(program([numbers(LIST, 2, 1, 1), numbers(LIST, 0)], [numbers(TENSOR, 2, 2**64 - 1, 7, 1), number(0)],
                           inner, properties=numbers(1, 1, 0)))  # fmt: skip


def table(depth=2, width=2, sizes=("3",)):
    """The table around a program: a tree of arguments, each level named `width` times, and an array of such sizes."""
    builder = flatbuffers.Builder()

    def listed(places):
        builder.StartVector(4, len(places), 4)
        for place in reversed(places):
            builder.PrependUOffsetTRelative(place)
        return builder.EndVector()

    def fields(count, **given):
        builder.StartObject(count)
        for name, place in given.items():
            builder.PrependUOffsetTRelativeSlot(int(name[1:]), place, 0)
        return builder.EndObject()

    node = fields(5)
    for _ in range(depth):
        node = fields(5, _1=listed([node] * width))
    array = fields(4, _1=listed([builder.CreateString(size) for size in sizes]))
    builder.Finish(fields(18, _2=node, _3=listed([array])))
    return bytes(builder.Output())


def test_the_table_around_a_program_is_bounded():
    exported_table.check(
        table(sizes=["3", "batch", "16*floordiv(size_0 + -1, 2)*floordiv(size_1 + -1, 2) + 4*batch^2"])
    )
    for data, message in (
        (table(depth=60), "more than 100000 parts"),
        (table(depth=200, width=1), "100 levels deep"),
        (table(sizes=["a^100000000"]), r"'a\^100000000', which has too many terms"),
        (table(sizes=["floordiv(a + b + c + d, 1)" + "*floordiv(a + b + c + d, 1)" * 20]), "too many terms"),
        (table(sizes=["a" * 5000]), "a formula of 5000 characters"),
        (table(sizes=["n"] * 3000), "more arrays than any model"),
        (table()[:40], "outside of the bytes|said to follow"),
        (b"", "outside of the bytes"),
    ):
        with pytest.raises(ValueError, match=message):
            exported_table.check(data)


def test_a_file_says_what_its_program_claims(tmp_path):
    path = tmp_path / "model.stablehlo"
    wide = layers.Conv2DTranspose(2, 3, strides=2)
    model = keras.Sequential([keras.Input((4, 4, 1)), wide, layers.Flatten(), layers.Dense(1)])
    model.export(path, verbose=False)
    x = np.ones((1, 4, 4, 1))
    np.testing.assert_allclose(keras.export.load(path)(x), model(x), rtol=1e-5, atol=1e-6)
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    data = members["programs/0"]
    start = data.index(b"ML\xefR")
    # a part, the first of the program: its dialects, `builtin` and `vhlo`
    place = data.index(b"\0", start) + 1
    count = place + 2 if data[place + 1] & 1 else place + 3
    assert data[place] == 1
    assert data[count] == number(2)[0]
    members["programs/0"] = data[:count] + number(100) + data[count + 1 :]
    with zipfile.ZipFile(path, "w") as file:
        for name, value in members.items():
            file.writestr(name, value)
    with pytest.raises(ValueError, match=r"at programs/0, the bytes hold no program: .*100 things are said to follow"):
        keras.export.load(path)
