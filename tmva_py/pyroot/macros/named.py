"""What a macro's text names of TMVA: what is declared for it, and what is not there."""

from __future__ import annotations

import functools
import re
from typing import Any

from tmva_py.pyroot.macros.installation import GUI_NAMES, PICTURES, SOURCES

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def declarations_for(text: str) -> str:
    """Return C++ that declares what a macro names and others should not see.

    Those are ``TMVA::Experimental``, which takes seconds, macros that draw, whose names variables have, and
    ``TMVAGui(...)`` without its namespace, as before ROOT 6.

    Parameters
    ----------
    text : str
        The macro.
    """
    code = _COMMENT.sub("", text)
    lines = [f'#include "{SOURCES / "experimental.h"}"'] if "Experimental" in code else []
    lines += [f'#include "TMVA/{name}.h"' for name in PICTURES if re.search(rf"\bTMVA::{name}\s*\(", code)]
    lines += [f"using TMVA::{name};" for name in GUI_NAMES if _calls_without_namespace(code, name)]
    return "\n".join(lines)


def lines_of_missing(tmva: Any, text: str) -> list[str]:
    """Return a line for each name of TMVA that a macro has and C++ has not: what there is in its place.

    Parameters
    ----------
    tmva : module
        This package; it knows names of TMVA that are not here.
    text : str
        The macro.
    """
    named = re.findall(r"\bTMVA::(Experimental::)?([A-Za-z_]\w*)", _COMMENT.sub("", text))
    missing = dict.fromkeys(one for one in named if one[1] not in _words())
    return [_line(tmva, scope, name) for scope, name in missing]


def _calls_without_namespace(code: str, name: str) -> bool:
    call, own = rf"(?<![\w:.>]){name}\s*\(", rf'\bvoid\s+{name}\s*\(|#include\s*"[^"]*{name}\.C"'
    is_in_scope = "using namespace TMVA" in code or re.search(own, code)
    return bool(re.search(call, code)) and not is_in_scope


def _line(tmva: Any, scope: str, name: str) -> str:
    holder = tmva.Experimental if scope else tmva
    try:
        getattr(holder, name)
    except Exception as error:  # noqa: BLE001 - whatever says that it is not there
        found = str(error) if ": " in str(error) else "is not available in this version"
        return found if ": " in found else f"TMVA::{scope}{name} {found}"
    return f"TMVA::{scope}{name} is for scripts in Python"


@functools.cache
def _words() -> frozenset[str]:
    texts = [one.read_text() for one in SOURCES.glob("*.h")]
    return frozenset(re.findall(r"\w+", "\n".join(texts))) | set(PICTURES)
