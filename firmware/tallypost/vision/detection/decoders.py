"""Which decoder reads which family."""

from collections.abc import Callable, Sequence
from typing import assert_never

from tallypost.vision.detection.decode import Decoder
from tallypost.vision.detection.decode_end2end import End2EndDecoder
from tallypost.vision.detection.decode_finished import FinishedDecoder
from tallypost.vision.detection.decode_grid import NanoDetDecoder, YoloxDecoder
from tallypost.vision.detection.decode_yolo import YoloV5Decoder, YoloV8Decoder
from tallypost.vision.detection.manifest import BoxUnit, Family, ModelDescription
from tallypost.vision.detection.tensors import TensorFacts


def decoder_for(
    description: ModelDescription, outputs: Sequence[TensorFacts], score_min: float
) -> Decoder:
    """Return what reads this model's outputs.

    Raises:
        ModelError: The outputs are none of its family, or the labels do not fit them.
    """
    grid = description.output.box_unit is BoxUnit.GRID
    make: Callable[[ModelDescription, Sequence[TensorFacts], float], Decoder]
    match description.output.family:
        case Family.SSD_POSTPROCESS | Family.EFFICIENTDET:
            make = FinishedDecoder
        case Family.YOLO_V8:
            make = YoloV8Decoder
        case Family.YOLO_END2END:
            make = End2EndDecoder
        case Family.YOLO_V5:
            make = YoloV5Decoder
        case Family.YOLOX:
            make = YoloxDecoder if grid else YoloV5Decoder
        case Family.NANODET:
            make = NanoDetDecoder
        case family:
            assert_never(family)
    return make(description, outputs, score_min)
