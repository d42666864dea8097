from __future__ import annotations

import dataclasses
import json

import pytest

from desktop_app.domain.model_cards import PREPROCESSING_VERSION, ModelCard, Pooling
from desktop_app.infra.vision.backbones import DEFAULT_MODEL, KNOWN_BACKBONES
from tests.embedding.conftest import TINY_CARD


def test_a_card_survives_json() -> None:
    card = dataclasses.replace(
        TINY_CARD, pooling=Pooling.SQRT_AVERAGE, sha256="ab" * 32, metrics={"recall_at_1": 0.5}
    )
    assert ModelCard.from_json(json.loads(json.dumps(card.to_json()))) == card


def test_the_key_names_weights_and_preprocessing() -> None:
    card = dataclasses.replace(TINY_CARD, sha256="0123456789abcdef" * 4)
    assert card.key == f"tiny@0123456789ab.p{PREPROCESSING_VERSION}"


def test_a_card_without_weights_has_no_key() -> None:
    with pytest.raises(ValueError, match="tiny"):
        _ = TINY_CARD.key


@pytest.mark.parametrize(
    "damage",
    [
        {"preprocessing": {"side": 1}},
        {"pooling": "guess"},
        {"surprise": 1},
        {"preprocessing": {"side": 8, "mean": [0, 0], "std": [1, 1, 1]}},
    ],
)
def test_a_card_of_another_form_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        ModelCard.from_json(TINY_CARD.to_json() | damage)


def test_known_backbones_have_distinct_names_and_say_what_may_be_done_with_them() -> None:
    names = [card.name for card in KNOWN_BACKBONES]
    assert len(set(names)) == len(names)
    assert DEFAULT_MODEL not in names
    for card in KNOWN_BACKBONES:
        assert card.licence
        assert card.source_url.startswith("https://")
        assert card.download_mb > 0


@pytest.mark.parametrize("card", KNOWN_BACKBONES, ids=lambda card: card.name)
def test_a_known_backbone_has_the_dimension_its_card_says(card: ModelCard) -> None:
    import torch

    from desktop_app.infra.vision.network import EmbeddingNetwork

    # The meta device builds the network without its hundreds of megabytes.
    with torch.device("meta"):
        network = EmbeddingNetwork(card)
    assert (card.head_size or network.backbone.num_features) == card.dimension
