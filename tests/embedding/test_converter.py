from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import pytest

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.vision.card_files import CARD_FILE, WEIGHTS_FILE
from desktop_app.infra.vision.converter import ConverterProcess, converter_command


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_expected_trouble_comes_through_in_the_users_words() -> None:
    told = json.dumps({"what": "Wrong file.", "remedy": "Take another.", "details": "d"})
    run = ConverterProcess(python(f"print('noise'); print({told!r}); raise SystemExit(3)"))
    with pytest.raises(ModelUnavailable) as raised:
        run([])
    assert (raised.value.what, raised.value.remedy) == ("Wrong file.", "Take another.")


def test_a_crash_is_told_with_its_traceback_in_the_details() -> None:
    run = ConverterProcess(python("raise MemoryError('too big')"))
    with pytest.raises(ModelUnavailable) as raised:
        run([])
    assert "too big" in raised.value.details


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(ModelUnavailable):
        ConverterProcess(["/nonexistent/program"])([])


def test_cancelling_ends_the_process() -> None:
    token = CancelToken()
    timer = threading.Timer(0.2, token.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        ConverterProcess(python("import time; time.sleep(60)"))([], token)
    timer.join()


def test_a_process_without_end_is_ended() -> None:
    run = ConverterProcess(python("import time; time.sleep(60)"), timeout_s=0.2)
    with pytest.raises(ModelUnavailable):
        run([])


def test_a_frozen_build_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert converter_command() == [sys.executable, "--export-model"]


@pytest.mark.slow
def test_the_real_process_converts_and_refuses(tiny_folder: Path, tmp_path: Path) -> None:
    run = ConverterProcess()
    card = ["--card", str(tiny_folder / CARD_FILE)]
    run(["ir", *card, "--weights", str(tiny_folder / WEIGHTS_FILE), "--out", str(tmp_path / "ir")])
    assert (tmp_path / "ir" / "model.xml").stat().st_size > 1000
    page = tmp_path / "page.pth"
    page.write_text("<html>Sign in</html>")
    with pytest.raises(ModelUnavailable, match="web page"):
        run(["install", *card, "--file", str(page), "--out", str(tmp_path / "w")])
    assert not (tmp_path / "w").exists()
