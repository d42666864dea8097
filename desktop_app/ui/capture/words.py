"""What the station says: of what the camera sees, of an answer, and why."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.capturing import (
    AnswerThresholds,
    CaptureAnswer,
    FrameView,
    Hint,
    Outcome,
    Stage,
)
from desktop_app.ui.evidence_text import channel_lines

translate = QCoreApplication.translate

MOST_REASONS = 2
LEAST_STRENGTH = 0.3
"""From which likeness a channel is named as a reason."""


def hint_words(hint: Hint) -> str:
    """What to do about it."""
    return {
        Hint.TOO_DARK: translate("Capture", "Too dark here"),
        Hint.TOO_BRIGHT: translate("Capture", "Too bright here"),
        Hint.TOO_SMALL: translate("Capture", "Hold it closer"),
        Hint.CUT_OFF: translate("Capture", "Show the whole product"),
        Hint.GLARE: translate("Capture", "Tilt it: it reflects the light"),
        Hint.BLURRED: translate("Capture", "Not sharp: move it back a little"),
        Hint.MOVING: translate("Capture", "Hold it still"),
    }[hint]


def stage_words(
    stage: Stage, view: FrameView | None, *, is_automatic: bool, is_undecided: bool = False
) -> str:
    """What to do now: the most hindering hint first. ``is_undecided`` where somebody has still
    to say what the product that was taken is."""
    if stage is Stage.TAKEN:
        which = translate("Capture", "Taken. Which product is it?")
        return which if is_undecided else translate("Capture", "Taken. Show the next product")
    if stage is Stage.SHOOTING:
        return translate("Capture", "Taken")
    has_object = view is not None and view.box is not None
    if stage is Stage.EMPTY or not has_object:
        return translate("Capture", "Show a product")
    assert view is not None
    if view.hints and (view.hints[0] is not Hint.MOVING or is_automatic):
        return hint_words(view.hints[0])
    if not is_automatic:
        return translate("Capture", "Press Space to take the picture")
    return translate("Capture", "Hold it still")


def outcome_words(outcome: Outcome) -> str:
    """The answer in a word or two."""
    return {
        Outcome.FOUND: translate("Capture", "Found"),
        Outcome.PERHAPS: translate("Capture", "Perhaps one of these"),
        Outcome.NOT_FOUND: translate("Capture", "Not found"),
    }[outcome]


def reasons(answer: CaptureAnswer) -> tuple[str, ...]:
    """Why it is the first candidate: the code, or what its pictures have in common."""
    if answer.exact is not None and answer.barcode is not None:
        code = f"{answer.barcode.format.value} {answer.barcode.text}"
        return (translate("Capture", "By its code: {0}").format(code),)
    if not answer.candidates:
        return ()
    evidence = answer.candidates[0].evidence
    lines = [line for line in channel_lines(evidence) if line.is_counted and line.strength]
    strongest = sorted(lines, key=lambda line: -(line.strength or 0.0))
    return tuple(
        f"{line.name}: {line.words[:1].lower()}{line.words[1:]}"
        for line in strongest[:MOST_REASONS]
        if (line.strength or 0.0) >= LEAST_STRENGTH
    )


def trust_words(thresholds: AnswerThresholds) -> str:
    """How often a FOUND is wrong with products that are not in the catalogue."""
    of_100 = round(100 * thresholds.false_accepts)
    if of_100 == 0:
        return translate(
            "Capture", "Of 100 products that the catalogue lacks, hardly one is taken for another."
        )
    return translate(
        "Capture", "Of 100 products that the catalogue lacks, about {0} would be “found” wrongly."
    ).format(of_100)


def key_entries() -> tuple[tuple[str, str], ...]:
    """What the keys do at the station, for the list of shortcuts."""
    return (
        (translate("Capture", "Space, or any other key"), translate("Capture", "Take a picture")),
        ("1, 2, 3", translate("Capture", "It is this one of those that it may be")),
        ("N", translate("Capture", "It is not this one")),
        ("+, −", translate("Capture", "One piece more or less, in a stock-take")),
        (translate("Capture", "Enter"), translate("Capture", "Done with the answer, or enrol")),
        (translate("Capture", "Esc"), translate("Capture", "Leave the answer or the form")),
    )
