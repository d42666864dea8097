"""How well masks fit on pictures whose object is known; the floors are those promised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.infra.training.mask_material import is_held_out, read_pictures
from desktop_app.infra.training.mask_scores import composited, scores, with_alpha, with_masks
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.masks.cards import SHIPPED, read_mask_card
from desktop_app.infra.vision.masks.masker import PictureMasker
from desktop_app.infra.vision.masks.saliency import TorchSaliency
from desktop_app.infra.vision.weights import read_tensors

MODEL = Path(__file__).resolve().parents[2] / "models" / SHIPPED

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


@pytest.fixture(scope="module")
def masker() -> PictureMasker:
    card = read_mask_card(MODEL)
    weights = read_tensors(MODEL / WEIGHTS_FILE)
    return PictureMasker(lambda: TorchSaliency(card, weights), weights_key=card.key)


def mean_iou(found: list) -> float:
    return float(np.mean([score.iou for score in found]))


def test_packshots_with_hand_made_masks(shared_data: Path, masker: PictureMasker) -> None:
    assert mean_iou(scores(with_masks(shared_data / "snacks_masks"), masker.mask)) >= 0.95


def test_bottles_before_even_grey(shared_data: Path, masker: PictureMasker) -> None:
    assert mean_iou(scores(with_alpha(shared_data / "bottle_catalog"), masker.mask)) >= 0.90


def test_both_before_photographs_never_trained_on(shared_data: Path, masker: PictureMasker) -> None:
    folders = [
        shared_data.parent / "train" / name / "img" for name in ("clothing_user", "grocery_store")
    ]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip("the training pictures are not on this machine")
    unseen = list(read_pictures(folders, side=512, wanted=is_held_out).values())
    known = [*with_masks(shared_data / "snacks_masks"), *with_alpha(shared_data / "bottle_catalog")]
    assert mean_iou(scores(composited(known[::9], unseen), masker.mask)) >= 0.78
