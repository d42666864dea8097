"""The capture station of one catalogue: what is held before the camera, and what comes of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from functools import cached_property

from desktop_app.domain.answering import AnswerSample, fitted_thresholds
from desktop_app.domain.assurance import AssuranceModel
from desktop_app.domain.capture_ports import CaptureLog, PictureEncoder
from desktop_app.domain.capturing import (
    AnswerThresholds,
    Burst,
    CaptureAnswer,
    CaptureRecord,
    Decision,
    Shot,
)
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.capture.checking import StationCheck, StationTrial, sample_of
from desktop_app.services.capture.enrolling import Enroller
from desktop_app.services.capture.recognising import Optics, Recogniser
from desktop_app.services.capture.recording import Recorder
from desktop_app.services.search import SearchService

STATION_SETTING = "capture.station"

log = logging.getLogger(__name__)


class CaptureService:
    """Recognises, enrols and keeps the log.

    :meth:`look_ahead`, :meth:`answer` and the trials of ``check`` belong to the thread that
    searches; :meth:`record`, :meth:`decide`, :meth:`set_pieces`, :meth:`enrol`,
    :meth:`use_station` and :meth:`forget_station` to the one that writes; :meth:`prefill`,
    ``log`` and ``thresholds`` may be asked from any. ``shipped`` gives what was learned of sure
    answers: the model, and the sample that thresholds are read off where a station was not
    checked.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        search: SearchService,
        reader: ImageReader,
        encoder: PictureEncoder,
        shipped: Callable[[], tuple[AssuranceModel, AnswerSample]],
        *,
        optics: Callable[[], Optics] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._provide_shipped = shipped
        self._thresholds: AnswerThresholds | None = None
        self._recogniser = Recogniser(
            catalogue,
            search,
            lambda: self._shipped[0],
            lambda: self.thresholds,
            optics=optics,
        )
        self._recorder = Recorder(catalogue, reader)
        self._enroller = Enroller(catalogue, encoder)

    @property
    def log(self) -> CaptureLog:
        """The captures of the catalogue."""
        return self._catalogue.captures

    @property
    def thresholds(self) -> AnswerThresholds:
        """From which confidence the station is sure: those of this catalogue's station where it
        was checked, else the shipped ones. Raises UserFacingError where the installation lacks
        what they are read off."""
        known = self._thresholds
        if known is None:
            known = self._thresholds = fitted_thresholds(self._shipped[1], self._station())
        return known

    @property
    def has_station(self) -> bool:
        """Whether the thresholds are those of a station that was checked."""
        return self._station() is not None

    def proposed_thresholds(self, trials: Sequence[StationTrial]) -> AnswerThresholds:
        """What the thresholds would be after a check with these trials."""
        # As it would be kept: figures are rounded there.
        sample = AnswerSample.from_json(sample_of(trials).to_json())
        return fitted_thresholds(self._shipped[1], sample)

    def use_station(self, trials: Sequence[StationTrial]) -> AnswerThresholds:
        """Answer by what a check has shown from now on. Raises CatalogueReadOnly,
        StorageFull."""
        written = json.dumps(sample_of(trials).to_json())
        self._catalogue.saved.set_setting(STATION_SETTING, written)
        self._thresholds = None
        return self.thresholds

    def forget_station(self) -> AnswerThresholds:
        """Answer by the shipped thresholds again. Raises CatalogueReadOnly, StorageFull."""
        self._catalogue.saved.set_setting(STATION_SETTING, "")
        self._thresholds = None
        return self.thresholds

    @cached_property
    def check(self) -> StationCheck:
        """Tries the station with products that the catalogue knows."""
        return StationCheck(self._catalogue, self._recogniser)

    @cached_property
    def _shipped(self) -> tuple[AssuranceModel, AnswerSample]:
        return self._provide_shipped()

    def _station(self) -> AnswerSample | None:
        written = self._catalogue.saved.setting(STATION_SETTING)
        if not written:
            return None
        try:
            return AnswerSample.from_json(json.loads(written))
        except (ValueError, KeyError, TypeError):
            log.warning("what was stored of the station's check cannot be read: %r", written)
            return None

    def look_ahead(self, shot: Shot, token: CancelToken) -> None:
        """See :meth:`Recogniser.look_ahead`."""
        self._recogniser.look_ahead(shot, token)

    def answer(self, burst: Burst, token: CancelToken) -> CaptureAnswer:
        """See :meth:`Recogniser.answer`."""
        return self._recogniser.answer(burst, token)

    def pictures_of(self, burst: Burst) -> tuple[QueryPicture, ...]:
        """See :meth:`Recogniser.pictures_of`."""
        return self._recogniser.pictures_of(burst)

    def record(
        self,
        answer: CaptureAnswer,
        decision: Decision,
        *,
        product_id: int | None = None,
        pieces: int = 0,
        source: str = "",
    ) -> CaptureRecord:
        """See :meth:`Recorder.record`."""
        return self._recorder.record(
            answer, decision, product_id=product_id, pieces=pieces, source=source
        )

    def decide(
        self,
        record_id: int,
        decision: Decision,
        *,
        product_id: int | None = None,
        pieces: int = 0,
    ) -> CaptureRecord:
        """See :meth:`Recorder.decide`."""
        return self._recorder.decide(record_id, decision, product_id=product_id, pieces=pieces)

    def set_pieces(self, record: CaptureRecord, pieces: int) -> CaptureRecord:
        """See :meth:`Recorder.set_pieces`."""
        return self._recorder.set_pieces(record, pieces)

    def prefill(self, answer: CaptureAnswer) -> ProductFields:
        """See :meth:`Enroller.prefilled`."""
        return self._enroller.prefilled(answer)

    def enrol(self, burst: Burst, fields: ProductFields) -> ChangeSet:
        """See :meth:`Enroller.enrol`."""
        return self._enroller.enrol(burst, fields)
