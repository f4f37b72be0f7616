"""Tracebacks in a component, which has no files to read the lines of its sources from."""

import linecache
import sys
import traceback
from os.path import dirname
from types import ModuleType


class Traces:
    """Tells tracebacks as Python does, with paths that begin in the plugin's folder."""

    def __init__(self, plugin: ModuleType) -> None:
        """Keeps the lines of every module beside the plugin's and beside this one."""
        self._folders = [f"{dirname(file)}/" for file in (plugin.__file__, dirname(__file__)) if file]
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None) or ""
            if file.startswith(tuple(self._folders)):
                linecache.getlines(file)

    def close(self) -> None:
        """The build is over: no file is looked at from now on."""
        linecache.checkcache = lambda filename=None: None
        linecache.updatecache = lambda filename, module_globals=None: []
        # To place its marks a traceback parses the line, and where that fails Python looks for a file. Without the
        # parser it places them all the same.
        sys.modules["ast"] = None  # type: ignore[assignment]

    def tell(self, error: BaseException) -> str:
        """The traceback of an error."""
        told = "".join(traceback.format_exception(error)).rstrip()
        for folder in self._folders:
            told = told.replace(folder, "")
        return told
