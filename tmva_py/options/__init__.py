"""Declared options and the texts that set them: option strings, keyword arguments, layout fields."""

from __future__ import annotations

from tmva_py.options.fields import field_places, parse_fields
from tmva_py.options.keywords import join_keywords
from tmva_py.options.option import Option, for_variables, text_of
from tmva_py.options.option_string import OptionString, parse_option_string
from tmva_py.options.stored import values_from_texts
from tmva_py.options.values import OptionValues

__all__ = [
    "Option",
    "OptionString",
    "OptionValues",
    "field_places",
    "for_variables",
    "join_keywords",
    "parse_fields",
    "parse_option_string",
    "text_of",
    "values_from_texts",
]
