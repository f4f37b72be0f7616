"""Tracebacks in a component, which has no files to read the lines of its sources from."""

import linecache
import sys
import traceback
from os.path import dirname


class Traces:
    """Tells of errors as Python does, with paths that begin in the plugin's folder."""

    def __init__(self, plugin_file: str) -> None:
        """Keeps the lines of every module beside the plugin's and of this package."""
        self._plugin = f"{dirname(plugin_file)}/"
        self._package = f"{dirname(dirname(__file__))}/"
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None) or ""
            if file.startswith((self._plugin, self._package)):
                linecache.getlines(file)

    def close(self) -> None:
        """The build is over: no file is looked at from now on."""
        linecache.checkcache = lambda filename=None: None
        linecache.updatecache = lambda filename, module_globals=None: []
        # To place its marks a traceback parses the line, and where that fails Python looks for a file. Without the
        # parser it places them all the same.
        sys.modules["ast"] = None  # type: ignore[assignment]

    def whole(self, error: BaseException) -> str:
        """The traceback of an error."""
        told = "".join(traceback.format_exception(error)).rstrip()
        return told.replace(self._plugin, "").replace(self._package, "")

    def brief(self, error: BaseException) -> str:
        """The error on one line, and where in the plugin it was."""
        told = " ".join(traceback.format_exception_only(error)).strip().replace("\n", " ")
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename.startswith(self._plugin)]
        if not own:
            return told
        file = own[-1].filename.removeprefix(self._plugin)
        return f"{told} ({file}, line {own[-1].lineno})"
