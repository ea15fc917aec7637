"""How fast a run goes: tokens a second, and the share of the devices' peak that they come to.

The share is the model's (MFU, Chowdhery et al., arXiv 2204.02311): 6 operations a parameter and
token, so that recomputing under checkpointing, and rollouts, count as time lost. Attention's own
operations, which depend on the lengths that came, are left out: the true share is higher.
"""

import time
from typing import Any, Final

# bf16 operations a second without sparsity, by a part of the device's name; from data sheets.
PEAKS: Final = {"H100": 989e12, "H200": 989e12, "H800": 989e12, "A100": 312e12, "L40S": 362e12}

Speed = dict[str, float | None]


def peak_of(name: str | None) -> float | None:
    """The peak of a device by its name; None of one that is not known, as of CPUs."""
    found = (peak for part, peak in PEAKS.items() if name is not None and part in name)
    return next(found, None)


class Throughput:
    """Measures between two lines of metrics.

    Args:
        parameters: of the model.
        devices: how many train.
        peak: of one of them; None where it is not known.
    """

    def __init__(self, parameters: float, devices: int, peak: float | None) -> None:
        self._operations = 6 * parameters
        self._peak = None if peak is None else devices * peak
        self._last: tuple[float, float] | None = None

    def measured(self, tokens: float, now: float | None = None) -> Speed:
        """Speed since the last call.

        Args:
            tokens: trained on so far by this process's run, over all devices.
            now: seconds of a clock that never goes back; None asks for them.

        Returns:
            `tokens_per_second` and `mfu`; null at the first call, and `mfu` where no peak is known.
        """
        now = time.monotonic() if now is None else now
        last, self._last = self._last, (tokens, now)
        if last is None or now <= last[1] or tokens < last[0]:
            return {"tokens_per_second": None, "mfu": None}
        speed = (tokens - last[0]) / (now - last[1])
        share = None if self._peak is None else speed * self._operations / self._peak
        return {"tokens_per_second": speed, "mfu": share}


def device_name(device: Any) -> str | None:
    """The name of a GPU; None of a CPU."""
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else None
