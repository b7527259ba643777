"""How the documentation site is built; ``python docs/build.py`` does it."""

import sys
import tomllib
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE / "extensions"))

_project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "mekantek"
author = _project["authors"][0]["name"]
project_copyright = f"{author}. Code: MIT"
version = release = installed("mekantek")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "mathml",
    "computed",
    "outward",
    "turkish",
]
exclude_patterns = ["_build"]
nitpicky = True
# Quotes in types and options are to be copied as they stand.
smartquotes = False
suppress_warnings = ["myst.strikethrough"]

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_title = "mekantek"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_math_renderer = "mathml"
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "friendly"
