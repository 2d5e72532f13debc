"""Files that mean harm, made and loaded in a process of its own, which prints what each load took and said, as JSON.

`CASES` names each file, how to make it, and what the refusal must say.
"""

import copy
import io
import json
import os
import struct
import sys
import time
import warnings
import zipfile
import zlib

import h5py
import numpy as np

import keras
from keras import layers, ops
from keras._jax import reader_process

CASES = {}


def case(name, reason):
    def note(make):
        CASES[name] = make, reason
        return make

    return note


def members_of(model):
    data = io.BytesIO()
    model.save(data)
    with zipfile.ZipFile(data) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def small():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(2)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


def graph():
    x = keras.Input((4,))
    return keras.Model(x, layers.Dense(2, name="last")(layers.Dense(3, name="first")(x)))


def packed(members, path="bad.keras", method=zipfile.ZIP_STORED):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in members.items():
            archive.writestr(name, content)
    return path


GOOD = {}


def good(kind=small):
    if kind not in GOOD:
        GOOD[kind] = members_of(kind())
    return dict(GOOD[kind])


def with_config(change, kind=small):
    members = good(kind)
    config = json.loads(members["config.json"])
    config = change(config) or config
    return packed({**members, "config.json": json.dumps(config)})


def layer(config, i=1):
    return config["config"]["layers"][i]


# --- configs

LAMBDA = {"module": "keras.layers", "class_name": "Lambda", "registered_name": None, "config": {
    "name": "evil", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAAA", "defaults": None,
                                                                       "closure": None}}}}  # fmt: skip
CODE = LAMBDA["config"]["function"]


def wrapped(cls, key="layer", **more):
    inner = {"module": "keras.layers", "class_name": cls, "registered_name": None,
             "config": {"name": "outer", key: copy.deepcopy(LAMBDA), **more}}  # fmt: skip
    return lambda config: config["config"]["layers"].__setitem__(1, inner)


for _cls, _key in [("TimeDistributed", "layer"), ("Bidirectional", "layer"), ("RNN", "cell"), ("Wrapper", "layer"),
                   ("SpectralNormalization", "layer"), ("Pipeline", "layers")]:  # fmt: skip
    case(f"code in a layer inside {_cls}", "evil|[Ll]ambda|Pipeline|list")(
        lambda cls=_cls, key=_key: with_config(wrapped(cls, key))
    )


def inside_others(inner, config, count):
    """A model's config inside so many models like `config`, each of which is a layer of the next."""
    for _ in range(count):
        outer = copy.deepcopy(config)
        outer["config"]["layers"][1] = inner
        inner = outer
    return inner


@case("code in a layer of a model in a model in a model", "evil")
def _():
    def change(config):
        inner = copy.deepcopy(config)
        inner["config"]["layers"][1] = LAMBDA
        return inside_others(inner, config, 3)

    return with_config(change)


for _place in ("activation", "kernel_initializer", "kernel_regularizer", "kernel_constraint"):
    case(f"code as {_place}", "lambda")(
        lambda place=_place: with_config(lambda c: layer(c)["config"].update({place: CODE}))
    )
for _place in ("optimizer", "loss", "metrics"):
    case(f"code as {_place}", "lambda")(
        lambda place=_place: with_config(lambda c: c["compile_config"].update({place: CODE}))
    )

FUNCTIONS = ["get_file", "keras>get_file", "builtins>eval", "Custom>system", "os.system", "load_model", "keras>Lambda"]
for _name in FUNCTIONS:
    case(f"the registered name {_name}", "Unknown|not known|no `from_config`|is a function")(
        lambda name=_name: with_config(lambda c: layer(c).update(class_name=name, registered_name=name, module=None))
    )
    case(f"the registered name {_name} of a function", "Unknown|not known|must be")(
        lambda name=_name: with_config(
            lambda c: layer(c)["config"].update(
                activation={"class_name": "function", "config": name, "registered_name": name, "module": "builtins"}
            )
        )
    )
for _module, _name in [
    ("keras.applications", "ResNet50"), ("keras.utils", "to_categorical"), ("keras.utils", "get_file"),
    ("keras.utils", "image_dataset_from_directory"), ("keras.datasets", "mnist"), ("keras.ops", "fori_loop"),
    ("keras.ops", "while_loop"), ("keras.ops", "map"), ("keras.ops", "custom_gradient"), ("keras.saving", "save_model"),
]:  # fmt: skip
    case(f"{_module}.{_name} as an activation", "Unknown|not known|must be")(
        lambda module=_module, name=_name: with_config(
            lambda c: layer(c)["config"].update(
                activation={"class_name": "function", "config": name, "registered_name": "function", "module": module}
            )
        )
    )
for _name in ("TFSMLayer", "TorchModuleWrapper", "FlaxLayer", "JaxLayer"):
    case(f"a layer {_name} with a path", "config.json")(
        lambda name=_name: with_config(
            lambda c: layer(c).update(class_name=name, config={"filepath": "/etc", "module": "x", "call_fn": CODE})
        )
    )


@case("a vocabulary that is a path", "vocabulary")
def _():
    lookup = {"module": "keras.layers", "class_name": "StringLookup", "registered_name": None,
              "config": {"vocabulary": "/etc/passwd"}}  # fmt: skip
    return with_config(lambda c: c["config"]["layers"].__setitem__(1, lookup))


@case("a build_config with another shape", "would take")
def _():
    return with_config(lambda c: layer(c).update(build_config={"input_shape": [None, 10**9]}))


for _lie in ("x", [[]], {"a": 1}, [None, "x"], [None, -4], [1e308], [None] * 1000):
    case(f"a build_config of {json.dumps(_lie)[:20]}", "config.json")(
        lambda lie=_lie: with_config(lambda c: layer(c).update(build_config={"input_shape": lie}))
    )


@case("an object that contains its own number", "config.json")
def _():
    loop = {"module": "keras.layers", "class_name": "TimeDistributed", "registered_name": None, "shared_object_id": 7,
            "config": {"name": "a"}}  # fmt: skip
    inner = {"module": "keras.layers", "class_name": "TimeDistributed", "shared_object_id": 7, "config": {"name": "a"}}
    loop["config"]["layer"] = inner
    return with_config(lambda c: c["config"]["layers"].__setitem__(1, loop))


@case("a number of an object that is a list", "config.json")
def _():
    return with_config(lambda c: layer(c).update(shared_object_id=[[1]]))


@case("layers that wait for each other", "config.json")
def _():
    def change(config):
        first, last = layer(config, 1), layer(config, 2)
        text = json.dumps(first["inbound_nodes"]).replace('"keras_history": ["input', '"keras_history": ["last')
        first["inbound_nodes"] = json.loads(text.replace(config["config"]["layers"][0]["name"], last["name"]))

    return with_config(change, graph)


@case("a layer that comes out of itself", "config.json")
def _():
    def change(config):
        last = layer(config, 2)
        last["inbound_nodes"] = json.loads(json.dumps(last["inbound_nodes"]).replace('"first"', '"last"'))

    return with_config(change, graph)


for _history in (["first", 10**9, 0], ["first", 0, 10**9], ["first", -1, -1], ["nowhere", 0, 0], [[], {}, None], "x"):
    case(f"an input from {json.dumps(_history)}", "config.json")(
        lambda history=_history: with_config(
            lambda c: layer(c, 2)["inbound_nodes"][0]["args"][0]["config"].update(keras_history=history), graph
        )
    )
for _bad in (10**9, [["first", 0, 10**9]], [[[[[]]]]], None, "first"):
    case(f"outputs {json.dumps(_bad)[:24]}", "config.json")(
        lambda bad=_bad: with_config(lambda c: c["config"].update(output_layers=bad), graph)
    )
for _bad in (None, [], {}, "x", -1, 1e308, True, [[]], {"class_name": "Dense"}, 10**30):
    case(f"units of {json.dumps(_bad)[:20]}", "config.json")(
        lambda bad=_bad: with_config(lambda c: layer(c)["config"].update(units=bad))
    )


@case("units of True", "config.json|units")
def _():
    return with_config(lambda c: layer(c)["config"].update(units=[True]))


@case("a million small objects", "more objects than any model")
def _():
    members = good()
    text = b'{"class_name": "Sequential", "config": {"layers": [' + b"{}," * 10**6 + b"{}]}}"
    return packed({**members, "config.json": text}, method=zipfile.ZIP_DEFLATED)


@case("forty megabytes of spaces", "bytes")
def _():
    return packed({**good(), "config.json": b" " * 40 * 2**20 + b"{}"}, method=zipfile.ZIP_DEFLATED)


@case("a class whose name has eight million letters", r"Unknown member of keras.layers: 'D+ \[\.\.\.\] ")
def _():
    members = good()
    return packed({**members, "config.json": members["config.json"].replace(b'"Dense"', b'"' + b"D" * 2**23 + b'"', 1)})


@case("a name that steers a terminal", r": x\\x1b\[2J\\ud800\}")
def _():
    return with_config(lambda c: layer(c).update(class_name="x\x1b[2J\ud800"))


@case("a list as deep as the limit in a model as deep", "config.json")
def _():
    def change(config):
        inner = []
        for _ in range(150):
            inner = [inner]
        layer(config)["config"]["activation"] = inner

    return with_config(change)


@case("sixty models inside each other", "config.json")
def _():
    def change(config):
        config.pop("compile_config")
        return inside_others(copy.deepcopy(config), config, 60)

    return with_config(change)


BIG = {
    "MelSpectrogram": ((1000,), {}, {"fft_length": 40_000, "num_mel_bins": 20_000}),
    "STFTSpectrogram": ((1000, 1), {}, {"frame_length": 10**6, "fft_length": 2**20}),
    "RandAugment": ((8, 8, 3), {"num_ops": 1}, {"num_ops": 10**8}),
    "AugMix": ((8, 8, 3), {}, {"num_chains": 10**7, "chain_depth": 10**7}),
    "IntegerLookup": ((1,), {"vocabulary": [1, 2]}, {"num_oov_indices": 10**9}),
    "TextVectorization": ((1,), {"max_tokens": 9, "vocabulary": ["a"], "ngrams": 2}, {"ngrams": 2**40}),
}


def input_of(cls, shape):
    return keras.Input(shape, dtype={"TextVectorization": "string", "IntegerLookup": "int64"}.get(cls))


for _cls, (_shape, _given, _bad) in BIG.items():
    case(f"{_cls} with {json.dumps(_bad)}", "config.json")(
        lambda cls=_cls, shape=_shape, given=_given, bad=_bad: with_config(
            lambda c: layer(c)["config"].update(bad),
            lambda: keras.Sequential([input_of(cls, shape), getattr(layers, cls)(**given)]),
        )
    )


def with_another_input(layer, shape, claimed):
    """A model around a layer whose input claims another shape; it is refused for its loss, after it is made."""

    def change(config):
        config["config"]["layers"][0]["config"]["batch_shape"] = claimed
        config["config"].pop("build_input_shape", None)
        config.pop("build_config", None)
        config["compile_config"] = {"optimizer": "adam", "loss": "nowhere"}

    return with_config(change, lambda: keras.Sequential([keras.Input(shape), layer]))


case("tiles of an image of 10 gigapixels", "nowhere")(
    lambda: with_another_input(
        layers.ContrastLimitedAdaptiveHistogramEqualization(), (8, 8, 1), [None, 100_000, 100_000, 1]
    )
)
case("windows along a sound of hours", "nowhere")(
    lambda: with_another_input(layers.MelSpectrogram(fft_length=64, sequence_stride=8), (100,), [None, 10**9])
)


def with_a_large_matrix(weights):
    members = good()
    config = json.loads(members.pop("config.json"))
    for part in (config, *config["config"]["layers"]):
        part.pop("build_config", None)
    config["config"].pop("build_input_shape", None)
    config["config"]["layers"][0]["config"]["batch_shape"] = [None, 4000]
    layer(config)["config"].update(units=4000, kernel_initializer="orthogonal", use_bias=False)
    if not weights:
        del members["model.weights.h5"]
    return packed({**members, "config.json": json.dumps(config)})


case("a matrix to be made orthogonal in a file without weights", "would take 64,000,000 bytes")(
    lambda: with_a_large_matrix(False)
)
case("a matrix to be made orthogonal that the file has not", "model.weights.h5")(lambda: with_a_large_matrix(True))


@case("a hundred thousand metrics", "`metrics` is 100,000")
def _():
    return with_config(lambda c: c["compile_config"].update(metrics=["mae"] * 100_000))


def with_operation(call, shape, name, value):
    """A model of one operation, one of whose settings is another."""

    def change(config):
        layer(config)["config"][name] = value

    def model():
        x = keras.Input(batch_shape=shape)
        return keras.Model(x, call(x))

    return with_config(change, model)


for _call, _name in (
    (lambda x: ops.array_split(x, 2)[0], "indices_or_sections"),
    (lambda x: ops.unstack(x, 4)[0], "num"),
):
    case(f"a tensor in a million parts by {_name}", f"`{_name}` is 1,000,000")(
        lambda call=_call, name=_name: with_operation(call, (None, 4), name, 10**6)
    )


_PARTS = {
    "a tensor mirrored many times": (
        lambda x: ops.pad(x, 1, "reflect"),
        (2, 4),
        {"pad_width": 10**6},
        "pad_width",
    ),
    "a short sound in long windows": (lambda x: ops.stft(x, 4, 2, 4)[0], (2, 4), {"fft_length": 10**7}, "fft_length"),
    "differences of differences": (lambda x: ops.diff(x, 1), (2, 4), {"n": 10**6}, "n"),
}
for _title, (_call, _shape, _settings, _reason) in _PARTS.items():
    case(_title, f"`{_reason}")(
        lambda call=_call, shape=_shape, settings=_settings: with_operation(call, shape, *next(iter(settings.items())))
    )


# --- archives


def central(data, name):
    """Where the entry of a member begins in the table of contents."""
    at = data.rfind(name.encode())
    return data.rfind(b"PK\x01\x02", 0, at)


def patched(members, change, **kwargs):
    path = packed(members, **kwargs)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data = change(data) or data
    with open(path, "wb") as file:
        file.write(data)
    return path


@case("two members at one place", "overlaps|contents")
def _():
    def change(data):
        first, second = central(data, "metadata.json"), central(data, "config.json")
        data[second + 42 : second + 46] = data[first + 42 : first + 46]

    return patched(good(), change)


@case("a member that begins inside another", "does not start|overlaps")
def _():
    def change(data):
        at = central(data, "config.json")
        start = struct.unpack_from("<I", data, at + 42)[0]
        struct.pack_into("<I", data, at + 42, start + 60)

    return patched(good(), change)


@case("a table of contents of four gigabytes", "contents")
def _():
    def change(data):
        struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 12, 2**32 - 2)

    return patched(good(), change)


@case("a size of 64 bits that is a lie", "claims|contradict|contents")
def _():
    def change(data):
        at = central(data, "model.weights.h5")
        size, start = struct.unpack_from("<I", data, at + 24)[0], at + 46 + len("model.weights.h5")
        data[at + 20 : at + 28] = b"\xff" * 8
        extra = struct.pack("<HHQQ", 1, 16, 2**50, size)
        struct.pack_into("<H", data, at + 30, len(extra))
        data[start:start] = extra
        end = data.rfind(b"PK\x05\x06")
        struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + len(extra))

    return patched(good(), change)


@case("another name in front of the member than in the table", "config.json|differ")
def _():
    def change(data):
        at = data.find(b"config.json")
        data[at : at + 11] = b"konfig.json"

    return patched(good(), change, method=zipfile.ZIP_DEFLATED)


@case("an encrypted member", "encrypted")
def _():
    def change(data):
        data[central(data, "config.json") + 8] |= 1

    return patched(good(), change)


@case("a file that is a folder as well", "file and a folder")
def _():
    return packed({**good(), "assets/a": b"1", "assets/a/b": b"2"})


@case("a name longer than the system takes", "leads out|none that a file")
def _():
    return packed({**good(), "assets/" + "x" * 300: b"1"})


@case("eleven thousand members", "members")
def _():
    return packed({**good(), **{f"assets/{i}": b"" for i in range(11_000)}})


@case("an asset that unpacks to three hundred megabytes", "claim far more")
def _():
    return packed({**good(), "assets/zeros": bytes(300 * 2**20)}, method=zipfile.ZIP_DEFLATED)


# --- HDF5


def h5(change):
    data = io.BytesIO(good()["model.weights.h5"])
    with h5py.File(data, "r+") as file:
        change(file)
    return packed({**good(), "model.weights.h5": data.getvalue()})


def vars_of(file):
    return file["layers/dense/vars"]


def instead(**arguments):
    def change(file):
        del vars_of(file)["0"]
        vars_of(file).create_dataset("0", **arguments)

    return change


@case("a group inside itself", "levels deep|no end|weights")
def _():
    def change(file):
        file["layers/dense/dense"] = file["layers/dense"]
        del file["layers/dense/vars"]
        file["layers/dense/vars"] = file["layers"]

    return h5(change)


case("an array that is never written and packed", "claims|lets expect")(
    lambda: h5(instead(shape=(2**13, 2**12), dtype="f4", chunks=(64, 64), compression="gzip"))
)
case("parts far larger than the array", "parts")(
    lambda: h5(instead(shape=(4, 3), maxshape=(None, None), dtype="f4", chunks=(2**14, 2**14)))
)
case("a part through a filter of a plug-in", "plug-in|filter")(
    lambda: h5(instead(data=np.zeros((4, 3), "f4"), scaleoffset=2))
)


def zeros_below(file, count, **arguments):
    for i in range(count):
        file.create_dataset(f"junk/{i}", **arguments)


@case("many arrays that are packed a thousandfold", "claims|lets expect")
def _():
    return h5(lambda file: zeros_below(file, 40, shape=(2**21,), dtype="f4", chunks=(2**18,), compression="gzip"))


def older(change, patch):
    """A file of the older layout, with attributes changed through h5py and bytes afterwards."""
    small().save("bad.h5")
    with h5py.File("bad.h5", "r+") as file:
        change(file["model_weights"].attrs)
    with open("bad.h5", "rb") as file:
        data = bytearray(file.read())
    patch(data)
    with open("bad.h5", "wb") as file:
        file.write(data)
    return "bad.h5"


@case("the text of one attribute under many names", "more than any file|structure|text")
def _():
    def change(attributes):
        attributes["a000"] = "x" * 2**21
        attributes.update({f"a{i:03}": "y" * 777 for i in range(1, 200)})

    def patch(data):
        first = data.find(struct.pack("<I", 2**21), data.find(b"a000\0"))
        for i in range(1, 200):
            at = data.find(struct.pack("<I", 777), data.find(b"a%03d\0" % i))
            data[at : at + 16] = data[first : first + 16]

    return older(change, patch)


@case("text of no bytes, a million million times", "values of no bytes")
def _():
    def patch(data):
        kind = data.find(struct.pack("<I", 7), data.find(b"zzzz\0"))
        struct.pack_into("<I", data, kind, 0)
        struct.pack_into("<Q", data, data.find(struct.pack("<Q", 2), kind), 2**39)

    return older(lambda attributes: attributes.update(zzzz=np.array([b"abcdefg", b"hijklmn"])), patch)


@case("a part that unpacks to far more than it may", "bytes instead of|packed|parts")
def _():
    def change(file):
        del vars_of(file)["0"]
        data = vars_of(file).create_dataset("0", (4, 3), "f4", maxshape=(None, None), chunks=(4, 3), compression="gzip")
        data.id.write_direct_chunk((0, 0), zlib.compress(bytes(2**22)))

    return h5(change)


# --- safetensors


def safetensors(change):
    small().save("good.safetensors")
    with open("good.safetensors", "rb") as file:
        data = file.read()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    text = change(header)
    text = (json.dumps(header) if text is None else text).encode()
    with open("bad.safetensors", "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data[8 + length :])
    return "bad.safetensors"


def tensor(header):
    return next(v for k, v in header.items() if k != "__metadata__")


for _bad in (
    {"shape": [2**40, 2**40]}, {"shape": [-4, -3]}, {"shape": "ab"}, {"data_offsets": [0, 2**60]},
    {"data_offsets": [8, 4]}, {"dtype": "OBJECT"}, {"shape": [True, 12]}, {"data_offsets": [0.0, 48.0]},
):  # fmt: skip
    case(f"safetensors with {json.dumps(_bad)}", "header")(
        lambda bad=_bad: safetensors(lambda header: tensor(header).update(bad))
    )
case("safetensors with a name twice", "twice")(
    lambda: safetensors(lambda header: json.dumps(header)[:-1] + ', "__metadata__": {}}')
)


# --- every format, claiming every era

ERAS = ("0.3.0", "1.2.2", "2.3.1", "2.15.0", "3.15.1", "99.0", "", None, [])
EVIL = {"Lambda": LAMBDA, "get_file": {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "file:///etc/passwd"}},
        "eval": {"module": "builtins", "class_name": "eval", "config": "1"}}  # fmt: skip


def evil(name):
    def change(config):
        config["config"]["layers"][1] = copy.deepcopy(EVIL[name])

    return change


def of_an_era(kind, era, harm):
    if kind == "keras":
        members = good()
        config = json.loads(members["config.json"])
        evil(harm)(config)
        about = {"keras_version": era, "date_saved": "x"}
        return packed({**members, "config.json": json.dumps(config), "metadata.json": json.dumps(about)})
    if kind == "safetensors":

        def change(header):
            config = json.loads(header["__metadata__"]["keras_config"])
            evil(harm)(config)
            header["__metadata__"].update(keras_config=json.dumps(config), keras_version=str(era))

        return safetensors(change)
    small().save("bad.h5")
    with h5py.File("bad.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        evil(harm)(config)
        if str(era).startswith("1"):
            config["config"] = config["config"]["layers"]
        file.attrs["model_config"] = json.dumps(config)
        for place in (file, file["model_weights"]):
            place.attrs["keras_version"] = "" if era is None or era == [] else era
            place.attrs["backend"] = "theano" if str(era).startswith("1") else "tensorflow"
    return "bad.h5"


for _kind in ("keras", "h5", "safetensors"):
    for _era in ERAS:
        for _harm in EVIL:
            case(f"{_harm} in {_kind} of {_era!r}", "evil|Unknown|not known|metadata|no object")(
                lambda kind=_kind, era=_era, harm=_harm: of_an_era(kind, era, harm)
            )


# --- running


def memory(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key)) / 1024


def measured(path, safe_mode):
    """Seconds of computing, megabytes, and what was said."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before, start = memory("VmRSS"), time.process_time()
    try:
        keras.models.load_model(path, safe_mode=safe_mode)
        said = "LOADED"
    except ValueError as error:
        said = str(error) if path in str(error) else f"without the file's name: {error}"
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    return time.process_time() - start, max(0, memory("VmHWM") - before), said[:2000]


class Ran(BaseException):
    """Something that no load may do."""


def hook(event, args):
    if event == "subprocess.Popen" and list(args[1]) == reader_process.command():
        return  # tries a program for us
    harmful = event.startswith(("os.system", "os.exec", "subprocess", "socket.", "marshal.", "pickle."))
    opens = event == "open" and str(args[0]).startswith("/etc/")
    # our own modules come from files of compiled code
    if watching and (harmful or opens) and "importlib" not in sys._getframe(1).f_code.co_filename:
        raise Ran(f"{event} {args!r}"[:200])


watching = False


def main():
    global watching
    warnings.simplefilter("ignore")
    keras.models.load_model(packed(good()))
    keras.models.load_model(packed(good(graph)))
    sys.addaudithook(hook)
    chosen = sys.argv[1:] or list(CASES)
    for name in chosen:
        path = CASES[name][0]()
        for safe_mode in (True, False) if "in " in name or "code" in name else (True,):
            watching = True
            try:
                found = measured(path, safe_mode)
            except Ran as error:
                found = 0, 0, f"RAN: {error}"
            watching = False
            print(json.dumps([name, *found]), flush=True)
        for left in os.listdir():
            os.unlink(left)


if __name__ == "__main__":
    main()
