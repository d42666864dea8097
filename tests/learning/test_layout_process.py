"""Pictures are laid out in a process of their own as they would be here; it never outlives us."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.metric_learning import laying_out
from desktop_app.infra.metric_learning.laying_out import ProcessEmbeddingLayout, layout_command
from desktop_app.infra.metric_learning.layout import TsneEmbeddingLayout
from desktop_app.infra.metric_learning.layout_process import LeashToken
from desktop_app.infra.metric_learning.tuning_child import TuningProcess
from desktop_app.infra.metric_learning.tuning_process import STOP, Leash
from tests.learning.building import studio_and_shelf, unit

APPLICATION = [sys.executable, "-m", "desktop_app", "--lay-out-pictures"]


@pytest.mark.parametrize("command", [[], APPLICATION])
def test_everything_lies_where_it_would_lie_here(command: list[str]) -> None:
    products, before = studio_and_shelf(10, 3)
    # Learned vectors are shorter, and views of others.
    after = unit(before + np.eye(32, dtype=np.float32)[products])[:, :20]
    assert not after.flags.c_contiguous
    found = ProcessEmbeddingLayout(command=command).lay_out(before, after, CancelToken())
    for places, own in zip(
        found, TsneEmbeddingLayout().lay_out(before, after, CancelToken()), strict=True
    ):
        assert places.dtype == np.float32
        np.testing.assert_allclose(places, own, atol=1e-3)


def test_cancelling_ends_a_process_in_the_middle_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    processes: list[subprocess.Popen[str]] = []
    token = CancelToken()

    class Watched(TuningProcess):
        def listen(self) -> tuple[list[dict[str, Any]], bool]:
            said = super().listen()
            if said[0]:
                processes.append(self._process)
                token.cancel()
            return said

    monkeypatch.setattr(laying_out, "TuningProcess", Watched)
    begun = json.dumps({"begun": True})
    # Deaf to its input, as one that imports what it needs.
    script = f"import threading; print('{begun}', flush=True); threading.Event().wait()"
    layout = ProcessEmbeddingLayout(command=[sys.executable, "-c", script])
    _, vectors = studio_and_shelf(5, 2)
    with pytest.raises(Cancelled):
        layout.lay_out(vectors, vectors, token)
    assert processes[0].returncode


def test_a_process_that_nobody_listens_to_any_more_stops() -> None:
    end = threading.Event()

    def lines() -> Iterator[str]:
        yield "on\n"
        end.wait()
        yield f"{STOP}\n"

    token = LeashToken(Leash(lines()))
    token.checkpoint()
    end.set()
    with pytest.raises(Cancelled):
        for _ in range(600):
            token.checkpoint()
            threading.Event().wait(0.1)


@pytest.mark.parametrize(
    ("script", "told"),
    [("import sys; sys.exit('no room')", "no room"), ("", "places.safetensors")],
)
def test_a_process_that_fails_is_told_with_what_it_said(script: str, told: str) -> None:
    _, vectors = studio_and_shelf(5, 2)
    layout = ProcessEmbeddingLayout(command=[sys.executable, "-c", script])
    with pytest.raises(UserFacingError, match="could not be laid out") as raised:
        layout.lay_out(vectors, vectors, CancelToken())
    assert told in raised.value.details


def test_whoever_starts_it_loads_none_of_what_it_needs() -> None:
    script = (
        "import sys\n"
        "import numpy as np\n"
        "from desktop_app.domain.progress import CancelToken\n"
        "from desktop_app.infra.metric_learning.laying_out import ProcessEmbeddingLayout\n"
        "vectors = np.random.default_rng(0).normal(size=(14, 4)).astype(np.float32)\n"
        "ProcessEmbeddingLayout().lay_out(vectors, vectors, CancelToken())\n"
        "sys.exit(bool({'openTSNE', 'numba', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_release_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert layout_command() == [sys.executable, "--lay-out-pictures"]
