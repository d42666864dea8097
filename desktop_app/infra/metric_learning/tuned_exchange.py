"""A version whose network was tuned, passed on in one file: the model with both its cards."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.learned_models import LearnedModel, Projection
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.metric_learning.card_codec import card_from_text, card_text
from desktop_app.infra.metric_learning.tuned_models import TUNED_FROM, unchanged
from desktop_app.infra.metric_learning.tuning_files import cannot_write
from desktop_app.infra.vision.card_files import write_card
from desktop_app.infra.vision.model_exchange import export_model, told_in, unpack_model
from desktop_app.infra.vision.model_library import ModelLibrary

_LEARNED = "learned"
"""Entry of the file's metadata: the card of the version."""


class TunedModelExchange:
    """Implements TunedModelFiles; ``library`` has the models."""

    def __init__(self, library: ModelLibrary) -> None:
        self._library = library

    def export(self, learned: LearnedModel, path: Path) -> None:
        """See TunedModelFiles."""
        card, weights = self._library.located(learned.base_name)
        if card.key != learned.base_key:
            raise ModelUnavailable(
                f"The model {card.name} is not the one that version {learned.version} is of.",
                remedy="Learn the catalogue again.",
            )
        about = {_LEARNED: card_text(replace(learned, version="", parent=""))}
        try:
            export_model(card, weights, path, about)
        except OSError as error:
            raise cannot_write(path, error) from error

    def discard(self, learned: LearnedModel) -> bool:
        """See TunedModelFiles."""
        try:
            card = self._library.card(learned.base_name)
        except ModelUnavailable:
            return False
        if card.key != learned.base_key or not card.origin.startswith(TUNED_FROM):
            return False
        self._library.remove(card.name)
        return True

    def import_from(self, path: Path) -> tuple[LearnedModel, Projection] | None:
        """See TunedModelFiles."""
        try:
            told = told_in(path)
        except (ModelUnavailable, OSError):
            return None
        with tempfile.TemporaryDirectory(prefix="twinshelf-") as scratch:
            made = Path(scratch) / "model"
            made.mkdir()
            try:
                learned = card_from_text(told[_LEARNED])
                card = self._kept(made, unpack_model(path, made))
            except OSError as error:
                raise cannot_write(path, error) from error
            except (KeyError, TypeError, ValueError) as error:
                raise ModelUnavailable(
                    f"“{path.name}” is no learned model, or it is damaged.",
                    remedy="Choose a file that was exported from a catalogue.",
                    details=str(error),
                ) from error
        projection = unchanged(card.key, card.dimension)
        return replace(learned, base_key=card.key, base_name=card.name), projection

    def _kept(self, made: Path, card: ModelCard) -> ModelCard:
        """The model in the library: the very one where it is there, by whatever name, or this
        one, under a name that is free."""
        known = {other.name: other for other in self._library.cards()}
        for other in known.values():
            if replace(other, name=card.name) == card:
                return other
        name, number = card.name, 1
        while name in known:
            number += 1
            name = f"{card.name}-{number}"
        if name != card.name:
            card = replace(card, name=name)
            write_card(made, card)
        self._library.adopt(made, card)
        return card
