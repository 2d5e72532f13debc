"""`get_file`: what is fetched from a server on this machine, kept, checked, unpacked and refused."""

import gzip
import hashlib
import http.server
import io
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

import keras


@pytest.fixture(autouse=True)
def quiet():
    keras.config.disable_interactive_logging()
    yield
    keras.config.enable_interactive_logging()


@pytest.fixture
def origin(tmp_path):
    file = tmp_path / "source.txt"
    file.write_text("hello")
    return file.as_uri()


SHA = hashlib.sha256(b"hello").hexdigest()
MD5 = hashlib.md5(b"hello").hexdigest()


def get(origin, tmp_path, **kwargs):
    return keras.utils.get_file(origin=origin, cache_dir=tmp_path / "cache", **kwargs)


def left_over(tmp_path):
    return [str(p) for p in (tmp_path / "cache").rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    "checked", [{}, {"file_hash": SHA}, {"md5_hash": MD5}, {"file_hash": MD5, "hash_algorithm": "md5"}], ids=str
)
def test_a_file_is_kept_where_it_was_asked_for(origin, tmp_path, checked):
    path = get(origin, tmp_path, **checked)
    assert path == str(tmp_path / "cache" / "datasets" / "source.txt")
    assert Path(path).read_text() == "hello"
    assert get(origin, tmp_path, fname="other.txt", cache_subdir="deep/er").endswith("cache/deep/er/other.txt")


def test_a_file_that_is_there_is_not_fetched_again(origin, tmp_path):
    path = get(origin, tmp_path, file_hash=SHA)
    (tmp_path / "source.txt").unlink()
    assert get(origin, tmp_path, file_hash=SHA) == path
    with pytest.raises(OSError, match="could not be downloaded"):
        get(origin, tmp_path, file_hash=SHA, force_download=True)
    assert Path(path).read_text() == "hello"


def test_a_file_with_the_wrong_hash_is_fetched_again_and_thrown_away(origin, tmp_path):
    path = get(origin, tmp_path)
    Path(path).write_text("damaged")
    assert Path(get(origin, tmp_path, file_hash=SHA)).read_text() == "hello"
    with pytest.raises(ValueError, match="must be 0000"):
        get(origin, tmp_path, fname="new.txt", file_hash="0" * 64)
    assert left_over(tmp_path) == [path]


def test_an_answer_that_ends_too_early_leaves_nothing_behind(tmp_path):
    class Short(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Short) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with pytest.raises(OSError, match="only 5 of 100 bytes came"):
            get(f"http://127.0.0.1:{server.server_port}/x.txt", tmp_path)
    assert left_over(tmp_path) == []


def test_without_a_network_it_says_where_to_put_the_file(tmp_path):
    with pytest.raises(OSError, match=r"put the file there yourself: .*cache.datasets.x\.txt"):
        get("http://127.0.0.1:9/x.txt", tmp_path)
    assert left_over(tmp_path) == []


def test_a_file_put_there_by_hand_is_used_and_another_one_is_told(tmp_path):
    file = tmp_path / "cache" / "datasets" / "x.txt"
    file.parent.mkdir(parents=True)
    file.write_text("damaged")
    found = hashlib.md5(b"damaged").hexdigest()
    with pytest.raises(OSError, match=rf"(?s)put the file there.*its md5 is {found}, and it must be {MD5}\.$"):
        get("http://127.0.0.1:9/x.txt", tmp_path, file_hash=MD5)
    assert file.read_text() == "damaged"
    file.write_text("hello")
    assert get("http://127.0.0.1:9/x.txt", tmp_path, file_hash=MD5) == str(file)


@pytest.mark.parametrize("name", ["../x", "a/b", "/abs", "..", "a\\b", "a\0b"])
def test_names_with_folders_are_refused(origin, tmp_path, name):
    with pytest.raises(ValueError, match="name without folders"):
        get(origin, tmp_path, fname=name)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"file_hash": "0" * 64, "hash_algorithm": "sha1"}, "`hash_algorithm` must be"),
        ({"file_hash": "xyz"}, "`file_hash` must be"),
        ({"archive_format": "rar", "extract": True}, "`archive_format` must be"),
    ],
)
def test_unknown_ways_are_refused(origin, tmp_path, wrong, message):
    with pytest.raises(ValueError, match=message):
        get(origin, tmp_path, **wrong)
    with pytest.raises(ValueError, match="`origin` is missing"):
        keras.utils.get_file("x")
    with pytest.raises(ValueError, match="Pass `fname`"):
        get("http://127.0.0.1:9/", tmp_path)


def tar_of(path, *members):
    with tarfile.open(path, "w:gz") as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path.as_uri()


def test_archives_are_unpacked_where_keras_3_unpacks_them(tmp_path):
    source = tar_of(tmp_path / "a.tar.gz", (tarfile.TarInfo("d/x.txt"), b"hello"))
    cache = tmp_path / "cache" / "datasets"
    assert get(source, tmp_path, fname="arch.tar.gz", extract=True) == str(cache / "arch_extracted")
    assert (cache / "arch_extracted" / "d" / "x.txt").read_bytes() == b"hello"
    assert get(source, tmp_path, fname="plain", untar=True) == str(cache / "plain")
    assert (cache / "plain" / "d" / "x.txt").read_bytes() == b"hello"
    assert get(source, tmp_path, extract=True, cache_subdir="z") == str(tmp_path / "cache" / "z" / "a.tar.gz")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("d/y.txt", "hi")
    found = get((tmp_path / "b.zip").as_uri(), tmp_path, fname="b.zip", extract=True)
    assert Path(found, "d", "y.txt").read_text() == "hi"


def link(name, target):
    found = tarfile.TarInfo(name)
    found.type, found.linkname = tarfile.SYMTYPE, target
    return found


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([(tarfile.TarInfo("../x"), b"")], "leads out of its folder"),
        ([(tarfile.TarInfo("/x"), b"")], "leads out of its folder"),
        ([(tarfile.TarInfo("a\\..\\..\\x"), b"")], "leads out of its folder"),
        ([(link("x", "/etc"), b""), (tarfile.TarInfo("x/y"), b"")], "a link or a device"),
        ([(tarfile.TarInfo("x"), b"1"), (tarfile.TarInfo("./x"), b"2")], "twice"),
        ([(tarfile.TarInfo("x"), b"1"), (tarfile.TarInfo("x/y"), b"2")], "a file and a folder"),
        ([(tarfile.TarInfo("x/y"), b"1"), (tarfile.TarInfo("x"), b"2")], "a file and a folder"),
    ],
    ids=lambda p: p if isinstance(p, str) else "",
)
def test_archives_that_could_write_elsewhere_are_refused(tmp_path, members, message):
    source = tar_of(tmp_path / "a.tar.gz", *members)
    with pytest.raises(ValueError, match=message):
        get(source, tmp_path, fname="a", extract=True)
    assert [p.name for p in (tmp_path / "cache" / "datasets").iterdir()] == ["a_archive"]
    assert not (tmp_path / "cache" / "x").exists()


def test_a_link_in_a_zip_archive_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        member = zipfile.ZipInfo("x")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc")
    with pytest.raises(ValueError, match="a link or a device"):
        get((tmp_path / "a.zip").as_uri(), tmp_path, fname="a", extract=True)


def test_what_is_no_archive_or_half_of_one_is_an_error(origin, tmp_path):
    with pytest.raises(ValueError, match="is no archive"):
        get(origin, tmp_path, extract=True)
    tar_of(tmp_path / "a.tar.gz", (tarfile.TarInfo("x"), bytes(range(256)) * 4000))
    whole = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "half.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"is a broken archive|is no archive"):
        get((tmp_path / "half.tar.gz").as_uri(), tmp_path, fname="half", extract=True)
    assert not (tmp_path / "cache" / "datasets" / "half").exists()


def test_what_unpacks_to_too_much_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("keras.utils._download.SMALLEST_LIMIT", 1000)
    monkeypatch.setattr("keras.utils._download.LARGEST_RATIO", 2)
    source = tar_of(tmp_path / "a.tar.gz", (tarfile.TarInfo("x"), bytes(1 << 20)))
    with pytest.raises(ValueError, match="far more than its size"):
        get(source, tmp_path, fname="a", extract=True)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_unpacks_to_much_is_not_read(tmp_path, kind):
    header = tarfile.TarInfo("x")
    header.type, header.size = kind, 1 << 30  # it says so, and a megabyte of packed zeros could keep the word
    with gzip.open(tmp_path / "a.tar.gz", "wb") as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    with pytest.raises(ValueError, match="holds a header of more than 262144 bytes"):
        get((tmp_path / "a.tar.gz").as_uri(), tmp_path, fname="a", extract=True)


def test_many_empty_members_count_too(tmp_path, monkeypatch):
    monkeypatch.setattr("keras.utils._download.SMALLEST_LIMIT", 100_000)
    source = tar_of(tmp_path / "a.tar.gz", *[(tarfile.TarInfo(str(i)), b"") for i in range(30)])
    with pytest.raises(ValueError, match="far more than its size"):
        get(source, tmp_path, fname="a", extract=True)


@pytest.mark.parametrize("way", ["", "gz", "bz2", "xz"])
def test_every_compression_of_tar_files_is_unpacked(tmp_path, way):
    long = "/".join(["a" * 90] * 5)
    with tarfile.open(tmp_path / "a.tar", f"w:{way}") as archive:
        for name in (long, "empty", "last"):
            member = tarfile.TarInfo(name)
            member.size = 0 if name == "empty" else 1536
            archive.addfile(member, io.BytesIO(b"hey" * 512))
    found = Path(get((tmp_path / "a.tar").as_uri(), tmp_path, fname="a", extract=True))
    assert [(found / name).read_bytes() for name in (long, "empty", "last")] == [b"hey" * 512, b"", b"hey" * 512]
