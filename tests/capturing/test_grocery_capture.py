"""Photos of cartons in a hand, as frames of a camera: recognised no worse than in the window."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.domain.capturing import Burst, Shot
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.services.evaluation_manifest import Role, read_manifest

QUERY_PANE = 0.851
"""R@1 that searching with the same photos from the query pane reaches."""


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_photos_in_the_hand_are_recognised_as_well_as_in_the_query_pane(
    shared_data: Path, tmp_path: Path
) -> None:
    pictures = read_manifest(shared_data / "grocery_store" / "manifest.csv", "")
    engines, token = Engines(), CancelToken()
    right, asked = 0, 0
    with engines.workspace(tmp_path / "catalogue", create=True) as workspace:
        products = workspace.catalogue.products
        for picture in pictures:
            if picture.role is Role.GALLERY:
                products.add(ProductFields(picture.label), [(picture.path, "")])
        workspace.load_index()
        for _step in workspace.index(token):
            pass
        for _described in workspace.enrich(token):
            pass
        ids, looker = products.ids_by_sku(), engines.frame_looker()
        for picture in pictures:
            product_id = ids.get(picture.label.casefold())
            if picture.role is not Role.QUERY or product_id is None:
                continue
            rgb = engines.reader.decode(picture.path).rgb
            looker.reset()
            shot = Shot(rgb, looker.look(rgb, 0.0), 0.0)
            answer = workspace.capturing.answer(Burst((shot,)), token)
            asked += 1
            right += answer.results.hits[0].product_id == product_id
    engines.close()
    assert asked == 396
    assert right / asked >= QUERY_PANE
