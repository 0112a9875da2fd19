"""The table of operators against ONNX's own schemas, every version of every operator that it has."""

import inspect

import onnx.defs
import pytest

from leyden.onnx import arguments, control, layers
from leyden.onnx.lower import call
from leyden.onnx.ops.registry import RESERVED, Operator, find, find_hosted, operators

ROOMS = (arguments, control, layers)  # that enter the makers
Key = tuple[str, str]
Schema = onnx.defs.OpSchema
LEFT = {"ai.onnx.preview.training::Gradient"}  # it differentiates what comes before it; torch does so by itself
OTHERWISE = {
    ("RNN", "activations"),  # None stands for one Tanh a direction, whether there are one or two
    ("GRU", "direction"),  # misspelt in the first version
}
IGNORED = {"consumed_inputs"}  # a hint of ONNX's first versions for those who compute in place; loading drops it


def schemas() -> dict[Key, list[Schema]]:
    found: dict[Key, list[Schema]] = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        found.setdefault((schema.domain, schema.name), []).append(schema)
    return {key: sorted(known, key=lambda schema: schema.since_version) for key, known in found.items()}


SCHEMAS = schemas()
DOMAINS = {domain for domain, _ in SCHEMAS}
NEWEST = {
    domain: max(known[-1].since_version for key, known in SCHEMAS.items() if key[0] == domain) for domain in DOMAINS
}
TABLE = [entry for entry in operators() if entry.domain in DOMAINS]
KEYS = sorted({(entry.domain, entry.name) for entry in TABLE})


def named(key: Key) -> str:
    return "::".join(filter(None, key))


def settings(entry: Operator, schema: Schema) -> set[str]:
    """The keyword-only parameters of a function that stand for attributes."""
    parameters = inspect.signature(entry.function).parameters.values()
    reserved = set(RESERVED) - set(schema.attributes)
    return {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY} - reserved


def in_force(key: Key, opset: int) -> Schema | None:
    """The schema of an operator in a version of its operator set; None before its first, and where it is withdrawn."""
    known = [schema for schema in SCHEMAS[key] if schema.since_version <= opset]
    return known[-1] if known and not known[-1].deprecated else None


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_every_version_of_an_operator_has_its_function(key: Key):
    versions = range(1, NEWEST[key[0]] + 1)
    missing = [v for v in versions if in_force(key, v) and find(key[1], opset=v, domain=key[0]) is None]
    assert not missing, f"no function of {named(key)} in versions {missing}"


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_a_function_knows_the_attributes_of_all_its_versions(key: Key):
    for schema in SCHEMAS[key]:
        entry = find(key[1], opset=schema.since_version, domain=key[0])
        unknown = set(schema.attributes) - settings(entry, schema) - IGNORED if entry and not schema.deprecated else ()
        assert not unknown, f"{named(key)} in version {schema.since_version} has attributes {sorted(unknown)}, too"


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_a_function_has_no_attribute_that_no_version_of_the_operator_has(key: Key):
    attributes = {name for schema in SCHEMAS[key] for name in schema.attributes}
    functions = [entry for entry in TABLE if (entry.domain, entry.name) == key]
    invented = {name for entry in functions for schema in SCHEMAS[key] for name in settings(entry, schema)} - attributes
    assert not invented, f"{named(key)} has no attributes {sorted(invented)}"


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_a_function_takes_as_many_inputs_as_the_operator_has(key: Key):
    for schema in SCHEMAS[key]:
        entry = find(key[1], opset=schema.since_version, domain=key[0])
        if entry is None or schema.deprecated:
            continue
        parameters = inspect.signature(entry.function).parameters.values()
        needed = sum(
            p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in parameters
        )
        taken = schema.max_input if entry.variadic else len(entry.inputs)
        allowed = f"{schema.min_input} to {schema.max_input}"
        assert needed <= schema.min_input, f"{named(key)}-{schema.since_version} needs {needed} inputs, not {allowed}"
        assert taken >= schema.max_input, f"{named(key)}-{schema.since_version} takes {taken} inputs, not {allowed}"


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_defaults_of_attributes_are_those_of_the_operator(key: Key):
    for schema in SCHEMAS[key]:
        entry = find(key[1], opset=schema.since_version, domain=key[0])
        if entry is None or schema.deprecated:
            continue
        parameters = inspect.signature(entry.function).parameters
        for name, attribute in schema.attributes.items():
            if name in parameters and attribute.default_value.name and (key[1], name) not in OTHERWISE:
                ours = parameters[name].default
                theirs = plain(onnx.helper.get_attribute_value(attribute.default_value))
                place = f"{named(key)}-{schema.since_version}, {name}"
                assert ours == pytest.approx(theirs), f"{place}: {ours!r}, not {theirs!r}"


def plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode()
    return tuple(map(plain, value)) if isinstance(value, list | tuple) else value


def test_what_a_function_takes_as_numbers_are_inputs_of_it():
    strange = {
        f"{named((entry.domain, entry.name))}: {entry.numbers}" for entry in TABLE if entry.numbers - {*entry.inputs}
    }
    assert not strange


def test_the_table_has_nothing_that_onnx_does_not_know():
    assert [named(key) for key in KEYS if key not in SCHEMAS] == []


def test_what_is_computed_on_numbers_is_in_the_table():
    hosts = [key for key in KEYS if find_hosted(key[1], key[0])]
    assert all(find(name, opset=NEWEST[domain], domain=domain) for domain, name in hosts)


def test_functions_are_found_where_they_say_they_are():
    lost = [entry.name for entry in TABLE if found(entry) is not entry.function]
    assert lost == []


def found(entry: Operator) -> object:
    module = __import__(entry.function.__module__, fromlist=["_"])
    return getattr(module, entry.function.__qualname__, None)


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_every_operator_has_a_function_or_a_maker_of_layers_or_stands_for_others(domain: str):
    present = [key for key, known in SCHEMAS.items() if key[0] == domain and not known[-1].deprecated]
    missing = [key for key in present if key not in KEYS and call.find_maker(key[1], key[0]) is None]
    unknown = {named(key) for key in missing if not has_body(SCHEMAS[key][-1]) and key != ("", "Constant")}
    assert unknown <= LEFT


def has_body(schema: Schema) -> bool:
    return schema.has_function or schema.has_context_dependent_function
