#!/usr/bin/env python3
"""MLflow's routes against pages of other sites, and paths that are none of its routes.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_test.py

docs/mlflow-attacks.md says which attack each test stands for; this file checks that the page names every test, and none that does not exist.
"""

import ast
import json
import re
import sys
import time
import unittest
from pathlib import Path
from typing import Any, Iterator, List, Set, Tuple
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import JSON, PATIENCE, PREFIXES, AttackTest  # noqa: E402

THIS = "test_the_page_names_each_test_and_no_other"
PAGE = ROOT / "docs" / "mlflow-attacks.md"
SCRIPT = "<script>alert(1)</script>"


def endpoints() -> Iterator[Tuple[str, str, bool]]:
    """Every pair of method and path of a genuine server, and whether it works here: its table is held against both servers."""
    text = (ROOT / "docs" / "mlflow-endpoints.md").read_text()
    works = set()
    for method, path, prefixes in re.findall(r"^\| (\w+) `([^`]+)` \| ([^|]+) \| works \|", text, flags=re.M):
        works |= {(method, ("" if prefix.strip() == "/" else prefix.strip()) + path) for prefix in prefixes.split(",")}
    unlike = set(re.findall(r"^- (\w+) `([^`]+)`$", text, flags=re.M))
    for method, path in json.loads((ROOT / "tests" / "golden" / "mlflow" / "answers.json").read_text())["endpoints"]:
        if (method, path) not in unlike:
            yield method, path, (method, path) in works


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "x", path)


class Browsers(AttackTest):
    def pages(self) -> List[str]:
        """What MLflow's own pages ask for, below neither prefix."""
        return [f"/get-artifact?run_id={self.place.run}&path=notes/a.txt", "/model-versions/get-artifact?name=kept&version=1&path=weights.txt"]

    def test_a_page_of_another_site_reads_and_changes_nothing(self) -> None:
        host = f"127.0.0.1:{self.place.server.port}"
        for origin in ("http://evil.example", "https://evil.example", "null", "", "file://", "http://localhost:3000", "http://127.0.0.1:1",
                       f"http://{host}.evil.example", f"http://evil.example/{host}", f"http://{host}@evil.example", f"https://{host}x", f"ftp://{host}",
                       "http://127.0.0.1", SCRIPT):
            for method, path, value in self.place.writes()[::5]:
                for prefix in PREFIXES:
                    self.attack(method, f"{prefix}/2.0/mlflow/{path}", value, headers={"Origin": origin}, statuses=(403,), code="PERMISSION_DENIED")
            for prefix in PREFIXES:
                folder = f"{prefix}/2.0/mlflow-artifacts/artifacts/{self.place.run_folder}/notes/a.txt"
                for method in ("GET", "PUT", "DELETE"):
                    self.attack(method, folder, body=b"x" if method == "PUT" else None, headers={"Origin": origin}, statuses=(403,),
                                code="PERMISSION_DENIED")
                self.attack("GET", f"{prefix}/2.0/mlflow/runs/get?run_id={self.place.run}", headers={"Origin": origin}, statuses=(403,),
                            code="PERMISSION_DENIED")
                self.attack("POST", f"{prefix}/2.0/mlflow/upload-artifact?run_uuid={self.place.run}&path=a", body=b"x", headers={"Origin": origin},
                            statuses=(403,))
            for target in self.pages():
                self.in_our_words("GET", f"GET {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n\r\n".encode(), (403,))
        for method in ("OPTIONS", "GET"):
            reply = self.place.call(method, "/api/2.0/mlflow/experiments/search",
                                    headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"})
            self.assertEqual([name for name in reply.headers if name.lower().startswith("access-control-")], [])

    def test_a_name_that_was_rebound_to_this_machine_is_refused_on_every_route(self) -> None:
        for method, path, _ in endpoints():
            if path.startswith(("/api/", "/ajax-api/")):
                self.attack(method, filled(path), {} if method in ("POST", "PATCH") else None, headers={"Host": "evil.example"}, statuses=(403,),
                            code="PERMISSION_DENIED")
        for target in (*self.pages(), "/version", "/", "/graphql", "/v1/models"):
            self.in_our_words("GET", f"GET {target} HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode(), (403,))
        for host in ("evil.example:80", f"127.0.0.1.evil.example:{self.place.server.port}", "127.0.0.1@evil.example", "127.0.0.1#evil.example",
                     "localhost.evil.example", "0177.0.0.1.nip.io", "169.254.169.254", "[::ffff:10.0.0.1]", "a b", "127.0.0.1:", "127.0.0.1:99999x", "..",
                     SCRIPT):
            for prefix in PREFIXES:
                statuses = (200,) if host == "127.0.0.1:" else (400, 403)
                with self.subTest(host=host):
                    reply = self.place.call("POST", f"{prefix}/2.0/mlflow/experiments/search", b"{}", {**JSON, "Host": host})
                    self.harmless(reply)
                    self.assertIn(reply.status, statuses)
        self.attack("GET", "http://evil.example/api/2.0/mlflow/experiments/get?experiment_id=0", statuses=(403,), code="PERMISSION_DENIED")

    def test_no_answer_is_taken_for_a_page(self) -> None:
        """Whatever an error repeats, it is JSON; whatever a file is, it is a download."""
        sent = quote(SCRIPT, safe="")
        for prefix in PREFIXES:
            base = f"{prefix}/2.0/mlflow/"
            for target in (f"{base}{sent}", f"{base}experiments/get-by-name?experiment_name={sent}", f"{base}runs/get?run_id={sent}",
                           f"{base}registered-models/get?name={sent}", f"{base}experiments/get?experiment_id={sent}", f"{base}logged-models/{sent}",
                           f"{prefix}/{sent}", f"{prefix}/2.0/mlflow-artifacts/artifacts/{sent}", f"{base}registered-models/search?filter={sent}",
                           f"{base}model-versions/search?page_token={sent}", f"{base}artifacts/list?run_id={self.place.run}&page_token=a&path={sent}%23"):
                for headers in ({}, {"Accept": "text/html"}):
                    self.attack("GET", target, headers=headers, statuses=(400, 404))
            self.attack("POST", base + "experiments/create", body=b"{}", headers={"Content-Type": SCRIPT})
            self.attack("POST", base + "experiments/create", {"name": [SCRIPT]})
            self.attack("POST", base + "registered-models/alias", {"name": "kept", "alias": SCRIPT, "version": "1"})
        for name in ("a.html", "a.svg", "a.xml", "a.js", "a.htm", "a.xhtml", "a", "a.txt", 'a".html', "a;b.html", "a'b.html", "ü.html"):
            path = f"{self.place.run_folder}/pages/{name}"
            self.assertEqual(self.place.put(quote(path), SCRIPT.encode()).status, 200)
            for prefix in PREFIXES:
                for target in (f"{prefix}/2.0/mlflow-artifacts/artifacts/{quote(path)}",
                               f"/get-artifact?{urlencode({'run_id': self.place.run, 'path': 'pages/' + name})}"):
                    for headers in ({}, {"Accept": "text/html"}, {"Range": "bytes=0-7"}):
                        with self.subTest(target=target):
                            reply = self.harmless(self.place.call("GET", target, headers=headers))
                            self.assertIn(reply.status, (200, 206))
                            self.assertTrue(reply.headers["Content-Disposition"].startswith("attachment; filename"), reply)
                            self.assertEqual(len(reply.headers.get_all("Content-Disposition")), 1)

    def test_the_routes_of_pages_refuse_in_the_words_of_the_protocol_too(self) -> None:
        for target in self.pages():
            self.attack("GET", target, headers={"Host": "evil.example"}, statuses=(403,), code="PERMISSION_DENIED")
            self.attack("GET", target, headers={"Origin": "http://evil.example"}, statuses=(403,), code="PERMISSION_DENIED")
            self.attack("GET", target.replace("path=", "path=%00"))
            self.attack("GET", target.replace("path=", "path=%ff"))
            self.attack("GET", target + "&a=b" * 201)
            self.attack("POST", target, {}, statuses=(404, 405), code="ENDPOINT_NOT_FOUND")

    def test_a_header_of_a_proxy_or_of_a_framework_changes_nothing(self) -> None:
        for header, value in (("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "DELETE"), ("X-HTTP-Method", "DELETE"),
                              ("X-Original-URL", "/api/2.0/mlflow/runs/delete"), ("X-Rewrite-URL", "/api/2.0/mlflow/runs/delete"),
                              ("X-Forwarded-Prefix", "/../.."), ("X-Script-Name", "/../.."), ("X-Forwarded-Host", "evil.example"),
                              ("X-Forwarded-For", "127.0.0.1"), ("Authorization", "Basic YWRtaW46cGFzc3dvcmQ="), ("X-MLFLOW-WORKSPACE", "../other")):
            for prefix in PREFIXES:
                with self.subTest(header=header):
                    reply = self.harmless(
                        self.place.call("GET", f"{prefix}/2.0/mlflow/runs/get?run_id={self.place.run}&_method=DELETE", headers={header: value}))
                    self.assertEqual(reply.status, 200)
                    self.unchanged()


class Routes(AttackTest):
    def test_every_route_that_is_not_served_is_refused_and_does_nothing(self) -> None:
        """Traces, gateway, webhooks, jobs, GraphQL, registries of servers and whatever else a genuine server has."""
        count = 0
        for method, path, works in endpoints():
            if works or path in ("/", "/graphql"):
                continue
            count += 1
            value = {"name": "a", "url": f"http://127.0.0.1:{self.place.listener.port}/", "path": "a"}
            self.attack(method, filled(path), None if method == "GET" else value, statuses=(400, 404, 501))
        self.assertGreater(count, 300)

    def test_accounts_of_mlflows_own_are_no_way_in(self) -> None:
        for version in ("2.0", "3.0"):
            for prefix in PREFIXES:
                for call in ("POST users/create", "GET users/get?username=admin", "PATCH users/update-password", "PATCH users/update-admin",
                             "DELETE users/delete", "GET users/current", "GET users/list", "POST experiments/permissions/create",
                             "PATCH registered-models/permissions/update", "POST roles/create", "POST scorers/permissions/create",
                             "POST gateway/secrets/create", "POST jobs", "GET jobs/1"):
                    method, path = call.split()
                    self.attack(method, f"{prefix}/{version}/mlflow/{path}", None if method == "GET" else {"username": "a", "password": ""},
                                statuses=(404,), code="ENDPOINT_NOT_FOUND")
        for method, path in (("GET", "/signup"), ("POST", "/signup"), ("POST", "/api/2.0/mlflow/users/create-ui"), ("GET", "/login"), ("GET", "/logout"),
                             ("GET", "/oauth/callback?code=a")):
            with self.subTest(path=path):
                reply = self.harmless(self.place.call(method, path, None if method == "GET" else b"username=a&password=", {}))
                self.assertEqual(reply.status, 404)
                self.unchanged()

    def test_graphql_is_refused_however_many_questions_are_in_one_request(self) -> None:
        for query in ("{ test }", "query { " + " ".join(f"a{number}: mlflowGetRun(input: {{runId: \"x\"}}) {{ run {{ info {{ runId }} }} }}"
                                                        for number in range(10_000)) + " }"):
            began = time.monotonic()
            self.attack("POST", "/graphql", {"query": query}, statuses=(404,), code="ENDPOINT_NOT_FOUND")
            self.attack("POST", "/graphql", [{"query": query}], statuses=(404,), code="ENDPOINT_NOT_FOUND")
            self.attack("POST", "/ajax-api/2.0/mlflow/graphql", {"query": query}, statuses=(404,), code="ENDPOINT_NOT_FOUND")
            self.assertLess(time.monotonic() - began, PATIENCE)
        self.attack("GET", "/graphql?query=%7Btest%7D", statuses=(404,), code="ENDPOINT_NOT_FOUND")

    def test_the_gateway_is_no_way_to_other_servers(self) -> None:
        target = f"http://127.0.0.1:{self.place.listener.port}/v1/chat"
        for prefix in PREFIXES:
            for method, path in (("POST", "gateway-proxy"), ("GET", f"gateway-proxy?gateway_path={quote(target)}"), ("POST", "gateway/endpoints/create"),
                                 ("POST", "gateway/a/mlflow/invocations")):
                for version in ("2.0", "3.0"):
                    value = {"gateway_path": target, "api_base": target, "json_data": {}} if method == "POST" else None
                    self.attack(method, f"{prefix}/{version}/mlflow/{path}", value, statuses=(404,), code="ENDPOINT_NOT_FOUND")
        self.attack("POST", "/gateway/a/mlflow/invocations", {"messages": [], "api_base": target}, statuses=(404,), code="ENDPOINT_NOT_FOUND")
        for method in ("GET", "CONNECT", "TRACE"):
            with self.subTest(method=method):
                reply = self.place.call(method, target, None, {})
                self.assertIn(reply.status, (400, 403, 404, 405, 501))

    def test_both_prefixes_give_the_same_answer(self) -> None:
        """One handler for the twins: what one refuses the other does not let through."""
        count = 0
        for method, path, works in endpoints():
            if not works or not path.startswith("/ajax-api/"):
                continue
            count += 1
            for body in (None, b"{}", b'{"run_id": "../a", "name": 5, "experiment_id": "x", "model_id": "x"}', b"[", b'{"a": 1, "a": 2}'):
                if (body is not None and method == "GET") or (body == b"{}" and path.endswith("/runs/create")):
                    continue  # a run needs nothing
                seen: List[Any] = []
                for prefix in PREFIXES:
                    reply = self.harmless(self.place.call(method, prefix + filled(path)[len("/ajax-api"):], body, JSON if body is not None else {}))
                    same = json.loads(reply.body) if reply.body else None
                    seen.append((reply.status, reply.headers["Content-Type"], same if reply.status != 200 or method != "GET" else None))
                with self.subTest(method=method, path=path, body=body):
                    self.assertEqual(seen[0], seen[1])
        self.assertGreater(count, 60)

    def test_a_name_that_is_read_as_another_is_refused(self) -> None:
        for name in ("%6bept", "kep%74", "kept%20", "kept%00", "%2e%2e", "a%2fb", "kept\u202e", "\u202akept", "ke\u2066pt", "kept\u200e", "kept\n",
                     "kept\x7f", "\x1b[31mkept", "kept\0", "kept\x85", "a/b", "a:b", "../kept", "..", ".", "/kept", "kept/1", "kept@champion", "", " ",
                     "\t"):
            for prefix in PREFIXES:
                self.attack("POST", prefix + "/2.0/mlflow/registered-models/create", {"name": name}, code="INVALID_PARAMETER_VALUE")
        self.place.done("POST", "registered-models/create", {"name": "\u00e4"})
        for name in ("a\u0308", "\u00e4"):  # one name, in two normal forms
            self.assertEqual(
                self.place.send("POST", "/api/2.0/mlflow/registered-models/create", {"name": name}).json()["error_code"], "RESOURCE_ALREADY_EXISTS")

    def test_text_that_a_shell_or_a_database_would_run_is_text(self) -> None:
        marker = self.place.root / "work" / "ran"
        for number, text in enumerate((f"$(touch {marker})", f"`touch {marker}`", f"; touch {marker}", f"| touch {marker}", f"\n touch {marker}",
                                       f"'; ATTACH '{marker}' AS a; --", "'); DROP TABLE runs; --", "%s%s%n", "{0.__class__}", "{{7*7}}",
                                       "${jndi:ldap://127.0.0.1/a}", "!!python/object/apply:os.system ['true']", "__import__('os').system('true')")):
            run = self.place.new_run(run_name=text, user_id=text, tags=[{"key": "note", "value": text}])
            self.place.done("POST", "runs/log-parameter", {"run_id": run, "key": "p", "value": text})
            seen = self.place.asked("runs/get", run_id=run)["run"]
            self.assertEqual((seen["info"]["run_name"], seen["data"]["params"][0]["value"]), (text, text))
            self.place.done("POST", "experiments/create", {"name": f"{number} {text}"})
            self.assertEqual(self.place.asked("experiments/get-by-name", experiment_name=f"{number} {text}")["experiment"]["name"], f"{number} {text}")
        self.assertFalse(marker.exists())


class Page(unittest.TestCase):
    """docs/mlflow-attacks.md and the tests say the same."""
    def test_the_page_names_each_test_and_no_other(self) -> None:
        found: Set[str] = set()
        for path in sorted((ROOT / "tests" / "functional").glob("mlflow_attacks*_test.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name != THIS:
                    found.add(node.name)
        named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
        self.assertEqual(sorted(named - found), [], "named by the page, and no test")
        self.assertEqual(sorted(found - named), [], "tests that the page does not name")


if __name__ == "__main__":
    unittest.main()
