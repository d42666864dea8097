"""The capture station of one catalogue: what is held before the camera, and what comes of it."""

from __future__ import annotations

from desktop_app.domain.capture_ports import CaptureLog, PictureEncoder
from desktop_app.domain.capturing import (
    AnswerThresholds,
    Burst,
    CaptureAnswer,
    CaptureRecord,
    Decision,
)
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.capture.enrolling import Enroller
from desktop_app.services.capture.recognising import Recogniser
from desktop_app.services.capture.recording import Recorder
from desktop_app.services.search import SearchService

THRESHOLDS = AnswerThresholds(found=0.9, perhaps=0.5, false_accepts=0.05, misses=0.2)


class CaptureService:
    """Recognises, enrols and keeps the log.

    :meth:`answer` belongs to the thread that searches; :meth:`record`, :meth:`decide`,
    :meth:`set_pieces` and :meth:`enrol` to the one that writes; :meth:`prefill`, ``log`` and
    ``thresholds`` may be asked from any.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        search: SearchService,
        reader: ImageReader,
        encoder: PictureEncoder,
    ) -> None:
        self._catalogue = catalogue
        self._recogniser = Recogniser(catalogue, search, lambda: self.thresholds)
        self._recorder = Recorder(catalogue, reader)
        self._enroller = Enroller(catalogue, encoder)

    @property
    def log(self) -> CaptureLog:
        """The captures of the catalogue."""
        return self._catalogue.captures

    @property
    def thresholds(self) -> AnswerThresholds:
        """From which confidence the station is sure."""
        return THRESHOLDS

    def answer(self, burst: Burst, token: CancelToken) -> CaptureAnswer:
        """See :meth:`Recogniser.answer`."""
        return self._recogniser.answer(burst, token)

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
