"""Lines for the host's log, marked with the plugin's name. `print` writes there too, at the level `info`."""

from .host import Current, Level


def debug(message: object) -> None:
    """For whoever looks into the plugin."""
    Current.host.write(Level.DEBUG, str(message))


def info(message: object) -> None:
    """Worth knowing, and nothing to do about."""
    Current.host.write(Level.INFO, str(message))


def warn(message: object) -> None:
    """Something is wrong, and the plugin goes on."""
    Current.host.write(Level.WARN, str(message))


def error(message: object) -> None:
    """The plugin cannot do what it is there for."""
    Current.host.write(Level.ERROR, str(message))
