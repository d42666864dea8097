"""A program that looks closer at a catalogue's pictures, to be killed while it does.

Says what is committed: ``described N``, and ``done`` in the end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.images import RgbArray
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.sqlite.catalogue import open_catalogue
from desktop_app.services import enriching
from tests.enriching.fakes import enricher, fake_channels

SECONDS_PER_PICTURE = 0.002


def slow(_rgb: RgbArray) -> None:
    """So that a kill meets the work half done."""
    time.sleep(SECONDS_PER_PICTURE)


def slow_channels() -> EvidenceChannels:
    return fake_channels(look=slow)


def main(folder: Path) -> None:
    enriching.MAX_PICTURES = 8
    catalogue = open_catalogue(folder)
    service = enricher(catalogue, slow_channels)
    for _ in service.run(CancelToken()):
        print("described", catalogue.evidence.count(service.version)[0], flush=True)
    catalogue.close()
    print("done", 0, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
