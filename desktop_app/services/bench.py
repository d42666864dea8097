"""How fast this machine is at what people wait for."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.ports import Catalogue, Embedder, IndexStore
from desktop_app.services.bench_enriching import measure_enriching
from desktop_app.services.bench_evidence import measure_explained_queries
from desktop_app.services.bench_finding import FindingEngines, measure_finding
from desktop_app.services.bench_indexing import measure_indexing
from desktop_app.services.bench_search import measure_search, measure_whole_queries
from desktop_app.services.bench_shapes import ShapeEngines, measure_shape_queries

VECTORS = 100_000
COMPARED = (10_000, 100_000)
COMPARED_S = 20.0
START_TIMEOUT_S = 120
GAPS_TIMEOUT_S = 3600


class BenchEngines(FindingEngines, ShapeEngines, Protocol):
    """What is measured. See :class:`desktop_app.engines.Engines`."""

    def embedder(self, model: str) -> Embedder: ...

    def describing_channels(self) -> EvidenceChannels:
        """For one of several threads that describe pictures."""
        ...

    def scratch(self) -> AbstractContextManager[tuple[Catalogue, IndexStore]]:
        """An empty catalogue and an empty index, both thrown away at the end."""
        ...


def measure_machine(
    engines: BenchEngines,
    pictures: Path,
    *,
    model: str,
    start_command: Sequence[str],
    heartbeat_command: Sequence[str],
    rounds: int = 3,
    vectors: int = VECTORS,
    starts: int = 3,
    compared: Sequence[int] = COMPARED,
    compared_s: float = COMPARED_S,
) -> dict[str, Any]:
    """Indexing of the pictures below a folder, looking closer at them, searching among
    ``vectors`` random ones by look, in every channel and by outline, looking for duplicates
    among as many as ``compared`` says, for ``compared_s`` seconds each, start of the window,
    how long its event loop is held up while it indexes, and memory. JSON-ready; rates per
    second, times in the unit of their name.

    ``heartbeat_command`` with the folder behind it prints a line of JSON (see
    :mod:`desktop_app.heartbeat`); ``start_command`` as for :func:`measure_start`. Raises
    UserFacingError where there are no readable pictures, ModelUnavailable.
    """
    paths = list(_pictures_below(pictures))
    if not paths:
        raise UserFacingError(
            f"There are no pictures in {pictures}.",
            remedy="Name a folder of pictures with --pictures.",
        )
    start = measure_start(start_command, starts=starts)
    embedder = engines.embedder(model)
    indexing = measure_indexing(
        paths,
        reader=engines.reader,
        embedder=embedder,
        open_scratch=engines.scratch,
        rounds=rounds,
    )
    indexing_memory_mb = peak_memory_mb()
    enriching = measure_enriching(
        paths,
        reader=engines.reader,
        embedder=embedder,
        channels=engines.describing_channels,
        publisher=engines.evidence_publisher,
        open_scratch=engines.scratch,
    )
    enriching_memory_mb = peak_memory_mb()
    with engines.scratch() as (_, store):
        search = measure_search(store, count=vectors, dimension=embedder.dimension)
    with engines.scratch() as (_, store):
        whole = measure_whole_queries(
            store, paths, reader=engines.reader, embedder=embedder, count=vectors
        )
    with engines.scratch() as (_, store):
        explained = measure_explained_queries(
            engines, store, paths, embedder=embedder, count=vectors
        )
    by_outline = measure_shape_queries(engines, paths, count=vectors)
    finding = []
    for count in compared:
        with engines.scratch() as (_, store):
            measured = measure_finding(
                engines, store, paths, embedder=embedder, count=count, most_s=compared_s
            )
        finding.append({**measured, "peak_memory_mb": peak_memory_mb()})
    return {
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processors": os.cpu_count(),
            "python": platform.python_version(),
        },
        "indexing": indexing,
        "enriching": enriching,
        "search": search,
        "query_from_file_by_look": whole,
        "query_explained": explained,
        "query_by_outline": by_outline,
        "finding_duplicates": finding,
        "start": start,
        "window_gaps": measure_gaps([*heartbeat_command, str(pictures)]),
        "peak_memory_mb": {
            "indexing": indexing_memory_mb,
            "enriching": enriching_memory_mb,
            "all": peak_memory_mb(),
        },
    }


def measure_start(command: Sequence[str], *, starts: int = 3) -> dict[str, Any]:
    """Milliseconds from starting the program to its window's first paint.

    ``command`` starts it so that at the first paint it prints ``painted``, the processor time
    it has used in milliseconds, and the engines imported, and ends. Times are medians of
    ``starts``; the first of them may meet a cold disk. Raises UserFacingError where it does
    not start.
    """
    times_ms: list[float] = []
    processor_ms: list[float] = []
    engines: list[str] = []
    for _ in range(starts):
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            times_ms.append((time.perf_counter() - started) * 1e3)
            process.communicate(timeout=START_TIMEOUT_S)
        if process.returncode or not line.startswith("painted "):
            raise UserFacingError(
                "The window could not be started.", remedy="Run twinshelf self-test."
            )
        _, used_ms, *engines = line.split()
        processor_ms.append(float(used_ms))
    return {
        "first_paint_ms": round(median(times_ms)),
        "first_start_ms": round(times_ms[0]),
        "processor_ms": round(median(processor_ms)),
        "engines_imported": engines,
    }


def measure_gaps(command: Sequence[str]) -> dict[str, Any]:
    """What the heartbeat in another process says. Raises UserFacingError where it fails."""
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, timeout=GAPS_TIMEOUT_S
    )
    if done.returncode or not done.stdout.strip():
        raise UserFacingError(
            "The window could not be measured.",
            remedy="Run twinshelf self-test.",
            details=done.stderr[-4000:],
        )
    gaps: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return gaps


def peak_memory_mb() -> float | None:
    """The most memory this process has had, in megabytes; None where the system keeps no
    account of it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    in_bytes = peak if sys.platform == "darwin" else peak * 1024
    return round(in_bytes / 1e6, 1)


def _pictures_below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in PICTURE_SUFFIXES)
