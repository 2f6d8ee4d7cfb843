"""Drawn footage, as for the tests of cameras."""

from tests.vision.camera.conftest import draw_picture, draw_video

__all__ = ["draw_picture", "draw_video"]
