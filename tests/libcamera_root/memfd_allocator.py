"""Memory for picamera2 where there is no DMA heap: the same contract, over memfds.

libcamera's virtual camera only maps what it is given, so that any descriptor will do.
"""

import mmap
import os
from typing import Any

import libcamera
from picamera2.allocators import Allocator
from picamera2.allocators.allocator import Sync


class MemfdAllocator(Allocator):  # type: ignore[misc]
    """Goes into the `allocator` argument of Picamera2."""

    def __init__(self) -> None:
        super().__init__()
        self._descriptors: list[int] = []
        self._maps: dict[Any, mmap.mmap] = {}
        self._buffers: dict[Any, list[Any]] = {}
        self.sync = MemfdSync

    def allocate(self, libcamera_config: Any, use_case: str) -> None:  # noqa: ARG002
        self.close()
        for stream in libcamera_config:
            self._buffers[stream.stream] = [
                self._allocate(stream) for _ in range(stream.buffer_count)
            ]

    def _allocate(self, stream: Any) -> Any:
        descriptor = os.memfd_create("picture", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, stream.frame_size)
        self._descriptors.append(descriptor)
        luma_bytes = stream.stride * stream.size.height
        planes = []
        for offset, length in (
            (0, luma_bytes),
            (luma_bytes, stream.frame_size - luma_bytes),
        ):
            plane = libcamera.FrameBuffer.Plane()
            plane.fd, plane.offset, plane.length = descriptor, offset, length
            planes.append(plane)
        buffer = libcamera.FrameBuffer(planes)
        self._maps[buffer] = mmap.mmap(descriptor, stream.frame_size)
        return buffer

    def buffers(self, stream: Any) -> list[Any]:
        return self._buffers[stream]

    def memory(self, buffer: Any) -> mmap.mmap:
        return self._maps[buffer]

    def close(self) -> None:
        for memory in self._maps.values():
            memory.close()
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._maps, self._buffers, self._descriptors = {}, {}, []

    def __del__(self) -> None:
        # picamera2 only drops its reference, and never calls close.
        self.close()


class MemfdSync(Sync):  # type: ignore[misc]
    """Gives a buffer's memory; there are no caches to bring in step."""

    def __init__(self, allocator: MemfdAllocator, buffer: Any, write: bool) -> None:
        super().__init__(allocator, buffer, write)
        self._allocator, self._buffer = allocator, buffer

    def __enter__(self) -> mmap.mmap:
        return self._allocator.memory(self._buffer)

    def __exit__(self, *_: object) -> None:
        pass

    def get_buffer(self) -> mmap.mmap:
        return self._allocator.memory(self._buffer)
