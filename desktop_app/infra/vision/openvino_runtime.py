"""The one place that imports OpenVINO: without its telemetry.

``import openvino`` reports to its maker's analytics service unless the user has opted out on
this machine, and writes an identifier into the home folder. Twinshelf sends nothing, so the
package behind it is made to look absent, for which OpenVINO has a silent stand-in.
"""

from __future__ import annotations

import sys
from typing import Any

_TELEMETRY = "openvino_telemetry"


def import_openvino() -> Any:
    """The ``openvino`` module; 0.1-0.2 s at first. Raises ImportError where it cannot load."""
    if "openvino" not in sys.modules:
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    import openvino  # noqa: PLC0415

    return openvino


def openvino_version() -> str:
    """Of the installed package, '' where there is none; nothing heavy is imported."""
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version("openvino")
    except metadata.PackageNotFoundError:
        return ""
