"""What papers say, and when they are out of date."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.documents.paperwork import answers
from tallypost.documents.paperwork.answers import Provision, Verdict
from tallypost.documents.paperwork.assessment import assessment
from tallypost.documents.paperwork.baseline import PROVISIONS, baseline
from tallypost.documents.paperwork.chain import PURPOSE_OF, data_chain
from tallypost.documents.paperwork.page import plain
from tallypost.documents.paperwork.papers import SBOM, TEXTS, findings, texts
from tallypost.documents.paperwork.register import register_entry
from tallypost.documents.paperwork.resilience import (
    DOCUMENTATION,
    HANDLING,
    INFORMATION,
    PROPERTIES,
    resilience,
)
from tallypost.documents.paperwork.running import Running
from tallypost.documents.paperwork.sbom import ModelFacts
from tallypost.documents.paperwork.stamp import read_stamp
from tallypost.settings.site import Site

Make = Callable[..., Running]
MODEL = ModelFacts("model", "a" * 64, "Apache-2.0")
MQTT = '[uplink]\nkind = "mqtt"\nhost = "broker.example.org"\n'
RADIO = (
    '[uplink]\nkind = "lorawan"\nregion = "eu868"\njoin_eui = "70B3D57ED0000001"\n'
    'app_key_file = "app.key"\n'
)
STREAM = '[camera]\nkind = "video"\nsource = "rtsp://10.0.0.7/live"\n'
CLAUSES = {
    "4": 1, "5.1": 5, "5.2": 3, "5.3": 16, "5.4": 4, "5.5": 8, "5.6": 9, "5.7": 2,
    "5.8": 3, "5.9": 3, "5.10": 1, "5.11": 4, "5.12": 3, "5.13": 1, "6": 5,
}  # fmt: skip
"""How many provisions each clause of EN 303 645 V2.1.1 has."""


def written(folder: Path, running: Running) -> None:
    for name, text in texts(running, MODEL, ("en",)).items():
        (folder / name).write_text(text, "utf-8")


def answer(running: Running, provisions: tuple[Provision, ...], number: str) -> Verdict:
    [provision] = [each for each in provisions if each.number == number]
    return provision.answered(running).verdict


def test_papers_that_were_just_made_hold(make: Make, tmp_path: Path) -> None:
    written(tmp_path, make())

    assert findings(tmp_path, make()) == []


def test_every_paper_says_what_it_describes(make: Make) -> None:
    running = make()

    for name, text in texts(running, MODEL, ("en", "nl")).items():
        assert read_stamp(text.encode()) == running.described(), name


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"settings": MQTT}, "settings"),
        ({"site": '[[lines]]\nname="b"\nstart=[0.0, 0.5]\nend=[1.0, 0.5]\n'}, "site"),
        (
            {
                "site": '[site]\nname = "Elsewhere"\n[[lines]]\nname = "gate"\n'
                "start = [0.5, 0.0]\nend = [0.5, 1.0]\n"
            },
            "place",
        ),
        ({"signing_key": "f" * 64}, "signing_key"),
        ({"device": "tp-2"}, "device"),
    ],
    ids=["settings", "site", "place", "key", "device"],
)
def test_whatever_changes_makes_every_paper_out_of_date(
    make: Make, tmp_path: Path, changed: dict[str, str], what: str
) -> None:
    written(tmp_path, make())
    found = findings(tmp_path, make(**changed))

    assert {each.name for each in found} == {*TEXTS, SBOM, "sign.en.svg"}
    assert all(f"it describes {what} " in each.fault for each in found)


def test_a_folder_that_lacks_papers_or_holds_others_is_told(
    make: Make, tmp_path: Path
) -> None:
    written(tmp_path, make())
    (tmp_path / "dpia-annex.md").unlink()
    (tmp_path / "data-chain.json").write_bytes(b"\x00" * 100_000)
    (tmp_path / SBOM).unlink()
    (tmp_path / SBOM).mkdir()
    (tmp_path / "sign.en.svg").unlink()

    assert {tuple(each) for each in findings(tmp_path, make())} == {
        ("dpia-annex.md", "is not there"),
        ("data-chain.json", "does not say what it describes"),
        (SBOM, "is not there"),
        ("sign.*", "is not there"),
    }


def test_every_provision_of_the_standard_is_answered_once() -> None:
    numbers = [each.number for each in PROVISIONS]
    expected = [
        f"{clause}-{number}"
        for clause, count in CLAUSES.items()
        for number in range(1, count + 1)
    ]

    assert numbers == expected


def test_every_point_of_the_annexes_is_answered_once() -> None:
    properties = ["(1)", *(f"(2)({each})" for each in "abcdefghijklm")]
    information = [*"1234567", *(f"8({each})" for each in "abcdef"), "9"]
    documentation = ["1(a)", "1(b)", "1(c)", "1(d)", "2(a)", "2(b)", "2(c)", *"345678"]

    assert [each.number for each in PROPERTIES] == properties
    assert [each.number for each in HANDLING] == [f"({each})" for each in "12345678"]
    assert [each.number for each in INFORMATION] == information
    assert [each.number for each in DOCUMENTATION] == documentation


def test_a_page_of_answers_has_a_row_for_each_and_counts_them(make: Make) -> None:
    rows = answers.answers_table(PROVISIONS, make())[2].splitlines()[2:]
    head = answers.answers_table(PROVISIONS, make())[0]

    assert len(rows) == len(PROVISIONS)
    assert sum(map(int, re.findall(r"\d+", head)[1:])) == len(PROVISIONS)
    assert all(len(re.split(r"(?<!\\)\|", row)) == 6 for row in rows)


@pytest.mark.parametrize(
    ("settings", "changes", "number", "verdict"),
    [
        ("", {}, "5.5-1", Verdict.NOT_HERE),
        (MQTT, {}, "5.5-1", Verdict.MET),
        (f"{MQTT}tls = false\n", {}, "5.5-1", Verdict.NOT_MET),
        ("", {}, "5.6-7", Verdict.PARTLY),
        ("", {"lockable": False}, "5.6-7", Verdict.NOT_MET),
        ("", {}, "5.2-1", Verdict.NOT_MET),
        ('[host]\nsecurity_contact = "a@b"\n', {}, "5.2-1", Verdict.PARTLY),
        ("", {}, "5.3-2", Verdict.NOT_MET),
    ],
)
def test_a_provision_is_answered_by_what_runs(
    make: Make,
    settings: str,
    changes: dict[str, bool],
    number: str,
    verdict: Verdict,
) -> None:
    assert answer(make(settings, **changes), PROVISIONS, number) is verdict


def test_unsigned_figures_are_no_integrity(make: Make) -> None:
    unsigned = make("[signing]\nenabled = false\n")

    assert answer(make(), PROPERTIES, "(2)(f)") is Verdict.MET
    assert answer(unsigned, PROPERTIES, "(2)(f)") is Verdict.PARTLY


def test_the_record_names_the_lock_in_and_the_signing_key(make: Make) -> None:
    made = TEXTS["record-of-processing.md"]

    assert "(seccomp)" in made(make())
    assert "`" + "f" * 64 + "`" in made(make(signing_key="f" * 64))
    assert "not locked in by the kernel" in made(make(lockable=False))


def test_a_camera_on_the_network_is_a_device_of_its_own(make: Make) -> None:
    for told in (
        "**The camera is a device of its own on the network**",
        "A third process fetches its compressed packets",
    ):
        assert told in assessment(make(STREAM))
        assert told not in assessment(make())


def test_whom_the_device_calls_is_told_whole(make: Make) -> None:
    assert "its modem, and its camera on the network." in resilience(make(STREAM))
    assert "camera on the network" not in resilience(make())


def test_what_is_not_locked_in_is_nowhere_said_to_be(make: Make) -> None:
    confined = "can open no file, socket or program"

    assert confined in baseline(make())
    assert confined not in baseline(make(lockable=False))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("", "Commands from afar: nobody is heeded."),
        (RADIO, "Commands from afar: by whoever holds the session keys of the LoRaWAN"),
        (
            f'{RADIO}[remote]\noperator_keys = ["{"a" * 64}"]\n',
            "Commands from afar: signed by one of 1 operator keys",
        ),
    ],
    ids=["nobody", "radio", "both"],
)
def test_whoever_is_heeded_from_afar_is_told(
    make: Make, settings: str, told: str
) -> None:
    papers = [made(make(settings)) for made in (assessment, resilience, baseline)]

    assert all(told in each for each in papers)
    if settings:
        assert all("of the LoRaWAN network" in each for each in papers)


def test_what_the_host_has_not_said_is_left_to_him(make: Make) -> None:
    told = assessment(make(""))

    assert told.count("_for the controller to say_") >= 5
    assert "privacy@example.org" in assessment(make())


def test_an_open_profile_is_said_loudly(make: Make) -> None:
    drawn = '[[lines]]\nname = "b"\nstart = [0.0, 0.0]\nend = [1.0, 1.0]\n'
    running = make("", f'{drawn}[privacy]\nprofile = "open"\n')

    assert "**No small number" in assessment(running)
    assert "k_anonymity" not in data_chain(running)


def test_a_register_knows_where_whose_and_what_for(make: Make) -> None:
    place = "[place]\nlatitude_deg = 52.37\nlongitude_deg = 4.9\n"
    place += 'street = "Dam 1"\nlocality = "Amsterdam"\n'
    drawn = '[[lines]]\nname = "b"\nstart = [0.0, 0.0]\nend = [1.0, 1.0]\n'
    entry = json.loads(register_entry(make(site=f"{drawn}{place}")))

    assert entry["reference"] == "tp-1"
    assert entry["location"] == {"latitude": 52.37, "longitude": 4.9}
    assert entry["location_description"] == "Dam 1, Amsterdam"
    assert entry["owner"]["organisation"] == "City of Example"
    assert entry["observation_goals"][0]["observation_goal"].startswith("Planning")
    assert entry["observation_goals"][0]["legal_ground"] is None
    assert entry["contains_pi_data"] is True


def test_a_data_chain_names_each_link_in_the_taxonomys_words(make: Make) -> None:
    chain = json.loads(data_chain(make(MQTT)))["chain"]
    links = {(each["category"], each["id"]) for each in chain}

    assert {
        ("accountable", "organization"),
        ("purpose", "traffic"),
        ("tech", "de_identified_video"),
        ("data", "values_time"),
        ("process", "k_anonymity"),
        ("process", "transport_layer_security"),
        ("storage", "retained_1_month"),
    } <= links
    assert chain[0]["told"] is None


def test_every_kind_of_element_has_a_purpose_in_the_taxonomy() -> None:
    kinds = [name for name, field in Site.model_fields.items() if field.default == ()]

    assert list(PURPOSE_OF) == kinds


def test_nobodys_words_are_markup(make: Make) -> None:
    evil = "<script>alert(1)</script> | [x](javascript:y) `a` *b* & --> # h"
    host = f"[host]\ncontroller = '{evil}'\ncontact = '{evil}'\npurpose = '{evil}'\n"
    for name, paper in TEXTS.items():
        told = paper(make(host))
        if name.endswith(".md"):
            assert "<script" not in told.replace("\\<script", "")
            assert not re.search(r"(?<!\\)\[x\\?\]", told)
            assert told.count("-->") == 1
        else:
            json.loads(told)


def test_plain_text_escapes_what_markdown_reads() -> None:
    assert plain("a|b*c_<d>") == r"a\|b\*c\_\<d\>"


def test_statements_name_their_device_and_their_source(make: Make) -> None:
    running = replace(make(), device="tp-9")

    assert baseline(running).startswith("# EN 303 645 statement: tp-9\n")
    assert "Regulation (EU) 2024/2847" in resilience(running)
