"""Tuning in a process of its own: killed, paused, cancelled, resumed; and the model that comes of
it."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.domain.errors import ModelUnavailable, StorageFull, UserFacingError
from desktop_app.domain.images import DecodedImage
from desktop_app.domain.learning_ports import TuningStep
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra import whole_files
from desktop_app.infra.metric_learning.tuned_models import free_name
from desktop_app.infra.metric_learning.tuning import (
    ProcessNetworkTuner,
    discard,
    has_checkpoint,
    principal_axes,
)
from desktop_app.infra.metric_learning.tuning_child import tuning_command
from desktop_app.infra.metric_learning.tuning_files import PlateStore, TuningJob
from desktop_app.infra.metric_learning.tuning_process import Leash, sole_user, tune_in
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card
from desktop_app.infra.vision.model_library import Engine
from tests.learning.tuning_world import (
    RECIPE,
    TinyModels,
    labelled,
    library_of_one,  # noqa: F401 - a fixture
    picture_of,
    random_weights,  # noqa: F401 - a fixture
)

TAUGHT, VALIDATION = labelled(range(1, 9)), labelled(range(9, 13))
WRITES_ITS_NUMBER = (
    "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
    "from desktop_app.infra.metric_learning import tuning_process;"
    "sys.exit(tuning_process.main(sys.argv[2:]))"
)
SAYS_AND_ENDS = "import sys; print('{}', flush=True); sys.exit({})"


def tuner(models: TinyModels, **options: Any) -> ProcessNetworkTuner:
    options.setdefault("threads", 1)
    options.setdefault("device", "cpu")
    return ProcessNetworkTuner(models.library, catalogue="Corner shop", **options)


def steps(
    tuning: ProcessNetworkTuner,
    folder: Path,
    token: CancelToken | None = None,
    **changes: Any,
) -> Iterator[TuningStep]:
    arguments = {"recipe": RECIPE, "taught": TAUGHT, "validation": VALIDATION} | changes
    picture = arguments.pop("picture", picture_of)
    return tuning.tune(
        *arguments.values(),
        picture,
        base_name="tiny",
        folder=folder,
        token=token or CancelToken(),
    )


def finish_here(folder: Path) -> None:
    """Do the job in this process: quicker than in another, and to the same end."""
    tune_in(folder, lambda: True, lambda _said: None)


def prepared(models: TinyModels, folder: Path, **changes: Any) -> None:
    """A job with its pictures, and nothing learned yet."""
    ended = tuner(models, command=[sys.executable, "-c", "import sys; sys.exit(1)"])
    with pytest.raises(ModelUnavailable):
        list(steps(ended, folder, **changes))


@pytest.mark.timeout(900)
def test_killed_in_the_middle_it_goes_on_to_the_same_end(
    models: TinyModels,
    tmp_path: Path,
) -> None:
    number = tmp_path / "number"
    command = [sys.executable, "-c", WRITES_ITS_NUMBER, str(number)]
    folder = tmp_path / "killed"
    tuning = tuner(models, command=command, checkpoint_every_s=0.0)
    with pytest.raises(ModelUnavailable) as told:
        for step in steps(tuning, folder):
            if step.is_saved and step.done > 0.3:
                os.kill(int(number.read_text("utf-8")), signal.SIGKILL)
    assert "goes on" in told.value.remedy
    assert has_checkpoint(folder)

    resumed = list(steps(tuner(models), folder))
    learned = [step.done for step in resumed if step.done > 0.06]
    assert learned[0] > 0.3
    # What it had looked at is told again, so that the curve is whole.
    assert next(step.point.epoch for step in resumed if step.point is not None) == 0
    kept = resumed[-1].folder
    assert kept is not None

    whole = tmp_path / "whole"
    prepared(models, whole)
    finish_here(whole)
    result = json.loads((whole / "result.json").read_text("utf-8"))
    assert read_card(kept).sha256 == result["sha256"]


@pytest.mark.timeout(900)
def test_cancelled_it_keeps_its_checkpoint(models: TinyModels, tmp_path: Path) -> None:
    token, folder = CancelToken(), tmp_path / "run"
    recipe = dataclasses.replace(RECIPE, most_epochs=100_000)
    with pytest.raises(Cancelled):
        for step in steps(tuner(models), folder, token, recipe=recipe):
            if step.point is not None:
                token.cancel()
    assert has_checkpoint(folder)


def test_what_cannot_be_read_is_left_out_and_counted(
    models: TinyModels,
    tmp_path: Path,
) -> None:
    lost = {11, 20, 101}

    def some(content_id: int) -> DecodedImage | None:
        return None if content_id in lost else picture_of(content_id)

    folder = tmp_path / "run"
    prepared(models, folder, picture=some)
    job = TuningJob.read(folder)
    assert not np.isin(job.taught.content_ids, sorted(lost)).any()
    assert len(job.taught) + len(job.validation) == len(TAUGHT) + len(VALIDATION) - 3
    finish_here(folder)
    (done,) = [s for s in steps(tuner(models), folder, picture=some) if s.folder is not None]
    assert done.n_unreadable == 3


def test_too_little_that_can_be_read_is_told(models: TinyModels, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="Too few"):
        list(steps(tuner(models), tmp_path / "run", picture=lambda _id: None))


def test_what_comes_of_it_is_a_model_that_says_where_it_is_from(
    models: TinyModels,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "run"
    recipe = dataclasses.replace(RECIPE, dimension=32)
    prepared(models, folder, recipe=recipe)
    finish_here(folder)
    (step,) = [s for s in steps(tuner(models), folder, recipe=recipe) if s.folder is not None]
    assert step.folder == models.user_dir / "tiny-corner-shop-1"
    card = models.library.card("tiny-corner-shop-1")
    base = models.library.card("tiny")
    assert (card.dimension, card.licence, card.commercial_use) == (32, "Apache-2.0", True)
    assert base.key in card.origin
    assert "Corner shop" in card.licence_note
    assert {path.suffix for path in step.folder.iterdir()} == {".json", ".safetensors"}
    embedder = models.library.embedder(card.name, engine=Engine.TORCH)
    vectors = embedder.embed([picture_of(11).rgb, picture_of(21).rgb])  # type: ignore[union-attr]
    assert vectors.shape == (2, 32)
    assert step.name == card.name
    assert step.projection is not None
    assert step.projection.base_key == card.key
    assert np.allclose(step.projection(vectors), vectors, atol=1e-6)
    # Asked again, the run is known to be over; of another one another model comes.
    (known,) = steps(tuner(models), folder, recipe=recipe)
    assert known.folder == step.folder
    discard(folder)
    prepared(models, folder, recipe=recipe)
    finish_here(folder)
    *_, another = steps(tuner(models), folder, recipe=recipe)
    assert another.folder == models.user_dir / "tiny-corner-shop-2"


def test_other_data_means_another_run(models: TinyModels, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    prepared(models, folder)
    finish_here(folder)
    prepared(models, folder, taught=labelled(range(1, 8)))
    assert not has_checkpoint(folder)


def test_a_disk_that_is_full_while_pictures_are_kept_loses_none_of_them(
    models: TinyModels,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, written = tmp_path / "run", []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > 12:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(whole_files.os, "fsync", full)
        with pytest.raises(StorageFull, match="goes on"):
            list(steps(tuner(models), folder))
    kept = PlateStore(folder).ids()
    assert kept
    asked = []

    def counted(content_id: int) -> DecodedImage | None:
        asked.append(content_id)
        return picture_of(content_id)

    prepared(models, folder, picture=counted)
    assert not kept & set(asked)


@pytest.mark.parametrize(
    ("said", "kind"), [("storage_full", StorageFull), ("model", ModelUnavailable)]
)
def test_trouble_of_the_process_comes_through_in_the_users_words(
    models: TinyModels,
    tmp_path: Path,
    said: str,
    kind: type[UserFacingError],
) -> None:
    trouble = {"trouble": said, "what": "A.", "remedy": "B.", "details": "C"}
    script = SAYS_AND_ENDS.format(json.dumps(trouble), 3)
    with pytest.raises(kind, match=r"A\. B\."):
        list(steps(tuner(models, command=[sys.executable, "-c", script]), tmp_path / "run"))


def test_a_process_that_is_not_there_is_told(models: TinyModels, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="tuned"):
        list(steps(tuner(models, command=[str(tmp_path / "absent")]), tmp_path / "run"))


def test_whoever_starts_it_never_imports_torch() -> None:
    """Importing it stalls a window by half a second, from whichever thread."""
    script = (
        "import sys, desktop_app.infra.metric_learning.tuning as t, "
        "desktop_app.services.learning.tuning; "
        "sys.exit(bool({'torch', 'timm', 'openvino'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=600).returncode == 0


def test_a_frozen_build_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert tuning_command() == [sys.executable, "--tune-model"]


def test_work_rests_where_nobody_asks_for_more() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as lines, os.fdopen(writing, "w") as asking:
        leash = Leash(lines, length_s=0.02)
        rested = threading.Event()
        answers: list[bool] = []

        def work() -> None:
            time.sleep(0.05)
            answers.append(leash.go_on())
            rested.set()

        worker = threading.Thread(target=work)
        worker.start()
        assert not rested.wait(0.3)
        # A longer leash than a slow machine takes from the word to the work.
        leash._length_s = 60.0
        asking.write("on\n")
        asking.flush()
        worker.join(60)
        assert answers == [True]
        asking.write("stop\n")
        asking.flush()
        deadline = time.monotonic() + 60
        while leash.go_on() and time.monotonic() < deadline:
            pass
        assert not leash.go_on()


def test_work_ends_where_whoever_asked_for_it_is_gone() -> None:
    leash = Leash(iter(()))
    deadline = time.monotonic() + 60
    while leash.go_on() and time.monotonic() < deadline:
        pass
    assert not leash.go_on()


def test_two_do_not_tune_in_one_folder(tmp_path: Path) -> None:
    with (
        sole_user(tmp_path, lambda: True),
        pytest.raises(UserFacingError, match="already"),
        sole_user(tmp_path, lambda: False),
    ):
        pass
    with sole_user(tmp_path, lambda: False):
        pass


def test_names_are_free_and_do_not_grow_with_every_tuning() -> None:
    assert free_name("net", "Café & Co", ()) == "net-caf-co-1"
    assert free_name("net-caf-co-1", "Café & Co", ["net-caf-co-1"]) == "net-caf-co-2"
    assert free_name("net", "店", ()) == "net-catalogue-1"


def test_principal_axes_are_orthogonal_however_few_rows_there_are() -> None:
    rows = np.random.default_rng(0).normal(size=(5, 20)).astype(np.float32)
    axes = principal_axes(rows, 8)
    assert axes.shape == (8, 20)
    assert np.allclose(axes @ axes.T, np.eye(8), atol=1e-5)
    assert np.allclose(rows @ axes.T @ axes, rows, atol=1e-4)
    with pytest.raises(ValueError, match="more than"):
        principal_axes(rows, 21)


def test_the_weights_of_a_tuned_model_are_vouched_for(
    models: TinyModels,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "run"
    prepared(models, folder)
    finish_here(folder)
    *_, last = steps(tuner(models), folder)
    assert last.folder is not None
    file = last.folder / WEIGHTS_FILE
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelUnavailable, match="damaged"):
        models.library.embedder(last.folder.name, engine=Engine.TORCH)
