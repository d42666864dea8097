"""The port ContainerReader: grey features by a network, the class by the shipped head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from desktop_app.domain.containers import ContainerReading, GreyVector
from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.model_cards import ModelCard
from desktop_app.domain.ports import Embedder
from desktop_app.infra.vision.containers.backbone import pooled
from desktop_app.infra.vision.containers.grey_view import VIEW_VERSION, grey_view
from desktop_app.infra.vision.containers.head import ClassifierCard, ContainerHead


class GreyBackbone:
    """A network for grey views, with as many embedders as threads use it at once.

    ``provide`` makes an embedder of the network ``card`` describes; those made are kept.
    """

    def __init__(self, card: ModelCard, provide: Callable[[], Embedder]) -> None:
        self.card = card
        self._provide = provide
        self._idle: list[Embedder] = []

    def vector(self, picture: SegmentedPicture) -> GreyVector:
        """(dimension,), of unit length. Raises ModelUnavailable, Cancelled."""
        side = self.card.preprocessing.side
        view = grey_view(picture.image.rgb, picture.mask, side=side)
        with self._embedder() as embedder:
            found: GreyVector = embedder.embed([view])[0]
        return found

    def close(self) -> None:
        """Let the embedders go; no thread may use them any more."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _embedder(self) -> Iterator[Embedder]:
        """For this thread alone."""
        try:
            embedder = self._idle.pop()
        except IndexError:
            embedder = self._provide()
        try:
            yield embedder
        finally:
            self._idle.append(embedder)


class GreyContainerReader:
    """Implements ContainerReader; safe from any thread.

    The head takes the features of ``classifying``, the network it was trained on, in thirds of
    the height. Grey vectors are those of ``comparing``, or else what the former gives for the
    whole view.
    """

    def __init__(
        self,
        card: ClassifierCard,
        head: ContainerHead,
        classifying: GreyBackbone,
        comparing: GreyBackbone | None = None,
    ) -> None:
        if classifying.card.key != card.backbone or card.view_version != VIEW_VERSION:
            raise ModelUnavailable(
                "Kinds of containers were learned with another model.",
                remedy="Install Twinshelf again.",
                details=f"{card.backbone} with views {card.view_version}, not "
                f"{classifying.card.key} with views {VIEW_VERSION}",
            )
        self._card = card
        self._head = head
        self._classifying = classifying
        self._comparing = comparing or classifying

    @property
    def version(self) -> str:
        """See ContainerReader."""
        return f"{self._card.key}+{self._comparing.card.key}.v{VIEW_VERSION}"

    @property
    def backbone(self) -> str:
        """See ContainerReader."""
        return self._comparing.card.title

    def read(self, picture: SegmentedPicture) -> ContainerReading:
        """See ContainerReader."""
        features = self._classifying.vector(picture)
        is_other = self._comparing is not self._classifying
        vector = self._comparing.vector(picture) if is_other else pooled(features)
        return ContainerReading(self._head.probabilities(features[None])[0], vector)

    def close(self) -> None:
        """Let the networks go; no thread may use it any more."""
        self._classifying.close()
        self._comparing.close()
