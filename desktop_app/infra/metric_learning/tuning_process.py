"""The tuning process: a program of its own, so that torch is never imported beside the window.

    python -m desktop_app.infra.metric_learning.tuning_process FOLDER

Does the job in FOLDER (:class:`desktop_app.infra.metric_learning.tuning_files.TuningJob`), going on
from its checkpoint where there is one. In a frozen build the executable takes ``--tune-model``.

It works as long as it is asked to: a line on standard input lets it go on for LEASH_S, ``stop``
lets it write a checkpoint and end, and so does the end of the input, so that it never outlives
whoever started it by more than a moment. It tells what it does on standard output, a JSON object
a line: ``done`` in [0, 1], ``left`` in seconds of work, ``point`` (epoch, seconds, loss, recall),
``saved``; ``settling`` when nothing more is learned; at the end ``result``.

Exit status 0: finished, or stopped as asked. 3: expected trouble, told as a line with ``trouble``,
``what``, ``remedy`` and ``details``.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop_app.domain.errors import ModelUnavailable, StorageFull, UserFacingError
from desktop_app.infra.metric_learning.tuning_files import (
    CHECKPOINT_FILE,
    RESULT_FILE,
    RESULT_WEIGHTS,
    PlateStore,
    TuningJob,
    cannot_write,
    write_whole,
)

LEASH_S = 4.0
STOP = "stop"
EXPECTED_TROUBLE = 3
NICER_BY = 5
LOCK_FILE, WAIT_FOR_OTHER_S = "lock", 30.0

Tell = Callable[[dict[str, Any]], None]


class Leash:
    """Lets work go on while whoever asked for it goes on asking. ``lines`` is read by a thread of
    its own; :meth:`go_on` may be asked by one."""

    def __init__(self, lines: Iterable[str], *, length_s: float = LEASH_S) -> None:
        self._lines, self._length_s = lines, length_s
        self._changed = threading.Condition()
        self._asked_at = time.monotonic()
        self._is_ended = False
        threading.Thread(target=self._listen, name="leash", daemon=True).start()

    def go_on(self) -> bool:
        """Waits while nobody asks; False once the work is to end."""
        with self._changed:
            while not self._is_ended:
                if time.monotonic() - self._asked_at < self._length_s:
                    return True
                self._changed.wait()
            return False

    def _listen(self) -> None:
        for line in self._lines:
            with self._changed:
                self._asked_at = time.monotonic()
                self._changed.notify_all()
                if line.strip() == STOP:
                    break
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()


def tune_in(folder: Path, go_on: Callable[[], bool], tell: Tell) -> None:
    """Do the job in ``folder``. Raises ModelUnavailable, StorageFull, UserFacingError."""
    import torch  # noqa: PLC0415 - this module is also imported by those who only start it

    from desktop_app.infra.metric_learning.tuning_looks import Stopped  # noqa: PLC0415
    from desktop_app.infra.metric_learning.tuning_network import TunedNetwork  # noqa: PLC0415
    from desktop_app.infra.metric_learning.tuning_run import TuningRun  # noqa: PLC0415
    from desktop_app.infra.vision.devices import best_device  # noqa: PLC0415
    from desktop_app.infra.vision.opencv import cv2  # noqa: PLC0415
    from desktop_app.infra.vision.weights import read_tensors, write_tensors  # noqa: PLC0415

    try:
        job = TuningJob.read(folder)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UserFacingError(
            "What was to be learned cannot be read any more.",
            remedy="Start learning anew.",
            details=str(error),
        ) from error
    cv2.setNumThreads(1)
    if job.threads:
        torch.set_num_threads(job.threads)
    device = job.device or best_device(torch)
    torch.manual_seed(job.recipe.seed)
    network = TunedNetwork(
        job.card,
        read_tensors(job.weights),
        stages=job.recipe.stages,
        device=device,
        threads=job.threads,
        dimension=job.recipe.dimension,
        projection=job.projection,
        n_attributes=_n_attributes(job),
        seed=job.recipe.seed,
    )
    run = TuningRun(
        network,
        job.recipe,
        job.taught,
        job.validation,
        plate=PlateStore(folder).get,
        checkpoint=folder / CHECKPOINT_FILE,
        fingerprint=job.fingerprint,
        checkpoint_every_s=job.checkpoint_every_s,
    )
    try:
        for report in run.run(go_on):
            said: dict[str, Any] = {"done": report.done, "saved": report.is_saved}
            if report.left_s is not None:
                said["left"] = report.left_s
            if (point := report.point) is not None:
                said["point"] = [point.epoch, point.seconds, point.loss, point.recall_at_1]
            tell(said)
    except OSError as error:
        raise UserFacingError(
            "Pictures that were to be learned from are gone.",
            remedy="Start again; they are read anew.",
            details=str(error),
        ) from error
    if not run.is_finished:
        return
    tell({"done": 1.0, "settling": True})
    try:
        score = run.settle(go_on)
    except Stopped:
        return
    weights = folder / RESULT_WEIGHTS / "weights.safetensors"
    try:
        digest = write_tensors(weights, network.weights())
    except OSError as error:
        raise cannot_write(weights, error) from error
    result = {
        "fingerprint": job.fingerprint,
        "sha256": digest,
        "dimension": network.card.dimension,
        "projected": network.card.projected,
        "steps": run.step,
        "seconds": run.elapsed_s,
        "device": device,
        "validation_recall_at_1_before": run.first_score.recall_at_1,
        "validation_recall_at_1": score.recall_at_1,
    }
    write_whole(folder / RESULT_FILE, json.dumps(result, indent=1).encode())
    tell({"done": 1.0, "result": True})


@contextmanager
def sole_user(folder: Path, go_on: Callable[[], bool]) -> Iterator[None]:
    """Nobody else enters this for the same ``folder`` until the process has left it or is gone.
    Raises UserFacingError where another does not leave it soon: one whose window was ended takes a
    moment to write its checkpoint."""
    with (folder / LOCK_FILE).open("a+b") as file:
        deadline = time.monotonic() + WAIT_FOR_OTHER_S
        while not _locked(file.fileno()):
            if time.monotonic() > deadline or not go_on():
                raise UserFacingError(
                    "This catalogue is being learned already.",
                    remedy="Wait for it to end, or stop it where it was started.",
                )
            time.sleep(0.1)
        yield


def _locked(descriptor: int) -> bool:
    """The system lets go of the lock when the file is closed, however the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - there is none elsewhere

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _n_attributes(job: TuningJob) -> int:
    if job.recipe.attribute_weight <= 0:
        return 0
    return sum(len(names) for names in job.taught.attributes.names)


def main(arguments: list[str]) -> int:
    def tell(said: dict[str, Any]) -> None:
        try:
            print(json.dumps(said), flush=True)
        except BrokenPipeError:
            # Whoever listened is gone, and with them the input: the leash tells soon.
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123

    if hasattr(os, "nice"):
        os.nice(NICER_BY)
    leash = Leash(sys.stdin)
    try:
        folder = Path(arguments[0])
        with sole_user(folder, leash.go_on):
            tune_in(folder, leash.go_on, tell)
    except UserFacingError as error:
        kinds = {StorageFull: "storage_full", ModelUnavailable: "model"}
        trouble = {
            "trouble": kinds.get(type(error), "other"),
            "what": error.what,
            "remedy": error.remedy,
            "details": error.details,
        }
        tell(trouble)
        return EXPECTED_TROUBLE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
