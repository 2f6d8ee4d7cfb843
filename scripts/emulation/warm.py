"""Imports every module of ours, so that the compiled form of all is kept."""

import contextlib
import importlib
import pkgutil

import tallypost

for module in pkgutil.walk_packages(tallypost.__path__, "tallypost."):
    if not module.name.endswith(".__main__"):
        # A camera's bindings that only an operating system brings.
        with contextlib.suppress(ImportError):
            importlib.import_module(module.name)
