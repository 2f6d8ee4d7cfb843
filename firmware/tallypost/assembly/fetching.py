"""From settings to a camera on the network that is fetched from."""

from pathlib import Path

from tallypost.errors import SettingsError
from tallypost.settings.camera import VideoSettings
from tallypost.settings.overlay import read_settings_in_force
from tallypost.settings.secret import read_secret
from tallypost.vision.camera.sources import Stream, parse


def stream_of(settings_file: Path) -> tuple[Stream, float]:
    """Return the camera, with its password, and how long a silence of it is borne.

    Raises:
        SettingsError: The settings cannot be accepted, name no camera on the network,
            or its password cannot be read.
        CameraUnavailableError: Its address cannot be read.
    """
    camera = read_settings_in_force(settings_file).camera
    if not isinstance(camera, VideoSettings) or not camera.is_stream:
        raise SettingsError(
            str(settings_file), ["camera: is none of the network; start afresh"]
        )
    credentials = None
    if camera.username is not None:
        file = camera.password_file
        password = read_secret(Path(file)) if file else ""
        credentials = (camera.username, password)
    source = parse(camera.source, credentials)
    assert isinstance(source, Stream)
    return source, camera.timeout_s
