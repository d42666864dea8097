"""An adapter is taught in a process of its own as it would be here, and never outlives us."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.metric_learning import RECIPES, AttributeLabels, LabelledPictures
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.metric_learning.teacher import TorchAdapterTeacher
from desktop_app.infra.metric_learning.teaching import ProcessAdapterTeacher
from tests.learning.building import labelled, studio_and_shelf

BRIEF = replace(RECIPES[2], most_epochs=10, attributes=("kind",))


def lesson() -> tuple[LabelledPictures, LabelledPictures]:
    products, vectors = studio_and_shelf(40, 3)
    whole = labelled(products.tolist(), vectors, different=[(1, 2)])
    told = LabelledPictures(
        whole.content_ids,
        whole.products,
        whole.groups,
        whole.vectors,
        AttributeLabels(("kind",), (("a", "b"),), (products % 2)[:, np.newaxis]),
        whole.different,
    )
    return told.only(products < 30), told.only(products >= 30)


def test_it_learns_what_it_would_have_learned_here() -> None:
    taught, validation = lesson()
    token = CancelToken()
    *steps, last = ProcessAdapterTeacher(threads=1).teach(
        BRIEF, taught, validation, base_key="base", token=token
    )
    *own_steps, own = TorchAdapterTeacher(threads=1).teach(
        BRIEF, taught, validation, base_key="base", token=token
    )
    assert last.projection is not None
    assert own.projection is not None
    assert last.projection.key == own.projection.key
    points = [
        [
            (point.epoch, point.loss, point.recall_at_1)
            for step in those
            if (point := step.point) is not None
        ]
        for those in (steps, own_steps)
    ]
    assert points[0] == points[1]
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_cancelling_ends_the_process() -> None:
    taught, validation = lesson()
    token = CancelToken()
    steps = ProcessAdapterTeacher(threads=1).teach(
        replace(BRIEF, most_epochs=100_000, patience=100_000, most_s=0.0),
        taught,
        validation,
        base_key="base",
        token=token,
    )
    for step in steps:
        if step.point is not None:
            break
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)


def test_a_process_that_fails_is_told_with_what_it_said() -> None:
    taught, validation = lesson()
    command = [sys.executable, "-c", "import sys; sys.exit('no room')"]
    with pytest.raises(UserFacingError, match="could not be learned") as raised:
        list(
            ProcessAdapterTeacher(command=command).teach(
                BRIEF, taught, validation, base_key="base", token=CancelToken()
            )
        )
    assert "no room" in raised.value.details


def test_too_little_to_learn_from_is_said_before_a_process_is_started() -> None:
    taught, validation = lesson()
    single = labelled(list(range(5)), taught.vectors[:5])
    teacher = ProcessAdapterTeacher(command=["no such program"])
    for parts in ((single, validation), (taught, single)):
        with pytest.raises(ValueError, match="two pictures"):
            list(teacher.teach(BRIEF, *parts, base_key="base", token=CancelToken()))


def test_whoever_starts_it_does_not_load_torch() -> None:
    script = (
        "import sys, desktop_app.infra.metric_learning.teaching;sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
