"""Mixtures of weights: on the straight line, and chosen by what they gain and keep."""

from __future__ import annotations

import pytest
import torch

from desktop_app.infra.training.held_out import Measured
from desktop_app.infra.training.interpolate_weights import chosen, mixed


def test_a_mixture_lies_on_the_line_between_both() -> None:
    start = {"a": torch.tensor([0.0, 2.0]).half(), "n": torch.tensor(3)}
    end = {"a": torch.tensor([1.0, 4.0]).half(), "n": torch.tensor(9)}
    assert mixed(start, end, 0.25)["a"].tolist() == [0.25, 2.5]
    assert mixed(start, end, 0.0)["a"].tolist() == [0.0, 2.0]
    assert mixed(start, end, 1.0)["a"].tolist() == [1.0, 4.0]
    assert mixed(start, end, 0.5)["n"].tolist() == 3


def test_weights_that_lack_a_tensor_are_not_mixed() -> None:
    with pytest.raises(KeyError):
        mixed({"a": torch.zeros(1)}, {}, 0.5)


def test_the_best_recall_is_chosen_among_those_that_keep_enough() -> None:
    found = {
        0.0: Measured({"packs": 0.3}, 0.40),
        0.5: Measured({"packs": 0.6}, 0.39),
        0.7: Measured({"packs": 0.7}, 0.37),
        1.0: Measured({"packs": 0.8}, 0.20),
    }
    assert chosen(found, keep=0.95) == 0.5
    assert chosen(found, keep=0.9) == 0.7
    assert chosen(found, keep=0.4) == 1.0
    assert chosen(found, keep=1.0) == 0.0
