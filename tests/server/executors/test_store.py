"""The content store: whole blobs under their sha256, and no path from anybody's text."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.executors.store import ContentStore
from headsmith_shared.errors import ErrorCode, HeadsmithError


def test_a_blob_is_kept_under_its_hash_once(tmp_path: Path) -> None:
    store = ContentStore(tmp_path / "store")
    hash_ = store.add(b"data")
    assert hash_ == hashlib.sha256(b"data").hexdigest()
    assert store.add(b"data") == hash_
    file = store.open(hash_)
    assert file is not None
    with file:
        assert file.read() == b"data"
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == [hash_]
    store.remove(hash_)
    store.remove(hash_)
    assert store.open(hash_) is None


@given(
    st.text(max_size=80)
    | st.sampled_from(["..", "../../etc/passwd", "/etc/passwd", "C:\\x", "CON", "a" * 63 + "/", "\0"])
)
@settings(max_examples=200)
def test_only_a_sha256_names_a_blob(name: str) -> None:
    store = ContentStore.__new__(ContentStore)
    store.folder = Path("/nowhere")
    with pytest.raises(HeadsmithError):
        store.path(name)


@pytest.mark.parametrize("full", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: int) -> None:
    store = ContentStore(tmp_path / "store")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(full, "no")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(HeadsmithError) as caught:
        store.add(b"data")
    assert caught.value.code is ErrorCode.DISK_FULL
    assert caught.value.remedy
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


def test_sweep_drops_what_nobody_knows(tmp_path: Path) -> None:
    store = ContentStore(tmp_path / "store")
    known, unknown = store.add(b"known"), store.add(b"unknown")
    (store.folder / "half.part").write_bytes(b"ha")
    store.sweep({known})
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == [known]
    assert store.open(unknown) is None


def test_clear_drops_everything(tmp_path: Path) -> None:
    store = ContentStore(tmp_path / "store")
    store.add(b"data")
    store.clear()
    assert not store.folder.exists()
