from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.infra.vision.weights import read_tensors, sha256_of, write_tensors

TENSORS = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(2)}


def assert_same(found: dict[str, torch.Tensor]) -> None:
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


def test_safetensors_and_torch_files_are_read_whatever_their_name(tmp_path: Path) -> None:
    save_file(TENSORS, tmp_path / "one.bin")
    torch.save(TENSORS, tmp_path / "two.download")
    torch.save(TENSORS, tmp_path / "three.pth", _use_new_zipfile_serialization=False)
    for name in ("one.bin", "two.download", "three.pth"):
        assert_same(read_tensors(tmp_path / name))


@pytest.mark.parametrize("nest", ["state_dict", "model", "teacher"])
def test_the_network_is_found_inside_a_training_checkpoint(tmp_path: Path, nest: str) -> None:
    torch.save({nest: TENSORS, "epoch": 3}, tmp_path / "checkpoint.pth")
    assert_same(read_tensors(tmp_path / "checkpoint.pth"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  <!DOCTYPE html><title>Sign in</title>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "pointer"),
        (b"GIF89a and so on and on", "neither"),
    ],
)
def test_something_else_is_named_for_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=says) as raised:
        read_tensors(path)
    assert raised.value.remedy


@pytest.mark.parametrize("kind", ["safetensors", "torch"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    path = tmp_path / "weights"
    many = {"w": torch.zeros(1000)}
    save_file(many, path) if kind == "safetensors" else torch.save(many, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelUnavailable, match="damaged or incomplete"):
        read_tensors(path)


class Trap:
    """What a malicious pickle does: a call when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.path),))


def test_code_inside_a_file_is_not_run(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    torch.save({"w": torch.zeros(2), "trap": Trap(sprung)}, tmp_path / "evil.pth")
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps(Trap(sprung), protocol=4))
    for name in ("evil.pth", "plain.pkl"):
        with pytest.raises(ModelUnavailable):
            read_tensors(tmp_path / name)
    assert not sprung.exists()


def test_a_file_without_named_tensors_is_refused(tmp_path: Path) -> None:
    torch.save([torch.zeros(2)], tmp_path / "list.pth")
    with pytest.raises(ModelUnavailable, match="no named weights"):
        read_tensors(tmp_path / "list.pth")


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"absent\.pth"):
        read_tensors(tmp_path / "absent.pth")


def test_written_weights_come_back_and_their_hash_is_the_files(tmp_path: Path) -> None:
    path = tmp_path / "new" / "weights.safetensors"
    digest = write_tensors(path, TENSORS)
    assert digest == sha256_of(path)
    assert_same(read_tensors(path))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
