"""What the services need from the world; adapters in ``infra`` and ``capture`` provide it.

Stores may be called from any thread (each call has a connection to itself); writes raise
:class:`CatalogueReadOnly` on a read-only catalogue and :class:`StorageFull` on a full disk,
and each write method is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.capture_ports import CaptureLog
from desktop_app.domain.containers import ContainerStore
from desktop_app.domain.duplicate_ports import PairStore, VerdictStore
from desktop_app.domain.evidence_ports import EvidenceStore
from desktop_app.domain.filters import (
    SKU_ORDER,
    Facet,
    ProductFilter,
    SavedFilter,
    SortOrder,
)
from desktop_app.domain.images import DecodedImage, FloatMatrix, IdArray, RgbArray
from desktop_app.domain.imports import ImportRequest, Source, TableRules
from desktop_app.domain.products import (
    Column,
    FieldValue,
    Picture,
    PictureState,
    Product,
    ProductCard,
    ProductFields,
)
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.resolving import Merge
from desktop_app.domain.search import RecentQuery
from desktop_app.domain.storage import (
    ChangeSet,
    ContentMap,
    KnownContent,
    KnownFile,
    PendingPicture,
    PictureCounts,
    ReadPicture,
    VectorFingerprint,
)

T = TypeVar("T")


class ProductStore(Protocol):
    """Products and their fields. Changes marked *undoable* are recorded in the history."""

    def get(self, product_id: int) -> Product:
        """Raises ProductNotFound where no live product has this id."""
        ...

    def get_many(self, product_ids: Sequence[int]) -> dict[int, Product]:
        """Those that are live, by id."""
        ...

    def find_by_sku(self, sku: str) -> Product | None:
        """Compared without case."""
        ...

    def with_codes(self, keys: Collection[str]) -> dict[int, tuple[str, str]]:
        """Live products whose barcode or SKU may be one of these codes, as (SKU, barcode) by
        id; zeros before it, blanks and hyphens in a barcode are passed over, so that whoever
        asks has to look whether they are equal."""
        ...

    def ids_by_sku(self) -> dict[str, int]:
        """Every live product's id by casefolded SKU."""
        ...

    def removed_skus(self) -> set[str]:
        """Casefolded SKUs of products a person took out and nothing brought back."""
        ...

    def count(self) -> int: ...

    def add(self, fields: ProductFields, pictures: Sequence[tuple[Path, str]] = ()) -> ChangeSet:
        """Add one product with (path, view) pictures. Undoable. Raises DuplicateSku."""
        ...

    def update_fields(
        self, product_ids: Sequence[int], values: Mapping[str, FieldValue]
    ) -> ChangeSet:
        """Set core or extra columns of every listed product. Undoable. Raises DuplicateSku
        (also when a SKU is given to several products), ProductNotFound, and ValueError for
        an undeclared column."""
        ...

    def set_bookmarked(self, product_ids: Sequence[int], bookmarked: bool) -> ChangeSet:
        """Undoable."""
        ...

    def remove(self, product_ids: Sequence[int]) -> ChangeSet:
        """Take products out of the catalogue; files stay on disk. Undoable."""
        ...

    def merge(
        self, keep_id: int, drop_ids: Sequence[int], values: Mapping[str, FieldValue]
    ) -> ChangeSet:
        """Move the pictures of ``drop_ids`` to ``keep_id``, set ``values`` on it, remove the
        others. Undoable as one change."""
        ...

    def merge_all(self, merges: Sequence[Merge]) -> ChangeSet:
        """:meth:`merge` many at once: all or none, undoable as one change. Raises PlanOutdated
        where a product is gone or was changed since ``seen``, DuplicateSku, and ValueError
        where a product is in two merges."""
        ...

    def set_main_picture(self, picture_id: int) -> ChangeSet:
        """Put this picture first among its product's. Undoable."""
        ...

    def list_ids(self, product_filter: ProductFilter, order: SortOrder = SKU_ORDER) -> IdArray:
        """Ids of the live products that pass, in order."""
        ...

    def passing(self, product_filter: ProductFilter, product_ids: IdArray) -> IdArray:
        """Which of these products are live and pass, by id, each once; for few products
        quicker than listing all that pass."""
        ...

    def cards(self, product_ids: Sequence[int]) -> list[ProductCard]:
        """Cards in the order asked; ids that are not live are left out."""
        ...

    def facets(
        self, column: str, product_filter: ProductFilter | None = None, *, limit: int = 500
    ) -> list[Facet]:
        """Values of a column by falling count, the empty value included as ''."""
        ...

    def values(self, column: str) -> dict[int, str]:
        """Every live product's value of a column as text, by id; empty ones are left out."""
        ...

    def columns(self) -> tuple[Column, ...]:
        """The catalogue's own (extra) columns, in order."""
        ...

    def add_column(self, column: Column) -> ChangeSet:
        """Declare an extra column. Raises ValueError where the name is taken or not an
        identifier of lower-case letters, digits and underscores."""
        ...


class PictureStore(Protocol):
    """Picture files and what was read from them."""

    def counts(self) -> PictureCounts: ...

    def get_by_content(self, content_id: int) -> list[Picture]:
        """Live pictures with this content."""
        ...

    def problems(self, *, limit: int = 1000) -> list[Picture]:
        """Live pictures that are FAILED or OFFLINE."""
        ...

    def pending(self, *, after_id: int = 0, limit: int = 256) -> list[PendingPicture]:
        """Live pictures in state PENDING with id > ``after_id``, by id."""
        ...

    def lacking_vectors(
        self, model_key: str, *, after_id: int = 0, limit: int = 256
    ) -> list[PendingPicture]:
        """One live READY picture for each content without a vector of this model, by id."""
        ...

    def record_read(self, model_key: str, batch: Sequence[ReadPicture]) -> ChangeSet:
        """Store contents, vectors, thumbnails and states of a batch."""
        ...

    def known_contents(
        self, content_hashes: Sequence[str], model_key: str
    ) -> dict[str, KnownContent]:
        """What is stored of the given contents, by hash; unknown ones are left out."""
        ...

    def add(self, product_id: int, pictures: Sequence[tuple[Path, str]]) -> ChangeSet:
        """Add (path, view) pictures. Undoable."""
        ...

    def remove(self, picture_ids: Sequence[int]) -> ChangeSet:
        """Take pictures out of the catalogue; files stay on disk. Undoable."""
        ...

    def known_files(self, source_id: int | None = None) -> list[KnownFile]:
        """Live pictures, of one source or of all."""
        ...

    def removed_paths(self) -> set[str]:
        """Files whose pictures a person took out and nothing brought back."""
        ...

    def set_state(
        self, picture_ids: Sequence[int], state: PictureState, problem: str = ""
    ) -> ChangeSet: ...

    def mark_all_pending(self, product_ids: Sequence[int] | None = None) -> ChangeSet:
        """Ask for pictures to be read again (of these products, or all)."""
        ...

    def content_map(self) -> ContentMap: ...

    def content_hashes(self) -> dict[int, str]:
        """The content hash of everything that was ever read, by content id."""
        ...

    def thumbnail(self, content_hash: str) -> bytes | None:
        """The encoded thumbnail, None where there is none."""
        ...


class ImportWriter(Protocol):
    """Writes an import in batches; each call is one transaction."""

    def remember_source(self, request: ImportRequest) -> int:
        """The id of the source with these paths, made or updated."""
        ...

    def sources(self) -> list[Source]: ...

    def forget_source(self, source_id: int) -> None:
        """Products and pictures stay."""
        ...

    def write_products(
        self,
        source_id: int,
        products: Sequence[tuple[ProductFields, Sequence[tuple[Path, str, int, int]]]],
    ) -> ChangeSet:
        """Add new products with (path, view, size_bytes, mtime_ns) pictures."""
        ...

    def update_products(self, updates: Sequence[tuple[int, Mapping[str, FieldValue]]]) -> ChangeSet:
        """Set the fields an import names, leaving the others."""
        ...

    def write_pictures(
        self, source_id: int, pictures: Sequence[tuple[int, Path, str, int, int]]
    ) -> ChangeSet:
        """Add (product_id, path, view, size_bytes, mtime_ns) pictures to known products."""
        ...

    def move_pictures(self, moves: Sequence[tuple[int, Path, int, int]]) -> ChangeSet:
        """Give known pictures (picture_id, path, size_bytes, mtime_ns) their new place."""
        ...

    def table_rules(self, headers: Sequence[str]) -> TableRules | None:
        """The rules last used for a table with these headers."""
        ...

    def remember_table_rules(self, headers: Sequence[str], rules: TableRules) -> None: ...


class VectorStore(Protocol):
    """Vectors by content and model; float16 at rest, float32 unit rows when read."""

    def models(self) -> dict[str, int]:
        """Stored model keys and their vector counts."""
        ...

    def get(self, model_key: str, content_ids: Sequence[int]) -> tuple[IdArray, FloatMatrix]:
        """Those that exist, as aligned ids and rows."""
        ...

    def iterate(
        self, model_key: str, *, batch_size: int = 8192
    ) -> Iterator[tuple[IdArray, FloatMatrix]]:
        """All vectors of a model in ascending content id."""
        ...

    def fingerprint(self, model_key: str) -> VectorFingerprint: ...


class History(Protocol):
    """Undo and redo over recorded changes, kept in the catalogue."""

    def undo_label(self) -> str:
        """The label of the change that undo would take back, '' where there is none."""
        ...

    def redo_label(self) -> str: ...

    def undo(self) -> ChangeSet:
        """An empty ChangeSet where there is nothing to undo."""
        ...

    def redo(self) -> ChangeSet: ...


class SavedItems(Protocol):
    """Small things a person keeps in the catalogue."""

    def filters(self) -> list[SavedFilter]: ...

    def save_filter(self, name: str, product_filter: ProductFilter) -> SavedFilter:
        """Replaces one of the same name."""
        ...

    def delete_filter(self, filter_id: int) -> None: ...

    def recent_queries(self, *, limit: int = 30) -> list[RecentQuery]: ...

    def remember_query(
        self, label: str, thumbnail: bytes, hits: Sequence[tuple[int, float]], *, keep: int = 30
    ) -> RecentQuery:
        """The same query asked before (equal label and thumbnail) gives way to this one."""
        ...

    def clear_recent_queries(self) -> None: ...

    def setting(self, name: str, default: str = "") -> str: ...

    def set_setting(self, name: str, value: str) -> None: ...


class Catalogue(Protocol):
    """One open catalogue folder."""

    folder: Path
    read_only: bool
    products: ProductStore
    pictures: PictureStore
    imports: ImportWriter
    vectors: VectorStore
    evidence: EvidenceStore
    containers: ContainerStore
    pairs: PairStore
    verdicts: VerdictStore
    history: History
    saved: SavedItems
    captures: CaptureLog

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> int:
        """Grows with every change made through this object: while it stays, a listing stays."""
        ...

    @property
    def read_only_reason(self) -> str:
        """Why it is read-only, for the user; '' where it can be written."""
        ...

    def rename(self, name: str) -> None: ...

    def close(self) -> None:
        """Close every thread's connection; later calls raise CatalogueUnavailable."""
        ...


class ImageReader(Protocol):
    """Turns picture files into pixels and small things derived from them; safe from any
    thread."""

    def read_file(self, path: Path) -> bytes:
        """The bytes of a picture file of bearable size. Raises UnreadableImage, as
        MissingPicture where there is no such file."""
        ...

    def decode(self, source: Path | bytes, *, max_side: int = 0) -> DecodedImage:
        """Decode with EXIF orientation, colour profile and depth reduced to 8-bit sRGB.
        With ``max_side`` the result is shrunk to fit, never enlarged. Raises UnreadableImage."""
        ...

    def shrink(self, image: DecodedImage, *, side: int) -> DecodedImage:
        """The picture made to fit in ``side`` by ``side`` pixels, never enlarged."""
        ...

    def encode_thumbnail(self, image: DecodedImage, *, side: int = 256) -> bytes:
        """A small JPEG that fits in ``side`` by ``side`` pixels."""
        ...

    def perceptual_hash(self, image: DecodedImage) -> bytes:
        """64-bit pHash, 8 bytes."""
        ...


class Embedder(Protocol):
    """Turns pictures into unit vectors. One instance is used by one thread at a time."""

    @property
    def key(self) -> str:
        """Weights hash and preprocessing version; equal keys give comparable vectors."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        """Shape (len(images), dimension), unit rows."""
        ...

    def embed_stream(
        self, items: Iterable[tuple[T, RgbArray]]
    ) -> Iterator[tuple[T, NDArray[np.float32]]]:
        """Embed many pictures with several in flight; yields each item's tag with its unit
        vector (dimension,), in input order."""
        ...

    def close(self) -> None: ...


class IndexSnapshot(Protocol):
    """An immutable set of vectors that can be searched from any thread."""

    model_key: str
    size: int

    @property
    def content_ids(self) -> IdArray:
        """What can be found, sorted."""
        ...

    def search(
        self, query: NDArray[np.float32], limit: int, *, allowed: IdArray | None = None
    ) -> tuple[IdArray, NDArray[np.float32]]:
        """The ``limit`` (or as many as exist) best content ids and their cosine similarity,
        falling, ties by id. ``query`` is one unit vector (dimension,). ``allowed`` (sorted
        distinct content ids, not changed afterwards) restricts the search before the top-k;
        asking again with the same array is cheaper."""
        ...

    def search_many(self, queries: FloatMatrix, limit: int) -> tuple[IdArray, NDArray[np.float32]]:
        """The ``limit`` best for each of many unit vectors (n, dimension) at once, which is
        much faster than one by one: (n, limit) content ids, -1 where there are fewer, and
        their cosine similarity, falling, -1 there. Of ties at the last place any may be
        left out."""
        ...


@dataclass(frozen=True, slots=True)
class IndexStep:
    """A piece of making an index, or of making it faster. The last one, and only it, carries the
    snapshot."""

    progress: Progress
    snapshot: IndexSnapshot | None = None


class IndexStore(Protocol):
    """The on-disk cache of one catalogue's indexes; only the index lane calls it."""

    def open(self, vectors: VectorStore, model_key: str) -> IndexSnapshot:
        """Load the bundle, bring it up to date with ``vectors``, or rebuild it where it is
        absent, damaged or stale; never raises for those. What was rebuilt is saved."""
        ...

    def opening(
        self, vectors: VectorStore, model_key: str, token: CancelToken
    ) -> Iterator[IndexStep]:
        """:meth:`open` in steps of less than a second. Raises Cancelled; nothing is saved
        then."""
        ...

    def extend(
        self, snapshot: IndexSnapshot, content_ids: IdArray, vectors: FloatMatrix
    ) -> IndexSnapshot:
        """A new snapshot with these vectors added (or replaced). Raises ValueError where they
        are not distinct ids with finite unit rows of the snapshot's dimension."""
        ...

    def is_slow(self, snapshot: IndexSnapshot) -> bool:
        """Whether the snapshot has grown so large that :meth:`optimise` pays."""
        ...

    def optimise(
        self, latest: Callable[[], IndexSnapshot], token: CancelToken
    ) -> Iterator[IndexStep]:
        """Make searching a large snapshot fast: minutes of work in steps of seconds, for a
        lane to run. ``latest`` gives the published snapshot, asked at the start and at the
        end: what was added in between is kept. Raises Cancelled; nothing is saved."""
        ...

    def save(self, snapshot: IndexSnapshot, fingerprint: VectorFingerprint) -> None:
        """Write the bundle atomically; does nothing for a read-only catalogue. Raises
        StorageFull, and UserFacingError where the folder cannot be written."""
        ...

    def keep_only(self, model_keys: Collection[str]) -> None:
        """Delete what is kept of other models; what cannot be deleted stays."""
        ...

    @property
    def last_problem(self) -> str:
        """What was wrong with the bundle at the last open, for the user; '' where nothing."""
        ...
