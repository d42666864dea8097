"""The camera of the station: runs while it is seen, says what to do, stops when hidden."""

from __future__ import annotations

from desktop_app.capture.frame_source import STOPPED
from desktop_app.domain.capturing import Hint
from desktop_app.ui.rail import Workspaces
from tests.ui_capture.conftest import COUNTER, StationStage, plain


def test_the_camera_runs_only_while_the_station_is_in_front(station: StationStage) -> None:
    station.open()
    assert station.directory.opened == {}
    station.go_to_station()
    camera = station.directory.opened[COUNTER.key]
    assert camera.starts == 1
    station.show(plain(0))
    assert station.page.stage.preview.words == "Show a product"
    station.window.show_workspace(Workspaces.SEARCH)
    assert camera.state == STOPPED
    assert not station.window.capturing.watcher.is_running
    station.go_to_station()
    assert camera.starts == 2
    station.session.close_catalogue()
    assert camera.state == STOPPED


def test_hints_are_told_in_words(station: StationStage) -> None:
    station.open()
    station.go_to_station()
    station.looker.hints = (Hint.TOO_SMALL,)
    station.show(plain(90))
    assert station.page.stage.preview.words == "Hold it closer"
    station.looker.hints = (Hint.TOO_DARK, Hint.TOO_SMALL)
    station.show(plain(90))
    assert station.page.stage.preview.words == "Too dark here"
