"""Two distributions that both provide `keras` in one environment."""

import sys
from pathlib import Path

import pytest

from keras._core import ownership

SOURCE = Path(ownership.__file__).parent.parent.parent


def install(folder, info, with_package=True):
    """Leaves in `folder` what pip leaves there for a distribution."""
    (folder / info).mkdir(parents=True)
    if with_package:
        (folder / "keras").mkdir(exist_ok=True)
        (folder / "keras" / "__init__.py").touch()


@pytest.mark.parametrize(
    ("info", "called"),
    [
        ("keras-3.15.1.dist-info", "keras 3.15.1"),
        ("keras_nightly-3.16.0.dev2026010103.dist-info", "keras-nightly 3.16.0.dev2026010103"),
        ("Keras-2.3.1-py3.7.egg-info", "keras 2.3.1"),
    ],
)
def test_the_other_owner_is_named_with_its_version_and_folder(tmp_path, monkeypatch, info, called):
    site = tmp_path / "site-packages"
    install(site, info)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    with pytest.raises(ImportError) as error:
        ownership.refuse_other_owners()
    assert f"{called} in {site}" in str(error.value)
    assert f"pip uninstall {called.split()[0]}" in str(error.value)
    assert "reinstall" not in str(error.value)


def test_another_keras_installed_in_editable_mode_is_found_by_its_metadata(tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    install(site, "keras-3.15.1.dist-info", with_package=False)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    with pytest.raises(ImportError, match=r"pip uninstall keras$"):
        ownership.refuse_other_owners()


def test_another_keras_in_a_plain_folder_of_the_path_is_found(tmp_path, monkeypatch):
    install(tmp_path / "target", "keras-2.15.0.dist-info")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "target")])
    with pytest.raises(ImportError, match=r"keras 2\.15\.0"):
        ownership.refuse_other_owners()


def test_a_shared_folder_needs_the_files_put_back(tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    install(site, "keras-3.15.1.dist-info")
    monkeypatch.setattr(ownership, "__file__", str(site / "keras" / "_core" / "ownership.py"))
    monkeypatch.setattr(sys, "path", [str(site)])
    with pytest.raises(ImportError, match="pip install --force-reinstall --no-deps kerata"):
        ownership.refuse_other_owners()


@pytest.mark.parametrize("info", ["keras_hub-0.20.dist-info", "tf_keras-2.19.0.dist-info", "kerata-0.1.0.dist-info"])
def test_distributions_with_other_import_names_may_stay(tmp_path, monkeypatch, info):
    site = tmp_path / "site-packages"
    install(site, info)
    monkeypatch.setattr(sys, "path", [str(SOURCE), str(site), str(tmp_path / "missing"), ""])
    ownership.refuse_other_owners()
