"""Rules by which a person prefers some products over others that match as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_BONUS = 4.0
"""However many rules a product meets, they add no more log-odds than this: a preference may
turn a close race, never lift what does not match above what does."""


class RuleStrength(StrEnum):
    """How much a rule counts, in log-odds added to the confidence of the products it prefers.

    SLIGHT 0.5: settles ties (a confidence of 0.50 becomes 0.62). CLEAR 1.5: outweighs a
    visibly better match (0.50 becomes 0.82). STRONG 3.0: only a far better match stays ahead
    (0.50 becomes 0.95).
    """

    SLIGHT = "slight"
    CLEAR = "clear"
    STRONG = "strong"

    @property
    def log_odds(self) -> float:
        return _LOG_ODDS[self]


_LOG_ODDS = {RuleStrength.SLIGHT: 0.5, RuleStrength.CLEAR: 1.5, RuleStrength.STRONG: 3.0}


@dataclass(frozen=True, slots=True)
class RankingRule:
    """Prefer products whose ``column`` (core or extra) has this ``value``, compared without
    case; numbers and flags as they are written. A column that a catalogue lacks prefers
    nothing there."""

    column: str
    value: str
    strength: RuleStrength = RuleStrength.CLEAR
    enabled: bool = True

    def __post_init__(self) -> None:
        if not self.column.strip() or not self.value.strip():
            raise ValueError(f"a rule needs a column and a value: {self}")

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready (and TOML-ready) form; :meth:`from_json` is its inverse."""
        return {
            "column": self.column,
            "value": self.value,
            "strength": self.strength.value,
            "enabled": self.enabled,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RankingRule:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        column, value, enabled = data["column"], data["value"], data.get("enabled", True)
        if not (isinstance(column, str) and isinstance(value, str) and isinstance(enabled, bool)):
            raise TypeError(f"not a rule: {data}")
        return cls(column, value, RuleStrength(data.get("strength", RuleStrength.CLEAR)), enabled)
