"""Writing a planned import into the catalogue, batch by batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from desktop_app.domain.errors import DuplicateSku
from desktop_app.domain.imports import (
    ImportIssue,
    ImportPlan,
    ImportRecord,
    ImportReport,
    ImportStep,
    IssueKind,
    PictureFile,
    SourceKind,
)
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import (
    CORE_NAMES,
    FieldValue,
    PictureState,
    ProductCard,
    ProductFields,
)
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.storage import ChangeSet, KnownFile
from desktop_app.services.import_files import Change, KnownFiles

BATCH_PRODUCTS = 200
_BATCH_OFFLINE = 2000
_GONE = "The file is not where it was; it may have been moved, renamed or deleted."

Prepare = Callable[[Sequence[ImportRecord]], tuple[list[ImportRecord], list[ImportIssue]]]
"""Makes a batch's pictures ready on disk; returns the records with them, and issues."""

NewPictures = list[tuple[int, Path, str, int, int]]


@dataclass(slots=True)
class _Batch:
    """What one batch will write."""

    new: list[tuple[ProductFields, list[tuple[Path, str, int, int]]]] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    updates: list[tuple[int, Mapping[str, FieldValue]]] = field(default_factory=list)
    pictures: NewPictures = field(default_factory=list)
    moves: list[tuple[int, Path, int, int]] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)
    changes: list[ChangeSet] = field(default_factory=list)


@dataclass(slots=True)
class _Counts:
    products_added: int = 0
    products_updated: int = 0
    products_unchanged: int = 0
    pictures_added: int = 0
    pictures_moved: int = 0
    pictures_replaced: int = 0
    pictures_unchanged: int = 0
    pictures_offline: int = 0


class ImportRun:
    """One run of :meth:`ImportService.apply`; used once, by one thread.

    ``missing_roots`` are parts of the source that are not there now: nothing is marked
    offline on their account.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        plan: ImportPlan,
        *,
        prepare: Prepare,
        missing_roots: Callable[[], Sequence[Path]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue = catalogue
        self._plan = plan
        self._prepare = prepare
        self._missing_roots = missing_roots
        self._clock = clock
        # A table says which product a picture belongs to; a file name only suggests it.
        self._names_products = plan.table is not None
        self._counts = _Counts()
        self._issues = list(plan.issues)
        self._source_id = 0
        self._ids: dict[str, int] = {}
        self._files = KnownFiles((), ())
        self._seen: set[int] = set()
        self._elapsed_s = 0.0
        self._failed = 0
        self._elsewhere = 0

    def run(self, token: CancelToken) -> Iterator[ImportStep]:
        """Raises Cancelled, CatalogueReadOnly and StorageFull; what was committed stays."""
        started = self._clock()
        changes = self._begin()
        records = self._plan.records
        done = 0
        while done < len(records):
            batch = records[done : done + BATCH_PRODUCTS]
            changes = _joined([changes, self._write(batch)])
            done += len(batch)
            self._elapsed_s += self._clock() - started
            yield ImportStep(self._progress(done), changes)
            changes = ChangeSet()
            token.checkpoint()
            started = self._clock()
        changes = _joined([changes, self._mark_offline(token)])
        self._elapsed_s += self._clock() - started
        yield ImportStep(self._progress(done), changes, self._report())

    def _progress(self, done: int) -> Progress:
        return Progress(
            "Importing", done, len(self._plan.records), self._elapsed_s, failed=self._failed
        )

    def _report(self) -> ImportReport:
        if self._elsewhere:
            count = self._elsewhere
            said = "1 picture already belongs" if count == 1 else f"{count:,} pictures belong"
            reason = f"{said} to another product than the file name says, and stays there."
            self._issues.append(ImportIssue(IssueKind.NOTE, "pictures", reason))
        counts = {name: getattr(self._counts, name) for name in _Counts.__slots__}
        return ImportReport(**counts, issues=tuple(self._issues))

    def _begin(self) -> ChangeSet:
        catalogue, plan = self._catalogue, self._plan
        self._source_id = catalogue.imports.remember_source(plan.request)
        if plan.table is not None:
            # What a file is written in is found anew; the next one may differ.
            rules = replace(plan.table.rules, encoding="", delimiter="", sheet="")
            catalogue.imports.remember_table_rules(plan.table.headers, rules)
        declared = {column.name for column in catalogue.products.columns()}
        changes = [
            catalogue.products.add_column(column)
            for column in plan.new_columns
            if column.name not in declared
        ]
        self._ids = catalogue.products.ids_by_sku()
        planned = (picture.path for record in plan.records for picture in record.pictures)
        self._files = KnownFiles(catalogue.pictures.known_files(), planned)
        return _joined(changes)

    def _write(self, records: Sequence[ImportRecord]) -> ChangeSet:
        prepared, issues = self._prepare(records)
        self._issues.extend(issues)
        self._failed += len(issues)
        batch = _Batch()
        known = [self._ids[key] for r in prepared if (key := r.sku.casefold()) in self._ids]
        cards = {card.id: card for card in self._catalogue.products.cards(known)}
        for record in prepared:
            self._sort_in(record, batch, cards)
        imports, pictures = self._catalogue.imports, self._catalogue.pictures
        # Moves first: should the process end here, no picture seems lost and is added anew.
        if batch.moves:
            batch.changes.append(imports.move_pictures(batch.moves))
        if batch.pending:
            batch.changes.append(pictures.set_state(batch.pending, PictureState.PENDING))
        if batch.new:
            batch.changes.extend(self._write_new(batch))
        if batch.updates:
            batch.changes.append(imports.update_products(batch.updates))
        if batch.pictures:
            batch.changes.append(imports.write_pictures(self._source_id, batch.pictures))
        return _joined(batch.changes)

    def _sort_in(self, record: ImportRecord, batch: _Batch, cards: dict[int, ProductCard]) -> None:
        """Decide what becomes of a record and each of its pictures."""
        own_id = self._ids.get(record.sku.casefold())
        owner_id = own_id
        fresh: list[PictureFile] = []
        left_folders: list[Path] = []
        for picture in record.pictures:
            self._files.found_at(picture.path)
            try:
                found, old_path = self._recognise(picture, own_id, batch)
            except OSError as error:
                reason = f"{picture.path.name} could not be read: {error.strerror or error}."
                self._issues.append(ImportIssue(IssueKind.FAILED, record.origin, reason))
                self._failed += 1
                continue
            if found is None:
                fresh.append(picture)
                continue
            if old_path is not None:
                left_folders.append(old_path)
            if owner_id is None:
                owner_id = found.product_id
            if found.product_id != own_id and old_path is None:
                self._elsewhere += 1
        listed = [(p.path, p.view, p.size_bytes, p.mtime_ns) for p in fresh]
        self._counts.pictures_added += len(fresh)
        if owner_id is None:
            if fresh or self._names_products:
                batch.new.append((_fields(record), listed))
                batch.origins.append(record.origin)
                self._counts.products_added += 1
            return
        batch.pictures.extend((owner_id, *picture) for picture in listed)
        card = cards.get(owner_id)
        if card is None and (found_cards := self._catalogue.products.cards([owner_id])):
            (card,) = found_cards
        values = self._differences(record, card, left_folders) if card is not None else {}
        if values:
            batch.updates.append((owner_id, values))
        if values or fresh:
            self._counts.products_updated += 1
        else:
            self._counts.products_unchanged += 1

    def _recognise(
        self, picture: PictureFile, own_id: int | None, batch: _Batch
    ) -> tuple[KnownFile | None, Path | None]:
        """The known picture that a file is, and its former path where it was moved. Raises
        OSError."""
        answer: KnownFile | None = None
        for known in self._files.at(picture.path):
            if known.picture_id not in self._seen:
                self._seen.add(known.picture_id)
                self._take_in(known, picture, batch)
            if known.product_id == own_id or (answer is None and not self._names_products):
                answer = known
        if answer is not None:
            return answer, None
        moved = self._files.moved_from(picture, product_id=own_id)
        if moved is None or (self._names_products and moved.product_id != own_id):
            return None, None
        self._files.mark_moved(moved)
        self._counts.pictures_moved += 1
        batch.moves.append((moved.picture_id, picture.path, picture.size_bytes, picture.mtime_ns))
        if moved.state is PictureState.FAILED:
            batch.pending.append(moved.picture_id)
        return moved, Path(moved.path)

    def _take_in(self, known: KnownFile, picture: PictureFile, batch: _Batch) -> None:
        change = self._files.change_of(known, picture)
        if change is Change.REPLACED:
            self._counts.pictures_replaced += 1
            # Size and time stay as they were until the new bytes are read.
            batch.pending.append(known.picture_id)
            return
        self._counts.pictures_unchanged += 1
        if change is not Change.SAME:
            batch.moves.append(
                (known.picture_id, picture.path, picture.size_bytes, picture.mtime_ns)
            )

    def _differences(
        self, record: ImportRecord, card: ProductCard, left: Sequence[Path]
    ) -> dict[str, FieldValue]:
        """The fields a record names that differ. A folder names a category only to products
        without one, or with that of the folder their picture was moved out of: what a person
        typed stays."""
        values = {name: v for name, v in record.fields.items() if card.value(name) != v}
        if self._names_products or "category" not in values or not card.category:
            return values
        former = {part for path in left for part in PurePath(path).parts[:-1]}
        return values if card.category in former else {}

    def _write_new(self, batch: _Batch) -> list[ChangeSet]:
        """Write new products at once; one by one where the catalogue knows an SKU that looked
        new, so that only that one is refused."""
        imports = self._catalogue.imports
        try:
            return [imports.write_products(self._source_id, batch.new)]
        except DuplicateSku:
            changes = []
        for product, origin in zip(batch.new, batch.origins, strict=True):
            try:
                changes.append(imports.write_products(self._source_id, [product]))
            except DuplicateSku as error:
                self._issues.append(ImportIssue(IssueKind.FAILED, origin, error.what))
                self._failed += 1
                self._counts.products_added -= 1
                self._counts.pictures_added -= len(product[1])
        return changes

    def _mark_offline(self, token: CancelToken) -> ChangeSet:
        token.checkpoint()
        if self._missing_roots():
            return ChangeSet()
        pictures = self._catalogue.pictures
        source_ids = {known.picture_id for known in pictures.known_files(self._source_id)}
        request = self._plan.request
        roots = request.paths if request.kind is SourceKind.FOLDER else ()
        gone = []
        for known in self._files.gone(source_ids, roots):
            if known.state is PictureState.FAILED and known.content_hash:
                # Its record mixes two files; back online it would pass for the first of them.
                continue
            self._counts.pictures_offline += 1
            if known.state is not PictureState.OFFLINE:
                gone.append(known.picture_id)
        return _joined(
            [
                pictures.set_state(gone[at : at + _BATCH_OFFLINE], PictureState.OFFLINE, _GONE)
                for at in range(0, len(gone), _BATCH_OFFLINE)
            ]
        )


def _fields(record: ImportRecord) -> ProductFields:
    core = {name: value for name, value in record.fields.items() if name in CORE_NAMES}
    extra = {name: value for name, value in record.fields.items() if name not in CORE_NAMES}
    core.pop("sku", None)
    return ProductFields(sku=record.sku, extra=extra, **core)  # type: ignore[arg-type]


def _joined(changes: Sequence[ChangeSet]) -> ChangeSet:
    ids: dict[int, None] = {}
    for change in changes:
        ids.update(dict.fromkeys(change.product_ids))
    return ChangeSet(
        product_ids=tuple(ids),
        structure=any(change.structure for change in changes),
        pictures=any(change.pictures for change in changes),
    )
