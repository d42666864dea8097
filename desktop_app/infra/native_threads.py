"""How many threads the numeric libraries start by themselves (threadpoolctl only here and where
something is learned)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_native_thread() -> Iterator[None]:
    """Inside, what numpy multiplies and OpenCV filters is computed by the thread that asks for
    it, in the whole process. Where several threads work on small matrices and pictures their
    helpers wait for each other: two of them comparing pictures on two cores then take three
    times the processor time for products."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - looks at every library

    from desktop_app.infra.vision.opencv import cv  # noqa: PLC0415 - slow to load

    before = cv.getNumThreads()
    with threadpool_limits(limits=1, user_api="blas"):
        cv.setNumThreads(1)
        try:
            yield
        finally:
            cv.setNumThreads(before)
