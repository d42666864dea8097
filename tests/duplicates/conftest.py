"""A catalogue in a temporary folder."""

from tests.indexing.conftest import catalogue, empty_catalogue_folder

__all__ = ["catalogue", "empty_catalogue_folder"]
