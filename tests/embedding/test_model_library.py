from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.images import RgbArray
from desktop_app.domain.model_cards import ModelState
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.vision import export
from desktop_app.infra.vision.card_files import CARD_FILE, WEIGHTS_FILE
from desktop_app.infra.vision.ir_cache import Converter
from desktop_app.infra.vision.model_library import Engine, ModelLibrary
from desktop_app.infra.vision.openvino_embedder import OpenVinoEmbedder
from desktop_app.infra.vision.torch_embedder import TorchEmbedder
from desktop_app.infra.vision.weights import sha256_of
from tests.embedding.conftest import MODELS, TINY_CARD, convert_in_process, tiny_state
from tests.embedding.file_server import Offer, serving

OTHER_CARD = dataclasses.replace(TINY_CARD, name="other", source_url="https://example.invalid/w")


def converting(arguments: Sequence[str], token: CancelToken | None = None) -> None:
    """Like :func:`convert_in_process`, with the process's way of telling trouble."""
    if arguments[0] == "install":
        given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
        card = export.ModelCard.from_json(json.loads(Path(given["--card"]).read_text("utf-8")))
        export.install(card, Path(given["--file"]), Path(given["--out"]))
    else:
        convert_in_process(arguments, token)


@pytest.fixture
def make_library(tmp_path: Path) -> Callable[..., ModelLibrary]:
    def make(converter: Converter = converting, **changes: object) -> ModelLibrary:
        tiny = dataclasses.replace(TINY_CARD, **changes)  # type: ignore[arg-type]
        return ModelLibrary(
            tmp_path / "shipped",
            tmp_path / "user",
            tmp_path / "cache",
            known=(tiny, OTHER_CARD),
            converter=converter,
        )

    return make


@pytest.fixture
def weights_file(tmp_path: Path) -> Path:
    path = tmp_path / "published.pth"
    torch.save(tiny_state(), path)
    return path


def test_known_models_need_a_file_or_can_be_downloaded(
    make_library: Callable[..., ModelLibrary],
) -> None:
    library = make_library()
    assert [card.name for card in library.cards()] == ["tiny", "other"]
    assert library.state("tiny") is ModelState.NEEDS_FILE
    assert library.state("other") is ModelState.DOWNLOADABLE


def test_the_default_model_is_shipped() -> None:
    library = ModelLibrary(MODELS, Path("absent"), Path("absent"))
    assert library.state(library.default_name) is ModelState.SHIPPED
    assert library.card(library.default_name).key.startswith(library.default_name + "@")
    assert library.cards()[0].name == library.default_name


def test_an_unknown_model_is_told(make_library: Callable[..., ModelLibrary]) -> None:
    for ask in (make_library().card, make_library().state, make_library().embedder):
        with pytest.raises(ModelUnavailable, match="no model named nothing"):
            ask("nothing")


def test_a_model_that_is_not_installed_cannot_be_used(
    make_library: Callable[..., ModelLibrary],
) -> None:
    with pytest.raises(ModelUnavailable, match="not installed") as raised:
        make_library().embedder("other")
    assert "Download" in raised.value.remedy


def test_a_model_installed_from_a_file_can_be_used_and_removed(
    make_library: Callable[..., ModelLibrary], weights_file: Path, pictures: list[RgbArray]
) -> None:
    library = make_library()
    card = library.install_from_file("tiny", weights_file)
    assert card.source_sha256 == sha256_of(weights_file)
    assert library.state("tiny") is ModelState.INSTALLED
    assert library.card("tiny") == card
    with_openvino = library.embedder("tiny")
    with_torch = library.embedder("tiny", engine=Engine.TORCH)
    assert isinstance(with_openvino, OpenVinoEmbedder)
    assert isinstance(with_torch, TorchEmbedder)
    assert with_openvino.key == with_torch.key == card.key
    alike = (with_openvino.embed(pictures) * with_torch.embed(pictures)).sum(axis=1)
    assert alike.min() > 0.99
    library.remove("tiny")
    assert library.state("tiny") is ModelState.NEEDS_FILE
    library.remove("tiny")


def test_a_wrong_file_installs_nothing_and_leaves_what_was(
    make_library: Callable[..., ModelLibrary], weights_file: Path, tmp_path: Path
) -> None:
    library = make_library()
    wrong = tmp_path / "wrong.pth"
    torch.save({"layer.weight": torch.zeros(3)}, wrong)
    with pytest.raises(ModelUnavailable, match="another model"):
        library.install_from_file("tiny", wrong)
    assert library.state("tiny") is ModelState.NEEDS_FILE
    card = library.install_from_file("tiny", weights_file)
    with pytest.raises(ModelUnavailable):
        library.install_from_file("tiny", wrong)
    assert library.card("tiny") == card
    assert sorted(path.name for path in (tmp_path / "user").rglob("*")) == [
        CARD_FILE,
        "tiny",
        WEIGHTS_FILE,
    ]


def test_a_model_that_ships_is_not_replaced(weights_file: Path, tmp_path: Path) -> None:
    library = ModelLibrary(MODELS, tmp_path / "user", tmp_path / "cache", converter=converting)
    with pytest.raises(ModelUnavailable, match="came with"):
        library.install_from_file(library.default_name, weights_file)


def test_an_unreadable_card_hides_its_model_only(
    make_library: Callable[..., ModelLibrary], tmp_path: Path, weights_file: Path
) -> None:
    library = make_library()
    library.install_from_file("tiny", weights_file)
    broken = tmp_path / "user" / "broken"
    broken.mkdir()
    (broken / CARD_FILE).write_text("{")
    assert [card.name for card in library.cards()] == ["tiny", "other"]


def test_torch_takes_over_where_openvino_cannot_run(
    make_library: Callable[..., ModelLibrary], weights_file: Path, pictures: list[RgbArray]
) -> None:
    make_library().install_from_file("tiny", weights_file)

    def failing(arguments: Sequence[str], token: CancelToken | None = None) -> None:
        raise ModelUnavailable("It cannot be converted.")

    library = make_library(converter=failing)
    embedder = library.embedder("tiny")
    assert isinstance(embedder, TorchEmbedder)
    assert len(embedder.embed(pictures)) == len(pictures)
    with pytest.raises(ModelUnavailable, match="cannot be converted"):
        library.embedder("tiny", engine=Engine.OPENVINO)


def test_a_download_installs_the_model_and_clears_up(
    make_library: Callable[..., ModelLibrary],
    weights_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Offer(weights_file.read_bytes())) as offer:
        digest = sha256_of(weights_file)
        library = make_library(source_url=offer.url, source_sha256=digest[:8])
        assert library.state("tiny") is ModelState.DOWNLOADABLE
        seen: list[int] = []
        card = library.download("tiny", CancelToken(), lambda progress: seen.append(progress.done))
    assert library.state("tiny") is ModelState.INSTALLED
    assert card.source_sha256 == digest
    assert seen[-1] == weights_file.stat().st_size
    assert list((tmp_path / "cache" / "downloads").iterdir()) == []


def test_a_downloaded_file_of_another_model_installs_nothing(
    make_library: Callable[..., ModelLibrary], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Offer(b"not weights at all, but of some length")) as offer:
        library = make_library(source_url=offer.url)
        with pytest.raises(ModelUnavailable, match="not a usable weights file"):
            library.download("tiny", CancelToken(), lambda _progress: None)
    assert library.state("tiny") is ModelState.DOWNLOADABLE


def test_what_cannot_be_downloaded_says_so(make_library: Callable[..., ModelLibrary]) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be downloaded"):
        make_library().download("tiny", CancelToken(), lambda _progress: None)
