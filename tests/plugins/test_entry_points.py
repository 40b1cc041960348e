"""Plugins as people have them: installed distributions, found in a new process."""

from __future__ import annotations

from pathlib import Path

import pytest
from distributions import SitePackages, layer_module

# Looks names up and prints what happened, warnings included.
LOOK_UP = """
import json, sys, warnings
from tmva_py.plugins import default_registry
from tmva_py.errors import TMVAError
told = []
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for name in {names!r}:
        try:
            told.append(default_registry().find("layer", name).__name__)
        except TMVAError as error:
            told.append(f"{{type(error).__name__}}: {{error}}")
print(json.dumps([told, [str(item.message) for item in caught]]))
"""


@pytest.fixture
def site(tmp_path: Path) -> SitePackages:
    folder = tmp_path / "site"
    folder.mkdir()
    return SitePackages(folder)


def look_up(site: SitePackages, *names: str, **environment: str) -> tuple[list[str], list[str]]:
    import json

    told, warned = json.loads(site.output(LOOK_UP.format(names=names), environment))
    return told, warned


def test_an_installed_layer_is_found(site):
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "ONE"))
    assert look_up(site, "ONE", "one", "LSTM") == (["One", "One", "TBasicLSTMLayer"], [])


def test_nothing_is_imported_before_the_first_look_up(site):
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "ONE"))
    code = """
    import sys
    import tmva_py.plugins, tmva_py.layers.lstm, tmva_py.network
    registry = tmva_py.plugins.default_registry()
    before = "one_module" in sys.modules
    registry.find("loss", "CROSSENTROPY")
    print(before, "one_module" in sys.modules)
    """
    assert site.output(code).split() == ["False", "True"]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import not_there_at_all", "ModuleNotFoundError(\"No module named 'not_there_at_all'\")"),
        ("def (", "SyntaxError('invalid syntax (broken_module.py, line 1)')"),
        ("raise SystemExit(3)", "SystemExit('3')"),
        ("raise BaseException", "BaseException"),
    ],
)
def test_a_broken_plugin_gives_one_warning_and_is_named_when_a_name_is_missed(site, source, error):
    site.add("tmva-py-broken", "0.3", "peephole", "broken_module", source)
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "ONE"))
    told, warned = look_up(site, "ONE", "PEEPHOLE", "LSTM", "PEEPHOLE")
    sentence = f"plugin 'peephole' of tmva-py-broken 0.3 failed to load: {error}"
    assert warned == [f"{sentence}; it is left out"]
    assert told[0] == "One"
    assert told[2] == "TBasicLSTMLayer"
    assert told[1] == told[3]
    assert told[1].startswith("UnknownNameError: unknown layer 'PEEPHOLE'\n  known: ")
    assert told[1].endswith(f"\n  {sentence}")


def test_a_missing_module_is_a_failure_too(site):
    site.add("tmva-py-gone", "2.0", "gone", "gone_module", "")
    (site.folder / "gone_module.py").unlink()
    told, warned = look_up(site, "LSTM")
    assert told == ["TBasicLSTMLayer"]
    assert warned == [
        "plugin 'gone' of tmva-py-gone 2.0 failed to load: "
        "ModuleNotFoundError(\"No module named 'gone_module'\"); it is left out"
    ]


def test_the_layout_names_the_failed_plugin(site):
    site.add("tmva-py-broken", "0.3", "peephole", "broken_module", "import not_there_at_all")
    code = """
    import warnings
    warnings.simplefilter("ignore")
    import tmva_py.network
    try:
        tmva_py.network.Network.from_layout("LTSM|10,LINEAR", input_layout="10|30")
    except LookupError as error:
        print(error)
    """
    text = site.output(code)
    assert text.startswith("unknown layer 'LTSM'; did you mean 'LSTM'?\n  known: ")
    assert "plugin 'peephole' of tmva-py-broken 0.3 failed to load: " in text
    assert "  LTSM|10,LINEAR\n  ^^^^" in text


def test_two_distributions_with_one_name(site):
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "SAME"))
    site.add("tmva-py-two", "3.4", "two", "two_module", layer_module("Two", "SAME"))
    (told,), warned = look_up(site, "SAME")
    assert warned == []
    assert told.startswith("PluginError: layer 'SAME' is provided by ")
    assert "one_module.One of tmva-py-one 1.2 (plugin 'one')" in told
    assert "two_module.Two of tmva-py-two 3.4 (plugin 'two')" in told
    assert look_up(site, "SAME", TMVA_PY_PLUGINS="two") == (["Two"], [])


def test_a_distribution_against_a_built_in_layer(site):
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "DENSE"))
    told, warned = look_up(site, "DENSE", "LSTM")
    assert warned == []
    assert told[0].startswith(
        "PluginError: layer 'DENSE' is provided by tmva_py.layers.dense.TDenseLayer of tmva-py "
    )
    assert "one_module.One of tmva-py-one 1.2 (plugin 'one')" in told[0]
    assert told[1] == "TBasicLSTMLayer"
    assert look_up(site, "DENSE", TMVA_PY_PLUGINS="") == (["TDenseLayer"], [])


def test_restricting_what_is_loaded(site):
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "ONE"))
    site.add("tmva-py-two", "3.4", "two", "two_module", "print('never run')")
    told, warned = look_up(site, "ONE", "TWO", TMVA_PY_PLUGINS=" one , ")
    assert warned == []
    assert told[0] == "One"
    assert told[1].endswith("tmva-py-two 3.4 (plugin 'two') is not loaded: TMVA_PY_PLUGINS leaves it out")
    assert look_up(site, "ONE", TMVA_PY_PLUGINS="tmva-py-one:one") == (["One"], [])


def test_a_misspelt_restriction_is_told(site):
    site.add("tmva-py-one", "1.2", "leaky", "one_module", layer_module("One", "ONE"))
    told, warned = look_up(site, "LSTM", TMVA_PY_PLUGINS="leeky")
    assert told == ["TBasicLSTMLayer"]
    assert warned == [
        "TMVA_PY_PLUGINS lists 'leeky', but no installed plugin has this name; did you mean 'leaky'?"
        "; installed: leaky"
    ]


def test_strict_raises(site):
    site.add("tmva-py-broken", "0.3", "peephole", "broken_module", "import not_there_at_all")
    told, warned = look_up(site, "LSTM", "LSTM", TMVA_PY_STRICT_PLUGINS="1")
    assert warned == []
    for text in told:
        assert text.startswith("PluginError: plugin 'peephole' of tmva-py-broken 0.3 failed to load: ")
    # A plugin that is not wanted cannot fail.
    assert look_up(site, "LSTM", TMVA_PY_STRICT_PLUGINS="1", TMVA_PY_PLUGINS="") == (["TBasicLSTMLayer"], [])


def test_strict_shows_the_plugin_s_own_traceback(site):
    site.add("tmva-py-broken", "0.3", "peephole", "broken_module", "import not_there_at_all")
    code = "from tmva_py.plugins import default_registry; default_registry().find('layer', 'LSTM')"
    done = site.run(code, {"TMVA_PY_STRICT_PLUGINS": "1"})
    assert done.returncode == 1
    assert 'broken_module.py", line 1' in done.stderr


def test_a_damaged_distribution_elsewhere_does_not_stop_the_others(site):
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "ONE"))
    site.add("tmva-py-bad", "1.0", "bad", "bad_module", "")
    (site.folder / "tmva_py_bad-1.0.dist-info" / "entry_points.txt").write_text("[tmva_py]\nno equals sign\n")
    assert look_up(site, "ONE")[0] == ["One"]


def test_a_distribution_without_metadata(site):
    site.add("tmva-py-one", "1.2", "one", "one_module", layer_module("One", "ONE"))
    (site.folder / "tmva_py_one-1.2.dist-info" / "METADATA").unlink()
    assert look_up(site, "ONE") == (["One"], [])


def test_a_plugin_may_look_names_up_while_it_is_imported(site):
    # What it sees then must not be taken for all there is: its own layer and the next plugin's come later.
    early = "from tmva_py.plugins import default_registry\ndefault_registry().find('layer', 'LSTM')\n"
    site.add("tmva-py-a", "1.0", "a", "a_module", early + layer_module("First", "FIRST"))
    site.add("tmva-py-b", "1.0", "b", "b_module", layer_module("Second", "SECOND"))
    assert look_up(site, "FIRST", "SECOND") == (["First", "Second"], [])


def test_the_first_look_ups_of_two_threads(site):
    slow = "import time\ntime.sleep(0.3)\nprint('loaded')\n"
    site.add("tmva-py-one", "1.2", "one", "one_module", slow + layer_module("One", "ONE"))
    code = """
    import threading
    from tmva_py.plugins import default_registry
    start, seen = threading.Barrier(2), []
    def look(kind, name):
        start.wait()
        seen.append(default_registry().find(kind, name).__name__)
    threads = [threading.Thread(target=look, args=pair) for pair in (("layer", "ONE"), ("loss", "MSE"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(*sorted(seen))
    """
    assert site.output(code).split() == ["loaded", "MeanSquaredError", "One"]
