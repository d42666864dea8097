"""The IndexStore port over FAISS: exact float16 search, and a graph for very large catalogues."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import shutil
from collections.abc import Callable, Collection, Generator, Iterator
from pathlib import Path

import faiss
import numpy as np

from desktop_app.domain.errors import IndexDamaged, StorageFull, UserFacingError
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import IndexSnapshot, IndexStep, VectorStore
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.storage import VectorFingerprint
from desktop_app.infra.index.bundle import MANIFEST, Bundle
from desktop_app.infra.index.checks import unit_rows
from desktop_app.infra.index.segment import Segment, new_graph
from desktop_app.infra.index.snapshot import FaissSnapshot, Part, rebased

log = logging.getLogger(__name__)

EXACT_LIMIT = 300_000
"""Above this an exact search of 256-d vectors takes more than about 30 ms."""

MOST_BESIDE_GRAPH = 0.25
GRAPH_SLICE = 2048


class FaissIndexStore:
    """Keeps one bundle for each model below ``folder``.

    Up to ``exact_limit`` vectors every search is exact. Beyond, :meth:`optimise` builds an
    HNSW graph with ``build_threads`` threads; until it has, searches stay exact. What is
    added later is searched exactly beside the graph.
    """

    def __init__(
        self,
        folder: Path,
        *,
        read_only: bool = False,
        exact_limit: int = EXACT_LIMIT,
        build_threads: int | None = None,
    ) -> None:
        self._folder = folder
        self._read_only = read_only
        self._exact_limit = exact_limit
        self._build_threads = build_threads or max(1, (os.cpu_count() or 2) - 1)
        self._last_problem = ""

    @property
    def last_problem(self) -> str:
        return self._last_problem

    def open(self, vectors: VectorStore, model_key: str) -> FaissSnapshot:
        *_, last = self.opening(vectors, model_key, CancelToken())
        return _ours(last.snapshot)

    def opening(
        self, vectors: VectorStore, model_key: str, token: CancelToken
    ) -> Iterator[IndexStep]:
        self._last_problem = ""
        # Asked before the vectors are read: what is stored meanwhile makes the bundle stale.
        fingerprint = vectors.fingerprint(model_key)
        done = Progress("open", fingerprint.count, fingerprint.count)
        bundle = self._bundle(model_key)
        snapshot = FaissSnapshot(model_key)
        try:
            loaded = bundle.load(model_key)
        except IndexDamaged as damage:
            log.warning("index of %s rebuilt: %s %s", model_key, damage, damage.details)
            self._last_problem = (
                f"The search index was damaged ({damage.what}) and was built again "
                "from the catalogue."
            )
        else:
            if loaded is not None:
                if loaded.fingerprint == fingerprint and loaded.snapshot.size == fingerprint.count:
                    yield IndexStep(done, loaded.snapshot)
                    return
                snapshot = loaded.snapshot
                self._last_problem = (
                    "The search index was older than the catalogue and was brought up to date."
                )
            elif fingerprint.count:
                self._last_problem = (
                    "The search index was missing and was built again from the catalogue."
                )
        snapshot = yield from self._brought_up_to_date(snapshot, vectors, fingerprint.count, token)
        try:
            self.save(snapshot, fingerprint)
        except UserFacingError as error:
            log.warning("the rebuilt index was not saved: %s %s", error, error.details)
        yield IndexStep(done, snapshot)

    def extend(
        self, snapshot: IndexSnapshot, content_ids: IdArray, vectors: FloatMatrix
    ) -> FaissSnapshot:
        return _ours(snapshot).extended(content_ids, vectors)

    def is_slow(self, snapshot: IndexSnapshot) -> bool:
        snapshot = _ours(snapshot)
        graph = snapshot.graph
        if graph is None or snapshot.size <= self._exact_limit:
            return snapshot.size > self._exact_limit
        exact = sum(part.size for part in snapshot.exact_parts)
        dead = graph.segment.size - graph.size
        return max(exact, dead) > MOST_BESIDE_GRAPH * graph.segment.size

    def optimise(
        self, latest: Callable[[], IndexSnapshot], token: CancelToken
    ) -> Iterator[IndexStep]:
        """Yields nothing where the snapshot is not slow."""
        start = _ours(latest())
        if not self.is_slow(start):
            return
        for done, graph in self._grown(start, token):
            if graph is None:
                yield IndexStep(Progress("optimise", done, start.size))
            else:
                snapshot = rebased(graph, _ours(latest()))
                yield IndexStep(Progress("optimise", start.size, start.size), snapshot)

    def save(self, snapshot: IndexSnapshot, fingerprint: VectorFingerprint) -> None:
        if self._read_only:
            return
        try:
            self._bundle(snapshot.model_key).save(_ours(snapshot), fingerprint)
        except OSError as error:
            details = str(error)
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StorageFull(
                    "The disk is full; the search index was not stored.",
                    remedy="Free some space. Nothing is lost: the index is built again from "
                    "the catalogue.",
                    details=details,
                ) from error
            raise UserFacingError(
                "The search index could not be stored in the catalogue's folder.",
                remedy="Check that you may write there. Nothing is lost: the index is built "
                "again from the catalogue.",
                details=details,
            ) from error

    def keep_only(self, model_keys: Collection[str]) -> None:
        if self._read_only or not self._folder.is_dir():
            return
        kept = {self._bundle(model_key).folder for model_key in model_keys}
        for folder in self._folder.iterdir():
            if folder not in kept and (folder / MANIFEST).is_file():
                shutil.rmtree(folder, ignore_errors=True)

    def _bundle(self, model_key: str) -> Bundle:
        plain = re.sub(r"[^a-z0-9]+", "-", model_key.lower()).strip("-")[:40]
        # Distinct keys may look alike once plain, and systems differ about letter case.
        tag = hashlib.sha256(model_key.encode()).hexdigest()[:12]
        return Bundle(self._folder / f"{plain}-{tag}")

    def _brought_up_to_date(
        self, snapshot: FaissSnapshot, vectors: VectorStore, count: int, token: CancelToken
    ) -> Generator[IndexStep, None, FaissSnapshot]:
        """Compares every stored vector with the one held, since a replaced vector keeps its
        id. Reading them all costs less than a second for 100k."""
        stored = [np.empty(0, np.int64)]
        done = left_out = 0
        for content_ids, rows in vectors.iterate(snapshot.model_key):
            token.checkpoint()
            sound = unit_rows(rows)
            left_out += int(np.count_nonzero(~sound))
            ids, rows = content_ids[sound], rows[sound]  # noqa: PLW2901
            stored.append(ids)
            if snapshot.dimension != rows.shape[1]:
                snapshot = FaissSnapshot(snapshot.model_key)
            changed = ~snapshot.holds(ids, rows)
            snapshot = snapshot.extended(ids[changed], rows[changed])
            done += len(content_ids)
            yield IndexStep(Progress("open", done, max(done, count)))
        held = snapshot.content_ids
        snapshot = snapshot.without(held[~np.isin(held, np.concatenate(stored))])
        if left_out:
            log.warning("%d stored vectors of %s are damaged", left_out, snapshot.model_key)
            self._last_problem = (
                f"{left_out} stored pictures cannot be searched because their data is damaged. "
                "Re-index them to repair this."
            )
        return snapshot

    def _grown(
        self, start: FaissSnapshot, token: CancelToken
    ) -> Iterator[tuple[int, Segment | None]]:
        """Adds to a copy of the graph, or to a new one, slice by slice: yields how many
        vectors are in, and at the end the segment."""
        base = start.graph
        if base is not None and base.size < (1 - MOST_BESIDE_GRAPH) * base.segment.size:
            base = None
        if base is None:
            graph, ids, done = new_graph(start.dimension), [np.empty(0, np.int64)], 0
        else:
            graph, ids, done = faiss.clone_index(base.segment.index), [_living(base)], base.size
        for part in start.parts:
            if part is base:
                continue
            codes = part.codes
            for first in range(0, len(codes), GRAPH_SLICE):
                token.checkpoint()
                # FAISS keeps the number for each calling thread.
                faiss.omp_set_num_threads(self._build_threads)
                rows = codes[first : first + GRAPH_SLICE]
                graph.add(rows.astype(np.float32))
                done += len(rows)
                yield done, None
            ids.append(part.ids)
        yield done, Segment(np.concatenate(ids), graph)


def _living(part: Part) -> IdArray:
    """The ids of all rows; a dead row gets a negative one, since a living row elsewhere may
    have its id now."""
    if part.alive is None:
        return part.segment.ids
    return np.where(part.alive, part.segment.ids, -1 - np.arange(part.segment.size))


def _ours(snapshot: IndexSnapshot | None) -> FaissSnapshot:
    if not isinstance(snapshot, FaissSnapshot):
        raise TypeError(f"not a snapshot of this store: {snapshot!r}")
    return snapshot
