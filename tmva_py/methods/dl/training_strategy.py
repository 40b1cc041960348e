"""The training strategy, ``LearningRate=1e-3,MaxEpochs=20,Optimizer=ADAM|LearningRate=1e-4``: its phases.

Rules: ``MethodDL::ParseKeyValueString`` and ``ProcessOptions`` of ROOT. Blanks do not count, ``|`` separates
phases, ``,`` the settings of a phase; keys are read without regard to case, values with it; the first
occurrence of a key counts; numbers are read up to the first character that does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tmva_py.errors import OptionError, did_you_mean, warn, with_caret
from tmva_py.layouts import LayerSpec
from tmva_py.network.phase import TrainingPhase
from tmva_py.options import Option
from tmva_py.options.cpp_numbers import read_float, read_integer, read_stream_float
from tmva_py.plugins import Registry, default_registry

DEFAULT_STRATEGY = (
    "LearningRate=1e-3,Momentum=0.0,ConvergenceSteps=100,MaxEpochs=2000,Optimizer=ADAM,BatchSize=30,"
    "TestRepetitions=1,WeightDecay=0.0,Regularization=None,DropConfig=0.0"
)

# Key as written in documents: field of TrainingPhase.
_INTEGER_KEYS = {
    "ConvergenceSteps": "convergence_steps",
    "BatchSize": "batch_size",
    "MaxEpochs": "max_epochs",
    "TestRepetitions": "test_repetitions",
}
_NUMBER_KEYS = {"LearningRate": "learning_rate", "Momentum": "momentum", "WeightDecay": "weight_decay"}
_OTHER_KEYS = {"Regularization": "regularization", "Optimizer": "optimizer", "DropConfig": "drop_config"}
_FIELDS = {**_INTEGER_KEYS, **_NUMBER_KEYS, **_OTHER_KEYS}
# Keys of older TMVA strings that MethodDL does not read.
_OLD_KEYS = ("Repetitions", "DropRepetitions", "Renormalize", "Multithreading")
_NO_REGULARIZATION = ("NONE", "None")


def parse_training_strategy(
    text: str, *, strict: bool = False, registry: Registry | None = None
) -> list[TrainingPhase]:
    """Read a training strategy.

    Parameters
    ----------
    text : str
        Phases separated by ``|``, each with settings ``key=value`` separated by ``,``.
    strict : bool, default False
        Raise an error for what ROOT ignores or repairs; otherwise ROOT's result is taken and a warning
        says so.
    registry : Registry, optional
        Where optimisers and regularisations are looked up; by default the process's own.

    Returns
    -------
    list of TrainingPhase
        At least one.

    Raises
    ------
    OptionError
        There is no phase, or a number is out of range.

    Warns
    -----
    TMVAWarning
        Without `strict`: text is lost, a key or a name is unknown, a key is repeated or has no effect.

    Examples
    --------
    >>> phase, = parse_training_strategy("LearningRate=1e-2, Momentum=0.9, Optimizer=SGD")
    >>> phase.optimizer, phase.learning_rate, phase.batch_size
    ('SGD', 0.01, 30)
    """
    bare = "".join(text.split())
    reader = _StrategyReader(bare, strict, default_registry() if registry is None else registry)
    phases = []
    offset = 0
    for block in bare.split("|"):
        if block:
            phases.append(reader.read_phase(block, offset))
        offset += len(block) + 1
    if not phases:
        message = (
            f"TrainingStrategy: expected at least one phase, got {text!r}; for instance {DEFAULT_STRATEGY}"
        )
        raise OptionError(message)
    return phases


def check_drop_config(
    phase: TrainingPhase, layers: Sequence[LayerSpec], *, strict: bool = False
) -> tuple[float, ...]:
    """Return the drop probabilities, with 0 for those of layers that do not drop their input.

    Each of them gets a warning, or with `strict` an `OptionError`.
    """
    effective = list(phase.drop_config)
    for number, probability in enumerate(phase.drop_config):
        if not probability:
            continue
        if number >= len(layers):
            reason = f"there is no layer {number}, the layout has {len(layers)}"
        elif not layers[number].layer_class.takes_dropout:
            reason = f"layer {number} is {layers[number].text!r}, which does not drop its input"
        else:
            continue
        _report(f"DropConfig: entry {number}, {probability:g}, has no effect: {reason}", strict)
        effective[number] = 0.0
    return tuple(effective)


@dataclass(frozen=True)
class _Setting:
    """One ``key=value`` and its place."""

    key: str
    value: str
    start: int

    @property
    def value_start(self) -> int:
        return self.start + len(self.key) + 1

    @property
    def length(self) -> int:
        return len(self.key) + 1 + len(self.value)


class _StrategyReader:
    """One pass over a strategy without blanks."""

    def __init__(self, text: str, strict: bool, registry: Registry) -> None:
        self.text = text
        self.strict = strict
        self.registry = registry
        self.optimizers = registry.names("optimizer")
        # ADAM_beta1 and the like, upper-cased: (key as written in documents, optimiser, option).
        self.optimizer_keys: dict[str, tuple[str, str, Option]] = {
            f"{name}_{option.name}".upper(): (f"{name}_{option.name}", name, option)
            for name in self.optimizers
            for option in getattr(registry.find("optimizer", name), "options", ())
        }
        self.keys = {key.upper(): key for key in _FIELDS}
        self.known = [*_FIELDS, *(key for key, _, _ in self.optimizer_keys.values())]

    def read_phase(self, block: str, offset: int) -> TrainingPhase:
        settings = self.first_of_each_key(block, offset)
        values: dict[str, Any] = {}
        for key, field in _INTEGER_KEYS.items():
            self.read_number(settings, key, field, values, whole=True)
        for key, field in _NUMBER_KEYS.items():
            self.read_number(settings, key, field, values, whole=False)
        values["optimizer"] = self.read_optimizer(settings.get("OPTIMIZER"))
        values["optimizer_options"] = self.read_optimizer_options(settings, values["optimizer"])
        values["regularization"] = self.read_regularization(settings.get("REGULARIZATION"))
        if "DROPCONFIG" in settings:
            values["drop_config"] = tuple(self.read_drops(settings["DROPCONFIG"]))
        phase = self.make_phase(values, settings, block, offset)
        self.report_without_effect(phase, settings)
        return phase

    def first_of_each_key(self, block: str, offset: int) -> dict[str, _Setting]:
        settings: dict[str, _Setting] = {}
        for setting in self.split(block, offset):
            folded = setting.key.upper()
            if folded in settings:
                self.report(f"{setting.key} is given twice, the first one counts; remove this one", setting)
                continue
            settings[folded] = setting
            if folded not in self.keys and folded not in self.optimizer_keys:
                self.report_unknown_key(setting)
        return settings

    def split(self, block: str, offset: int) -> Iterator[_Setting]:
        for token in block.split(","):
            key, equals, value = token.partition("=")
            if key and equals:
                yield _Setting(key, value, offset)
            elif token:
                message = f"TrainingStrategy: {token!r} is no setting (key=value) and is left out"
                message += did_you_mean(key, self.known)
                self.report_at(message, offset, len(token))
            offset += len(token) + 1

    def read_number(
        self, settings: dict[str, _Setting], key: str, field: str, values: dict[str, Any], *, whole: bool
    ) -> None:
        setting = settings.get(key.upper())
        if setting is None or self.is_empty(setting, getattr(TrainingPhase, field)):
            return
        values[field] = self.number_of(setting, key, whole=whole)

    def number_of(self, setting: _Setting, key: str, *, whole: bool) -> float | int:
        number = read_integer(setting.value) if whole else read_float(setting.value)
        lost = setting.value[number.length :]
        if lost:
            kind = "a whole number" if whole else "a number"
            advice = self.missing_comma(setting, lost) or f"; expected {kind}, got {setting.value!r}"
            self.report_at(
                f"TrainingStrategy: {key}={number.value} is read, {lost!r} is lost{advice}",
                setting.value_start + number.length,
                len(lost),
            )
        return number.value

    def missing_comma(self, setting: _Setting, lost: str) -> str:
        """Return the advice to put a comma, if `lost` begins with the key of another setting."""
        begins = next((key for key in self.known if lost.upper().startswith(f"{key.upper()}=")), None)
        if begins is None:
            return ""
        kept = setting.value[: len(setting.value) - len(lost)]
        return f"; a comma is missing, write {setting.key}={kept},{lost}"

    def number_in_range(self, setting: _Setting, key: str, option: Option) -> float:
        value = float(self.number_of(setting, key, whole=False))
        if not option.allows(value):
            place = with_caret(self.text, setting.value_start, len(setting.value))
            message = f"TrainingStrategy: {key}: expected {option.expected}, got {setting.value!r}\n{place}"
            raise OptionError(message)
        return value

    def read_optimizer(self, setting: _Setting | None) -> str:
        if setting is None or self.is_empty(setting, "ADAM"):
            return "ADAM"
        if setting.value in self.optimizers:
            return setting.value
        begins = max(
            (name for name in self.optimizers if setting.value.startswith(name)), key=len, default=""
        )
        advice = self.missing_comma(setting, setting.value[len(begins) :]) if begins else ""
        advice = advice or did_you_mean(setting.value, self.optimizers)
        self.report_at(
            f"TrainingStrategy: unknown optimizer {setting.value!r}, ADAM is used{advice}"
            f"\n  known: {', '.join(self.optimizers)}",
            setting.value_start,
            len(setting.value),
        )
        return "ADAM"

    def read_optimizer_options(self, settings: dict[str, _Setting], optimizer: str) -> dict[str, float]:
        values: dict[str, float] = {}
        for folded, setting in settings.items():
            if folded not in self.optimizer_keys:
                continue
            key, owner, option = self.optimizer_keys[folded]
            if self.is_empty(setting, "its default"):
                continue
            if owner == optimizer:
                values[option.name] = self.number_in_range(setting, key, option)
            else:
                self.report(f"{key} has no effect, the optimizer is {optimizer}", setting)
        return values

    def read_regularization(self, setting: _Setting | None) -> str:
        if setting is None or setting.value in ("", *_NO_REGULARIZATION):
            return "NONE"
        known = self.registry.names("regularization")
        if setting.value in known:
            return setting.value
        begins = max((name for name in known if setting.value.startswith(name)), key=len, default="")
        advice = self.missing_comma(setting, setting.value[len(begins) :]) if begins else ""
        advice = advice or did_you_mean(setting.value, known)
        self.report_at(
            f"TrainingStrategy: unknown regularization {setting.value!r}, none is used{advice}"
            f"\n  known: {', '.join(known)}",
            setting.value_start,
            len(setting.value),
        )
        return "NONE"

    def read_drops(self, setting: _Setting) -> Iterator[float]:
        start = setting.value_start
        for token in setting.value.split("+"):
            if token:
                number = read_stream_float(token)
                lost = token[number.length :]
                if lost:
                    rest = setting.value[start + number.length - setting.value_start :]
                    self.report_at(
                        f"TrainingStrategy: DropConfig: {token!r} is read as {number.value}, {lost!r} is lost"
                        + self.missing_comma(setting, rest),
                        start + number.length,
                        len(lost),
                    )
                yield number.value
            start += len(token) + 1

    def make_phase(
        self, values: dict[str, Any], settings: dict[str, _Setting], block: str, offset: int
    ) -> TrainingPhase:
        try:
            return TrainingPhase(**values)
        except OptionError as error:
            field = str(error).split(":", 1)[0]
            key = next((key for key, name in _FIELDS.items() if name == field), "")
            setting = settings.get(key.upper())
            start, length = (setting.start, setting.length) if setting else (offset, len(block))
            message = f"TrainingStrategy: {key or field}{str(error).removeprefix(field)}"
            message += f"\n{with_caret(self.text, start, length)}"
            raise OptionError(message) from None

    def report_without_effect(self, phase: TrainingPhase, settings: dict[str, _Setting]) -> None:
        uses_momentum = getattr(self.registry.find("optimizer", phase.optimizer), "uses_momentum", True)
        setting = settings.get("MOMENTUM")
        if setting and phase.momentum and not uses_momentum:
            self.report(f"Momentum has no effect with {phase.optimizer}; remove it", setting)
        setting = settings.get("WEIGHTDECAY")
        if setting and phase.weight_decay and phase.regularization == "NONE":
            self.report("WeightDecay has no effect without Regularization=L1 or L2", setting)

    def report_unknown_key(self, setting: _Setting) -> None:
        if setting.key.upper() in (key.upper() for key in _OLD_KEYS):
            self.report(f"{setting.key} is a key of older versions and has no effect; remove it", setting)
        else:
            advice = did_you_mean(setting.key, self.known)
            self.report(
                f"unknown key {setting.key!r} has no effect{advice}\n  known: {', '.join(self.known)}",
                setting,
            )

    def is_empty(self, setting: _Setting, default: object) -> bool:
        if not setting.value:
            self.report(f"{setting.key} has no value, {default} is used", setting)
        return not setting.value

    def report(self, message: str, setting: _Setting) -> None:
        self.report_at(f"TrainingStrategy: {message}", setting.start, setting.length)

    def report_at(self, message: str, start: int, length: int) -> None:
        _report(f"{message}\n{with_caret(self.text, start, length)}", self.strict)


def _report(message: str, strict: bool) -> None:
    if strict:
        raise OptionError(message)
    warn(message)
