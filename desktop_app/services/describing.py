"""Describing a picture in the channels that enriching adds: one mask, then each channel."""

from __future__ import annotations

from desktop_app.domain.containers import ContainerReading
from desktop_app.domain.evidence import Channel, PictureEvidence, SegmentedPicture
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.images import DecodedImage
from desktop_app.domain.masks import ObjectMask


def describe_picture(
    image: DecodedImage, channels: EvidenceChannels, *, mask: ObjectMask | None = None
) -> PictureEvidence:
    """What there is to tell of a picture, decoded to fit READING_SIDE. Without ``mask`` the
    object is looked for."""
    picture = SegmentedPicture(image, mask or channels.masker.mask(image))
    return PictureEvidence(
        mask=picture.mask,
        print=channels.print.describe(picture),
        shape=channels.shape.describe(picture),
        colour=channels.colour.describe(picture),
    )


def read_container(
    image: DecodedImage, evidence: PictureEvidence, channels: EvidenceChannels
) -> ContainerReading | None:
    """Which kind of container is in a picture that was described; None where the channels do
    not tell. Searches by picture have no use for it, so it is not part of describing."""
    if channels.container is None or evidence.mask is None:
        return None
    return channels.container.read(SegmentedPicture(image, evidence.mask))


def pack_evidence(evidence: PictureEvidence, channels: EvidenceChannels) -> dict[Channel, bytes]:
    """What is stored of it; channels that found nothing are left out."""
    records: dict[Channel, bytes] = {}
    if evidence.print is not None:
        records[Channel.PRINT] = channels.print.pack(evidence.print)
    if evidence.shape is not None:
        records[Channel.SHAPE] = channels.shape.pack(evidence.shape)
    if evidence.colour is not None:
        records[Channel.COLOUR] = channels.colour.pack(evidence.colour)
    return records
