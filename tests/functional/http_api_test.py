#!/usr/bin/env python3
"""Every route of docs/api.md against the real server, one promise per case: ASSAY_BIN=build/release/assay python3 tests/functional/http_api_test.py"""

import re
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from http_api import DATASET, OTHER, SAME, TRAINED_WITH, ApiTest, call, canonical, digest, facts, send, start, stop  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def setUpModule():
    start()


def tearDownModule():
    stop()


class Routes(ApiTest):
    def test_the_page_and_the_server_agree_on_every_route(self):
        """OPTIONS says which methods a path has; the tables of docs/api.md say the same, no more and no less."""
        documented = {}
        for line in (ROOT / "docs" / "api.md").read_text().splitlines():
            row = re.match(r"(?:\| )?`((?:GET|HEAD|PUT|POST|PATCH|DELETE)(?:, (?:GET|HEAD|PUT|POST|PATCH|DELETE))*) ([^ `?]+)", line)
            if not row:
                continue
            paths = [row.group(2)]
            if also := re.search(r"`…(/[^ `]+)` ", line.split(" | ")[0]):
                paths.append("/v1/models/{name}" + also.group(1))
            more = re.findall(r"`((?:GET|PUT|POST)) (/[^ `?]+)`", line.split(" | ")[0])
            for path in paths:
                documented.setdefault(path, set()).update(row.group(1).split(", "))
            for method, path in more:
                documented.setdefault(path, set()).add(method)
        self.assertGreater(len(documented), 25)
        examples = {"name": "m", "ref": "1", "number": "1", "alias": "a", "key": "k", "id": "0" * 32, "digest": digest(b""), "path": "a/b", "asset": "page.css"}
        for path, methods in documented.items():
            target = re.sub(r"\{(\w+)\}", lambda match: examples[match.group(1)], path)
            allowed = self.ok(call("OPTIONS", target), 204).headers["Allow"].split(", ")
            wanted = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
            if re.search(r"\}:\w+$", path):  # "1:check" could also be a strange {ref}, which the server says of itself
                self.assertLessEqual(wanted, set(allowed), path)
            else:
                self.assertEqual(set(allowed), wanted, path)


    def test_the_example_of_the_page_is_a_registration(self):
        page = (ROOT / "docs" / "api.md").read_text()
        example = re.search(r"## Register.*?```json\n(.*?)```", page, flags=re.S).group(1)
        first = self.register()
        for shown, meant in (("ds1:sha256:…", "ds1:" + digest(b"table")), ('"sha256:…"', f'"{self.put_blob(b"example")}"'), ("0d1c…", first["run"]),
                             ("churn@2", f"{self.model}@1"), ('"timestamp":"…"', '"timestamp":"2026-11-22T21:14:03Z"')):
            self.assertIn(shown, example)
            example = example.replace(shown, meant)
        version = self.ok(call("POST", self.versions, example.encode(), {"Content-Type": "application/json"}), 201).json()
        self.assertEqual((version["version"], version["aliases"], version["run"], version["warnings"]), (2, ["candidate"], first["run"], []))


class Operate(ApiTest):
    def test_healthz_answers_while_the_process_lives(self):
        self.assertEqual(self.ok(call("GET", "/healthz"), 200).json(), {"status": "ok"})

    def test_readyz_answers_when_database_and_store_do(self):
        self.assertEqual(self.ok(call("GET", "/readyz"), 200).json(), {"status": "ready"})

    def test_metrics_are_prometheus_text_and_count_requests_and_verdicts(self):
        self.register()
        self.ok(send("POST", f"{self.versions}/1:check", {"environment": SAME}), 200)
        reply = self.ok(call("GET", "/metrics"), 200)
        self.assertTrue(reply.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        text = reply.body.decode()
        self.assertRegex(text, r'assay_http_requests_total\{[^}]*route="/v1/models/\{name\}/versions"[^}]*\} [1-9]')
        self.assertRegex(text, r'assay_gate_decisions_total\{verdict="allow"\} [1-9]')
        self.assertNotIn(self.model, text)
        for line in text.splitlines():
            self.assertRegex(line, r"^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{.*\})? [0-9.e+-]+|[a-z_]+_bucket\{.*\} [0-9]+)$")

    def test_server_says_its_version_and_schema(self):
        answer = self.ok(call("GET", "/v1/server"), 200).json()
        self.assertEqual((answer["name"], answer["api"]), ("assay", "v1"))
        self.assertRegex(answer["version"], r"^\d+\.\d+\.\d+")
        self.assertIsInstance(answer["schema"], int)

    def test_fsck_of_a_sound_store_finds_nothing(self):
        self.register()
        report = self.ok(send("POST", "/v1/fsck", {"repair": False}), 200).json()
        self.assertEqual((report["clean"], report["findings"]), (True, []), report)
        self.assertGreaterEqual(report["versions"], 1)
        self.refused(send("POST", "/v1/fsck", {"repair": "yes"}), 400, field="repair")


class Blobs(ApiTest):
    def test_an_upload_is_201_once_and_200_again_and_head_knows_its_size(self):
        data = self.model.encode() * 1000
        target = "/v1/blobs/" + digest(data)
        self.assertEqual(call("HEAD", target).status, 404)
        for status in (201, 200):
            reply = self.ok(call("PUT", target, data), status)
            self.assertEqual(reply.json(), {"digest": digest(data), "size": len(data)})
        head = self.ok(call("HEAD", target), 200)
        self.assertEqual((head.headers["Content-Length"], head.headers["ETag"], head.body), (str(len(data)), f'"{digest(data)}"', b""))

    def test_a_chunked_upload_is_stored(self):
        data = self.model.encode() * 50_000
        reply = call("PUT", "/v1/blobs/" + digest(data), iter([data[:7], data[7:99_999], data[99_999:]]))
        self.assertEqual(self.ok(reply, 201).json()["size"], len(data))

    def test_a_blob_of_no_bytes_is_a_blob(self):
        self.assertEqual(self.ok(call("PUT", "/v1/blobs/" + digest(b""), b""), 200, 201).json(), {"digest": digest(b""), "size": 0})

    def test_other_bytes_than_the_digest_says_are_refused_and_not_kept(self):
        before = self.stored()
        problem = self.refused(call("PUT", "/v1/blobs/" + digest(b"these"), b"those"), 422, "digest-mismatch")
        self.assertEqual(problem["title"], "integrity")
        self.assertEqual(call("HEAD", "/v1/blobs/" + digest(b"these")).status, 404)
        self.assertEqual(call("HEAD", "/v1/blobs/" + digest(b"those")).status, 404)
        self.assertEqual(self.stored(), before)

    def test_raw_blobs_are_not_a_way_round_the_gate(self):
        name = self.put_blob(b"raw")
        problem = self.refused(call("GET", "/v1/blobs/" + name), 403, "raw-blobs-disabled")
        self.assertTrue(problem["fix"])

    def test_the_same_bytes_from_many_clients_at_once_are_one_blob(self):
        data = self.model.encode() * 20_000
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(call("PUT", "/v1/blobs/" + digest(data), data).status)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual(set(statuses), {200, 201})
        self.assertIn(201, statuses)
        self.assertEqual(len(statuses), 8)


class Register(ApiTest):
    def test_a_registration_answers_201_with_the_version_its_place_and_its_digest(self):
        body = self.registration("model.joblib", "data/card.json", description="first", tags={"team": "birds"}, aliases=["candidate"])
        reply = self.ok(send("POST", self.versions, body), 201)
        version = reply.json()
        self.assertEqual(reply.headers["Location"], f"{self.versions}/1")
        self.assertEqual(reply.headers["ETag"], f'"{version["digest"]}"')
        self.assertEqual((version["model"], version["version"], version["state"]), (self.model, 1, "ready"))
        self.assertEqual((version["description"], version["tags"], version["aliases"]), ("first", {"team": "birds"}, ["candidate"]))
        self.assertEqual([file["path"] for file in version["manifest"]["files"]], ["data/card.json", "model.joblib"])
        self.assertEqual(version["manifest"]["facts"]["metrics"], facts()["metrics"])

    def test_version_numbers_count_up_from_one_and_survive_deletion(self):
        self.assertEqual([self.register()["version"] for _ in range(3)], [1, 2, 3])
        self.ok(call("DELETE", f"{self.versions}/3"), 204)
        self.assertEqual(self.register()["version"], 4)

    def test_every_missing_fact_is_named_at_once_and_nothing_is_stored(self):
        body = self.registration()
        body["facts"] = {}
        before = self.stored()
        problem = self.refused(send("POST", self.versions, body), 400, "push-refused")
        named = {error["field"] for error in problem["field_errors"]}
        self.assertLessEqual({"facts.libraries", "facts.datasets", "facts.metrics", "facts.trained_at"}, named)
        self.assertEqual(self.stored(), before)

    def test_every_blob_that_is_not_here_is_named_at_once(self):
        body = self.registration("a", "b", "c")
        for index in (0, 2):
            body["files"][index]["digest"] = digest(f"missing {index}".encode())
        problem = self.refused(send("POST", self.versions, body), 409, "blob-missing")
        self.assertEqual([error["field"] for error in problem["field_errors"]], ["files[0].digest", "files[2].digest"])
        self.refused(call("GET", f"/v1/models/{self.model}"), 404, "model-not-found")

    def test_an_idempotency_key_answers_the_first_version_again(self):
        body = self.registration()
        first = self.ok(send("POST", self.versions, body, Idempotency_Key="key-" + self.model), 201).json()
        again = self.ok(send("POST", self.versions, body, Idempotency_Key="key-" + self.model), 201).json()
        self.assertEqual((first["version"], first["digest"]), (again["version"], again["digest"]))
        self.assertEqual(len(call("GET", self.versions).json()["items"]), 1)

    def test_an_idempotency_key_used_for_another_body_is_a_conflict(self):
        body = self.registration()
        self.ok(send("POST", self.versions, body, Idempotency_Key="other-" + self.model), 201)
        body["description"] = "another"
        self.refused(send("POST", self.versions, body, Idempotency_Key="other-" + self.model), 409, "idempotency-key-reused")
        self.assertEqual(len(call("GET", self.versions).json()["items"]), 1)

    def test_an_idempotency_key_used_by_many_at_once_registers_one_version(self):
        body = self.registration()
        answers = []
        send_it = lambda: answers.append(send("POST", self.versions, body, Idempotency_Key="many-" + self.model))  # noqa: E731
        threads = [threading.Thread(target=send_it) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = call("GET", self.versions + "?state=all").json()["items"]
        self.assertEqual(len(made), 1)
        self.assertEqual([(answer.status, answer.json()["digest"]) for answer in answers], [(201, made[0]["digest"])] * 8)

    def test_an_idempotency_key_that_is_no_key_is_refused(self):
        for key in ("", "a" * 129, "two words", "k\xe4se"):
            self.refused(send("POST", self.versions, self.registration(), Idempotency_Key=key), 400, "invalid-idempotency-key")

    def test_if_changed_answers_the_unchanged_version_with_200_and_says_what_it_left(self):
        body = self.registration(if_changed=True, aliases=["new"])
        self.ok(send("POST", self.versions, body), 201)
        body["facts"]["trained_at"] = "2026-11-23T00:00:00Z"
        body["aliases"] = ["newer"]
        reply = self.ok(send("POST", self.versions, body), 200).json()
        self.assertEqual((reply["version"], reply["aliases"]), (1, ["new"]))
        self.assertEqual(len(reply["warnings"]), 2, reply["warnings"])
        body["facts"]["params"] = {"max_depth": "9"}
        self.assertEqual(self.ok(send("POST", self.versions, body), 201).json()["version"], 2)

    def test_a_metric_without_a_dataset_is_taken_for_held_out_and_warned_of(self):
        version = self.register(facts=facts(metrics=[{"name": "accuracy", "value": 0.5}]))
        self.assertIn("accuracy", version["warnings"][0])
        self.assertEqual(version["manifest"]["facts"]["origin"]["metrics.accuracy"], "assumed held-out")

    def test_a_run_is_made_and_can_be_joined(self):
        run = {"name": "grid", "experiment": "birds", "metrics": [{"name": "score", "value": 0.97, "step": 5}], "params": {"cv": "5"}}
        made = self.register(run=run)["run"]
        self.assertEqual(self.register(run={"id": made})["run"], made)
        shown = self.ok(call("GET", f"/v1/runs/{made}"), 200).json()
        self.assertEqual((shown["experiment"], shown["name"], shown["params"]), ("birds", "grid", {"cv": "5"}))
        self.assertEqual([(metric["name"], metric["value"], metric["step"]) for metric in shown["metrics"]], [("score", 0.97, 5)])
        self.assertEqual(shown["versions"], [f"{self.model}@1", f"{self.model}@2"])
        self.refused(call("GET", "/v1/runs/" + "0" * 32), 404, "run-not-found")


class Read(ApiTest):
    def test_a_model_is_listed_and_shown_with_its_versions_aliases_and_tags(self):
        self.register(aliases=["production"])
        self.register()
        self.ok(send("PUT", f"/v1/models/{self.model}/tags/team", {"value": "birds"}), 200)
        shown = self.ok(call("GET", f"/v1/models/{self.model}"), 200).json()
        listed = self.ok(call("GET", f"/v1/models?contains={self.model[3:]}"), 200).json()["items"]
        self.assertEqual(listed, [shown])
        self.assertEqual((shown["latest_version"], shown["versions"], shown["aliases"]), (2, 2, {"production": 1}))
        self.assertEqual(shown["tags"], {"team": "birds"})

    def test_a_version_is_found_by_number_alias_latest_and_digest(self):
        first = self.register(aliases=["production"])
        self.register()
        for ref, number in (("1", 1), ("@production", 1), (first["digest"], 1), ("@latest", 2), ("%40production", 1)):
            self.assertEqual(self.ok(call("GET", f"{self.versions}/{ref}"), 200).json()["version"], number, ref)
        for ref in ("9", "@nowhere", digest(b"no version")):
            self.refused(call("GET", f"{self.versions}/{ref}"), 404)

    def test_versions_are_listed_newest_first_and_by_state(self):
        for _ in range(3):
            self.register()
        self.ok(call("DELETE", f"{self.versions}/2"), 204)
        numbers = lambda query: [item["version"] for item in self.ok(call("GET", self.versions + query), 200).json()["items"]]  # noqa: E731
        self.assertEqual((numbers(""), numbers("?state=ready"), numbers("?state=deleted"), numbers("?state=all")), ([3, 1], [3, 1], [2], [3, 2, 1]))
        item = call("GET", self.versions).json()["items"][0]
        self.assertNotIn("manifest", item)
        self.assertEqual(item["metrics"], facts()["metrics"])

    def test_the_manifest_is_served_as_the_bytes_that_its_digest_names(self):
        version = self.register()
        reply = self.ok(call("GET", f"{self.versions}/1/manifest"), 200)
        self.assertEqual(digest(reply.body), version["digest"])
        self.assertEqual(reply.headers["ETag"], f'"{version["digest"]}"')
        self.assertEqual(reply.body, canonical(version["manifest"]))

    def test_the_history_tells_registration_aliases_tags_descriptions_and_deletion(self):
        self.register()
        self.ok(send("PUT", f"/v1/models/{self.model}/aliases/a", {"version": 1}, Assay_Consumer="ann@lab"), 201)
        self.ok(send("PUT", f"{self.versions}/1/tags/k", {"value": "v"}), 200)
        self.ok(send("PATCH", f"{self.versions}/1", {"description": "d"}), 200)
        self.ok(call("DELETE", f"{self.versions}/1?force=true"), 204)
        self.ok(send("POST", f"{self.versions}/1:undelete", {}), 200)
        items = self.ok(call("GET", f"/v1/models/{self.model}/history"), 200).json()["items"]
        kinds = [item["kind"] for item in items]
        self.assertEqual([kind for kind in kinds if kind != "alias"], ["undeleted", "deleted", "description", "tag", "registered"])
        self.assertEqual([item["actor"] for item in items if item["kind"] == "alias" and item["after"] == 1], ["ann@lab"])


class GateAndFetch(ApiTest):
    def test_an_environment_is_put_once_under_its_canonical_digest(self):
        value = {**SAME, "platform": self.model}
        name = digest(canonical(value))
        self.assertEqual(self.ok(send("PUT", f"/v1/environments/{name}", value), 201).json(), {"digest": name})
        self.ok(send("PUT", f"/v1/environments/{name}", {**value, "packages": {"Scikit_Learn": "1.5.2", "numpy": "2.1.3", "joblib": "1.4.2"}}), 200)
        self.assertEqual(self.ok(call("GET", f"/v1/environments/{name}"), 200).json(), value)
        self.refused(send("PUT", "/v1/environments/" + digest(b"else"), value), 422, "digest-mismatch")
        self.refused(call("GET", "/v1/environments/" + digest(b"else")), 404, "environment-not-found")

    def test_check_allows_the_same_releases_and_refuses_what_would_break_with_200(self):
        version = self.register()
        allowed = self.ok(send("POST", f"{self.versions}/1:check", {"environment": SAME}), 200).json()
        self.assertEqual((allowed["verdict"], allowed["version"], allowed["digest"]), ("allow", f"{self.model}@1", version["digest"]))
        verdict = self.ok(send("POST", f"{self.versions}/@latest:check", {"environment": self.put_environment(OTHER)}), 200).json()
        self.assertEqual(verdict["verdict"], "refuse")
        conflict = next(conflict for conflict in verdict["conflicts"] if conflict["package"] == "scikit-learn")
        self.assertEqual((conflict["recorded"], conflict["offered"]), ("1.5.2", "0.24.2"))
        self.assertTrue(conflict["because"] and verdict["fix"])
        self.assertEqual(self.ok(send("POST", f"{self.versions}/1:check", {"environment": "none"}), 200).json()["verdict"], "allow")
        self.assertEqual(self.ok(send("POST", f"{self.versions}/1:check", {"environment": None}), 200).json()["verdict"], "refuse")

    def test_a_checked_fetch_is_recorded_for_its_consumer_and_a_plain_check_is_not(self):
        self.register()
        self.ok(send("POST", f"{self.versions}/1:check", {"environment": SAME}, Assay_Consumer="nobody@x"), 200)
        self.ok(send("POST", f"{self.versions}/1:check", {"environment": OTHER, "fetch": True}, Assay_Consumer="b%C3%A4rbel@web-1"), 200)
        items = self.ok(call("GET", f"{self.versions}/1/fetches"), 200).json()["items"]
        self.assertEqual([(item["consumer"], item["host"], item["verdict"], item["count"]) for item in items], [("bärbel", "web-1", "refuse", 1)])

    def test_a_file_is_handed_out_to_an_environment_that_can_load_it(self):
        version = self.register("dir with blank/ä.joblib")
        target = f"{self.versions}/1/files/dir%20with%20blank/%C3%A4.joblib"
        reply = self.ok(call("GET", target, headers={"Assay-Environment": self.put_environment(SAME), "Assay-Consumer": "me@here"}), 200)
        self.assertEqual(digest(reply.body), version["manifest"]["files"][0]["digest"])
        self.assertEqual((reply.headers["Assay-Verdict"], reply.headers["Assay-Version"]), ("allow", f"{self.model}@1"))
        fetches = call("GET", f"{self.versions}/1/fetches").json()["items"]
        self.assertEqual([(item["consumer"], item["verdict"]) for item in fetches], [("me", "allow")])

    def test_a_file_is_refused_with_the_verdict_before_any_byte(self):
        self.register()
        target = f"{self.versions}/1/files/model.joblib"
        reply = call("GET", target, headers={"Assay-Environment": self.put_environment(OTHER)})
        problem = self.refused(reply, 409, "incompatible-environment")
        self.assertEqual((problem["title"], problem["verdict"]["verdict"]), ("incompatible", "refuse"))
        self.assertNotIn(f"{self.model} model.joblib".encode(), reply.body)

    def test_a_file_is_refused_to_who_does_not_say_where_it_will_be_loaded(self):
        self.register()
        target = f"{self.versions}/1/files/model.joblib"
        self.refused(call("GET", target), 409, "environment-unknown")
        self.refused(call("GET", target, headers={"Assay-Environment": digest(b"never put")}), 409, "environment-unknown")
        self.refused(call("GET", target, headers={"Assay-Environment": "any"}), 400)
        self.ok(call("GET", target, headers={"Assay-Environment": "none"}), 200)
        self.refused(call("GET", f"{self.versions}/1/files/other", headers={"Assay-Environment": "none"}), 404, "file-not-found")


class Change(ApiTest):
    def test_descriptions_of_model_and_version_are_set(self):
        self.register()
        self.assertEqual(self.ok(send("PATCH", f"/v1/models/{self.model}", {"description": "m"}), 200).json()["description"], "m")
        self.assertEqual(self.ok(send("PATCH", f"{self.versions}/1", {"description": "v"}), 200).json()["description"], "v")
        self.assertEqual(call("GET", f"{self.versions}/1").json()["description"], "v")

    def test_tags_of_model_and_version_are_set_replaced_and_removed(self):
        self.register()
        for owner in (f"/v1/models/{self.model}", f"{self.versions}/1"):
            target = owner + "/tags/a%20key%2Fwith%20%C3%A4"
            for value in ("one", "", "t" * 100_000):
                self.assertEqual(self.ok(send("PUT", target, {"value": value}), 200).json(), {"key": "a key/with ä", "value": value})
            self.assertEqual(call("GET", owner).json()["tags"], {"a key/with ä": "t" * 100_000})
            self.ok(call("DELETE", target), 204)
            self.refused(call("DELETE", target), 404, "tag-not-found")
            self.assertEqual(call("GET", owner).json()["tags"], {})

    def test_an_alias_is_made_moved_listed_rolled_back_and_removed_with_its_history(self):
        first, _ = self.register(), self.register()
        alias = f"/v1/models/{self.model}/aliases/production"
        self.refused(send("PUT", alias, {"version": 9}), 404, "version-not-found")
        self.refused(call("GET", alias), 404, "alias-not-found")
        self.assertEqual(self.ok(send("PUT", alias, {"version": 1}), 201).json(), {"alias": "production", "version": 1, "previous": None})
        shown = self.ok(call("GET", alias), 200)
        self.assertEqual((shown.headers["ETag"], shown.json()["digest"]), ('"1"', first["digest"]))
        self.assertEqual(self.ok(send("PUT", alias, {"version": 2}), 200).json()["previous"], 1)
        self.assertEqual([item["version"] for item in call("GET", f"/v1/models/{self.model}/aliases").json()["items"]], [2])
        self.assertEqual(self.ok(send("POST", alias + ":rollback", {}), 200).json(), {"alias": "production", "version": 1, "previous": 2})
        self.ok(call("DELETE", alias), 204)
        history = self.ok(call("GET", alias + "/history"), 200).json()["items"]
        self.assertEqual([(move["before"], move["after"]) for move in history], [(1, None), (2, 1), (1, 2), (None, 1)])

    def test_a_rollback_of_an_alias_that_never_moved_is_refused(self):
        self.register(aliases=["once"])
        self.refused(send("POST", f"/v1/models/{self.model}/aliases/once:rollback", {}), 409, "nothing-to-roll-back")

    def test_an_alias_moves_only_from_where_the_client_thinks_it_is(self):
        self.register(), self.register()
        alias = f"/v1/models/{self.model}/aliases/a"
        self.refused(send("PUT", alias, {"version": 1}, If_Match="*"), 412)
        self.refused(send("PUT", alias, {"version": 1}, If_Match='"1"'), 412)
        self.ok(send("PUT", alias, {"version": 1}, If_None_Match="*"), 201)
        self.refused(send("PUT", alias, {"version": 2}, If_None_Match="*"), 412, "alias-moved")
        self.refused(send("PUT", alias, {"version": 2}, If_Match='"2"'), 412, "alias-moved")
        for broken in ("1", 'W/"1"', '"1", "2"', '"one"'):
            self.refused(send("PUT", alias, {"version": 2}, If_Match=broken), 400, "invalid-precondition")
        self.assertEqual(call("GET", alias).json()["version"], 1)
        self.ok(send("PUT", alias, {"version": 2}, If_Match='"1"'), 200)
        self.refused(call("DELETE", alias, headers={"If-Match": '"1"'}), 412)
        self.ok(call("DELETE", alias, headers={"If-Match": '"2"'}), 204)

    def test_of_many_who_move_an_alias_from_the_same_version_one_succeeds(self):
        for _ in range(6):
            self.register()
        alias = f"/v1/models/{self.model}/aliases/a"
        self.ok(send("PUT", alias, {"version": 1}), 201)
        statuses = []
        move = lambda to: statuses.append(send("PUT", alias, {"version": to}, If_Match='"1"').status)  # noqa: E731
        threads = [threading.Thread(target=move, args=(to,)) for to in range(2, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [200, 412, 412, 412, 412])

    def test_a_deleted_version_is_not_handed_out_and_comes_back_undeleted(self):
        self.register()
        self.ok(call("DELETE", f"{self.versions}/1"), 204)
        file = f"{self.versions}/1/files/model.joblib"
        self.refused(call("GET", file, headers={"Assay-Environment": "none"}), 409)
        self.assertEqual(self.ok(call("GET", f"{self.versions}/1"), 200).json()["state"], "deleted")
        self.refused(call("GET", f"{self.versions}/@latest"), 404)
        self.assertEqual(self.ok(send("POST", f"{self.versions}/1:undelete", {}), 200).json()["state"], "ready")
        self.ok(call("GET", file, headers={"Assay-Environment": "none"}), 200)
        self.refused(send("POST", f"{self.versions}/1:undelete", {}), 409, "version-not-deleted")

    def test_a_version_with_aliases_is_deleted_only_by_force_which_is_true_or_false(self):
        self.register(aliases=["production"])
        target = f"{self.versions}/1"
        problem = self.refused(call("DELETE", target), 409, "version-has-aliases")
        self.assertIn("?force=true", " ".join(problem["fix"]))
        self.refused(call("DELETE", target + "?force=false"), 409, "version-has-aliases")
        for value in ("yes", "1", "TRUE", "", "true%20"):
            self.refused(call("DELETE", f"{target}?force={value}"), 400, field="?force")
        self.assertEqual(call("GET", target).json()["state"], "ready")
        self.ok(call("DELETE", target + "?force=true"), 204)
        self.refused(call("GET", f"/v1/models/{self.model}/aliases/production"), 404)


class Rules(ApiTest):
    def test_rules_are_read_with_an_etag_and_replaced_as_a_whole(self):
        reply = self.ok(call("GET", "/v1/rules"), 200)
        before = reply.json()
        self.assertEqual((before["schema"], reply.headers["ETag"]), ("assay.rules/1", f'"{digest(canonical(before))}"'))
        self.register(facts=facts(uses=["catboost"], libraries={**TRAINED_WITH, "catboost": "1.1.1"}))
        offered = {**SAME, "packages": {"catboost": "1.2.10"}}
        judge = lambda: send("POST", f"{self.versions}/1:check", {"environment": offered}).json()["verdict"]  # noqa: E731
        self.assertEqual(judge(), "refuse")
        rule = {"id": "house/catboost", "package": "catboost", "recorded": ">=1.1,<1.2", "offered": ">=1.2,<2", "effect": "none", "because": "we tried it"}
        try:
            put = self.ok(send("PUT", "/v1/rules", {"schema": "assay.rules/1", "name": "house", "rules": [rule]}), 200).json()
            self.assertEqual((put["name"], put["rules"]), ("house", 1))
            self.assertEqual(call("GET", "/v1/rules").headers["ETag"], f'"{put["digest"]}"')
            self.assertEqual(judge(), "allow")
            self.refused(send("PUT", "/v1/rules", {"schema": "assay.rules/1", "name": "x", "rules": [{**rule, "effect": "boom"}]}), 400, field="rules[0].effect")
            self.assertEqual(judge(), "allow")
        finally:
            self.ok(send("PUT", "/v1/rules", before), 200)
        self.assertEqual(judge(), "refuse")


class Lineage(ApiTest):
    def test_lineage_goes_from_dataset_to_consumer_in_both_directions(self):
        run = self.register()["run"]
        self.register(facts=facts(parents=[{"relation": "retrained_from", "version": f"{self.model}@1"}]))
        self.ok(send("POST", f"{self.versions}/1:check", {"environment": SAME, "fetch": True}, Assay_Consumer="web@1"), 200)
        graph = self.ok(call("GET", f"/v1/lineage?of=version:{self.model}@1"), 200).json()
        edges = {(edge["from"], edge["to"], edge["relation"]) for edge in graph["edges"]}
        first, second = f"version:{self.model}@1", f"version:{self.model}@2"
        self.assertLessEqual({(f"run:{run}", first, "produced"), (first, second, "retrained_from")}, edges)
        self.assertIn((f"dataset:{DATASET}", f"run:{run}", "training"), edges)
        self.assertEqual([node["kind"] for node in graph["nodes"] if node["label"].startswith("web")], ["consumer"])
        up = call("GET", f"/v1/lineage?of={first}&direction=up").json()
        self.assertNotIn(second, [node["id"] for node in up["nodes"]])
        near = call("GET", f"/v1/lineage?of={first}&direction=up&depth=1").json()
        self.assertEqual({node["kind"] for node in near["nodes"]}, {"version", "run"})
        self.assertTrue(call("GET", f"/v1/lineage?of={first}&limit=2").json()["truncated"])

    def test_lineage_is_drawn_in_every_media_type_by_accept_and_by_format(self):
        self.register()
        target = f"/v1/lineage?of=version:{self.model}@1"
        kinds = {"svg": ("image/svg+xml", b"<svg"), "dot": ("text/vnd.graphviz", b"digraph"), "mermaid": ("text/vnd.mermaid", b"flowchart")}
        for name, (media_type, beginning) in kinds.items():
            drawn = [call("GET", target, headers={"Accept": media_type}), call("GET", f"{target}&format={name}")]
            for reply in drawn:
                self.ok(reply, 200)
                self.assertEqual(reply.headers["Content-Type"].split(";")[0], media_type)
                self.assertIn(beginning, reply.body[:200])
                self.assertIn(b"scikit-learn 1.5.2", reply.body)
            self.assertEqual(drawn[0].body, drawn[1].body)
        self.assertEqual(call("GET", target + "&format=json").json()["of"], f"version:{self.model}@1")
        self.assertEqual(call("GET", target, headers={"Accept": "*/*"}).headers["Content-Type"], "application/json; charset=utf-8")

    def test_data_made_from_a_version_is_recorded_and_a_cycle_is_refused_with_its_path(self):
        self.register()
        made = f"dataset:{digest(self.model.encode())}"
        edge = {"from": f"version:{self.model}@1", "to": made, "relation": "derived", "name": "scored"}
        self.ok(send("POST", "/v1/lineage", edge), 201)
        up = call("GET", f"/v1/lineage?of={made}&direction=up").json()
        self.assertIn(f"version:{self.model}@1", [node["id"] for node in up["nodes"]])
        problem = self.refused(send("POST", "/v1/lineage", {"from": made, "to": f"dataset:{DATASET}"}), 409, "lineage-cycle")
        self.assertIn(f"{self.model}@1", problem["detail"] + problem.get("because", ""))


if __name__ == "__main__":
    unittest.main()
