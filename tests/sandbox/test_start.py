"""Starting, the line it prints, ports, stopping."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from sandbox.networks import NETWORKS
from tests.sandbox.stage import running

COMMAND = [sys.executable, "-m", "sandbox"]


def free_ports(wanted: int) -> int:
    """The first of so many ports in a row that nobody has."""
    for first in range(20_000, 30_000, wanted):
        held = []
        try:
            for place in range(wanted):
                one = socket.socket()
                held.append(one)
                one.bind(("127.0.0.1", first + place))
        except OSError:
            continue
        else:
            return first
        finally:
            for one in held:
                one.close()
    raise AssertionError(f"no {wanted} ports in a row are free")


def test_one_line_says_where_everything_is_and_then_it_answers() -> None:
    with running() as stage:
        assert list(stage.networks) == list(NETWORKS)
        for name, network in stage.networks.items():
            assert set(network) == {"base_url", "client_id", "client_secret", "accounts"}
            assert len(network["accounts"]) >= 2
            assert all(set(one) == {"external_id", "name", "access_token"} for one in network["accounts"])
            assert network["accounts"][0]["name"] == "Nordlys Coffee"
            answer = httpx.get(network["base_url"], trust_env=False)
            assert "date" in answer.headers, name
            assert "server" not in answer.headers


def test_ports_are_in_order_and_a_taken_one_is_named(tmp_path: Path) -> None:
    first = free_ports(len(NETWORKS) + 4)
    process = subprocess.Popen(
        [*COMMAND, "--json", "--ports-from", str(first)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        assert found["control"].endswith(f":{first}")
        for place, name in enumerate(NETWORKS, 1):
            assert found["networks"][name]["base_url"].endswith(f":{first + place}")
        for place, name in enumerate(("shop", "stripe", "paypal"), 1 + len(NETWORKS)):
            assert found[name]["base_url"].endswith(f":{first + place}")
        second = subprocess.run(
            [*COMMAND, "--ports-from", str(first)], capture_output=True, text=True, timeout=20, check=False
        )
        assert second.returncode == 2
        assert f"port {first} (control) is taken" in second.stderr
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=10)
    assert process.returncode == 0
    assert complaints == ""


def test_a_term_signal_ends_it_cleanly() -> None:
    process = subprocess.Popen([*COMMAND, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    control = json.loads(process.stdout.readline())["control"]
    # A connection that stays open must not hold it up.
    with httpx.Client(base_url=control, trust_env=False) as client:
        assert client.get("/clock").status_code == 200
        process.terminate()
        _, complaints = process.communicate(timeout=10)
    assert complaints == ""
    assert process.returncode in (0, -signal.SIGTERM)


def test_a_kill_loses_nothing(tmp_path: Path) -> None:
    command = [*COMMAND, "--json", "--seed", "3", "--state", str(tmp_path / "world")]

    def start() -> tuple[subprocess.Popen[str], str, dict[str, str]]:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        account = line["networks"]["facebook"]["accounts"][0]
        return process, line["control"], account | {"base_url": line["networks"]["facebook"]["base_url"]}

    with httpx.Client(trust_env=False) as http:
        process, control, page = start()
        http.post(f"{control}/clock", json={"advance": "PT6H"})
        form = {"message": "before the kill", "access_token": page["access_token"]}
        made = http.post(f"{page['base_url']}/me/feed", data=form).json()["id"]
        process.kill()
        process.communicate(timeout=10)
        process, control, page = start()
        try:
            assert http.get(f"{control}/clock").json()["offset_seconds"] == 6 * 3600
            posts = http.get(f"{control}/ledger", params={"network": "facebook"}).json()["posts"]
            assert [post["external_id"] for post in posts if post["text"] == "before the kill"] == [made]
        finally:
            process.terminate()
            process.communicate(timeout=10)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    found = subprocess.run([*COMMAND, "--state", str(file)], capture_output=True, text=True, timeout=20, check=False)
    assert found.returncode == 2
    assert str(file) in found.stderr
    assert "Traceback" not in found.stderr
