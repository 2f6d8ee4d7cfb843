"""Sites as drawings."""

import re
import xml.etree.ElementTree as ET

from tallypost.documents.sketch import sketch
from tallypost.settings.elements.calibration import Calibration
from tallypost.settings.elements.conflict import Conflict
from tallypost.settings.site import Line, Site, Zone
from tallypost.settings.strokes import Stroke, strokes

CORNERS = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))
SITE = Site(
    lines=(Line(name="gate", start=(0.0, 0.5), end=(1.0, 0.5)),),
    zones=(Zone(name="platform", polygon=CORNERS),),
)


def test_a_site_is_told_as_the_strokes_that_it_draws() -> None:
    assert list(strokes(SITE)) == [
        Stroke("lines", "gate", ((0.0, 0.5), (1.0, 0.5)), is_arrow=True),
        Stroke("zones", "platform", CORNERS),
    ]


def test_a_drawing_is_well_formed_and_names_everything() -> None:
    root = ET.fromstring(sketch(SITE))
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {"gate", "platform", "forward"} <= set(words)


def test_forward_points_to_the_right_of_the_arrow() -> None:
    drawn = sketch(SITE, (1000, 1000))
    [arrow] = re.findall(r"M528 (\d+)L528 (\d+)", drawn)

    assert int(arrow[1]) > int(arrow[0]), "this line's forward is downward"


def test_a_drawing_holds_no_picture_and_no_script() -> None:
    drawn = sketch(SITE)

    assert "<image" not in drawn
    assert "script" not in drawn
    assert "href" not in drawn


def test_points_of_a_calibration_are_marked_with_their_places() -> None:
    seen = ((0.1, 0.9), (0.9, 0.9), (0.6, 0.4), (0.4, 0.4))
    ground = Calibration(corners=seen, width_m=7.0, length_m=20.0)
    root = ET.fromstring(sketch(SITE.model_copy(update={"calibration": ground})))
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]

    assert words[-4:] == ["0", "1", "2", "3"]


def test_pairs_of_classes_are_no_points() -> None:
    pairs = (("bicycle", "car"), ("person", "car"))
    site = Site(conflicts=(Conflict(name="x", polygon=CORNERS, pairs=pairs),))

    assert list(strokes(site)) == [Stroke("conflicts", "x", CORNERS)]
