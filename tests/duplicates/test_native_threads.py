"""Libraries leave multiplying and filtering to the thread that asks, while they are told so."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from desktop_app.infra.native_threads import one_native_thread
from desktop_app.infra.vision.opencv import cv


def blas_threads() -> set[int]:
    assert np.dot(np.ones((2, 2)), np.ones((2, 2))).sum() == 8
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_multiplying_takes_one_thread_inside_and_as_many_as_before_outside() -> None:
    before = blas_threads()
    with one_native_thread():
        assert blas_threads() <= {1}
    assert blas_threads() == before


def test_filtering_takes_one_thread_inside_and_as_many_as_before_outside() -> None:
    standard = cv.getNumThreads()
    try:
        cv.setNumThreads(2)
        before = cv.getNumThreads()
        with one_native_thread():
            assert cv.getNumThreads() == 1
        assert cv.getNumThreads() == before
        with pytest.raises(ValueError, match="stopped"), one_native_thread():
            raise ValueError("stopped")
        assert cv.getNumThreads() == before
    finally:
        cv.setNumThreads(standard)
