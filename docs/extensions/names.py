"""The public names of a module as API entries, in the module's own order or as a page groups them."""

from __future__ import annotations

import importlib
import inspect


def listing(module: str, *only: str) -> str:
    """
    Give an entry for each name that *module* says is public, or for some of them.

    What the package itself also offers, such as ``mekantek.moran``, stands under its short name
    alone. A name that the module does not have is an error of the build.
    """
    import mekantek

    held = importlib.import_module(module)
    lines = ["```{eval-rst}"]
    for name in only or held.__all__:
        thing = getattr(held, name)
        if module != "mekantek" and getattr(mekantek, name, None) is thing:
            continue
        if inspect.isclass(thing) and issubclass(thing, BaseException):
            lines += [f".. autoexception:: {module}.{name}", ""]
        elif inspect.isclass(thing):
            # matplotlib writes a ``set`` for every kind of figure, in markup of its own.
            lines += [
                f".. autoclass:: {module}.{name}",
                "   :members:",
                "   :exclude-members: set",
                "",
            ]
        elif inspect.isfunction(thing):
            lines += [f".. autofunction:: {module}.{name}", ""]
    return "\n".join([*lines, "```"])
