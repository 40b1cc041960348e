"""Sphinx: the pages of this folder, plain Markdown, and an API reference made from the docstrings."""

import re

project = "tmva_py"
author = "The tmva_py developers"
copyright = author

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
html_theme = "furo"
html_title = project
html_show_copyright = False
myst_heading_anchors = 3

default_role = "py:obj"  # single backticks in docstrings: a link where the name is known
suppress_warnings = ["ref.python"]  # … and not where several classes have it
autodoc_member_order = "bysource"
autodoc_default_options = {"special-members": "__call__"}
autodoc_typehints = "none"  # the docstrings say it in words; NumPy's types are long
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
python_maximum_signature_line_length = 88

_LINK = re.compile(r"\[([^\]]+)\]\(([^)#]+\.md)\)")


def navigation(text):
    """Return the trees of contents that an index page's sections and links make."""
    trees = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, body = section.partition("\n")
        pages = dict.fromkeys(path.removesuffix(".md") for _, path in _LINK.findall(body))
        if pages:
            trees.append("\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```"]))
    return "\n\n".join(trees)


def prepared(name, text):
    """Return a page as the site shows it: no links out of docs/, and trees of contents below an index."""
    out = r"\[([^\]]+)\]\(" + r"\.\./" * (name.count("/") + 1) + r"([^)#]+)\)"
    text = re.sub(out, lambda link: link[1] if link[2] in link[1] else f"{link[1]} (`{link[2]}`)", text)
    return f"{text}\n{navigation(text)}\n" if name.rpartition("/")[2] == "index" else text


def _read(_, docname, content):
    content[0] = prepared(docname, content[0])


def setup(app):
    """Connect what is above."""
    app.connect("source-read", _read)
