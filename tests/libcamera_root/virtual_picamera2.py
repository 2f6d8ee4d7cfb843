"""Real picamera2 over libcamera's virtual camera: no kernel camera, no DMA heap."""

from typing import Any

import libcamera
import picamera2.dma_heap
from memfd_allocator import MemfdAllocator  # type: ignore[import-not-found]
from picamera2 import MappedArray, Picamera2

from tallypost.vision.camera.libcamera import Driver

# Picamera2.close() makes a fresh DmaAllocator whatever it was given; let it open
# something. Nothing is ever allocated from it: that would fail loudly, with ENOTTY.
picamera2.dma_heap.heapNames.append("/dev/null")


class VirtualPicamera2(Picamera2):  # type: ignore[misc]
    """Picamera2, less the one question that the virtual camera cannot answer."""

    def __init__(self, number: int) -> None:
        super().__init__(number, allocator=MemfdAllocator())

    def _get_raw_modes(self) -> list[dict[str, Any]]:
        role = libcamera.StreamRole.VideoRecording
        stream = self.camera.generate_configuration([role]).at(0)
        size = (stream.size.width, stream.size.height)
        return [{"format": str(stream.pixel_format), "size": size}]


DRIVER = Driver(Picamera2.global_camera_info, VirtualPicamera2, MappedArray)
