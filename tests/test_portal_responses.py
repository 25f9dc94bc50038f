"""Responses of a portal: results are validated before use, and no text sends commands to a terminal."""

from __future__ import annotations

import copy
import json
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import khelang_opendata
from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import PortalError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.ckan import action_results
from khelang_opendata.portals.ckan.action_results import MAX_DEPTH, validate_result
from khelang_opendata.portals.ckan.client import Client, RequestPolicy, Upload
from khelang_opendata.portals.ckan.data_dictionary import update_data_dictionaries
from khelang_opendata.portals.ckan.dataset import CurrentDataset, resource_id
from khelang_opendata.portals.ckan.portal_info import read_portal_info
from khelang_opendata.portals.ckan.publisher import compare_dataset, publish_dataset
from khelang_opendata.portals.ckan.responses import Response, parse_result, parse_retry_after
from khelang_opendata.portals.ckan.status_text import step_text
from khelang_opendata.portals.ckan.steps import Step, StepKind
from khelang_opendata.portals.dataset_schema import DatasetSchema
from khelang_opendata.portals.mapping import from_ckan
from khelang_opendata.portals.portal_failures import PortalInvalid, PortalTooSlow, PublicationStopped
from khelang_opendata.portals.publication import Publication, read_publication
from khelang_opendata.portals.token import Token
from khelang_opendata.render.messages import failure_text
from tests.conftest import Khelang, fails
from tests.portal.faults import light
from tests.portal.publishing import GIVEN
from tests.portal_fuzz import DATASET, ORG, SECRET, SHOWN, Ckan, Spoiler, _Handler, _Server, judge
from tests.releases import NAME

ANSWER = Response("https://portal.example/api/3/action/x", 200, b"{}")
SHOWN_DATASET = {"id": str(DATASET), "name": "plan", "metadata_modified": "2026-11-26T00:00:00.000000"}

SCHEME, FIRST = "scheming_dataset_schema_show", "result.dataset_fields[0]"

Answered = Callable[[str, Any], Any]


def flaw(action: str, result: Any, answer: Response = ANSWER) -> tuple[object, object]:
    """Return the variant and path of an invalid result; its failure has texts in both languages."""
    with pytest.raises(PortalError) as caught:
        validate_result(action, result, answer)
    assert (caught.value.code, caught.value.transient) == ("portal_answer_unusable", False)
    for language in Language:
        texts = failure_text(caught.value, language)
        assert str(caught.value.params["place"]) in texts.message
        assert action in "".join(texts)
    return caught.value.params["variant"], caught.value.params["place"]


# What CKAN answers passes


@pytest.mark.parametrize(
    ("action", "result"),
    [
        ("status_show", {"site_title": "ระบบ", "extensions": ["scheming_datasets"], "error_emails_to": None}),
        ("status_show", {"ckan_version": None, "site_title": None, "extensions": None}),
        ("license_list", [{"id": "cc-by", "title": "CC", "od_conformance": "approved"}, {"id": "", "title": None}]),
        ("license_list", []),
        ("scheming_dataset_schema_show", {"dataset_fields": [{"field_name": "title", "label": {"th": "ชื่อ"}}]}),
        (
            "scheming_dataset_schema_show",
            {
                "dataset_fields": [
                    {"field_name": "a", "choices": [{"value": True}, {"value": 1, "label": 2}, {"value": None}]},
                    {"field_name": "b", "label": None, "preset": None, "choices": None, "required": "x"},
                    {"field_name": "c", "validators": ["not_empty"], "repeating_subfields": [{"field_name": "d"}]},
                ],
                "resource_fields": None,
                "before_validators": None,
            },
        ),
        ("organization_show", {"id": ORG, "title": None, "users": [], "extras": []}),
        ("package_show", SHOWN_DATASET),
        ("package_show", SHOWN_DATASET | {"resources": None, "extras": None, "tags": None, "private": None}),
        (
            "package_create",
            SHOWN_DATASET
            | {
                "private": True,
                "notes": None,
                "resources": [{"id": "abcdefg", "url": None, "version": 2, "sha256": None, "cache": {"a": [1]}}],
                "extras": [{"key": "k", "value": ""}, {"key": "l", "value": None}],
                "tags": [{"name": "ก", "vocabulary_id": None}],
            },
        ),
        ("package_revise", {"package": SHOWN_DATASET}),
        ("am_following_group", False),
        ("datastore_info", {}),
        ("datastore_info", {"meta": {"count": 3}, "fields": [{"id": "a", "type": "text", "info": None, "schema": {}}]}),
        ("datastore_create", None),
        ("xloader_submit", True),
        ("help_show", "…"),
    ],
)
def test_results_of_ckan_are_valid(action: str, result: Any) -> None:
    assert validate_result(action, result, ANSWER) is result
    if action == "status_show":
        assert str(None) not in portal_texts(result)
    if action == "scheming_dataset_schema_show":
        schema = DatasetSchema.from_scheming(result, [])
        assert all(choice != str(None) for field in schema.fields.values() for choice in field.choice_values or ())


def portal_texts(status: Any) -> str:
    """Return the texts read from a status."""

    class Answered(Client):
        def get(self, action: str, *_args: Any, **_more: Any) -> Any:
            return {"status_show": status, "license_list": []}.get(action, {"dataset_fields": []})

    found = read_portal_info(Answered("https://portal.example"))
    return f"{found.version}{found.title}{found.extensions}"


def test_schemas_are_schemas_and_every_action_with_a_result_that_is_used_has_one() -> None:
    content = json.loads(Path(action_results.__file__).with_name("action_results.json").read_text(encoding="utf-8"))
    for schema in (*content["$defs"].values(), *content["actions"].values()):
        Draft202012Validator.check_schema(schema)
    called = "".join(path.read_text(encoding="utf-8") for path in Path(action_results.__file__).parent.glob("*.py"))
    assert {name for name in content["actions"] if f'"{name}"' not in called} == set()


# What it does not, is refused with its place


@pytest.mark.parametrize(
    ("action", "result", "variant", "place"),
    [
        ("status_show", None, "type", "result"),
        ("status_show", {"extensions": "datastore"}, "type", "result.extensions"),
        ("status_show", {"extensions": ["a", {}]}, "type", "result.extensions[1]"),
        ("status_show", {"site_title": {"th": "x"}}, "type", "result.site_title"),
        ("license_list", {}, "type", "result"),
        ("license_list", [{"id": "a"}, {"title": "x"}], "missing", "result[1].id"),
        (SCHEME, {}, "missing", "result.dataset_fields"),
        (SCHEME, {"dataset_fields": [{"label": "x"}]}, "missing", f"{FIRST}.field_name"),
        (SCHEME, {"dataset_fields": [{"field_name": "a\x1b[2J"}]}, "name", f"{FIRST}.field_name"),
        (SCHEME, {"dataset_fields": [{"field_name": "x" * 201}]}, "name", f"{FIRST}.field_name"),
        (SCHEME, {"dataset_fields": [{"field_name": "a", "preset": []}]}, "type", f"{FIRST}.preset"),
        (SCHEME, {"dataset_fields": [{"field_name": "a", "choices": {"a": 1}}]}, "type", f"{FIRST}.choices"),
        (
            SCHEME,
            {"dataset_fields": [{"field_name": "a", "choices": [{}]}]},
            "missing",
            f"{FIRST}.choices[0].value",
        ),
        ("organization_show", {"id": None}, "type", "result.id"),
        ("organization_show", {"id": ""}, "name", "result.id"),
        ("am_following_group", "yes", "type", "result"),
        ("package_show", SHOWN_DATASET | {"id": "plan"}, "uuid", "result.id"),
        ("package_show", SHOWN_DATASET | {"id": str(DATASET) + "\n"}, "uuid", "result.id"),
        ("package_show", SHOWN_DATASET | {"private": "false"}, "type", "result.private"),
        ("package_show", SHOWN_DATASET | {"resources": {"a": 1}}, "type", "result.resources"),
        ("package_show", SHOWN_DATASET | {"resources": [{"id": ["x"]}]}, "type", "result.resources[0].id"),
        ("package_show", SHOWN_DATASET | {"extras": [{"key": []}]}, "missing", "result.extras[0].value"),
        ("package_show", SHOWN_DATASET | {"tags": ["x"]}, "type", "result.tags[0]"),
        ("package_create", {"id": str(DATASET)}, "missing", "result.name"),
        ("package_revise", SHOWN_DATASET, "missing", "result.package"),
        ("package_revise", {"package": []}, "type", "result.package"),
        ("datastore_info", [], "type", "result"),
        ("datastore_info", {"fields": [{"id": "a"}]}, "missing", "result.fields[0].type"),
        ("datastore_info", {"fields": [{"id": "a", "type": "text", "info": ["x"]}]}, "type", "result.fields[0].info"),
        ("anything", {"a": ["\ud800"]}, "text", "result.a[0]"),
        ("anything", {"\udfff": 1}, "text", "result.<U+DFFF>"),
        ("anything", {"a": float("nan")}, "number", "result.a"),
        ("anything", float("-inf"), "number", "result"),
    ],
)
def test_invalid_result_is_refused_with_its_path(action: str, result: Any, variant: str, place: str) -> None:
    assert flaw(action, result) == (variant, place)


def test_numbers_and_depth_are_limited_and_the_token_is_not_printed() -> None:
    def answered(text: str) -> tuple[object, object]:
        answer = Response("https://portal.example/x", 200, f'{{"success": true, "result": {text}}}'.encode())
        return flaw("anything", parse_result(answer), Response(answer.address, 200, answer.body, token=Token(SECRET)))

    assert answered("9" * 101) == answered("-" + "9" * 5000) == answered("1e999") == ("number", "result")
    assert answered("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[0] == "deep"
    assert answered('{"a": "\\u0065' + SECRET[1:] + '"}') == ("token", "result.a")
    validate_result("anything", json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH), ANSWER)
    validate_result("anything", 10**99, ANSWER)


@pytest.mark.parametrize("action", ["package_revise", "package_show"])
def test_publication_stops_at_an_invalid_result(
    released: Path, answering: Callable[[Answered], str], action: str
) -> None:
    portal = Ckan()

    def answer(called: str, result: Any) -> Any:
        return {"nothing": []} if called == action and portal.dataset else result

    client = Client(answering(answer, portal), Token(SECRET), policy=RequestPolicy(attempts=1))  # type: ignore[call-arg]
    publication = light(read_publication(released))
    current = compare_dataset(client, publication, read_portal_info(client), ORG, GIVEN, lambda _: None)
    with pytest.raises(PublicationStopped) as caught:
        publish_dataset(client, current, "lampang", force=False, progress=lambda _: None)
    assert caught.value.cause.code == "portal_answer_unusable"
    assert caught.value.cause.params["action"] == action


def test_table_without_reported_columns_is_not_described(released: Path) -> None:
    class Answered(Client):
        def get(self, action: str, *_args: Any, **_more: Any) -> Any:
            return {} if action == "datastore_info" else "…"

        def post(self, *_args: Any, **_more: Any) -> Any:
            return None

    publication: Publication = light(read_publication(released))
    tables = update_data_dictionaries(Answered("https://portal.example"), publication, str(DATASET))
    assert (tables.described, tables.waiting) == (0, 2)


# What lies in texts and errors


def test_errors_of_any_form_become_failures() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = [{"a": deep}]
    errors: tuple[Any, ...] = (
        {"__type": ["Validation Error"]},
        {"__type": "Validation Error", "x": deep},
        {"__type": "Validation Error", "x": [None, 1, {}, [[]], SHOWN]},
        {"__type": "Validation Error", "x": ["y"] * 100_000},
        {"__type": "Validation Error", SHOWN: {"\ud800": "\udfff"}},
        {"message": ["a"], "__type": None},
        {},
    )
    for error in errors:
        body = json.dumps({"success": False, "error": error}).encode()
        with pytest.raises(PortalError) as caught:
            parse_result(Response("https://portal.example/x", 409, body))
        shown = [*failure_text(caught.value, Language.TH), *failure_text(caught.value, Language.EN)]
        if isinstance(caught.value, PortalInvalid):
            assert sum(map(len, caught.value.fields.values())) <= 1000
            shown += [text for name, texts in caught.value.fields.items() for text in (name, *texts)]
        assert all(visible(text) == text for text in shown)
    for envelope in ({"success": False, "error": deep}, {"success": "true", "result": 1}, {"success": 1, "result": 1}):
        with pytest.raises(PortalError):
            parse_result(Response("https://portal.example/x", 200, json.dumps(envelope).encode()))


@pytest.mark.parametrize(
    "text", ["9" * 5000, "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 1 Jan 0001 00:00:00 +2359", "Mon, 99 Foo"]
)
def test_retry_after_may_have_any_text(text: str) -> None:
    assert parse_retry_after(text, datetime(2026, 11, 26, tzinfo=UTC)) >= 0


def test_delays_of_writes_equal_those_of_reads(released: Path, answering: Callable[..., str]) -> None:
    waits: list[float] = []
    url = answering(lambda action, result: Busy if action == "package_create" else result, Ckan())
    client = Client(url, Token(SECRET), policy=RequestPolicy(sleep=waits.append))
    current = compare_dataset(
        client, light(read_publication(released)), read_portal_info(client), ORG, GIVEN, lambda _: None
    )
    with pytest.raises(PublicationStopped) as caught:
        publish_dataset(client, current, "lampang", force=False, progress=lambda _: None)
    assert caught.value.cause.code == "portal_busy"
    assert waits == []


@pytest.mark.parametrize("is_carried_out", [True, False])
def test_write_that_timed_out_is_checked_and_not_sent_again(
    released: Path, answering: Callable[..., str], is_carried_out: bool
) -> None:
    over, called, portal = threading.Event(), Counter[str](), Ckan()
    before = Ckan()

    def late(action: str, result: Any) -> Any:
        called[action] += 1
        if action == "package_create":
            before.dataset = copy.deepcopy(result)
        if action == "package_revise" and called[action] == 1:
            if not is_carried_out:
                portal.dataset = before.dataset
            over.wait(20)
        return result

    client = Client(answering(late, portal), Token(SECRET), policy=RequestPolicy(request_seconds=1))
    current = compare_dataset(
        client, light(read_publication(released)), read_portal_info(client), ORG, GIVEN, lambda _: None
    )
    try:
        if is_carried_out:
            assert publish_dataset(client, current, "lampang", force=False, progress=lambda _: None).steps
        else:
            with pytest.raises(PublicationStopped) as caught:
                publish_dataset(client, current, "lampang", force=False, progress=lambda _: None)
            assert isinstance(caught.value.cause, PortalTooSlow)
            assert called["package_revise"] == 1
    finally:
        over.set()


def test_json_texts_of_a_portal_may_hold_any_value() -> None:
    deep, half = "[" * 900 + "]" * 900, '["\\ud800"]'
    field = {"field_name": "objective", "preset": "multiple_checkbox"}
    schema = DatasetSchema.from_scheming({"dataset_fields": [field]}, [])
    for text in (deep, half, "9" * 5000, "[NaN]", '{"a": 1}'):
        from_ckan({"objective": text}, ["objective"], schema)
        resource = {"id": resource_id(str(DATASET), "5"), "release_path": 5, "published_fields": text}
        found = CurrentDataset(SHOWN_DATASET | {"resources": [resource]}, {})
        assert isinstance(found.published_fields, dict)
        assert len(list(found.managed_resources)) == 1


# What a portal's texts may do to a terminal


class Busy:
    """A marker for the response 429."""


class Answering(Spoiler):
    """A portal whose results a function changes."""

    def __init__(self, change: Answered, portal: Ckan) -> None:
        super().__init__(Random(0), 0)  # noqa: S311 (nothing is left to chance)
        self.change, self.portal = change, portal
        call = portal.call

        def changed(action: str, given: dict[str, Any]) -> tuple[int, Any]:
            status, result = call(action, given)
            if status != 200:
                return status, result
            new = change(action, copy.deepcopy(result))
            return (429, "Busy") if new is Busy else (200, new)

        portal.call = changed  # type: ignore[method-assign]

    def spoil(self, answer: tuple[int, bytes]) -> Response:
        status, body = answer
        return Response("-", status, body, retry_after="9" * 5000 if status == 429 else "")


class Refusing(Answering):
    """The same with changed errors, and without creating a dataset."""

    def spoil(self, answer: tuple[int, bytes]) -> Response:
        status, body = answer
        content = json.loads(body)
        if isinstance(content.get("result"), dict) and "metadata_modified" in content["result"]:
            error = {"__type": "Validation Error", f"x{SHOWN}": [f"wrong {SHOWN}"], "message": SHOWN}
            return Response("-", 409, json.dumps({"success": False, "error": error}).encode())
        return Response("-", status, body)


@pytest.fixture
def answering() -> Iterator[Callable[..., str]]:
    """Start a portal whose results a function changes; return its address."""
    with ExitStack() as stack:

        def start(change: Answered, portal: Ckan, kind: type[Answering] = Answering) -> str:
            server = stack.enter_context(_Server(("127.0.0.1", 0), _Handler))
            server.portal, server.spoiler = portal, kind(change, portal)
            thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_address[1]}"

        yield start


_NAMES = {"id", "name", "field_name", "value", "validators", "preset", "extensions", "metadata_modified"}
_NAMES |= {"release_path", "sha256", "fingerprint", "published_fields", "url_type", "mimetype", "key"}


def poisoned(value: Any, key: str = "", spare: frozenset[str] = frozenset()) -> Any:
    """Return a result with control characters in every text except the keys."""
    if isinstance(value, dict):
        return {name: poisoned(inner, name, spare) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, key, spare) for inner in value]
    return f"{value}{SHOWN}" if isinstance(value, str) and key not in spare else value


def published(result: Any) -> Any:
    """A published dataset with changes by others."""
    path = f"gone{SHOWN}"
    resource = {"id": resource_id(str(DATASET), path), "release_path": path, "version": "9", "url": "x"}
    record = {"published_fields": json.dumps({f"gone{SHOWN}": "x", "title": "x"})}
    gone = {f"gone{SHOWN}": "a text"}
    return {**result, **SHOWN_DATASET, "name": NAME, "notes": "y", "resources": [resource | record], **gone}


def of_a_terminal(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Return the printed lines with invisible characters."""
    text = (done.stdout + done.stderr).decode()
    assert "Traceback" not in text
    assert text
    return [line for line in text.split("\n") if visible(line) != line]


@pytest.mark.parametrize("language", Language)
def test_no_text_of_a_portal_sends_commands_to_a_terminal(
    khelang: Khelang, released: Path, answering: Callable[..., str], language: Language
) -> None:
    def change(action: str, result: Any) -> Any:
        if action == "package_show":
            result = published(result)
        return poisoned(result, spare=frozenset(_NAMES))

    values = [f"--set={name}={value}" for name, value in GIVEN.items()]
    portal = Ckan(dataset={"name": "x"})
    url = answering(change, portal)
    env = {"CKAN_API_TOKEN": SECRET}
    where = ("--url", url, "--org", "lampang", "--lang", language.value)
    check = khelang("portal", "check", released, *where)
    dry = khelang("publish", released, *where, "--dry-run", "--set", "nothing=x")
    status = khelang("publish", released, *where, *values, "--status")
    refused = khelang("publish", released, *where, *values, env=env)
    missing = khelang("publish", released, *where, env=env)
    assert [done.returncode for done in (check, dry, status, refused, missing)] == [1] * 5
    for done in (check, dry, status, refused, missing):
        assert of_a_terminal(done) == []
        assert visible(SHOWN)[:8] in (done.stdout + done.stderr).decode()
    failing = answering(lambda _action, result: result, Ckan(), Refusing)
    invalid = khelang("publish", released, "--url", failing, *where[2:], *values, env=env)
    assert invalid.returncode == 1
    assert of_a_terminal(invalid) == []
    everything = answering(lambda _action, result: poisoned(result), Ckan())
    unusable = khelang("publish", released, "--url", everything, *where[2:], *values, env=env)
    assert unusable.returncode == 3
    assert of_a_terminal(unusable) == []
    assert "<U+001B>" in unusable.stderr.decode()


def test_timeout_is_an_option(khelang: Khelang, released: Path, answering: Callable[..., str]) -> None:
    over = threading.Event()

    def slow(_action: str, result: Any) -> Any:
        over.wait(20)
        return result

    url = answering(slow, Ckan())
    done = khelang("portal", "check", released, "--url", url, "--timeout", "1", "--lang", "en")
    over.set()
    assert done.returncode == 3
    assert "within 1 seconds" in done.stderr.decode()
    assert "--timeout 4" in done.stderr.decode()
    assert khelang("portal", "check", released, "--url", url, "--timeout", "0").returncode == 2


# The library's call


def test_release_is_published_by_the_library(
    released: Path, answering: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by the command, with the token that is given or that of the environment."""
    url = answering(lambda _action, result: result, Ckan())
    monkeypatch.delenv("CKAN_API_TOKEN", raising=False)
    with fails("token_missing"):
        khelang_opendata.publish(released, url, "lampang", values=GIVEN)
    done = khelang_opendata.publish(released, url, "lampang", token=Token(SECRET), values=GIVEN)
    assert {step.kind for step in done.steps} >= {StepKind.CREATE, StepKind.UPLOAD, StepKind.SHOW}
    assert done.dataset_id == str(DATASET)
    monkeypatch.setenv("CKAN_API_TOKEN", SECRET)
    assert not khelang_opendata.publish(str(released), url, "lampang", values=GIVEN).steps


def test_portal_that_stores_something_else_is_not_asked_for_ever(
    khelang: Khelang, released: Path, answering: Callable[..., str]
) -> None:
    def otherwise(action: str, result: Any) -> Any:
        for dataset in (result.get("package"), result) if action.startswith("package_") else ():
            if isinstance(dataset, dict) and "notes" in dataset:
                dataset["notes"] = "as the portal likes it"
        return result

    url = answering(otherwise, Ckan())
    values = [f"--set={name}={value}" for name, value in GIVEN.items()]
    where = ("--url", url, "--org", "lampang", "--lang", "en")
    done = khelang("publish", released, *where, *values, env={"CKAN_API_TOKEN": SECRET})
    said = done.stderr.decode()
    assert done.returncode == 3, said
    assert "even after they were sent again" in said
    assert "notes" in said
    assert "as the portal likes it" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("language", Language)
def test_every_step_has_words_for_who_waits(language: Language) -> None:
    upload = Upload("upload", "units.csv", b"x" * 3000, "text/csv")
    texts = {step_text(Step(kind, "x", {}, upload, "data/units.csv"), language) for kind in StepKind}
    assert len(texts) == len(StepKind)
    assert any("data/units.csv" in text and "3" in text for text in texts)


# Spoilt at random


@pytest.mark.parametrize("first", range(1, 301, 50))
def test_random_faults_in_responses_give_failures_and_no_tracebacks(released: Path, first: int) -> None:
    publication = light(read_publication(released))
    assert [wrong for seed in range(first, first + 50) if (wrong := judge(seed, publication))] == []
