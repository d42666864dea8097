"""How many threads the numeric libraries start by themselves (threadpoolctl only here and where
something is learned)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_native_thread() -> Iterator[None]:
    """Inside, numpy's products are computed by the thread that asks for them, in the whole
    process. Where several threads multiply small matrices their helpers wait for each other: two
    of them comparing pictures on two cores then take three times the processor time."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - looks at every library

    with threadpool_limits(limits=1, user_api="blas"):
        yield
