"""The judges themselves: what is right passes, and each way of being wrong is found."""

import dataclasses
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.conformance.exchanges import Exchange, read
from tests.conformance.judging import judge
from tests.conftest import shared


def asked(network: str, call: str, answer: Any = None, body: Any = None, status: int = 200, **more: Any) -> Exchange:
    """A call of ours such as `GET /2/users/me?user.fields=name`."""
    method, _, target = call.partition(" ")
    path, _, query = target.partition("?")
    return Exchange(
        network=network,
        operation="",
        fault=more.get("fault"),
        poorer=False,
        method=method,
        path=path,
        query=tuple(parse_qsl(query)),
        headers={"user-agent": more.get("agent", "ClientNest"), "content-type": "application/json" if body else ""},
        body=json.dumps(body) if body else "",
        status=status,
        answer_type="application/json",
        answer=json.dumps(answer) if answer is not None else "",
    )


def found(exchange: Exchange) -> list[str]:
    return [f"{finding.where}: {finding.what}" for finding in judge([exchange]).findings]


ME = "GET /2/users/me?user.fields=name"
USER = {"data": {"id": "1", "name": "Nordlys", "username": "nordlys"}}
VIDEOS = "GET /youtube/v3/videos?part=statistics&id=a"


def video(**statistics: Any) -> dict[str, Any]:
    return {"kind": "youtube#videoListResponse", "items": [{"id": "a", "statistics": statistics}]}


def test_what_youtube_documents_passes() -> None:
    assert found(asked("youtube", VIDEOS, video(viewCount="7"))) == []


@pytest.mark.parametrize(
    ("exchange", "wrong"),
    [
        (asked("youtube", VIDEOS, video(viewCount=7)), "answer: items.[].statistics.viewCount"),
        (asked("youtube", VIDEOS, video(views="7")), "answer: items.[].statistics: Unevaluated"),
        (asked("youtube", "GET /youtube/v3/videos?id=a", video()), "request: part is required"),
        (asked("youtube", f"{VIDEOS}&size=9", video()), "request: no parameter size"),
        (asked("youtube", f"{VIDEOS}&maxResults=99", video()), "request: maxResults cannot be 99"),
        (asked("youtube", f"{VIDEOS}&chart=worst", video()), "request: chart cannot be worst"),
        (asked("youtube", "PUT /youtube/v3/videos?part=snippet", {}, {"title": "a"}), "request: body: Unevaluated"),
        (asked("youtube", VIDEOS, {"error": "no"}, status=403), "answer: error"),
        (asked("youtube", "GET /youtube/v3/thoughts", {}), "call: GET is in no document"),
    ],
)
def test_what_youtube_does_not_document_is_found(exchange: Exchange, wrong: str) -> None:
    (told,) = found(exchange)
    assert told.startswith(wrong)


def test_what_x_documents_passes() -> None:
    shared("contracts/x")
    assert found(asked("x", ME, USER)) == []


@pytest.mark.parametrize(
    ("exchange", "wrong"),
    [
        (asked("x", "GET /2/users/me?user.fields=shoes", USER), "request: getUsersMe user.fields"),
        (asked("x", "GET /2/users/me?fields=name", USER), "request: no parameter fields"),
        (asked("x", "POST /2/tweets", {"data": {"id": "1", "text": "a"}}, {"txt": "a"}, 201), "request: body"),
        (asked("x", "POST /2/tweets", {"data": {"id": 1, "text": "a"}}, {"text": "a"}, 201), "answer: data.id"),
        (asked("x", f"{ME}&tweet.fields=id", {"data": {**USER["data"], "shoes": 4}}), "answer: data: Unevaluated"),
        (asked("x", ME, {"title": "No", "type": "https://api.x.com/2/problems/moody"}, status=403), "answer: "),
        (asked("x", "GET /2/shoes", {}), "call: GET is in no document"),
    ],
)
def test_what_x_does_not_document_is_found(exchange: Exchange, wrong: str) -> None:
    shared("contracts/x")
    assert any(one.startswith(wrong) for one in found(exchange)), found(exchange)


@pytest.mark.parametrize(
    ("network", "call", "answer", "wrong"),
    [
        ("facebook", "GET /v26.0/1?fields=id,name", {"id": "1", "name": "a"}, None),
        ("facebook", "GET /v26.0/1?fields=id,shoes", {"id": "1"}, "request: no field shoes"),
        ("facebook", "GET /v26.0/1/posts?fields=id&sort=up", {"data": []}, "request: no parameter sort"),
        ("facebook", "GET /v26.0/1/posts?fields=message", {"data": [{"message": 7}]}, "answer: "),
        ("facebook", "GET /v26.0/1/posts?fields=id", {"data": [], "total": 7}, "answer: no member total"),
        ("facebook", "GET /v26.0/1/shoes", {"data": []}, "call: GET is in no document"),
        ("instagram", "GET /v26.0/1/media?fields=id,like_count", {"data": [{"id": "1", "like_count": 3}]}, None),
        ("instagram", "GET /v26.0/1/media?fields=like_count", {"data": [{"like_count": "3"}]}, "answer: "),
        ("instagram", "GET /v26.0/1/media?fields=shoes", {"data": []}, "request: no field shoes"),
    ],
)
def test_meta_names_what_there_is(network: str, call: str, answer: Any, wrong: str | None) -> None:
    shared("contracts/meta")
    told = found(asked(network, call, answer))
    assert told == [] if wrong is None else any(one.startswith(wrong) for one in told), told


def test_an_error_of_meta_has_its_shape() -> None:
    shared("contracts/meta")
    right = {"error": {"message": "No", "type": "OAuthException", "code": 190, "fbtrace_id": "A"}}
    assert found(asked("facebook", "GET /v26.0/1?fields=id", right, status=400)) == []
    assert found(asked("facebook", "GET /v26.0/1?fields=id", {"error": "no"}, status=400)) != []


def test_others_may_ask_wrongly_and_faults_may_answer_wrongly() -> None:
    wrong = asked("youtube", f"{VIDEOS}&size=9", video(viewCount="7"), agent="curl")
    assert found(wrong) == []
    assert found(asked("youtube", VIDEOS, video(viewCount={"value": 7}), fault="schema_drift")) == []
    lost = dataclasses.replace(asked("youtube", "GET /nowhere", status=404), headers={})
    assert found(lost) == []


def test_a_recording_is_read_without_its_torn_line(tmp_path: Path) -> None:
    line = {
        "network": "youtube", "operation": "reports.query", "fault": None, "method": "POST", "path": "/v2/reports",
        "query": "", "headers": [["X-HTTP-Method-Override", "GET"]], "body": "ids=channel%3D%3DMINE", "status": 200,
        "answer_headers": [["Content-Type", "application/json; charset=UTF-8"]], "answer": "{}",
    }  # fmt: skip
    (tmp_path / "1.jsonl").write_text(json.dumps(line) + '\n{"network": "yout')
    (exchange,) = read(tmp_path)
    assert (exchange.method, exchange.query) == ("GET", (("ids", "channel==MINE"),))
    assert exchange.answered == {}
