"""Copies between main memory and a GPU that run beside its work."""

import numpy as np
import torch


class Upload:
    """Brings batches to a device; to a GPU in a stream of its own, while it computes on the batch before."""

    def __init__(self, device: torch.device):
        """Prepare for copies to `device`."""
        self._device = device
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None

    def __call__(self, values: torch.Tensor) -> torch.Tensor:
        """Return the values on the device, for work in its current stream.

        Only values in page-locked memory travel while the caller goes on.
        """
        if self._stream is None or values.device.type == "cuda":
            return values.to(self._device)
        current = torch.cuda.current_stream(self._device)
        with torch.cuda.stream(self._stream):
            there = values.to(self._device, non_blocking=True)
        current.wait_stream(self._stream)
        # the copy's memory belongs to the other stream, which must not hand it out again before this one has read it
        there.record_stream(current)
        return there


class HostCopy:
    """Values on their way from a device to main memory."""

    def __init__(self, values: torch.Tensor):
        """Begin to copy, after the work that the device's current stream already has."""
        self._values = values.to("cpu", non_blocking=True)
        self._arrived = None
        if values.device.type == "cuda":
            # blocking: a thread that waits leaves its core to those that read pixels
            self._arrived = torch.cuda.Event(blocking=True)
            self._arrived.record(torch.cuda.current_stream(values.device))

    def wait(self) -> np.ndarray:
        """Return the values when they are there."""
        if self._arrived is None:
            return self._values.numpy()
        self._arrived.synchronize()
        # page-locked memory is costly to get: what this copy held, the next ones take
        return self._values.numpy().copy()
