"""Look-ups in a registry that is given its plugins as objects."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
import time
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.errors import PluginError, TMVAWarning, UnknownNameError
from tmva_py.functions.activations import Activation
from tmva_py.functions.initializers import Initializer
from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.functions.regularizations import Regularization
from tmva_py.layers import LayerXML, VGeneralLayer
from tmva_py.methods import Method
from tmva_py.network import Network
from tmva_py.plugins import KINDS, Registry, default_registry, hookimpl
from tmva_py.plugins import loader as loader_module
from tmva_py.plugins import registry as registry_module
from tmva_py.plugins.hookspecs import hook_specifications


class Pass(VGeneralLayer):
    names, xml = ("PASS", "THROUGH"), LayerXML("PassLayer")

    def build(self, input_shape, store):
        return input_shape

    def forward(self, x, context):
        return x, None

    def backward(self, d_out, saved, context):
        return d_out


def plugin(kind: str, *classes: Any, name: str = "made_up") -> SimpleNamespace:
    def function():
        return list(classes)

    hook = KINDS[kind].hook
    function.__name__ = hook
    return SimpleNamespace(**{hook: hookimpl(function), "__name__": name})


def layer(class_name: str, tag: str, *names: str) -> type:
    return type(class_name, (Pass,), {"names": names, "xml": LayerXML(tag), "__module__": __name__})


def registry(*plugins: object, **environment: str) -> Registry:
    return Registry(plugins, load_entry_points=False, environment=environment)


def warned(call: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(item.message) for item in caught]


def bare(base: type, **members: Any) -> type:
    """A subclass of `base` that defines whatever it must."""
    kinds = [kind for kind in KINDS.values() if kind.base.endswith(f":{base.__name__}")]
    needed = {*getattr(base, "__abstractmethods__", ()), *(name for kind in kinds for name in kind.members)}
    missing = dict.fromkeys(needed, print)
    return type("Mine", (base,), {**missing, "names": ("MINE",), **members})


def test_there_is_one_hook_for_each_kind():
    hooks = {name for name in vars(hook_specifications()) if not name.startswith("__")}
    assert hooks == {kind.hook for kind in KINDS.values()}
    assert all(name == kind.name for name, kind in KINDS.items())


@pytest.mark.parametrize("kind", KINDS)
def test_built_in_parts_come_through_the_same_hooks(kind):
    spec = KINDS[kind]
    found = registry().classes(kind)
    modules = [importlib.import_module(module) for module in dict.fromkeys(spec.builtins.values())]
    assert list(found) == [cls for module in modules for cls in getattr(module, spec.hook)()]
    assert found


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_of_built_in_classes_is_that_of_the_classes(kind):
    spec = KINDS[kind]
    classes: tuple[Any, ...] = registry().classes(kind)
    assert list(spec.builtins) == ["|".join(cls.names) for cls in classes]
    assert list(spec.builtins.values()) == [cls.__module__ for cls in classes]
    tags = {cls.xml.tag: cls.names[0] for cls in classes} if kind == "layer" else {}
    assert spec.tags == tags
    module, name = spec.base.split(":")
    base = getattr(importlib.import_module(module), name)
    assert all(issubclass(cls, base) for cls in classes)
    assert all(hasattr(cls, member) for cls in classes for member in spec.members)


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        ("optimizer", Optimizer),
        ("loss", Loss),
        ("regularization", Regularization),
        ("initializer", Initializer),
        ("activation", Activation),
        ("backend", NumpyBackend),
        ("layer", VGeneralLayer),
    ],
)
def test_a_class_of_each_kind_is_found_by_any_spelling_of_its_name(kind, base):
    mine = bare(base)
    found = registry(plugin(kind, mine))
    assert found.find(kind, "MINE") is found.find(kind, "mine") is mine
    assert found.knows(kind, "Mine")
    assert "MINE" in found.names(kind)
    assert found.classes(kind)[-1] is mine  # built-in ones lead


def test_a_method_and_a_transformation_are_found():
    from tmva_py.data.transformations import VariableTransformation

    method, transformation = bare(Method), bare(VariableTransformation)
    found = registry(plugin("method", method), plugin("transformation", transformation))
    assert found.find("method", "MINE") is method
    assert found.find("transformation", "MINE") is transformation


def test_a_network_uses_parts_of_the_registry_it_is_given():
    net = Network.from_layout(
        "PASS,DENSE|1|LINEAR",
        input_layout="3",
        seed=1,
        dtype="float64",
        registry=registry(plugin("layer", Pass)),
    )
    x = np.array([[1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(net.forward(x), x @ net.layers[1].parameters["W"].T)


def test_a_layer_is_found_by_its_element():
    found = registry(plugin("layer", Pass))
    assert found.find_by_tag("PassLayer") is Pass
    assert found.find_by_tag("DenseLayer").__name__ == "TDenseLayer"
    with pytest.raises(
        UnknownNameError, match=r"<PassLayr>; did you mean 'PassLayer'\?\n  known: .*DenseLayer"
    ):
        found.find_by_tag("PassLayr")
    with pytest.raises(UnknownNameError, match="unknown layer element <>"):
        found.find_by_tag("")


def test_an_unknown_name_says_what_was_meant_and_what_there_is():
    with pytest.raises(UnknownNameError) as caught:
        registry(plugin("layer", Pass)).find("layer", "LTSM")
    assert str(caught.value) == (
        "unknown layer 'LTSM'; did you mean 'LSTM'?\n  known: "
        + ", ".join(sorted([*registry().names("layer"), "PASS", "THROUGH"]))
    )


def test_a_name_far_from_all_others_gets_no_suggestion():
    with pytest.raises(UnknownNameError) as caught:
        registry().find("regularization", "ELASTICNET")
    assert str(caught.value) == "unknown regularization 'ELASTICNET'\n  known: L1, L2, NONE"


def test_an_unknown_kind_names_the_kinds():
    with pytest.raises(
        UnknownNameError, match=r"'layers'; did you mean 'layer'\?; known: layer, backend, method"
    ):
        registry().find("layers", "LSTM")


def test_two_owners_of_one_name_are_both_named_and_other_names_stay():
    other = layer("Other", "OtherLayer", "OTHER", "pass")
    found = registry(plugin("layer", Pass, name="first"), plugin("layer", other, name="second"))
    with pytest.raises(PluginError) as caught:
        found.find("layer", "PASS")
    text = str(caught.value)
    assert f"{__name__}.Pass of given to the registry - (plugin 'first')" in text
    assert f"{__name__}.Other of given to the registry - (plugin 'second')" in text
    assert "TMVA_PY_PLUGINS" in text
    assert found.find("layer", "THROUGH") is Pass
    assert found.find("layer", "OTHER") is other
    assert found.find("layer", "LSTM").__name__ == "TBasicLSTMLayer"
    conflicts = {row.name: row.status for row in found.records() if row.kind == "layer"}
    assert conflicts["OTHER|pass"] == "conflict with given to the registry - (plugin 'first')"
    assert conflicts["LSTM"] == "ok"


def test_a_plugin_cannot_take_a_built_in_name_in_silence():
    mine = layer("MyLSTM", "MyLSTM", "lstm")
    with pytest.raises(PluginError) as caught:
        registry(plugin("layer", mine)).find("layer", "LSTM")
    assert "tmva_py.layers.lstm.TBasicLSTMLayer of tmva-py " in str(caught.value)
    assert f"{__name__}.MyLSTM of given to the registry" in str(caught.value)


def test_two_layers_of_one_element_are_an_error():
    mine = layer("MyLSTM", "LSTMLayer", "MINE")
    found = registry(plugin("layer", mine))
    with pytest.raises(
        PluginError, match=r"<LSTMLayer> is provided by .*TBasicLSTMLayer of .* and by .*MyLSTM"
    ):
        found.find_by_tag("LSTMLayer")
    assert found.find("layer", "MINE") is mine
    statuses = {row.name: row.status for row in found.records() if row.kind == "layer"}
    assert statuses["MINE"].startswith("conflict with tmva-py ")


def test_one_class_offered_twice_is_one_class():
    found = registry(plugin("layer", Pass, name="first"), plugin("layer", Pass, name="again"))
    assert found.find("layer", "PASS") is Pass


BROKEN = [
    ("layer", (3,), "hook tmva_py_layers must return classes, got 3"),
    (
        "layer",
        (type("NoBase", (), {"names": ("X",)}),),
        "NoBase must derive from tmva_py.layers.VGeneralLayer",
    ),
    (
        "layer",
        (type("Half", (VGeneralLayer,), {"names": ("X",)}),),
        "Half does not define backward, build, forward",
    ),
    ("loss", (type("Half", (Loss,), {"names": ("X",), "code": "Q"}),), "Half does not define default_output"),
    (
        "method",
        (type("Half", (Method,), {"names": ("X",), "train": print}),),
        "Half does not define model",
    ),
    (
        "layer",
        (type("Text", (Pass,), {"names": ("LEAKY")}),),
        "names must be a tuple of one or more texts, got 'LEAKY'",
    ),
    ("layer", (type("Bar", (Pass,), {"names": ("A|B",)}),), "'A|B' has a sign that option strings use"),
    (
        "backend",
        (type("Dumb", (), {"names": ("X",)}),),
        "Dumb must derive from tmva_py.backends.Backend",
    ),
]


@pytest.mark.parametrize(("kind", "classes", "complaint"), BROKEN, ids=[entry[2][:24] for entry in BROKEN])
def test_an_unfit_class_is_left_out_with_a_reason(kind, classes, complaint):
    found = registry(plugin(kind, *classes))
    texts = warned(lambda: found.names(kind))
    assert len(texts) == 1
    assert texts[0].startswith(f"plugin 'made_up' of given to the registry - failed in {KINDS[kind].hook}: ")
    assert complaint in texts[0]
    assert warned(lambda: found.names(kind)) == []
    with pytest.raises(UnknownNameError) as caught:
        found.find(kind, "X")
    assert complaint in str(caught.value)


def hook_module(source: str) -> SimpleNamespace:
    names: dict[str, Any] = {"hookimpl": hookimpl, "Pass": Pass}
    exec(source, names)
    return SimpleNamespace(**{"__name__": "made_up", **names})


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (
            "@hookimpl\ndef tmva_py_layrs(): return [Pass]",
            "no hook 'tmva_py_layrs'; did you mean 'tmva_py_layers'?",
        ),
        (
            "def tmva_py_layers(): return [Pass]",
            "function tmva_py_layers is not marked with @tmva_py.plugins.hookimpl",
        ),
        ("layers = [Pass]", "it implements no hook; hooks are tmva_py_layers, "),
        ("@hookimpl\ndef tmva_py_layers(builder): return [Pass]", "builder"),
        ("@hookimpl\ndef tmva_py_layers(): return Pass", "must return a list of classes, got <class"),
        ("@hookimpl\ndef tmva_py_layers(): pass", "must return a list of classes, got None"),
        ("@hookimpl\ndef tmva_py_layers(): return 1 / 0", "ZeroDivisionError('division by zero')"),
        ("@hookimpl\ndef tmva_py_layers(): raise SystemExit", "SystemExit"),
    ],
)
def test_a_mistaken_hook_is_reported(source, complaint):
    found = registry(hook_module(source))
    texts = warned(lambda: found.find("layer", "LSTM"))
    assert len(texts) == 1
    assert complaint in texts[0]
    assert complaint in str(found.failures()[0])
    assert next(row.status for row in found.records() if row.name == "made_up").startswith("failed: ")


def test_a_failed_plugin_does_not_take_the_others_along():
    found = registry(hook_module("x = 1"), plugin("layer", Pass))
    with pytest.warns(TMVAWarning, match="made_up"):
        assert found.find("layer", "PASS") is Pass


def test_where_warnings_are_errors_the_registry_is_complete_all_the_same():
    found = registry(hook_module("x = 1"), hook_module("y = 1"), plugin("layer", Pass))
    for _ in range(2):  # one for each failure; the suite turns warnings into errors
        with pytest.raises(TMVAWarning):
            found.find("layer", "PASS")
    assert found.find("layer", "PASS") is Pass
    assert len(found.failures()) == 2


def test_what_people_read_is_not_raised_too():
    found = registry(hook_module("x = 1"))
    assert len(found.records()) > len(KINDS)
    assert warned(lambda: found.find("layer", "LSTM")) == []


def test_what_people_read_raises_nothing_where_a_failure_is_an_error():
    found = registry(hook_module("x = 1"), plugin("layer", Pass), TMVA_PY_STRICT_PLUGINS="1")
    assert next(row.status for row in found.records() if row.name == "made_up").startswith("failed: ")
    (failure,) = found.failures()
    assert str(failure).startswith("plugin 'made_up' of given to the registry - failed to load: PluginError(")


def test_a_registry_of_one_distribution_has_no_other_third_party_class():
    broken, mine = hook_module("x = 1"), layer("MyLSTM", "MyLSTM", "lstm")
    found = registry(broken, plugin("layer", mine), TMVA_PY_STRICT_PLUGINS="1").only("tmva-py")
    assert found.find("layer", "LSTM").__name__ == "TBasicLSTMLayer"
    assert not found.failures()
    whole = registry(plugin("layer", Pass)).only("given to the registry")
    assert whole.find("layer", "PASS") is Pass


class Escape(BaseException):
    """What no ``except Exception`` catches."""


def test_whatever_a_plugin_raises_stays_with_it():
    def escape() -> list[type]:
        raise Escape

    escape.__name__ = "tmva_py_layers"
    found = registry(SimpleNamespace(__name__="bad", tmva_py_layers=hookimpl(escape)), plugin("layer", Pass))
    with pytest.warns(TMVAWarning, match="plugin 'bad' of .* failed in tmva_py_layers: Escape; it is left"):
        assert found.find("layer", "PASS") is Pass


def test_an_interrupt_ends_the_look_up_and_the_next_one_is_complete():
    interrupts = iter([True, False])

    def slow() -> list[type]:
        if next(interrupts):
            raise KeyboardInterrupt
        return [Pass]

    slow.__name__ = "tmva_py_layers"
    found = registry(SimpleNamespace(__name__="slow", tmva_py_layers=hookimpl(slow)))
    with pytest.raises(KeyboardInterrupt):
        found.find("layer", "PASS")
    assert found.find("layer", "PASS") is Pass


@pytest.mark.parametrize("value", ["1", "true"])
def test_strict_raises_at_every_look_up(value):
    found = registry(hook_module("x = 1"), TMVA_PY_STRICT_PLUGINS=value)
    for _ in range(2):
        with pytest.raises(PluginError, match=r"(?s)'made_up' .*implements no hook.*TMVA_PY_STRICT_PLUGINS"):
            found.find("layer", "LSTM")


def test_strict_zero_is_not_strict():
    with pytest.warns(TMVAWarning, match="made_up"):
        registry(hook_module("x = 1"), TMVA_PY_STRICT_PLUGINS="0").find("layer", "LSTM")


def test_records_name_everything_that_is_registered():
    rows = registry(plugin("layer", Pass)).records()
    assert {row.kind for row in rows} == set(KINDS)
    row = next(row for row in rows if row.name == "PASS|THROUGH")
    assert (row.kind, row.class_name, row.distribution, row.version, row.status) == (
        "layer",
        f"{__name__}.Pass",
        "given to the registry",
        "-",
        "ok",
    )


def test_a_lookup_inside_a_hook_and_from_many_threads():
    # Every thread waits at the same place; each must see the complete table and the plugin must run once.
    calls = []

    def tmva_py_layers():
        calls.append(threading.get_ident())
        found.find("optimizer", "ADAM")
        return [Pass]

    found = registry(SimpleNamespace(__name__="slow", tmva_py_layers=hookimpl(tmva_py_layers)))
    start = threading.Barrier(8)
    results: list[Any] = []

    def look() -> None:
        start.wait()
        results.append((found.find("layer", "PASS"), found.find("loss", "CROSSENTROPY")))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(results) == 8
    assert len(set(results)) == 1
    assert len(calls) == 1


def threaded_plugin(look_up):
    """A plugin whose hook waits for a thread that looks names up."""
    answers: list[Any] = []

    def work() -> None:
        try:
            answers.append(look_up(found))
        except UnknownNameError as error:
            answers.append(str(error))

    def tmva_py_layers() -> list[type]:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(20)
        return [Pass]

    found = registry(SimpleNamespace(__name__="threaded", tmva_py_layers=hookimpl(tmva_py_layers)))
    return found, answers


def test_a_plugin_that_waits_for_a_thread_that_looks_a_built_in_name_up():
    found, answers = threaded_plugin(lambda one: one.find("layer", "LSTM").__name__)
    start = time.monotonic()
    assert found.find("layer", "PASS") is Pass
    assert answers == ["TBasicLSTMLayer"]
    assert time.monotonic() - start < 5


def test_a_plugin_that_waits_for_a_thread_that_looks_other_names_up(monkeypatch):
    """A look-up that cannot end has an end, and says what it waited for; the next one does not wait again."""
    monkeypatch.setattr(registry_module, "LONGEST_WAIT", 0.2)
    found, answers = threaded_plugin(lambda one: (one.names("layer"), one.find("layer", "PASS")))
    assert found.find("layer", "PASS") is Pass
    (text,) = answers
    assert "unknown layer 'PASS'" in text
    assert "(plugin 'threaded') is being imported" in text
    assert "PASS" in found.names("layer")


@pytest.mark.parametrize("seconds", [0.0, 0.4])
def test_a_plugin_that_takes_long_is_named(seconds, monkeypatch, capsys):
    monkeypatch.setattr(loader_module, "SLOW", 0.1)

    def tmva_py_layers() -> list[type]:
        time.sleep(seconds)
        return [Pass]

    found = registry(SimpleNamespace(__name__="slow", tmva_py_layers=hookimpl(tmva_py_layers)))
    assert found.find("layer", "PASS") is Pass
    text = capsys.readouterr().err
    assert text.count("still importing given to the registry - (plugin 'slow'), for 0.1 s now") == bool(
        seconds
    )
    assert bool(text) == bool(seconds)


def test_two_threads_get_the_same_default_registry():
    # In a new process, so that the registry is really made there.
    code = (
        "import sys, threading\n"
        "sys.setswitchinterval(1e-6)\n"
        "from tmva_py.plugins import default_registry\n"
        "start, seen = threading.Barrier(8), []\n"
        "def look():\n"
        "    start.wait(); seen.append(default_registry()); seen[-1].find('layer', 'LSTM')\n"
        "threads = [threading.Thread(target=look) for _ in range(8)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(seen), len(set(map(id, seen))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["8", "1"]
    assert default_registry() is default_registry()


def imported_by(look_up: str) -> set[str]:
    """Return the package's modules that a look-up imports in a new process, beside those of the registry."""
    code = (
        "import contextlib, sys, tmva_py.plugins\n"
        "registry = tmva_py.plugins.Registry(load_entry_points=False)\n"
        "before = set(sys.modules)\n"
        f"with contextlib.suppress(LookupError): {look_up}\n"
        "print(*[name for name in set(sys.modules) - before if name.startswith('tmva_py')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "look_up",
    [
        *(f"registry.find({kind!r}, 'NO_SUCH_NAME')" for kind in KINDS),
        "registry.find_by_tag('NoSuchLayer')",
        "registry.knows('method', 'DL'); registry.names('layer')",
    ],
)
def test_a_name_that_is_missed_imports_no_module(look_up):
    assert imported_by(look_up) == set()


@pytest.mark.parametrize(
    ("look_up", "module"),
    [
        ("registry.find('optimizer', 'ADAM')", KINDS["optimizer"].builtins["ADAM"]),
        ("registry.find('layer', 'DENSE')", "tmva_py.layers.dense"),
        ("registry.find_by_tag('DenseLayer')", "tmva_py.layers.dense"),
        ("registry.find('backend', 'numpy')", "tmva_py.backends.numpy_backend"),
        ("registry.find('method', 'DNN')", "tmva_py.methods.dl.method"),
    ],
)
def test_a_class_is_imported_without_the_others_of_its_kind(look_up, module):
    kind = next(kind for kind in KINDS.values() if module in kind.builtins.values())
    found = imported_by(look_up)
    assert module in found
    assert not found & (set(kind.builtins.values()) - {module})
    rooms = {name.split(".")[1] for name in found if "." in name}
    if kind.name == "optimizer":
        assert not rooms & {"layers", "layouts", "network", "data", "methods", "booking"}
