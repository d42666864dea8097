"""Whatever happens to files, products, models and the program: no verdict is lost."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing, suppress
from itertools import combinations, count
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from desktop_app.domain.duplicates import VERDICTS, PairKey, Verdict
from desktop_app.domain.errors import DuplicateSku
from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.duplicates.service import DuplicatesService
from desktop_app.services.indexing import IndexingService
from tests.duplicates.finding_fakes import LookJudge, Stage, write_twin
from tests.indexing.fakes import GridEmbedder

SKUS = ("a", "b", "c", "d", "e")
SEEDS = (1, 1, 1, 2, 2)
PAIRS = list(combinations(range(len(SKUS)), 2))

Said = dict[PairKey, Verdict]


class _Crash(Exception):
    pass


class VerdictMachine(RuleBasedStateMachine):
    """The catalogue and a dictionary must know the same verdicts after every step."""

    catalogue: SqliteCatalogue

    @initialize()
    def start(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        self.root = Path(self.scratch.name)
        self.numbers = count()
        self.files = [
            write_twin(self.root / "in" / f"{sku}.png", seed, step=step)
            for step, (sku, seed) in enumerate(zip(SKUS, SEEDS, strict=True), 1)
        ]
        self.catalogue = create_catalogue(self.root / "catalogue", "Model")
        self.model_key, self.judge = "grid", "look:1"
        self.said: Said = {}
        self.past: list[Said] = []
        self.future: list[Said] = []
        self.import_all()
        self.hashes = {
            known.path: known.content_hash for known in self.catalogue.pictures.known_files()
        }
        self.hash_of = [self.hashes[str(path)] for path in self.files]

    def teardown(self) -> None:
        if not hasattr(self, "catalogue"):
            return
        self.import_all()
        self.find()
        self.check_board()
        self.catalogue.close()
        self.scratch.cleanup()

    def key(self, pair: tuple[int, int]) -> PairKey:
        one, other = pair
        return PairKey.of(self.hash_of[one], self.hash_of[other], SKUS[one], SKUS[other])

    def changed(self, after: Said) -> None:
        self.past.append(self.said)
        self.said = after
        self.future.clear()

    def read(self) -> None:
        embedder = GridEmbedder(self.model_key)
        service = IndexingService(
            self.catalogue,
            PillowImageReader(),
            lambda: embedder,
            NumpyIndexStore(),
            model_key=self.model_key,
        )
        for _ in service.run(CancelToken()):
            pass

    @property
    def service(self) -> DuplicatesService:
        stage = Stage(self.catalogue, LookJudge(self.judge), model_key=self.model_key)
        return DuplicatesService(self.catalogue, stage.finder)

    def check_board(self) -> None:
        board = self.service.board()
        skus = self.catalogue.products.values("sku")
        for row, (one, other) in enumerate(
            zip(board.pairs.product_a.tolist(), board.pairs.product_b.tolist(), strict=True)
        ):
            pair = (SKUS.index(skus[one]), SKUS.index(skus[other]))
            shown = int(board.pairs.verdicts[row])
            expected = self.said.get(self.key(pair))
            assert (None if shown < 0 else VERDICTS[shown]) is expected

    @rule(pair=st.sampled_from(PAIRS), verdict=st.sampled_from([*Verdict, None]))
    def decide(self, pair: tuple[int, int], verdict: Verdict | None) -> None:
        key = self.key(pair)
        self.catalogue.verdicts.decide([key], verdict)
        if self.said.get(key) is verdict:
            return
        after = {**self.said}
        after.pop(key, None)
        if verdict is not None:
            after[key] = verdict
        self.changed(after)

    @rule()
    def undo(self) -> None:
        try:
            self.catalogue.history.undo()
        except DuplicateSku:  # imported anew meanwhile
            return
        if self.past:
            self.future.append(self.said)
            self.said = self.past.pop()

    @rule()
    def redo(self) -> None:
        try:
            self.catalogue.history.redo()
        except DuplicateSku:
            return
        if self.future:
            self.past.append(self.said)
            self.said = self.future.pop()

    @rule()
    def read_again(self) -> None:
        self.catalogue.pictures.mark_all_pending()
        self.read()

    @rule(place=st.integers(0, len(SKUS) - 1))
    def move_a_file(self, place: int) -> None:
        old = self.files[place]
        new = old.with_name(f"{SKUS[place]} {next(self.numbers)}.png")
        old.rename(new)
        self.files[place] = new
        moves = [
            (known.picture_id, new, 0, 0)
            for known in self.catalogue.pictures.known_files()
            if known.path == str(old)
        ]
        self.catalogue.imports.move_pictures(moves)
        self.read()

    @rule(place=st.integers(0, len(SKUS) - 1))
    def remove_a_product(self, place: int) -> None:
        product = self.catalogue.products.find_by_sku(SKUS[place])
        if product is not None:
            self.catalogue.products.remove([product.id])
            self.changed(self.said)

    @rule()
    def import_all(self) -> None:
        """What is not there comes back as new products."""
        known = self.catalogue.products.ids_by_sku()
        source = self.catalogue.imports.remember_source(
            ImportRequest(SourceKind.FOLDER, (self.root / "in",))
        )
        self.catalogue.imports.write_products(
            source,
            [
                (ProductFields(sku), [(path, "", 0, 0)])
                for sku, path in zip(SKUS, self.files, strict=True)
                if sku not in known
            ],
        )
        self.read()

    @rule(key=st.sampled_from(["grid", "grid:2"]))
    def change_the_model(self, key: str) -> None:
        self.model_key = key
        self.read()

    @rule(version=st.sampled_from(["look:1", "look:2"]))
    def change_the_judge(self, version: str) -> None:
        self.judge = version

    @rule()
    def find(self) -> None:
        for _ in self.service.find(CancelToken()):
            pass

    @rule()
    def export_and_import(self) -> None:
        file = self.root / f"verdicts {next(self.numbers)}.json"
        self.service.export_verdicts(file)
        merge = self.service.read_verdicts(file)
        assert (merge.added, merge.conflicts) == ((), ())
        self.service.take_verdicts(merge, prefer_other=True)
        folder = self.root / f"other {next(self.numbers)}"
        with closing(create_catalogue(folder, "Other")) as other:
            service = DuplicatesService(other, Stage(other).finder)
            service.take_verdicts(service.read_verdicts(file), prefer_other=False)
            assert other.verdicts.all() == self.catalogue.verdicts.all()
        shutil.rmtree(folder)

    @rule()
    def crash(self) -> None:
        """A transaction is under way when the program is killed: what is on the disk then is
        all that the next one finds."""
        folder = self.root / f"catalogue {next(self.numbers)}"
        with suppress(_Crash), self.catalogue._database.write() as connection:
            connection.execute("UPDATE verdicts SET verdict = 'later'")
            connection.execute("DELETE FROM verdicts WHERE id % 2")
            connection.execute("DELETE FROM changes")
            shutil.copytree(self.catalogue.folder, folder)
            raise _Crash
        self.catalogue.close()
        shutil.rmtree(self.catalogue.folder)
        self.catalogue = open_catalogue(folder)

    @invariant()
    def no_verdict_is_lost(self) -> None:
        if hasattr(self, "catalogue"):
            stored = {verdict.key: verdict.verdict for verdict in self.catalogue.verdicts.all()}
            assert stored == self.said


VerdictMachine.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=18,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestNoSequenceOfEventsLosesAVerdict = VerdictMachine.TestCase
