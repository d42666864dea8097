"""A second start hands over to the first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop_app.system.single_instance import SingleInstance

SECOND_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from desktop_app.system.single_instance import SingleInstance
app = QCoreApplication(sys.argv)
sys.exit(0 if SingleInstance(sys.argv[1]).hand_over(Path(sys.argv[2])) else 3)
"""


def test_a_second_start_hands_its_folder_to_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    first = SingleInstance(str(tmp_path))
    assert first.listen()
    folder = tmp_path / "Frühjahr"
    with qtbot.waitSignal(first.activated, timeout=60_000) as activated:
        second = subprocess.Popen([sys.executable, "-c", SECOND_START, str(tmp_path), str(folder)])
    assert second.wait(20) == 0
    assert activated.args == [str(folder)]
    first.close()


def test_nobody_answers_when_no_instance_runs(qtbot: QtBot, tmp_path: Path) -> None:
    assert not SingleInstance(str(tmp_path)).hand_over(None)
