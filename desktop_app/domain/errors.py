"""Expected trouble, told in the user's words.

A :class:`UserFacingError` says what happened and what to do about it. Anything else that
is raised is a defect and goes to the crash path.
"""

from __future__ import annotations


class UserFacingError(Exception):
    """Something a person can understand and act on.

    ``what`` says what happened, ``remedy`` what to do next, ``details`` (optional) holds
    the technical cause for the copy button.
    """

    def __init__(self, what: str, *, remedy: str = "", details: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class UnreadableImage(UserFacingError):
    """A picture that is damaged, empty, too large, or of an unknown format."""


class MissingPicture(UnreadableImage):
    """A picture file that is not where it was."""


class UnreadableTable(UserFacingError):
    """A product list that cannot be parsed."""


class CatalogueUnavailable(UserFacingError):
    """The folder holds no catalogue, or one that cannot be opened."""


class CatalogueTooNew(CatalogueUnavailable):
    """The catalogue was written by a newer version of the application."""


class CatalogueReadOnly(UserFacingError):
    """A change was asked of a catalogue that is open for reading only."""


class StorageFull(UserFacingError):
    """The disk refused a write; nothing committed before it is lost."""


class ProductNotFound(UserFacingError):
    """No live product has this id or SKU."""


class DuplicateSku(UserFacingError):
    """The SKU already belongs to another product of the catalogue."""


class PlanOutdated(UserFacingError):
    """What a plan is about has changed since it was made; nothing was done."""


class IndexDamaged(UserFacingError):
    """The on-disk index fails its checks; it is rebuilt from the database."""


class ModelUnavailable(UserFacingError):
    """A model's weights are absent, incomplete, or not what they claim to be."""


class CameraUnavailable(UserFacingError):
    """No frame can be had from the chosen source."""
