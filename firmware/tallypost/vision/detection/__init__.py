"""What is on the picture: models, and what turns their tensors into detections."""
