"""Weights under names: the shipped ones, and those a person keeps; no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.domain.evidence import PRESETS, ChannelWeights, WeightPreset

MOST_OWN_PRESETS = 40
LONGEST_NAME = 40

Presets = tuple[WeightPreset, ...]


class UnusableName(ValueError):
    """A preset cannot have this name: it is empty, taken, or one too many."""


def with_preset(own: Presets, name: str, weights: ChannelWeights) -> Presets:
    """``own`` with these weights under ``name``, in place of those that had it.

    Raises UnusableName.
    """
    name = _clean(name)
    if any(_is_called(preset, name) for preset in own):
        return tuple(
            WeightPreset(preset.name, weights) if _is_called(preset, name) else preset
            for preset in own
        )
    _check_free(own, name)
    if len(own) >= MOST_OWN_PRESETS:
        raise UnusableName(name)
    return (*own, WeightPreset(name, weights))


def renamed(own: Presets, preset: WeightPreset, name: str) -> Presets:
    """``own`` with ``preset`` under another name. Raises UnusableName."""
    name = _clean(name)
    _check_free(tuple(each for each in own if each != preset), name)
    return tuple(WeightPreset(name, preset.weights) if each == preset else each for each in own)


def preset_with(
    weights: ChannelWeights, presets: Sequence[WeightPreset], *, liked: WeightPreset | None = None
) -> WeightPreset | None:
    """The preset of exactly these weights, ``liked`` where several have them; None where none
    has."""
    fitting = [preset for preset in presets if preset.weights == weights]
    if liked in fitting:
        return liked
    return fitting[0] if fitting else None


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise UnusableName(name)
    return name


def _check_free(own: Presets, name: str) -> None:
    if any(_is_called(preset, name) for preset in (*PRESETS, *own)):
        raise UnusableName(name)


def _is_called(preset: WeightPreset, name: str) -> bool:
    return preset.name.casefold() == name.casefold()
