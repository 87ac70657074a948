#!/usr/bin/env python3
"""What a stranger may send to /v1: each mistake gets a clear 4xx that names the field, and nothing is kept of it."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from http_api import DATASET, SAME, ApiTest, call, digest, facts, send, start, stop  # noqa: E402


def setUpModule():
    start()


def tearDownModule():
    stop()


class Registration(ApiTest):
    def refused_push(self, body, field, status=400, code="push-refused"):
        problem = self.refused(send("POST", self.versions, body), status, code, field)
        self.refused(call("GET", f"/v1/models/{self.model}"), 404, "model-not-found")
        return problem

    def changed(self, **parts):
        """A good registration with some of its facts replaced."""
        return {**self.registration(), "facts": facts(**parts)}

    def test_a_body_that_is_no_json_object_is_refused(self):
        for body in (b"", b"{", b"nonsense", b'{"files":[],}', b'{"a":1}{"b":2}', b"\xff\xfe{}", b'{"a":"\xff"}', b'{"a":1,"a":2}', b"{\"a\":\"\\ud800\"}",
                     b'{"a":NaN}', b'{"a":1e999}', b'{"a":99999999999999999999}', b"[" * 100_000, b'{"a":"\\u0000"}', b"\x00"):
            self.refused(call("POST", self.versions, body, {"Content-Type": "application/json"}), 400)
        for body in (b"[]", b"null", b'"text"', b"3"):
            self.refused(call("POST", self.versions, body, {"Content-Type": "application/json"}), 400, field="(body)")
        self.refused(call("GET", f"/v1/models/{self.model}"), 404)

    def test_every_mistake_of_a_registration_is_reported_at_once(self):
        body = self.registration()
        body["files"][0].update(path="../up", color="red")
        body.update(extra=1, description=5, tags=[], aliases=["latest"], if_changed="yes", run={"id": "nope", "x": 1})
        body["facts"].update(metrics=[{"name": "", "value": "high"}], trained_at="yesterday", more={})
        problem = self.refused_push(body, None)
        named = {error["field"] for error in problem["field_errors"]}
        self.assertLessEqual({"files[0].path", "files[0].color", "extra", "description", "tags", "aliases[0]", "if_changed", "run.id", "run.x",
                              "facts.metrics[0].name", "facts.metrics[0].value", "facts.trained_at", "facts.more"}, named)

    def test_a_run_that_cannot_be_is_reported_once(self):
        for run in ("nope", "0" * 32):
            problem = self.refused_push({**self.registration(), "run": {"id": run}}, "run.id")
            self.assertEqual([error["field"] for error in problem["field_errors"]], ["run.id"])

    def test_missing_members_are_named(self):
        self.refused_push({"facts": facts()}, "files")
        self.refused_push({"files": []}, "facts")
        self.refused_push({**self.registration(), "files": []}, "files")
        self.refused_push({**self.registration(), "files": [{"path": "a"}]}, "files[0].digest")
        self.refused_push({**self.registration(), "files": [{"digest": digest(b"")}]}, "files[0].path")
        self.refused_push({**self.registration(), "files": ["model.joblib"]}, "files[0]")

    def test_paths_that_leave_the_version_are_refused(self):
        blob = self.put_blob(b"x")
        for path in ("../x", "a/../x", "..", ".", "/etc/passwd", "a//b", "a/", "a\\b", "C:\\x", "a\nb", "a\x7f", "./a", "a/./b", "n" * 256, "d/" * 33 + "x",
                     ("x" * 200 + "/") * 6 + "x"):
            self.refused_push({"files": [{"path": path, "digest": blob}], "facts": facts()}, "files[0].path")

    def test_paths_that_cannot_live_beside_each_other_are_refused(self):
        blob = self.put_blob(b"x")
        for first, second in (("a", "a"), ("a", "a/b"), ("ä", "a\u0308"), ("x/y", "x")):
            body = {"files": [{"path": first, "digest": blob}, {"path": second, "digest": blob}], "facts": facts()}
            self.refused_push(body, "files")

    def test_digests_that_are_none_are_refused(self):
        for value in ("", "sha256:", "sha256:" + "A" * 64, "sha256:" + "a" * 63, "md5:" + "a" * 32, "a" * 64, "sha256:" + "g" * 64):
            self.refused_push({"files": [{"path": "a", "digest": value}], "facts": facts()}, "files[0].digest")
            self.refused_push(self.changed(datasets=[{"role": "training", "name": "n", "digest": value}]), "facts.datasets[0].digest")
        for value in (5, None, ["x"]):
            self.refused_push({"files": [{"path": "a", "digest": value}], "facts": facts()}, "files[0].digest")

    def test_facts_of_the_wrong_kind_are_named_with_their_place(self):
        metric = {"name": "m", "value": 1.0}
        dataset = {"role": "training", "name": "n", "digest": DATASET}
        for parts, field in (
            ({"metrics": [{**metric, "value": True}]}, "facts.metrics[0].value"), ({"metrics": [metric, {**metric, "unit": "%"}]}, "facts.metrics[1].unit"),
            ({"metrics": [{**metric, "name": "a\nb"}]}, "facts.metrics[0].name"), ({"metrics": [{**metric, "dataset": "nobody"}]}, "facts.metrics[0].dataset"),
            ({"metrics": {}}, "facts.metrics"), ({"datasets": [{**dataset, "role": "guessing"}]}, "facts.datasets[0].role"),
            ({"datasets": [{"role": "training", "name": "n"}]}, "facts.datasets[0].digest"), ({"datasets": [{**dataset, "rows": -1}]}, "facts.datasets[0].rows"),
            ({"datasets": [{**dataset, "rows": 2**63}]}, "facts.datasets[0].rows"), ({"params": {"a": 1}}, "facts.params.a"),
            ({"libraries": {"numpy": 2}}, "facts.libraries.numpy"), ({"libraries": {"not a name!": "1"}}, "facts.libraries.not a name!"),
            ({"uses": "numpy"}, "facts.uses"), ({"uses": ["numpy", 3]}, "facts.uses[1]"), ({"platform": 5}, "facts.platform"),
            ({"parents": [{"relation": "retrained_from", "version": "nobody@1"}]}, "facts.parents[0].version"),
            ({"parents": [{"relation": "retrained_from", "version": f"x@{2**63}"}]}, "facts.parents[0].version"),
            ({"source": {"git": 1}}, "facts.source.git"), ({"missing": ["metrics"]}, "facts.missing"),
        ):
            problem = self.refused(send("POST", self.versions, self.changed(**parts)), 400, "push-refused")
            named = [error["field"] for error in problem["field_errors"]]
            self.assertTrue(any(name == field or field.startswith(name) and name != "facts" for name in named), (field, named))
        self.refused(call("GET", f"/v1/models/{self.model}"), 404)

    def test_times_that_cannot_be_are_refused(self):
        for time in ("yesterday", "1969-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-11-22T25:00:00Z", "2999-01-01T00:00:00Z", "", 20261122):
            self.refused_push(self.changed(trained_at=time), "facts.trained_at")

    def test_what_is_too_long_is_refused_by_name(self):
        self.refused_push({**self.registration(), "description": "d" * 100_001}, "description")
        self.refused_push({**self.registration(), "tags": {"k": "v" * 100_001}}, "tags.k")
        self.refused_push({**self.registration(), "tags": {str(number): "" for number in range(1001)}}, "tags")
        self.refused_push({**self.registration(), "aliases": [f"a{number}x" for number in range(101)]}, "aliases")
        self.refused_push({**self.registration(), "run": {"name": "n" * 501}}, "run.name")
        reply = call("POST", self.versions, b" " * ((16 << 20) + 1), {"Content-Type": "application/json"})
        self.refused(reply, 413, "body-too-large")

    def test_ten_thousand_files_are_a_version_and_one_more_is_not(self):
        blob = self.put_blob(b"the same bytes")
        files = [{"path": f"part/{number:05}.bin", "digest": blob} for number in range(10_001)]
        self.refused_push({"files": files, "facts": facts()}, "files")
        version = self.ok(send("POST", self.versions, {"files": files[1:], "facts": facts()}), 201).json()
        self.assertEqual(len(version["manifest"]["files"]), 10_000)

    def test_a_file_of_no_bytes_is_a_file(self):
        blob = self.put_blob(b"")
        self.ok(send("POST", self.versions, {"files": [{"path": "empty", "digest": blob}], "facts": facts()}), 201)
        reply = self.ok(call("GET", f"{self.versions}/1/files/empty", headers={"Assay-Environment": "none"}), 200)
        self.assertEqual((reply.body, reply.headers["Content-Length"], reply.headers["ETag"]), (b"", "0", f'"{digest(b"")}"'))
        self.refused(call("GET", f"{self.versions}/1/files/empty", headers={"Assay-Environment": "none", "Range": "bytes=0-"}), 416)


class Names(ApiTest):
    def test_model_names_that_cannot_be_are_refused_and_strange_ones_are_not(self):
        body = self.registration()
        for name in ("a%40b", "a%2Fb", "%00", "%0A", "%FF", "a" * 257, "%7F", "%C0%AF", "a%zz", "%"):
            self.refused(send("POST", f"/v1/models/{name}/versions", body), 400)
        problem = self.refused(send("POST", "/v1/models/a%40b/versions", body), 400)
        self.assertIn("name", [error["field"] for error in problem["field_errors"]])
        for name in ("%20", "a%20b", "%C3%A4", "%F0%9F%90%A7", "a.b", "a:b", "a%25b", "v1", "1", "a%3Fb%23c", "%2E%2E", "%3Cscript%3E"):
            self.ok(send("POST", f"/v1/models/{name}/versions", body), 201)
            self.ok(call("GET", f"/v1/models/{name}"), 200)

    def test_a_name_in_another_normal_form_is_the_same_name(self):
        body = self.registration()
        self.assertEqual(self.ok(send("POST", "/v1/models/nfc-%C3%B6/versions", body), 201).json()["version"], 1)
        self.assertEqual(self.ok(send("POST", "/v1/models/nfc-o%CC%88/versions", body), 201).json()["version"], 2)

    def test_references_that_are_none_are_refused(self):
        self.register()
        for ref in ("0", "-1", "01", "1.0", "v1", str(2**63), "99999999999999999999", "production", "@", "@a%20b", "sha256:abc", "sha256:" + "A" * 64, "%FF", "+1"):
            self.refused(call("GET", f"{self.versions}/{ref}"), 400)
        self.refused(call("GET", f"{self.versions}/{2**63 - 1}"), 404, "version-not-found")

    def test_aliases_that_would_mean_something_else_are_refused(self):
        self.register()
        for alias in ("latest", "LATEST", "3", "v3", "V12", "a%20b", "a@b", "%00", "a" * 256, "a.b", "-%2F-"):
            self.refused(send("PUT", f"/v1/models/{self.model}/aliases/{alias}", {"version": 1}), 400)
        for body, field in (({"version": 0}, "version"), ({"version": -1}, "version"), ({"version": 2**63}, "version"), ({"version": "1"}, "version"),
                            ({"version": 1.5}, "version"), ({"version": None}, "version"), ({}, "version"), ({"version": 1, "force": True}, "force")):
            self.refused(send("PUT", f"/v1/models/{self.model}/aliases/a", body), 400, field=field)
        self.refused(send("PUT", f"/v1/models/{self.model}/aliases/a", {"version": 2**63 - 1}), 404)
        self.assertEqual(call("GET", f"/v1/models/{self.model}").json()["aliases"], {})

    def test_tags_that_cannot_be_are_refused(self):
        self.register()
        for owner in (f"/v1/models/{self.model}", f"{self.versions}/1"):
            for key in ("%00", "%0A", "k" * 251, "%FF"):
                self.refused(send("PUT", f"{owner}/tags/{key}", {"value": "v"}), 400)
            for body, field in (({"value": 5}, "value"), ({}, "value"), ({"value": "v", "x": 1}, "x")):
                self.refused(send("PUT", f"{owner}/tags/k", body), 400, field=field)
            self.refused(send("PUT", f"{owner}/tags/k", {"value": "v" * 100_001}), 400)
            self.assertEqual(call("GET", owner).json()["tags"], {})

    def test_descriptions_that_cannot_be_are_refused(self):
        self.register()
        for target in (f"/v1/models/{self.model}", f"{self.versions}/1"):
            for body, field in (({}, "description"), ({"description": 1}, "description"), ({"description": "d", "name": "x"}, "name")):
                self.refused(send("PATCH", target, body), 400, field=field)
            self.refused(send("PATCH", target, {"description": "d" * 100_001}), 400)
            self.assertEqual(call("GET", target).json()["description"], "")

    def test_no_spelling_of_a_path_leaves_the_version(self):
        self.register("folder/model.joblib")
        for path in ("..%2F..%2Fetc%2Fpasswd", "%2e%2e/%2e%2e/x", "folder%2Fmodel.joblib", "folder/../folder/model.joblib", "folder//model.joblib",
                     "..;/x", "%2Fetc/passwd", "folder/%2e%2e/x", "%252e%252e/x", "folder%5Cmodel.joblib", "%00", "folder/model.joblib%00.txt", "%C0%AE%C0%AE/x"):
            reply = call("GET", f"{self.versions}/1/files/{path}", headers={"Assay-Environment": "none"})
            self.assertIn(reply.status, (400, 404), path)
            self.refused(reply, reply.status)
        self.ok(call("GET", f"{self.versions}/1/files/folder/model.joblib", headers={"Assay-Environment": "none"}), 200)


class Others(ApiTest):
    def test_an_environment_that_cannot_be_is_refused_with_its_fields(self):
        name = digest(b"any")
        for value, field in (
            ({**SAME, "packages": {"numpy": 1}}, "packages.numpy"), ({**SAME, "packages": []}, "packages"), ({**SAME, "color": 1}, "color"),
            ({**SAME, "python": 3}, "python"), ({**SAME, "packages": {"a b": "1"}}, "packages.a b"), ({**SAME, "implementation": "CPython!"}, "implementation"),
            ({**SAME, "packages": {"numpy": ""}}, "packages.numpy"), ({**SAME, "packages": {"a_b": "1", "a-b": "1"}}, "packages.a_b"),
            ({**SAME, "packages": {f"p{number}": "1" for number in range(5001)}}, "packages"), ({"packages": {}}, "implementation"),
        ):
            self.refused(send("PUT", f"/v1/environments/{name}", value), 400, "invalid-environment", field)
            self.register()
            self.refused(send("POST", f"{self.versions}/1:check", {"environment": value}), 400, "invalid-environment", "environment." + field)
        for bad in ("sha256:abc", "md5:1", digest(b"")[:-1]):
            self.refused(send("PUT", f"/v1/environments/{bad}", SAME), 400, "invalid-digest")

    def test_a_check_that_names_its_environment_wrongly_is_refused_by_that_name(self):
        self.register()
        for value in (5, True, [], 1.5):
            self.refused(send("POST", f"{self.versions}/1:check", {"environment": value}), 400, "invalid-environment", "environment")
        for value in ("", "auto", "NONE", "sha256:abc"):
            self.refused(send("POST", f"{self.versions}/1:check", {"environment": value}), 400, "invalid-digest", "environment")
        self.refused(send("POST", f"{self.versions}/1:check", {"environment": digest(b"never put")}), 409, "environment-unknown")
        self.refused(send("POST", f"{self.versions}/1:check", {"environment": SAME, "fetch": "yes"}), 400, field="fetch")
        self.refused(send("POST", f"{self.versions}/1:check", {"env": SAME}), 400, field="env")
        self.refused(send("POST", f"{self.versions}/1:check", []), 400, field="(body)")
        self.refused(call("GET", f"{self.versions}/1/files/model.joblib", headers={"Assay-Environment": "any"}), 400, "invalid-digest", "Assay-Environment")

    def test_rules_with_mistakes_are_refused_as_a_whole_and_each_is_named(self):
        before = self.stored()
        rule = {"id": "a", "package": "numpy", "recorded": "<2", "offered": ">=2", "effect": "load-error", "because": "it breaks"}
        rules = lambda *list_: {"schema": "assay.rules/1", "name": "n", "rules": list(list_)}  # noqa: E731
        for value, field in (
            ({}, "schema"), ({**rules(), "schema": "assay.rules/2"}, "schema"), ({**rules(), "name": ""}, "name"), ({**rules(), "rules": {}}, "rules"),
            (rules({**rule, "effect": "unproven"}), "rules[0].effect"), (rules(rule, {**rule, "id": "A b"}), "rules[1].id"), (rules(rule, rule), "rules[1].id"),
            (rules({**rule, "package": "NumPy"}), "rules[0].package"), (rules({**rule, "recorded": "about 2"}), "rules[0].recorded"),
            (rules({**rule, "because": "two\nlines"}), "rules[0].because"), (rules({**rule, "hint": ""}), "rules[0].hint"),
            (rules(rule, {**rule, "id": "b", "effect": "none"}), "rules[1].effect"), (rules(*[{**rule, "id": f"r{n}"} for n in range(10_001)]), "rules"),
        ):
            self.refused(send("PUT", "/v1/rules", value), 400, "invalid-rules", field)
        self.assertEqual(self.stored(), before)

    def test_the_known_members_are_listed_once_however_many_are_unknown(self):
        rule = {"id": "a", "package": "numpy", "recorded": "<2", "offered": ">=2", "effect": "load-error", "because": "it breaks"}
        value = {"schema": "assay.rules/1", "name": "n", "rules": [{**rule, "id": f"r{number}", "x": 1, "y": 2} for number in range(5)]}
        problem = self.refused(send("PUT", "/v1/rules", value), 400, "invalid-rules", "rules[4].y")
        self.assertEqual(len([error for error in problem["field_errors"] if error.get("fix", "").startswith("known here")]), 1)

    def test_lineage_questions_that_name_nothing_are_refused(self):
        self.register()
        node = f"version:{self.model}@1"
        for query, field in (("", "?of"), (f"of={node}&direction=sideways", "?direction"), (f"of={node}&depth=0", "?depth"), (f"of={node}&depth=x", "?depth"),
                             (f"of={node}&limit=10001", "?limit"), (f"of={node}&format=png", "?format")):
            self.refused(call("GET", "/v1/lineage?" + query), 400, field=field)
        for of in ("model:x", "version:", "version:a%2Fb@1", "dataset:abc", "dataset:ds2:" + DATASET, "x", "version:x@0"):
            self.refused(call("GET", "/v1/lineage?of=" + of), 400)
        made = "dataset:" + digest(b"made")
        for body, field in (({"to": made}, "from"), ({"from": node}, "to"), ({"from": node, "to": made, "relation": "a\nb"}, "relation"),
                            ({"from": node, "to": made, "name": "n" * 1001}, "name"), ({"from": node, "to": made, "x": 1}, "x"), ({"from": 1, "to": made}, "from")):
            self.refused(send("POST", "/v1/lineage", body), 400, field=field)
        self.refused(send("POST", "/v1/lineage", {"from": "run:" + "0" * 32, "to": made}), 400, "invalid-lineage-node")
        self.refused(send("POST", "/v1/lineage", {"from": node, "to": node}), 400, "invalid-lineage-node")
        self.refused(send("POST", "/v1/lineage", {"from": made, "to": made}), 404)
        self.refused(call("GET", "/v1/lineage?of=" + made), 404)

    def test_a_target_or_header_that_is_too_long_is_refused(self):
        self.refused(call("GET", "/v1/models?contains=" + "a" * 8000), 414, "target-too-long")
        self.refused(call("GET", "/healthz", headers={"X-Long": "a" * 17_000}), 431, "header-too-large")
        self.refused(call("GET", "/healthz", headers={f"X-{number}": "1" for number in range(101)}), 431, "too-many-headers")

    def test_problems_of_the_body_do_not_echo_control_characters(self):
        reply = send("POST", self.versions, {"\x1b[31mred": 1, "files": [], "facts": {}})
        self.assertNotIn("\\u001b", json.dumps(self.refused(reply, 400)))


if __name__ == "__main__":
    unittest.main()
