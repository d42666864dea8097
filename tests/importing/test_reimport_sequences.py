"""Whatever happens to a folder between imports, no product, picture or vector is lost."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from desktop_app.domain.hashing import file_content_hash
from desktop_app.domain.imports import ImportRequest, IssueKind, SourceKind
from desktop_app.domain.products import PictureState
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.services.importing import ImportService
from tests.importing.driving import products, read_pictures, run_request

NAMES = st.builds(
    "{}{}.jpg".format, st.sampled_from(["", "jars/", "tubes/"]), st.sampled_from("abcde")
)
BYTES = st.sampled_from([b"one", b"two", b"three", b"seven", b"eight"])


class FolderHistory(RuleBasedStateMachine):
    """Adds, copies, renames, replaces, touches and deletes files, and imports in between."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.base = Path(tempfile.mkdtemp()).resolve()
        shutil.copytree(self.template, self.base / "catalogue")
        self.source = self.base / "source"
        self.source.mkdir()
        self.request = ImportRequest(SourceKind.FOLDER, (self.source,))
        self.catalogue: SqliteCatalogue = open_catalogue(self.base / "catalogue")
        self.service = ImportService(
            self.catalogue, tables=FileTableReader(), archives=ZipArchiveReader()
        )
        self.time_ns = itertools.count(10**18, 10**9)
        self.product_ids: set[int] = set()
        self.picture_ids: set[int] = set()
        self.digests: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "catalogue"):
            self.catalogue.close()
            shutil.rmtree(self.base)

    def files(self) -> list[Path]:
        return sorted(path for path in self.source.rglob("*") if path.is_file())

    def write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        stamp = next(self.time_ns)
        os.utime(path, ns=(stamp, stamp))

    @rule(name=NAMES, content=BYTES)
    def add_or_replace(self, name: str, content: bytes) -> None:
        self.write(self.source / name, content)

    @precondition(lambda self: self.files())
    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(self.files()))
        self.write(path, path.read_bytes())

    @precondition(lambda self: self.files())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.files())).unlink()

    @precondition(lambda self: self.files())
    @rule(data=st.data(), name=NAMES, keep=st.booleans())
    def rename_or_copy(self, data: st.DataObject, name: str, keep: bool) -> None:
        path = data.draw(st.sampled_from(self.files()))
        target = self.source / name
        target.parent.mkdir(exist_ok=True)
        if target != path:
            shutil.copy2(path, target) if keep else path.replace(target)

    @precondition(lambda self: self.files())
    @rule(index=st.booleans())
    def import_again(self, index: bool) -> None:
        report = run_request(self.service, self.request)
        assert all(issue.kind is IssueKind.NOTE for issue in report.issues)
        if index:
            read_pictures(self.catalogue)
        found = products(self.catalogue)
        pictures = [picture for product in found for picture in product.pictures]

        # No product, picture or vector that ever was is lost.
        assert {product.id for product in found} >= self.product_ids
        assert {picture.id for picture in pictures} >= self.picture_ids
        self.product_ids = {product.id for product in found}
        self.picture_ids = {picture.id for picture in pictures}

        # Every file is one picture that is not offline; what is offline has no file.
        online = [p for p in pictures if p.state is not PictureState.OFFLINE]
        on_disk = Counter(str(path) for path in self.files())
        assert Counter(picture.path for picture in online) == on_disk
        for picture in pictures:
            if picture.state is PictureState.READY:
                # A searchable picture never shows other bytes than its file has.
                assert picture.content_hash == file_content_hash(Path(picture.path))
                self.digests.add(picture.content_hash)
        known = self.catalogue.pictures.known_contents(sorted(self.digests), "model")
        assert set(known) == self.digests

        # Importing once more changes nothing.
        again = run_request(self.service, self.request)
        assert again.products_added == again.pictures_added == again.pictures_moved == 0
        assert products(self.catalogue) == found


def test_any_sequence_of_changes_keeps_what_is_known(empty_catalogue: Path) -> None:
    FolderHistory.template = empty_catalogue
    machine = FolderHistory.TestCase
    machine.settings = settings(
        max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=HealthCheck
    )
    machine().runTest()
