"""What is told to who aims the camera: no picture, and nothing of anybody."""
