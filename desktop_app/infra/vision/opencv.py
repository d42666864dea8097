"""The one place that imports OpenCV: ``from desktop_app.infra.vision.opencv import cv2``.

On Linux the wheel's ``cv2`` points QT_QPA_PLATFORM_PLUGIN_PATH and QT_QPA_FONTDIR at the Qt 5
it bundles, where PySide6 then looks for its platform plugin and finds none that fits; it also
puts a folder in LD_LIBRARY_PATH, which the programs we start would inherit. The variables are
put back as they were.
"""

from __future__ import annotations

import os
from typing import Any

_CHANGED_BY_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
_before = {name: os.environ.get(name) for name in _CHANGED_BY_OPENCV}

import cv2  # noqa: E402

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

cv: Any = cv2
"""The same without its stubs, which know no dtypes; what it returns is annotated instead."""

__all__ = ["cv", "cv2"]
