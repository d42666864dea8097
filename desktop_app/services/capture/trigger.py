"""When a picture is taken: an object that comes, is held still and is seen well is shot once,
and again only after it left or gave way to another.

Everything runs on the clock of the stream (``at_s``), so that it does not matter how fast the
frames are worked off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from desktop_app.domain.barcodes import are_other_products
from desktop_app.domain.capture_ports import BarcodeReader
from desktop_app.domain.capturing import Barcode, Burst, FrameView, Hint, Shot, Stage
from desktop_app.domain.images import RgbArray
from desktop_app.services.capture.code_spotting import CodeSpotter
from desktop_app.services.capture.looks import Look, apart, difference, likeness, look_of

HINDERING = frozenset(Hint) - {Hint.GLARE}
"""With these no picture is taken by itself. A reflection hides a part only, and shiny goods
always have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings:
    """``settle_s``: how long an object must be seen well, in all; a bad frame in between takes
    back twice its time. ``leave_s``: how long nothing must be seen for the object to have left;
    ``change_s``: how long another must be seen. ``most_motion`` is the share of pixels
    (FrameView.motion) up to which an object is held still: hands always tremble.
    ``another`` is the difference (looks.difference) from which it is another object, and
    ``turned`` the one up to which an object that is turned slowly is still the same.
    ``views`` are taken at most, each ``least_apart`` (looks.apart) from the others.
    ``read_every_s``: how often codes are looked for."""

    settle_s: float = 0.2
    leave_s: float = 0.3
    change_s: float = 0.25
    most_motion: float = 0.35
    another: float = 0.4
    turned: float = 0.2
    views: int = 3
    least_apart: float = 0.012
    read_every_s: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one frame came to. ``progress`` in [0, 1] is how far an object has settled.
    ``burst`` is there with the frame that completed it, and then ``stage`` is SHOOTING.
    ``barcodes`` are the codes last read, with their places, as long as they may be shown.
    ``ahead`` is the first good view of an object that will probably be shot, the same one from
    then on until the object left or gave way to another."""

    stage: Stage
    progress: float
    burst: Burst | None = None
    barcodes: tuple[Barcode, ...] = ()
    ahead: Shot | None = None


@dataclass(slots=True)
class _Visit:
    """One object before the camera. ``settled_s`` is what it has gathered of settling,
    ``was_good`` whether the frame before was well seen, ``other_s`` what it has gathered of
    looking like another one. ``looks`` are those of its shots and of what they were slowly
    turned into. ``has_moved`` and ``has_cut`` say that something moved since it was taken or
    last known again, and that the whole scene changed. ``later`` are codes read after it was
    taken, of whichever object it turns out to be. ``ahead`` as in Seen."""

    shots: list[Shot] = field(default_factory=list)
    barcodes: dict[str, Barcode] = field(default_factory=dict)
    settled_s: float = 0.0
    was_good: bool = False
    other_s: float = 0.0
    is_taken: bool = False
    has_moved: bool = False
    has_cut: bool = False
    looks: list[Look] = field(default_factory=list)
    later: dict[str, Barcode] = field(default_factory=dict)
    ahead: Shot | None = None


_MOST_KEPT = 6
_LONGEST_AGO_S = 3.0
"""Older frames of a restless object are of no use."""
_MOST_LOOKS = 12
_LONGEST_STEP_S = 0.15
"""A gap in the stream counts for no more than this: an object was not watched during it."""
_CLOCK_S = 1e-3
"""What the steps of a clock, summed, may be off by: a whole look more is not waited for that."""
_CUT = 0.4
"""Likeness of two frames below which the second shows another scene."""


class ShotTrigger:
    """Watches the frames of one stream in order. Used by one thread at a time; frames that were
    handed in must not be changed afterwards. Of an object, up to six frames are kept.

    ``barcodes`` reads codes in whole frames, ``read_every_s`` apart while something is there.
    """

    def __init__(
        self, barcodes: BarcodeReader | None = None, settings: TriggerSettings | None = None
    ) -> None:
        self._settings = settings or TriggerSettings()
        self._codes = CodeSpotter(barcodes, every_s=self._settings.read_every_s)
        self.reset()

    def reset(self) -> None:
        """Another stream begins: forget what was seen."""
        self._visit: _Visit | None = None
        self._newest: Shot | None = None
        self._seen_at: float | None = None
        self._gone_s = 0.0
        self._codes.reset()

    def see(self, rgb: RgbArray, view: FrameView, at_s: float) -> Seen:
        """The next frame, ``at_s`` seconds on the stream's clock. A clock that runs back is
        taken for a stream that begins anew."""
        if self._seen_at is not None and at_s < self._seen_at:
            self.reset()
        step_s = min(_LONGEST_STEP_S, at_s - self._seen_at) if self._seen_at is not None else 0.0
        self._seen_at = at_s
        is_cut = self._newest is not None and likeness(self._newest.rgb, rgb) < _CUT
        view = replace(view, barcodes=self._codes.see(rgb, view, at_s))
        self._newest = Shot(rgb, view, at_s)
        seen = self._seen(self._newest, step_s, is_cut=is_cut)
        return replace(seen, ahead=self._visit.ahead if self._visit is not None else None)

    def shoot_now(self) -> Burst | None:
        """The newest frame at once, whatever hinders it, with other good views of the same
        object after it; the object counts as taken then. None before the first frame."""
        newest = self._newest
        if newest is None:
            return None
        visit = self._visit or _Visit()
        earlier = () if visit.is_taken or newest.view.box is None else tuple(visit.shots)
        shots = self._views(newest, [shot for shot in earlier if shot is not newest])
        _add_codes(visit, newest.view.barcodes)
        burst = Burst(tuple(shots), tuple(visit.barcodes.values()), was_automatic=False)
        if newest.view.box is not None:
            self._take(visit, burst)
            self._visit = visit
        return burst

    def _seen(self, shot: Shot, step_s: float, *, is_cut: bool) -> Seen:
        if shot.view.box is None:
            return self._nothing(step_s)
        self._gone_s = 0.0
        if self._visit is None:
            self._visit = _Visit()
        elif self._visit.is_taken:
            self._visit.has_cut |= is_cut
            self._visit.has_moved |= is_cut or self._moves(shot.view)
            changed = self._changed(self._visit, shot, step_s)
            if changed is None:
                return Seen(Stage.TAKEN, 1.0, barcodes=self._codes.shown)
            self._visit = changed
        return self._settling(self._visit, shot, step_s)

    def _nothing(self, step_s: float) -> Seen:
        visit = self._visit
        self._gone_s += step_s
        if visit is None or self._gone_s >= self._settings.leave_s:
            self._visit = None
            return Seen(Stage.EMPTY, 0.0)
        if visit.is_taken:
            visit.has_moved = True
            return Seen(Stage.TAKEN, 1.0)
        visit.settled_s = max(0.0, visit.settled_s - 2 * step_s)
        visit.was_good = False
        return Seen(Stage.MOVING, self._progress(visit))

    def _settling(self, visit: _Visit, shot: Shot, step_s: float) -> Seen:
        _add_codes(visit, shot.view.barcodes)
        self._keep(visit, shot)
        if not self._is_good(shot.view):
            visit.settled_s = max(0.0, visit.settled_s - 2 * step_s)
            visit.was_good = False
            return Seen(Stage.MOVING, self._progress(visit), barcodes=self._codes.shown)
        visit.settled_s += step_s if visit.was_good else 0.0
        visit.was_good = True
        is_expected = math.isfinite(self._settings.settle_s)
        if is_expected and (visit.ahead is None or not self._alike(shot, [visit.ahead])):
            visit.ahead = shot
        if visit.settled_s < self._settings.settle_s - _CLOCK_S:
            return Seen(Stage.SETTLING, self._progress(visit), barcodes=self._codes.shown)
        best = max(self._alike(shot, visit.shots), key=_quality, default=shot)
        burst = Burst(
            tuple(self._views(best, visit.shots)),
            tuple(visit.barcodes.values()),
            ahead=visit.ahead,
        )
        self._take(visit, burst)
        return Seen(Stage.SHOOTING, 1.0, burst, self._codes.shown)

    def _take(self, visit: _Visit, burst: Burst) -> None:
        looks = [look_of(shot.rgb, shot.view) for shot in burst.shots]
        visit.looks = [look for look in looks if look is not None]
        visit.is_taken = True
        visit.other_s = 0.0
        visit.shots = []
        visit.later = {}

    def _changed(self, visit: _Visit, shot: Shot, step_s: float) -> _Visit | None:
        """The visit of another object, None while it is still the one that was taken."""
        codes = shot.view.barcodes
        taken = tuple(visit.barcodes.values())
        if are_other_products(codes, taken):
            return _Visit()
        visit.later |= {code.text: code for code in codes if code.text not in visit.barcodes}
        if not self._is_good(shot.view):
            return None
        look = look_of(shot.rgb, shot.view)
        if look is None:
            return None
        apart_from = min((difference(look, known) for known in visit.looks), default=0.0)
        is_known = any(code.text in visit.barcodes for code in codes)
        # Of two pictures of their own less tells than of one scene that goes on.
        enough = self._settings.turned if visit.has_cut else self._settings.another
        # Where nothing moved it is the mask that changed.
        is_known |= not visit.has_moved
        if is_known or apart_from < enough:
            visit.has_moved = False
            visit.other_s = max(0.0, visit.other_s - step_s)
            visit.barcodes |= visit.later
            visit.later = {}
            if is_known or apart_from < self._settings.turned or not visit.looks:
                self._learn(visit, look, apart_from)
            return None
        visit.other_s += step_s
        if visit.other_s < self._settings.change_s:
            return None
        return _Visit(settled_s=visit.other_s - step_s, was_good=True, barcodes=visit.later)

    def _learn(self, visit: _Visit, look: Look, apart_from: float) -> None:
        """Another side of the object that was taken."""
        if visit.looks and apart_from < self._settings.turned / 2:
            return
        visit.looks.append(look)
        if len(visit.looks) > _MOST_LOOKS:
            # The first ones are those of its shots.
            del visit.looks[self._settings.views]

    def _moves(self, view: FrameView) -> bool:
        return view.motion > self._settings.most_motion or Hint.MOVING in view.hints

    def _is_good(self, view: FrameView) -> bool:
        return view.motion <= self._settings.most_motion and not HINDERING & set(view.hints)

    def _keep(self, visit: _Visit, shot: Shot) -> None:
        """Among the frames that the burst will be chosen from: also sharp ones in motion, which
        show other sides."""
        if HINDERING & set(shot.view.hints) - {Hint.MOVING}:
            return
        visit.shots.append(shot)
        if len(visit.shots) > _MOST_KEPT:
            visit.shots.remove(min(visit.shots, key=_quality))

    def _views(self, first: Shot, others: list[Shot]) -> list[Shot]:
        """A shot and the best of the others that show the same object, but differently."""
        alike = [shot for shot in self._alike(first, others) if shot is not first]
        chosen = [first]
        for shot in sorted(alike, key=_quality, reverse=True):
            if len(chosen) == self._settings.views:
                break
            least = self._settings.least_apart
            if all(apart(shot.rgb, other.rgb) >= least for other in chosen):
                chosen.append(shot)
        return chosen

    def _alike(self, shot: Shot, others: list[Shot]) -> list[Shot]:
        """Those taken not long before that look like the same object: what was held up first
        may have been another."""
        look = look_of(shot.rgb, shot.view)
        if look is None:
            return []
        recent = [s for s in others if shot.taken_at_s - s.taken_at_s <= _LONGEST_AGO_S]
        seen = [(s, look_of(s.rgb, s.view)) for s in recent]
        limit = self._settings.another
        return [s for s, its in seen if its is not None and difference(look, its) < limit]

    def _progress(self, visit: _Visit) -> float:
        return min(1.0, visit.settled_s / self._settings.settle_s)


def _add_codes(visit: _Visit, codes: tuple[Barcode, ...]) -> None:
    """A code of another product replaces those that were read before it."""
    if are_other_products(codes, tuple(visit.barcodes.values())):
        visit.barcodes.clear()
    for code in codes:
        visit.barcodes.setdefault(code.text, code)


def _quality(shot: Shot) -> float:
    """The sharpest in which least moves."""
    view = shot.view
    hindered = 0.5 * (Hint.MOVING in view.hints) + 0.1 * (Hint.GLARE in view.hints)
    return view.sharpness - 0.5 * view.motion - hindered
