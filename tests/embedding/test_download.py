from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.domain.errors import ModelUnavailable, StorageFull
from desktop_app.domain.progress import Cancelled, CancelToken, Progress
from desktop_app.infra.vision.download import fetch
from tests.embedding.file_server import Offer, serving

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Offer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Offer(CONTENT)) as made:
        yield made


def get(
    offer: Offer, target: Path, *, sha256: str = SHA256, token: CancelToken | None = None
) -> list[Progress]:
    reports: list[Progress] = []
    fetch(
        offer.url,
        target,
        title="Tiny net",
        expected_sha256=sha256,
        token=token or CancelToken(),
        on_progress=reports.append,
    )
    return reports


def test_a_file_arrives_whole_with_progress(offer: Offer, tmp_path: Path) -> None:
    target = tmp_path / "new" / "w.pth"
    reports = get(offer, target)
    assert target.read_bytes() == CONTENT
    assert (reports[-1].done, reports[-1].total) == (len(CONTENT), len(CONTENT))
    assert [path.name for path in target.parent.iterdir()] == ["w.pth"]


def test_leading_digits_of_the_hash_suffice(offer: Offer, tmp_path: Path) -> None:
    get(offer, tmp_path / "w", sha256=SHA256[:8])
    assert (tmp_path / "w").exists()


def test_a_broken_off_download_is_told_and_gone_on_from(offer: Offer, tmp_path: Path) -> None:
    offer.stop_after = 300_000
    with pytest.raises(ModelUnavailable, match="broke off"):
        get(offer, tmp_path / "w")
    assert not (tmp_path / "w").exists()
    offer.stop_after = None
    reports = get(offer, tmp_path / "w")
    assert (tmp_path / "w").read_bytes() == CONTENT
    assert offer.ranges[-1] == "bytes=300000-"
    assert reports[-1].done == reports[-1].total == len(CONTENT)


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(
    offer: Offer, tmp_path: Path
) -> None:
    offer.stop_after = 300_000
    with pytest.raises(ModelUnavailable):
        get(offer, tmp_path / "w")
    offer.stop_after, offer.etag, offer.content = None, '"v2"', CONTENT[::-1]
    get(offer, tmp_path / "w", sha256="")
    assert (tmp_path / "w").read_bytes() == CONTENT[::-1]


def test_a_server_without_ranges_sends_everything_again(offer: Offer, tmp_path: Path) -> None:
    offer.stop_after, offer.honours_ranges = 300_000, False
    with pytest.raises(ModelUnavailable):
        get(offer, tmp_path / "w")
    offer.stop_after = None
    get(offer, tmp_path / "w")
    assert (tmp_path / "w").read_bytes() == CONTENT


def test_a_server_that_refuses_the_range_is_asked_for_everything(
    offer: Offer, tmp_path: Path
) -> None:
    offer.stop_after = 300_000
    with pytest.raises(ModelUnavailable):
        get(offer, tmp_path / "w")
    offer.stop_after, offer.content = None, CONTENT[:1000]
    get(offer, tmp_path / "w", sha256="")
    assert (tmp_path / "w").read_bytes() == CONTENT[:1000]


def test_a_cancelled_download_keeps_what_came(offer: Offer, tmp_path: Path) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        fetch(
            offer.url,
            tmp_path / "w",
            title="Tiny net",
            expected_sha256="",
            token=token,
            on_progress=lambda _progress: token.cancel(),
        )
    assert not (tmp_path / "w").exists()
    get(offer, tmp_path / "w")
    assert (tmp_path / "w").read_bytes() == CONTENT


def test_another_file_is_refused_and_not_kept(offer: Offer, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="not the one"):
        get(offer, tmp_path / "w", sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_web_page_is_refused(offer: Offer, tmp_path: Path) -> None:
    offer.content_type = "text/html; charset=utf-8"
    with pytest.raises(ModelUnavailable, match="web page"):
        get(offer, tmp_path / "w")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_refusal_is_told(offer: Offer, tmp_path: Path, status: int) -> None:
    offer.status = status
    with pytest.raises(ModelUnavailable) as raised:
        get(offer, tmp_path / "w")
    assert str(status) in raised.value.details


def test_being_offline_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(ModelUnavailable, match="cannot be reached") as raised:
        get(Offer(url=f"http://127.0.0.1:{port}/w"), tmp_path / "w")
    assert "connection" in raised.value.remedy


def test_a_folder_that_cannot_be_made_is_told(offer: Offer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFull):
        get(offer, tmp_path / "file" / "w")
