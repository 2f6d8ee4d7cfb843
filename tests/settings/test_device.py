"""What a device is, sees with and speaks through: defaults, and refusals that help."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.settings.camera import (
    SCHEMES,
    GstreamerSettings,
    LibcameraSettings,
    VideoSettings,
)
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import read_device_settings
from tallypost.settings.uplink import MqttSettings, NoUplinkSettings
from tallypost.vision.camera.sources import STREAM_SCHEMES

Faults = Callable[[str], list[str]]


def read(folder: Path, text: str) -> DeviceSettings:
    path = folder / "tallypost.toml"
    path.write_text(text, "utf-8")
    return read_device_settings(path)


def video(source: str = "street.mp4", more: str = "") -> str:
    return f'[camera]\nkind = "video"\nsource = "{source}"\n{more}\n'


def mqtt(more: str = "", host: str = "broker.example.org") -> str:
    return f'[uplink]\nkind = "mqtt"\nhost = "{host}"\n{more}\n'


def test_everything_has_a_default_that_works_in_the_street(tmp_path: Path) -> None:
    settings = read(tmp_path, "# nothing said")

    assert settings.device is None
    assert settings.site == tmp_path / "site.toml"
    assert settings.interval_s == 60
    assert isinstance(settings.camera, LibcameraSettings)
    assert (settings.camera.width, settings.camera.height) == (1280, 720)
    assert settings.detector.threads == 2
    assert isinstance(settings.uplink, NoUplinkSettings)
    assert settings.outbox.path == Path("/var/lib/tallypost/outbox.db")


def test_relative_paths_start_at_the_folder_of_the_settings(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        'site = "sites/east.toml"\n'
        + video(more='username = "u"\npassword_file = "../secret"')
        + '[detector]\nmodel = "models/own.tflite"\n[outbox]\npath = "outbox.db"\n',
    )

    assert settings.site == tmp_path / "sites" / "east.toml"
    assert isinstance(settings.camera, VideoSettings)
    assert settings.camera.source == str(tmp_path / "street.mp4")
    assert settings.camera.password_file == tmp_path / ".." / "secret"
    assert settings.detector.model == str(tmp_path / "models" / "own.tflite")
    assert settings.outbox.path == tmp_path / "outbox.db"


def test_a_delegate_is_a_name_or_a_path_with_what_it_is_told(
    tmp_path: Path, device_faults: Faults
) -> None:
    named = read(tmp_path, '[detector]\ndelegate = "libedgetpu.so.1"\n').detector
    assert (named.delegate, named.delegate_options) == ("libedgetpu.so.1", {})
    told = 'delegate = "lib/own.so"\ndelegate_options = { device = "usb" }\n'
    settings = read(tmp_path, f"[detector]\n{told}").detector
    assert settings.delegate == str(tmp_path / "lib" / "own.so")
    assert settings.delegate_options == {"device": "usb"}

    faults = device_faults('[detector]\ndelegate_options = { device = "usb" }\n')
    assert len(faults) == 1
    assert faults[0].startswith(
        "detector.delegate_options: is given without `delegate`"
    )
    assert device_faults('[detector]\ndelegate = ""\n')
    assert device_faults(
        '[detector]\ndelegate = "x"\ndelegate_options = { device = 1 }\n'
    )


def test_names_addresses_and_whole_paths_stay_as_they_are(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        video("rtsp://192.0.2.7:554/stream1?profile=2")
        + '[detector]\nmodel = "efficientdet-lite0"\n',
    )

    assert isinstance(settings.camera, VideoSettings)
    assert settings.camera.source == "rtsp://192.0.2.7:554/stream1?profile=2"
    assert settings.detector.model == "efficientdet-lite0"
    assert read(tmp_path, video("/dev/video2")).camera == VideoSettings(
        kind="video", source="/dev/video2"
    )


def test_the_port_follows_from_tls(tmp_path: Path) -> None:
    ports = []
    for more in ("", "tls = false", "tls = false\nport = 11883"):
        uplink = read(tmp_path, mqtt(more)).uplink
        assert isinstance(uplink, MqttSettings)
        ports.append(uplink.port_or_default)

    assert ports == [8883, 1883, 11883]


def test_a_password_may_go_in_the_clear_to_this_machine_itself(tmp_path: Path) -> None:
    secret = 'tls = false\nusername = "u"\npassword_file = "p"'

    for host in ("localhost", "127.0.0.1", "::1"):
        assert read(tmp_path, mqtt(secret, host)).uplink.kind == "mqtt"


def test_a_camera_on_a_jetson_needs_no_more_than_its_kind(tmp_path: Path) -> None:
    camera = read(tmp_path, '[camera]\nkind = "gstreamer"').camera

    assert isinstance(camera, GstreamerSettings)
    assert camera.origin == "csi"
    assert camera.device == Path("/dev/video0")


ADDRESS = "camera.source: names no camera; write rtsp://HOST/PATH or rtsp://HOST:PORT/"
LOGIN = (
    "camera.source: carries a user or a password; leave them out of the address and "
    "use "
    "`username` and `password_file`"
)
HOST = "write it as in broker.example.org or 192.0.2.7"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "intervall_s = 60",
            "intervall_s: is not known here; did you mean `interval_s`?",
        ),
        pytest.param(
            "interval_s = 70",
            "interval_s: 70 does not divide a day evenly, so that intervals would "
            "drift "
            "against the clock; the nearest that does is 72",
        ),
        pytest.param("interval_s = 7200", "interval_s: 7200 is above the most (3600)"),
        pytest.param(
            "interval_s = 60.5",
            "interval_s: 60.5 cannot be used here; write a whole number",
        ),
        pytest.param(
            'interval_s = "60"',
            "interval_s: is a text; write a number without quotation marks",
        ),
        pytest.param(
            "interval_s = 1979-05-27",
            "interval_s: is a date or a time; write a whole number",
        ),
        pytest.param(
            "interval_s = " + "9" * 400,
            "interval_s: a number of more than 18 digits is above the most (3600)",
        ),
        pytest.param(
            'device = "Gate 1"',
            'device: "Gate 1" does not fit; write 2 to 32 small letters, digits or -, '
            "not beginning with -",
        ),
        pytest.param(
            "site = 4", "site: is no path; write it as a text in quotation marks"
        ),
        pytest.param(
            'site = ""', "site: is no path; write 1 to 1024 printable characters"
        ),
        pytest.param(
            'site = "a\\u0000b"',
            "site: is no path; write 1 to 1024 printable characters",
        ),
        pytest.param(
            '[camera]\nkind = "vidio"',
            'camera.kind: "vidio" is no kind that is known; did you mean "video"?',
        ),
        pytest.param(
            '[camera]\nkind = "x"',
            'camera.kind: "x" is no kind that is known; write one of "video", '
            '"libcamera", "gstreamer", "synthetic"',
        ),
        pytest.param(
            "[camera]\nkind = [1]",
            'camera.kind: a list is no kind that is known; write one of "video", '
            '"libcamera", "gstreamer", "synthetic"',
        ),
        pytest.param(
            "[uplink]\nport = 1",
            'uplink.kind: is missing; write one of "mqtt", "lorawan", "none"',
        ),
        pytest.param(
            "camera = 3", "camera: is a number; write a table of keys, as in [camera]"
        ),
        pytest.param(
            '[camera]\nkind = "libcamera"\nrate_hz = 240',
            "camera.rate_hz: 240 is above the most (120)",
        ),
        pytest.param(
            "[detector]\nrate_hz_max = 0.2",
            "detector.rate_hz_max: 0.2 is below the least (0.5)",
        ),
        pytest.param(
            '[camera]\nkind = "video"',
            "camera.source: is missing; write it: a file, the pattern of an image "
            "sequence (`frame-%05d.png`), an address (`rtsp://HOST/PATH`) or a device "
            "(`/dev/video0`); never with a password in it. Relative paths start at the "
            "folder of this file",
        ),
        pytest.param(video("rtsp://admin:hunter2@192.0.2.7/1"), LOGIN),
        pytest.param(video("rtsp://admin:hun/ter2@192.0.2.7/1"), LOGIN),
        pytest.param(video("rtsp://admin@192.0.2.7/1"), LOGIN),
        pytest.param(video("rtsp:/admin:hunter2@192.0.2.7/1"), ADDRESS),
        pytest.param(video("RTSP:192.0.2.7/1"), ADDRESS),
        *(
            pytest.param(video(f"http://192.0.2.7/{words}"), LOGIN)
            for words in (
                "a?user=admin",
                "a?channel=1&password=hunter2",
                "a?x=1;PWD=hunter2",
                "a?passphrase=hunter2",
                "a?access_token=hunter2",
                "a?%70assword=hunter2",
                "user=admin&channel=1",
                "a#token=hunter2",
            )
        ),
        pytest.param(
            video("concat://etc/passwd"),
            "camera.source: is no address that a camera can be reached at; begin with "
            "one of rtsp://, rtsps://, http://, https://",
        ),
        pytest.param(
            video("rtsp://[::1/a"),
            ADDRESS,
        ),
        pytest.param(
            video(more='password_file = "p"'),
            "camera.password_file: is given without `username`; give both or none",
        ),
        pytest.param(
            video(more='pace = "slow"'),
            'camera.pace: "slow" is not known here; write "real" or "fast"',
        ),
        pytest.param(
            video(more='loop = "yes"'),
            "camera.loop: is a text; write true or false, without quotation marks",
        ),
        pytest.param(
            '[camera]\nkind = "gstreamer"\norigin = "file"',
            'camera.location: is missing; origin "file" needs a file to play',
        ),
        pytest.param(
            '[camera]\nkind = "gstreamer"\nlocation = "a.mp4"',
            'camera.location: is only played by origin "file"; take it out or say so',
        ),
        pytest.param(
            "[detector]\nscore_min = inf",
            "detector.score_min: inf is no number that can be used",
        ),
        pytest.param(
            mqtt(host="mqtt://user:hunter2@broker.example.org"),
            "uplink.host: is an address; write the host alone, as in "
            '"broker.example.org"',
        ),
        pytest.param(
            mqtt(host="broker.example.org:1883"),
            "uplink.host: has a port in it; write the host alone, and port = 1883 "
            "beside "
            "it",
        ),
        pytest.param(
            mqtt(host="a broker"), f"uplink.host: is no name of a host; {HOST}"
        ),
        pytest.param(
            mqtt('password = "hunter2"'),
            "uplink.password: is not known here; did you mean `password_file`?",
        ),
        pytest.param(
            mqtt('password_file = "p"'),
            "uplink.password_file: is given without `username`; give both or none",
        ),
        pytest.param(
            mqtt('key_file = "k"'),
            "uplink.key_file: is given without `certificate_file`; give both or none",
        ),
        pytest.param(
            mqtt('tls = false\nca_file = "c"'),
            "uplink.ca_file: is only used with tls; set tls = true or take it out",
        ),
        pytest.param(
            mqtt('tls = false\nusername = "u"\npassword_file = "p"'),
            "uplink.tls: is false, so that the password would cross the network in the "
            "clear; set tls = true, or take username and password_file out",
        ),
        pytest.param(
            mqtt('protocol = "4"'),
            'uplink.protocol: "4" is not known here; write "auto", "5" or "3.1.1"',
        ),
        *(
            pytest.param(
                mqtt(f'topic_prefix = "{prefix}"'),
                f'uplink.topic_prefix: "{prefix}" does not fit; write levels of '
                "letters, "
                "digits, _ . and - with a / between them, none at either end",
            )
            for prefix in ("#", "a/+/b", "/a", "a/", "$SYS", "a//b", "")
        ),
        pytest.param(
            "[regions]\nlooks_max = 0", "regions.looks_max: 0 is below the least (1)"
        ),
        pytest.param(
            '[regions]\nwhole = "now and then"',
            'regions.whole: "now and then" is not known here; write "always", '
            '"in turns" or "never"',
        ),
        pytest.param(
            '[camera]\nkind = "gstreamer"\n[regions]\nlooks_max = 4',
            "regions: a camera of the kind gstreamer gives the whole picture and no "
            "regions of it; use the kind video (USB, RTSP, files) or libcamera, or "
            "leave [regions] out",
        ),
        *(
            pytest.param(
                f'[outbox]\npath = "{folder}"',
                f"outbox.path: {folder} is a folder; name a file in it, as in "
                f"{beside}outbox.db",
            )
            for folder, beside in (("/", "/"), ("/tmp", "/tmp/"))
        ),
        pytest.param(
            "[outbox]\nmemory_records_max = 0",
            "outbox.memory_records_max: 0 is below the least (1)",
        ),
        pytest.param(
            '"\\u001b[2J" = 1',
            '"\\u001b[2J": is not known here; take it out, or use one of device, site, '
            "interval_s, camera, detector, regions, scrutiny, clock, uplink, "
            "fallback_uplink, outbox, signing, board, remote, panel, host",
        ),
    ],
)
def test_one_fault_is_told_in_one_sentence(
    device_faults: Faults, text: str, fault: str
) -> None:
    assert device_faults(text) == [fault]


def test_settings_accept_the_addresses_that_can_be_opened_and_no_others() -> None:
    assert SCHEMES == STREAM_SCHEMES


@pytest.mark.parametrize("words", ["profile=2", "passive=1", "camera=1&mode=unicast"])
def test_an_address_may_ask_for_things_that_are_no_secret(
    tmp_path: Path, words: str
) -> None:
    source = f"rtsp://192.0.2.7/stream1?{words}"

    camera = read(tmp_path, video(source)).camera

    assert isinstance(camera, VideoSettings)
    assert camera.source == source


def test_no_message_carries_a_secret(device_faults: Faults) -> None:
    """Not even when the secret stands where none belongs."""
    address = "rtsp://admin:hunter2@192.0.2.7/stream"
    text = (
        f'site = ["{address}"]\ndevice = "{address}"\n'
        + video(address, f'pace = "{address}"\nusername = 7\npassword = "hunter2"')
        + mqtt(f'password = "hunter2"\nclient_id = "{address}"', address)
    )

    faults = device_faults(text)

    assert len(faults) == 9
    assert "hunter2" not in "".join(faults)
