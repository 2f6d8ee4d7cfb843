"""A real RTSP server on loopback, for tests: run it, read its port, kill it by its id.

    python rtsp_server.py [--port N] [--size WxH] [--rate HZ] [--film FILE]
                          [--user NAME --password WORD]

Prints `ready PORT` once it listens; serves moving bars at rtsp://127.0.0.1:PORT/cam,
or a film (H.264 in MP4) from its beginning, at its own pace.
Needs the operating system's python3-gi and gir1.2-gst-rtsp-server-1.0.
"""

import argparse
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402  after the versions

PICTURES = (
    "( videotestsrc is-live=true pattern=ball "
    "! video/x-raw,format=I420,width={width},height={height},framerate={rate}/1 "
    "! x264enc tune=zerolatency speed-preset=ultrafast bitrate=400 key-int-max=5 "
    "! rtph264pay name=pay0 pt=96 config-interval=1 )"
)
FILM = (
    '( filesrc location="{film}" ! qtdemux ! h264parse '
    "! rtph264pay name=pay0 pt=96 config-interval=1 )"
)
ROLE = "viewer"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--size", default="160x120")
    parser.add_argument("--rate", type=int, default=15)
    parser.add_argument("--film")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    return parser.parse_args()


def ask_for_password(server: Any, factory: Any, user: str, password: str) -> None:
    """Let nobody in but this user."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(ROLE, "media.factory.access", True)
    permissions.add_permission_for_role(ROLE, "media.factory.construct", True)
    factory.set_permissions(permissions)


def main() -> None:
    asked = arguments()
    Gst.init(None)
    width, height = asked.size.split("x")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        FILM.format(film=asked.film)
        if asked.film
        else PICTURES.format(width=width, height=height, rate=asked.rate)
    )
    factory.set_shared(True)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(asked.port))
    if asked.user is not None:
        ask_for_password(server, factory, asked.user, asked.password)
    server.get_mount_points().add_factory("/cam", factory)
    if server.attach(None) == 0:
        raise SystemExit(f"port {asked.port} is taken")
    print(f"ready {server.get_bound_port()}", flush=True)  # noqa: T201
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
