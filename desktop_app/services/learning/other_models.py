"""Searching with a version whose model is not the one that the catalogue is open with, so that both
can be compared on one query."""

from __future__ import annotations

from collections.abc import Callable

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.fusion import FusionModel
from desktop_app.domain.learned_models import LearnedModel
from desktop_app.domain.ports import Catalogue, IndexSnapshot, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import SearchRequest, SearchResults
from desktop_app.domain.storage import ContentMap, VectorFingerprint
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.learning.learned_search import with_look
from desktop_app.services.search import SearchService


class OtherModelSearch:
    """Belongs to the searching thread. ``make`` gives a search for a model by name, of which one is
    kept; ``index`` makes its index in memory, and again only where its vectors have changed.
    ``fusion`` weighs what a model as it comes finds."""

    def __init__(
        self,
        catalogue: Catalogue,
        make: Callable[[str], SearchService],
        index: IndexStore,
        *,
        fusion: FusionModel,
    ) -> None:
        self._catalogue = catalogue
        self._make, self._index, self._fusion = make, index, fusion
        self._search: tuple[str, SearchService] | None = None
        self._opened: tuple[str, VectorFingerprint, IndexSnapshot] | None = None

    def search(
        self,
        request: SearchRequest,
        token: CancelToken,
        *,
        model: tuple[str, str],
        version: LearnedModel | None,
        content_map: ContentMap,
        evidence: EvidenceIndexes,
    ) -> SearchResults:
        """Search with ``model`` (name and key), LOOK calibrated as ``version`` says. Raises as
        SearchService.search does, and ModelUnavailable where no picture was read with it."""
        name, key = model
        if not self._catalogue.vectors.models().get(key):
            raise ModelUnavailable(
                f"No picture was read with the model {name} yet.",
                remedy="Use the version once; going back is possible at any time.",
            )
        if self._search is None or self._search[0] != name:
            self._search = (name, self._make(name))
        fingerprint = self._catalogue.vectors.fingerprint(key)
        if self._opened is None or self._opened[:2] != (key, fingerprint):
            self._opened = (key, fingerprint, self._index.open(self._catalogue.vectors, key))
        _, search = self._search
        look = None if version is None else version.look
        search.use(self._opened[2], content_map, fusion=with_look(self._fusion, look))
        search.use_evidence(evidence)
        return search.search(request, token)
