"""Drawing on a phone: by fingers, with faults, with somebody else, without a link."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.panel.conftest import enter, go, lose_answer
from tests.panel.door import CODE
from tests.panel.fake_house import FakeHouse, Told
from tests.panel.serving import Served

KEPT: Told = {
    "place": {"latitude_deg": 52.1, "longitude_deg": 4.3},
    "lines": [
        {
            "name": "gate",
            "start": [0.2, 0.5],
            "end": [0.8, 0.5],
            "headways": True,
            "anchor": "centre",
        }
    ],
    "queues": [
        {
            "name": "stop",
            "polygon": [[0.1, 0.6], [0.4, 0.6], [0.4, 0.9], [0.1, 0.9]],
            "front": [[0.42, 0.6], [0.42, 0.9]],
        }
    ],
    "privacy": {"profile": "open"},
}


@pytest.fixture
def drawing(phone: Page) -> Page:
    """A phone on which one draws."""
    go(phone, "draw")
    return phone


def save(page: Page) -> None:
    page.click("text=Save on the device")


def saved(page: Page) -> None:
    save(page)
    expect(page.locator("p.verdict")).to_contain_text("the camera counts with it")


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, selector: str, dx: float, dy: float) -> None:
    """Drag the middle of something by so many pixels."""
    x, y = middle(page, selector)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()


def test_a_line_is_drawn_named_turned_round_and_put_on_trial(
    drawing: Page, house: FakeHouse
) -> None:
    drawing.click("[data-add=lines]")
    drag(drawing, "[data-handle='0/0'] .knob", -40, 30)
    drawing.fill(".form input", "north-gate")
    drawing.click("text=Turn round")
    drawing.uncheck(".tick input[value=person]")

    saved(drawing)

    line = house.site["lines"][2]
    assert line["name"] == "north-gate"
    assert line["start"] == [0.75, 0.5]
    assert line["end"][0] < 0.2
    assert line["end"][1] > 0.55
    assert "person" not in line["classes"]
    assert set(line["classes"]) == set(house.classes) - {"person"}


def test_a_zone_gets_and_loses_corners_and_every_step_can_be_taken_back(
    drawing: Page, house: FakeHouse
) -> None:
    drawing.click("[data-add=zones]")
    expect(drawing.locator(".handle")).to_have_count(4)
    drag(drawing, "[data-between='0/0'] .knob", 0, 30)
    expect(drawing.locator(".handle")).to_have_count(5)
    drawing.locator("[data-handle='0/4']").focus()
    drawing.keyboard.press("Delete")
    expect(drawing.locator(".handle")).to_have_count(4)

    drawing.click("[data-do=undo]")
    expect(drawing.locator(".handle")).to_have_count(5)
    drawing.click("[data-do=redo]")
    expect(drawing.locator(".handle")).to_have_count(4)
    for _ in range(3):
        drawing.click("[data-do=undo]")
    expect(drawing.locator(".entry")).to_have_count(3)
    expect(drawing.locator("[data-do=undo]")).to_be_disabled()
    assert len(house.site["zones"]) == 1


def test_a_point_snaps_to_the_border_and_to_another_shape_s_point(
    drawing: Page, house: FakeHouse
) -> None:
    drawing.click("[data-add=lines]")
    x, _ = middle(drawing, "[data-handle='0/1'] .knob")
    drag(drawing, "[data-handle='0/1'] .knob", 360 - x - 14, 0)
    drawing.click("text=Delete")
    drawing.click("[data-do=undo]")
    drawing.click(".entry >> nth=2")
    start = house.site["lines"][0]["start"]
    box = drawing.locator("svg.scene").bounding_box()
    assert box is not None
    x, y = middle(drawing, "[data-handle='0/0'] .knob")
    wish = box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"]
    drag(drawing, "[data-handle='0/0'] .knob", wish[0] - x + 5, wish[1] - y + 4)

    saved(drawing)

    assert house.site["lines"][2]["end"][0] == 1
    assert house.site["lines"][2]["start"] == start


def test_a_row_of_spaces_is_divided_by_the_device(
    drawing: Page, house: FakeHouse
) -> None:
    drawing.click("[data-add=rows]")
    expect(drawing.locator(".inner")).to_have_count(5)
    drawing.fill(".form input[type=number] >> nth=0", "7")
    drawing.keyboard.press("Tab")
    expect(drawing.locator(".inner")).to_have_count(7)
    drawing.click("[data-add=spaces]")
    saved(drawing)

    (park,) = house.site["car_parks"]
    assert park["rows"][0]["count"] == 7
    assert park["spaces"][0]["name"] == "space1"


def test_calibration_is_drawn_and_measured(drawing: Page, house: FakeHouse) -> None:
    drawing.click("[data-add=calibration]")
    drawing.fill(".form input >> nth=0", "3.25")
    drawing.keyboard.press("Tab")
    saved(drawing)

    assert house.site["calibration"]["width_m"] == 3.25
    assert len(house.site["calibration"]["corners"]) == 4


def test_keys_that_the_page_does_not_know_are_kept(
    phone: Page, house: FakeHouse
) -> None:
    house.site = {**KEPT}
    phone.reload()
    go(phone, "draw")
    phone.click(".entry >> nth=0")
    expect(phone.locator(".form")).to_contain_text("headways, anchor")
    drag(phone, "[data-handle='0/0'] .knob", 0, 20)
    saved(phone)

    # A copy: the house goes on telling who crosses its line.
    site = deepcopy(house.site)
    moved = site["lines"][0].pop("start")
    assert moved[1] > 0.5
    wanted: dict[str, Any] = {**KEPT, "lines": [{**KEPT["lines"][0]}]}
    del wanted["lines"][0]["start"]
    assert site == wanted


def test_a_fault_is_told_where_it_is(drawing: Page, house: FakeHouse) -> None:
    drawing.click("[data-add=zones]")
    drag(drawing, "[data-handle='0/0'] .knob", 140, -40)
    fault = drawing.locator(".fault")
    expect(fault).to_contain_text("zones[1].polygon: crosses or touches itself")
    expect(drawing.locator(".faulty")).to_have_count(1)
    drawing.click(".entry >> nth=0")

    fault.click()

    expect(drawing.locator(".form h2")).to_have_text("Zone zone2")
    save(drawing)
    expect(drawing.locator("p.verdict")).to_contain_text("Not saved")
    assert len(house.site["zones"]) == 1


def test_what_the_camera_cannot_count_with_is_taken_back_and_kept_here(
    drawing: Page, house: FakeHouse
) -> None:
    house.trial_fails = True
    drawing.click("[data-add=lines]")
    save(drawing)

    expect(drawing.locator("p.verdict")).to_contain_text("Taken back")
    expect(drawing.locator(".fault")).to_contain_text("did not come back")
    assert len(house.site["lines"]) == 2
    expect(drawing.locator(".entry")).to_have_count(4)
    house.trial_fails = False
    drawing.click("[data-add=lines]")
    saved(drawing)
    assert len(house.site["lines"]) == 4


def test_what_is_taken_back_while_another_screen_is_shown_is_kept_and_told(
    drawing: Page, house: FakeHouse
) -> None:
    house.trial_fails, house.trial_s = True, 3600
    drawing.click("[data-add=lines]")
    save(drawing)
    expect(drawing.locator(".side > button.main")).to_be_disabled()
    expect(drawing.locator("p.verdict")).not_to_contain_text("Saving")
    go(drawing, "home")
    house.trial_s = 0
    with drawing.expect_response("**/api/ask/look"):
        drawing.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    drawing.wait_for_timeout(500)
    assert (house.trial or {})["state"] == "rolled_back"

    go(drawing, "draw")

    expect(drawing.locator("p.verdict")).to_contain_text("Taken back")
    expect(drawing.locator(".entry")).to_have_count(4)
    expect(drawing.locator(".side > button.main")).to_be_enabled()


def test_what_is_not_saved_is_asked_for_before_the_page_goes_from_any_screen(
    drawing: Page,
) -> None:
    leaves = """() => {
      const event = new Event("beforeunload", { cancelable: true });
      return window.dispatchEvent(event);
    }"""
    assert drawing.evaluate(leaves)
    drawing.click("[data-add=lines]")
    go(drawing, "home")

    assert not drawing.evaluate(leaves)


def test_one_s_own_drawing_is_known_though_the_answer_to_it_is_lost(
    drawing: Page, house: FakeHouse
) -> None:
    drawing.click("[data-add=lines]")
    lose_answer(drawing, "draw", dry=False)
    save(drawing)

    expect(drawing.locator("p.verdict")).to_contain_text("the camera counts with it")
    expect(drawing.locator(".other")).to_be_empty()
    assert len(house.site["lines"]) == 3


def test_two_phones_see_each_other_s_drawing_and_lose_none(
    drawing: Page, phones: Callable[..., Page], house: FakeHouse
) -> None:
    drawing.click(".menu summary")
    drawing.click("text=Let another phone in")
    other = phones()
    enter(other, drawing.locator(".card .giant").inner_text())
    go(other, "draw")

    other.click("[data-add=lines]")
    saved(other)
    expect(drawing.locator(".entry")).to_have_count(4)

    drawing.click("[data-add=zones]")
    other.click("[data-add=rows]")
    saved(other)
    expect(drawing.locator(".other")).to_contain_text("What you drew is still here")
    save(drawing)
    expect(drawing.locator("p.verdict")).to_contain_text("Not saved: another phone")
    assert len(house.site["zones"]) == 1
    drawing.click("text=Show theirs")
    expect(drawing.locator(".entry")).to_have_count(5)
    drawing.click("[data-do=undo]")
    expect(drawing.locator(".entry >> text=zone2")).to_have_count(1)


def test_a_drawing_outlives_a_lost_connection(
    drawing: Page, panel: Served, house: FakeHouse
) -> None:
    drawing.click("[data-add=lines]")
    panel.reception.go()
    expect(drawing.locator("#banner")).to_contain_text("Your drawing is kept")
    save(drawing)
    expect(drawing.locator("p.verdict")).to_contain_text("Not saved")
    go(drawing, "home")
    go(drawing, "draw")
    expect(drawing.locator(".entry")).to_have_count(4)

    panel.reception.come()
    expect(drawing.locator("#banner")).to_be_empty()
    saved(drawing)

    assert len(house.site["lines"]) == 3


def test_two_fingers_look_closer(drawing: Page) -> None:
    before = viewed(drawing)
    x, y = middle(drawing, "svg.scene")
    session = drawing.context.new_cdp_session(drawing)
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    assert viewed(drawing) == pytest.approx(before / 3, rel=0.05)
    drawing.click("[aria-label=Farther]")
    assert viewed(drawing) == pytest.approx(before / 2, rel=0.05)


def test_what_stays_down_after_a_pinch_moves_nothing(drawing: Page) -> None:
    faults: list[str] = []
    drawing.on("pageerror", lambda fault: faults.append(str(fault)))
    x, y = middle(drawing, "svg.scene")
    session = drawing.context.new_cdp_session(drawing)
    drawing.mouse.move(x - 30, y)
    drawing.mouse.down()
    point = {"x": x + 30, "y": y, "id": 1}
    for kind, points in (("touchStart", [point]), ("touchEnd", [])):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    before = viewed(drawing)

    drawing.mouse.move(x - 90, y, steps=3)
    drawing.mouse.up()

    assert viewed(drawing) == before
    assert faults == []


def viewed(page: Page) -> float:
    """Return how much of the picture is seen, across."""
    return float((page.get_attribute("svg.scene", "viewBox") or "").split()[2])


def test_the_line_that_stands_for_nothing_goes_with_the_first_that_is_drawn(
    house: FakeHouse, phones: Callable[..., Page]
) -> None:
    placeholder = {"name": "undrawn", "start": [0.05, 0.5], "end": [0.95, 0.5]}
    house.site = {"lines": [placeholder]}
    page = phones()
    enter(page, CODE)
    go(page, "draw")
    expect(page.locator(".entry")).to_have_count(1)

    page.click("[data-add=zones]")

    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry")).to_contain_text("zone1")
