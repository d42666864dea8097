"""The state of a tuning run in one safetensors file."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from desktop_app.infra.metric_learning.tuning_files import Arrays, read_arrays, write_arrays

log = logging.getLogger(__name__)

_MOMENTS = ("exp_avg", "exp_avg_sq", "step")
"""What AdamW keeps of a parameter."""


class Checkpoint:
    """``path`` is the file, ``fingerprint`` names the run it belongs to."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path, self._fingerprint = path, fingerprint

    def save(
        self,
        sets: Mapping[str, Mapping[str, Tensor]],
        optimiser: torch.optim.Optimizer,
        parameters: Mapping[str, nn.Parameter],
        about: str,
    ) -> None:
        """Keep ``sets`` of values of the parameters, what the optimiser knows of them, and
        ``about`` beside. Written whole or not at all. Raises StorageFull, and UserFacingError
        where the folder cannot be written."""
        arrays: Arrays = {
            f"{kind}/{name}": tensor.cpu().numpy()
            for kind, values in sets.items()
            for name, tensor in values.items()
        }
        for name, parameter in parameters.items():
            for moment, value in optimiser.state.get(parameter, {}).items():
                arrays[f"{moment}/{name}"] = np.asarray(value.detach().cpu().numpy())
        told = {"fingerprint": self._fingerprint, "about": about, "sets": json.dumps([*sets])}
        write_arrays(self._path, arrays, told)

    def load(
        self, optimiser: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter]
    ) -> tuple[dict[str, dict[str, Tensor]], str] | None:
        """The ``sets`` and what was said about them, with the optimiser as it was; None where
        there is no checkpoint of this run, or a damaged one, which is logged."""
        try:
            arrays, told = read_arrays(self._path)
            if told["fingerprint"] != self._fingerprint:
                return None
            sets = {
                kind: {
                    name: _tensor(arrays, f"{kind}/{name}", parameter)
                    for name, parameter in parameters.items()
                }
                for kind in json.loads(told["sets"])
            }
            states = {
                name: {
                    moment: _moment(arrays, moment, name, parameter)
                    for moment in _MOMENTS
                    if f"{moment}/{name}" in arrays
                }
                for name, parameter in parameters.items()
            }
            about = told["about"]
        except FileNotFoundError:
            return None
        except (OSError, KeyError, ValueError) as error:
            log.warning("the checkpoint cannot be used, tuning starts anew: %s", error)
            return None
        for name, state in states.items():
            if state:
                optimiser.state[parameters[name]] = state
        return sets, about


def _tensor(arrays: Arrays, name: str, parameter: nn.Parameter) -> Tensor:
    array = arrays[name]
    if array.shape != tuple(parameter.shape):
        raise ValueError(f"{name} has the shape {array.shape}")
    return torch.from_numpy(array.copy()).to(parameter.device)


def _moment(arrays: Arrays, moment: str, name: str, parameter: nn.Parameter) -> Tensor:
    if moment == "step":
        # AdamW counts steps on the processor.
        return torch.from_numpy(np.array(arrays[f"{moment}/{name}"], np.float32))
    return _tensor(arrays, f"{moment}/{name}", parameter)
