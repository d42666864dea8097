"""What each channel says of a match, in words, and why one says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from desktop_app.domain.evidence import (
    IGNORE,
    Channel,
    ChannelReading,
    ChannelWeights,
    Explanation,
    HitEvidence,
    PictureEvidence,
)
from desktop_app.ui.product_text import channel_name, count_text, orientation_text, score_text

translate = QCoreApplication.translate

SHOWN_ORDER = (Channel.PRINT, Channel.LOOK, Channel.SHAPE, Channel.COLOUR, Channel.COPY)
"""From what usually decides to what rarely applies."""

LITTLE_TRUST = 0.15
"""A channel trusted less than this (1 is the average) hardly moved the confidence."""

_ANCHORS: Mapping[Channel, tuple[tuple[float, ...], tuple[float, ...]]] = {
    Channel.COPY: ((0.78, 0.90, 1.0), (0.0, 0.6, 1.0)),
    Channel.LOOK: ((0.25, 0.50, 0.68, 0.85), (0.0, 0.3, 0.6, 1.0)),
    Channel.PRINT: ((0.0, 1.0), (0.0, 1.0)),
    Channel.SHAPE: ((0.20, 0.40, 0.55, 0.72), (0.0, 0.3, 0.6, 1.0)),
    Channel.COLOUR: ((0.20, 0.50, 0.72, 0.90), (0.0, 0.3, 0.6, 1.0)),
}
"""Where a channel's scores lie between unlike (0) and the same (1), piecewise linear. Read off
the demo range: of pairs of different products about one in two reaches 0.0 to 0.2, one in ten
0.5 and one in a hundred 0.9; of two views of one product half exceed 0.6."""

_STEPS = (0.85, 0.6, 0.3)


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One bar. ``strength`` in [0, 1] is how alike the channel finds the two, None where it
    said nothing. ``is_counted`` is false where it said nothing or a slider ignores it."""

    channel: Channel
    name: str
    words: str
    strength: float | None
    is_counted: bool
    explanation: str


def channel_lines(
    evidence: HitEvidence,
    explanation: Explanation | None = None,
    *,
    weights: ChannelWeights | None = None,
    trust: Mapping[Channel, float] | None = None,
    is_pair: bool = False,
) -> tuple[ChannelLine, ...]:
    """A line for every channel, in SHOWN_ORDER. Without an ``explanation`` a channel that said
    nothing cannot say why. ``is_pair`` where two products of the catalogue are compared rather
    than a person's picture with one."""
    sliders = (weights or ChannelWeights()).by_channel()
    lines = []
    for channel in SHOWN_ORDER:
        reading = evidence.readings.get(channel)
        is_ignored = sliders.get(channel, 1.0) <= IGNORE
        words = (
            _words(channel, reading, evidence, explanation, is_pair=is_pair)
            if reading is not None
            else (_reason_of_pair if is_pair else _reason)(channel, explanation)
        )
        if is_ignored:
            ignored = translate("Evidence", "ignored by your slider")
            words = f"{words} — {ignored}" if reading is not None else ignored
        lines.append(
            ChannelLine(
                channel,
                channel_name(channel),
                _capital(words),
                strength_of(channel, reading.score) if reading is not None else None,
                reading is not None and not is_ignored,
                _hover(channel, reading, None if trust is None else trust.get(channel)),
            )
        )
    return tuple(lines)


def strength_of(channel: Channel, score: float) -> float:
    """How alike a channel's score means, in [0, 1]."""
    return float(np.interp(score, *_ANCHORS[channel]))


def _words(
    channel: Channel,
    reading: ChannelReading,
    evidence: HitEvidence,
    explanation: Explanation | None,
    *,
    is_pair: bool,
) -> str:
    step = next(
        (place for place, least in enumerate(_STEPS) if _is_at_least(channel, reading, least)),
        len(_STEPS),
    )
    if channel is Channel.PRINT:
        return _print_words(step, explanation)
    if channel is Channel.COPY:
        return _copy_words(reading.score, step, evidence, is_pair=is_pair)
    return {
        Channel.LOOK: (
            translate("Evidence", "looks the same"),
            translate("Evidence", "alike"),
            translate("Evidence", "somewhat alike"),
            translate("Evidence", "looks different"),
        ),
        Channel.SHAPE: (
            translate("Evidence", "nearly the same outline"),
            translate("Evidence", "a similar outline"),
            translate("Evidence", "a roughly similar outline"),
            translate("Evidence", "another outline"),
        ),
        Channel.COLOUR: (
            translate("Evidence", "the same colours"),
            translate("Evidence", "close"),
            translate("Evidence", "partly the same"),
            translate("Evidence", "other colours"),
        ),
    }[channel][step]


def _is_at_least(channel: Channel, reading: ChannelReading, least: float) -> bool:
    return strength_of(channel, reading.score) >= least


def _print_words(step: int, explanation: Explanation | None) -> str:
    strengths = (
        translate("Evidence", "very strong"),
        translate("Evidence", "strong"),
        translate("Evidence", "some"),
        translate("Evidence", "weak"),
    )
    match = explanation.print_match if explanation is not None else None
    if match is None:
        if explanation is not None:
            return translate("Evidence", "hardly a point agrees")
        return strengths[step]
    count = count_text(len(match.query_points))
    return translate("Evidence", "{0} points agree — {1}").format(count, strengths[step])


def _copy_words(score: float, step: int, evidence: HitEvidence, *, is_pair: bool) -> str:
    if step > 1 and is_pair:
        return translate("Evidence", "not copies of one picture")
    if step > 1:
        return translate("Evidence", "not a copy of yours")
    words = (
        translate("Evidence", "exact copy")
        if score >= 1
        else translate("Evidence", "nearly the same picture")
    )
    lies = orientation_text(evidence.orientation)
    return f"{words}, {lies}" if lies else words


def _reason(channel: Channel, explanation: Explanation | None) -> str:
    """Why a channel said nothing."""
    if explanation is None:
        return translate("Evidence", "says nothing")
    if channel in (Channel.COPY, Channel.LOOK):
        return translate("Evidence", "not compared yet")
    parts = {
        Channel.PRINT: (
            translate("Evidence", "no print on your picture"),
            translate("Evidence", "no print on this product"),
        ),
        Channel.SHAPE: (
            translate("Evidence", "no clear outline on your picture"),
            translate("Evidence", "no clear outline on its picture"),
        ),
        Channel.COLOUR: (
            translate("Evidence", "no clear object on your picture"),
            translate("Evidence", "no clear object on its picture"),
        ),
    }[channel]
    if not _has(explanation.query, channel):
        return parts[0]
    if not any(_has(explanation.hit, each) for each in _STORED):
        return translate("Evidence", "not looked at closely yet")
    if not _has(explanation.hit, channel):
        return parts[1]
    return translate("Evidence", "cannot be compared")


def _reason_of_pair(channel: Channel, explanation: Explanation | None) -> str:
    if explanation is None:
        return translate("Evidence", "says nothing")
    if channel in (Channel.COPY, Channel.LOOK):
        return translate("Evidence", "not compared yet")
    sides = (explanation.query, explanation.hit)
    if not all(any(_has(side, each) for each in _STORED) for side in sides):
        return translate("Evidence", "not looked at closely yet")
    if all(_has(side, channel) for side in sides):
        return translate("Evidence", "cannot be compared")
    return {
        Channel.PRINT: translate("Evidence", "no print to compare"),
        Channel.SHAPE: translate("Evidence", "no clear outline to compare"),
        Channel.COLOUR: translate("Evidence", "no clear object to compare"),
    }[channel]


_STORED = (Channel.PRINT, Channel.SHAPE, Channel.COLOUR)


def _has(evidence: PictureEvidence, channel: Channel) -> bool:
    if channel is Channel.PRINT:
        return evidence.print is not None and len(evidence.print) > 0
    found = evidence.shape if channel is Channel.SHAPE else evidence.colour
    return found is not None


def _hover(channel: Channel, reading: ChannelReading | None, trust: float | None) -> str:
    lines = [
        {
            Channel.COPY: translate("Evidence", "Whether one picture is a copy of the other."),
            Channel.LOOK: translate(
                "Evidence", "The overall look: material, texture, layout, as the model sees it."
            ),
            Channel.PRINT: translate(
                "Evidence", "Details of label and print that lie alike on both pictures."
            ),
            Channel.SHAPE: translate(
                "Evidence", "The object's outline, whatever its place and size."
            ),
            Channel.COLOUR: translate("Evidence", "The object's colours, without background."),
        }[channel]
    ]
    if reading is not None:
        alone = translate("Evidence", "By this alone it would be the same item in {0} of cases.")
        lines.append(alone.format(score_text(reading.probability)))
    if reading is not None and trust is not None and trust < LITTLE_TRUST:
        lines.append(translate("Evidence", "On a picture like yours it hardly counts."))
    return "\n".join(lines)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
