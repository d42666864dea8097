"""Describing one picture of the catalogue from its file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.domain.errors import MissingPicture, ModelUnavailable, UnreadableImage
from desktop_app.domain.evidence_ports import (
    MOST_RECORD_BYTES,
    DescribedPicture,
    EvidenceChannels,
)
from desktop_app.domain.hashing import content_hash
from desktop_app.domain.images import READING_SIDE, DecodedImage
from desktop_app.domain.ports import ImageReader
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.domain.progress import Cancelled
from desktop_app.domain.storage import PendingPicture
from desktop_app.services.describing import describe_picture, pack_evidence, read_container
from desktop_app.services.indexing_reading import AbsentFolders

log = logging.getLogger(__name__)

DEFECT = "Something went wrong while looking closer at this picture."


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one picture. ``described`` is None where its file is away or, with
    ``is_changed``, holds other bytes than when it was read."""

    content_id: int
    picture_id: int
    described: DescribedPicture | None = None
    print: PrintFeatures | None = None
    is_changed: bool = False


class PictureDescriber:
    """Describes pictures for one run; may be called from several threads.

    ``channels`` makes channels whenever all there are are in use.
    """

    def __init__(self, reader: ImageReader, channels: Callable[[], EvidenceChannels]) -> None:
        self._reader = reader
        self._provide_channels = channels
        self._idle: list[EvidenceChannels] = []
        self._absent = AbsentFolders()

    def __call__(self, lacking: tuple[int, PendingPicture]) -> Outcome:
        """Raises ModelUnavailable and Cancelled; any other trouble is the outcome."""
        content_id, picture = lacking
        path = Path(picture.path)
        if self._absent.above(path):
            return Outcome(content_id, picture.id)
        try:
            data = self._reader.read_file(path)
            if content_hash(data) != picture.content_hash:
                return Outcome(content_id, picture.id, is_changed=True)
            image = self._reader.decode(data, max_side=READING_SIDE)
        except MissingPicture:
            self._absent.look_above(path)
            return Outcome(content_id, picture.id)
        except UnreadableImage as error:
            return _failed(content_id, picture, str(error))
        return self._describe(content_id, picture, image)

    def _describe(self, content_id: int, picture: PendingPicture, image: DecodedImage) -> Outcome:
        with self._channels() as channels:
            try:
                evidence = describe_picture(image, channels)
                records = pack_evidence(evidence, channels)
                container = read_container(image, evidence, channels)
            except (ModelUnavailable, Cancelled):
                raise
            except Exception:
                # Of a hundred thousand pictures one that a channel fails on must not stop
                # the others.
                log.exception("%s could not be described", picture.path)
                return _failed(content_id, picture, DEFECT)
        described = DescribedPicture(content_id, records, container=container)
        if described.size_bytes > MOST_RECORD_BYTES:
            log.error("%d bytes of evidence for %s", described.size_bytes, picture.path)
            return _failed(content_id, picture, DEFECT)
        features = evidence.print
        if features is not None:
            # A hundred times as large as what the index needs of them, which waits for its turn.
            features = replace(features, descriptors=None)
        return Outcome(content_id, picture.id, described, features)

    @contextmanager
    def _channels(self) -> Iterator[EvidenceChannels]:
        """Channels for this thread alone."""
        try:
            channels = self._idle.pop()
        except IndexError:
            channels = self._provide_channels()
        try:
            yield channels
        finally:
            self._idle.append(channels)


def _failed(content_id: int, picture: PendingPicture, problem: str) -> Outcome:
    return Outcome(content_id, picture.id, DescribedPicture(content_id, {}, problem))
