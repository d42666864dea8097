from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.vision.ir_cache import READY_FILE, cached_ir
from tests.embedding.conftest import TINY_CARD

CARD = dataclasses.replace(TINY_CARD, sha256="12" * 32)


class RecordingConverter:
    """Writes two small files where the network would go."""

    def __init__(self, before_return: Callable[[], None] = lambda: None) -> None:
        self.calls = 0
        self._before_return = before_return

    def __call__(self, arguments: Sequence[str], token: CancelToken | None = None) -> None:
        if token is not None:
            token.checkpoint()
        self.calls += 1
        out = Path(arguments[list(arguments).index("--out") + 1])
        (out / "model.xml").write_text("network")
        (out / "model.bin").write_bytes(b"weights")
        self._before_return()


def ask(folder: Path, convert: RecordingConverter, version: str = "1") -> Path:
    return cached_ir(CARD, Path("weights"), folder, version=version, convert=convert)


def test_a_network_is_converted_once(tmp_path: Path) -> None:
    convert = RecordingConverter()
    first = ask(tmp_path, convert)
    assert first.read_text() == "network"
    assert ask(tmp_path, convert) == first
    assert convert.calls == 1


@pytest.mark.parametrize("name", ["model.bin", "model.xml", READY_FILE])
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_damage_is_noticed_and_made_good(tmp_path: Path, name: str, damage: str) -> None:
    convert = RecordingConverter()
    victim = ask(tmp_path, convert).parent / name
    victim.write_bytes(b"{}") if damage == "changed" else victim.unlink()
    path = ask(tmp_path, convert)
    assert convert.calls == 2
    assert path.read_text() == "network"
    assert path.with_name("model.bin").read_bytes() == b"weights"


def test_another_openvino_converts_anew_and_the_old_network_goes(tmp_path: Path) -> None:
    convert = RecordingConverter()
    old = ask(tmp_path, convert, "1")
    new = ask(tmp_path, convert, "2")
    assert convert.calls == 2
    assert new.exists()
    assert not old.exists()


def test_a_cancelled_conversion_leaves_nothing(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        cached_ir(CARD, Path("w"), tmp_path, version="1", convert=RecordingConverter(), token=token)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_quicker_process_is_not_disturbed(tmp_path: Path) -> None:
    other = RecordingConverter()
    ours = RecordingConverter(before_return=lambda: ask(tmp_path, other) and None)
    path = ask(tmp_path, ours)
    assert (ours.calls, other.calls) == (1, 1)
    assert path.read_text() == "network"
    assert ask(tmp_path, ours) == path
    assert ours.calls == 1
