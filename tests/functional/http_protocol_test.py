#!/usr/bin/env python3
"""The conventions of docs/api.md, which every route keeps: problems, conditions, ranges, digests, paging, who may ask."""

import base64
import hashlib
import http.client
import json
import socket
import sys
import threading
import unittest
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from http_api import SAME, ApiTest, call, digest, send, server, start, stop  # noqa: E402


def setUpModule():
    start("--allowed-host", "registry.example")


def tearDownModule():
    stop()


def sha256_field(data):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(data).digest()).decode() + ":"


def exchange(raw, until_closed=True, then_close=False):
    """Bytes out as they are (then_close: and our side closed), and everything that comes back until the server closes."""
    with socket.create_connection((server().host, server().port), timeout=60) as connection:
        connection.sendall(raw)
        if then_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while until_closed or b"\r\n\r\n" not in answer:
            piece = connection.recv(65536)
            if not piece:
                break
            answer += piece
    return answer


class Problems(ApiTest):
    def test_what_is_not_there_is_a_404_problem(self):
        for target, code in (("/v1", "route-not-found"), ("/v1/models/", None), ("/v2/models", "route-not-found"),
                             ("/v1/models/nobody", "model-not-found"), ("/v1/models/nobody/versions/1", "model-not-found"),
                             ("/v1/models/nobody/aliases", "model-not-found"), ("/v1/models/nobody/history", "model-not-found"),
                             ("/v1/lineage?of=version:nobody@1", "model-not-found"), ("/v1/lineage?of=dataset:" + digest(b"?"), "dataset-not-found")):
            reply = call("GET", target)
            self.assertIn(reply.status, (400, 404) if code is None else (404,), target)
            self.refused(reply, reply.status, code)

    def test_another_method_on_a_known_path_is_405_with_allow(self):
        for method, target, allowed in (("DELETE", "/healthz", "GET, HEAD, OPTIONS"), ("POST", "/v1/rules", "GET, HEAD, PUT, OPTIONS"),
                                        ("PUT", "/v1/models/m", "GET, HEAD, PATCH, OPTIONS"), ("POST", "/v1/models/m/tags/t", "PUT, DELETE, OPTIONS"),
                                        ("DELETE", "/v1/blobs/" + digest(b""), "GET, HEAD, PUT, OPTIONS")):
            reply = call(method, target)
            self.refused(reply, 405, "method-not-allowed")
            self.assertEqual(reply.headers["Allow"], allowed, target)

    def test_a_method_that_nobody_knows_is_501(self):
        self.refused(call("BREW", "/healthz"), 501, "method-not-implemented")

    def test_a_body_that_does_not_say_it_is_json_is_415(self):
        self.register()
        for method, target in (("POST", self.versions), ("PATCH", f"{self.versions}/1"), ("PUT", f"{self.versions}/1/tags/t"), ("PUT", "/v1/rules"),
                               ("PUT", f"/v1/models/{self.model}/aliases/a"), ("POST", f"{self.versions}/1:check"), ("POST", "/v1/lineage"),
                               ("POST", f"{self.versions}/1:undelete"), ("POST", "/v1/fsck"), ("PUT", "/v1/environments/" + digest(b""))):
            for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/jsonx", ""):
                self.refused(call(method, target, b"{}", {"Content-Type": kind}), 415, "unsupported-media-type")
        for kind in ("application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"):
            self.ok(call("PATCH", f"{self.versions}/1", b'{"description":"d"}', {"Content-Type": kind}), 200)

    def test_a_query_parameter_that_is_not_known_is_named(self):
        self.register()
        for target in (f"{self.versions}?stat=all", "/v1/models?contain=x", "/v1/lineage?off=x", f"/v1/models/{self.model}/history?n=1"):
            name = "?" + urlsplit(target).query.split("=")[0]
            self.refused(call("GET", target), 400, "unknown-parameter", name)
        self.refused(call("GET", "/v1/models?limit=1&limit=2"), 400)

    def test_an_answer_carries_the_clients_request_id_or_one_of_its_own(self):
        self.assertEqual(call("GET", "/healthz", headers={"X-Request-Id": "My.id_1-2"}).headers["X-Request-Id"], "My.id_1-2")
        ids = {call("GET", "/healthz").headers["X-Request-Id"] for _ in range(5)}
        self.assertEqual(len(ids), 5)
        for bad in ("two words", "a" * 129, "semi;colon", "sl/ash", "caf\xe9"):
            reply = call("GET", "/v1/models/nobody", headers={"X-Request-Id": bad})
            self.assertNotEqual(reply.headers["X-Request-Id"], bad)
            self.refused(reply, 404)

    def test_the_log_has_one_line_per_request_with_status_and_request_id(self):
        connection = http.client.HTTPConnection(server().host, server().port, timeout=60)
        for target, name in (("/v1/models/nobody?secret=1", self.model), ("/healthz", "next")):  # the next is read when the first is logged
            connection.request("GET", target, headers={"X-Request-Id": name})
            connection.getresponse().read()
        connection.close()
        lines = [line for line in server().log.read_text().splitlines() if self.model in line]
        self.assertEqual(len(lines), 1, lines)
        logged = json.loads(lines[0])
        self.assertEqual((logged["status"], logged["route"], logged["method"], logged["code"]), (404, "/v1/models/{name}", "GET", "model-not-found"))
        self.assertNotIn("secret", lines[0])


class Who(ApiTest):
    def test_a_foreign_host_is_refused_and_an_allowed_one_is_not(self):
        port = server().port
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "registry.example.evil", "0x7f.1", "[::1", "a b"):
            reply = call("GET", "/v1/models", headers={"Host": host})
            self.refused(reply, 403, "host-not-allowed")
        for host in ("localhost", f"127.0.0.1:{port}", "registry.example", f"Registry.Example:{port}", f"[::1]:{port}"):
            self.ok(call("GET", "/v1/models", headers={"Host": host}), 200)

    def test_a_foreign_origin_is_refused_for_reads_and_writes(self):
        for origin in ("http://evil.example", "null", f"http://127.0.0.1:{server().port + 1}", "https://registry.example.evil"):
            self.refused(call("GET", "/v1/models", headers={"Origin": origin}), 403, "origin-not-allowed")
            self.refused(send("PUT", "/v1/rules", {}, Origin=origin), 403, "origin-not-allowed")
        own = f"http://127.0.0.1:{server().port}"
        reply = self.ok(call("GET", "/v1/models", headers={"Origin": own}), 200)
        self.assertNotIn("Access-Control-Allow-Origin", reply.headers)

    def test_a_consumer_that_cannot_be_a_name_is_refused(self):
        self.register()
        for name in ("a" * 257, "%ff@x", "tab%09@x", "caf\xe9@x"):
            self.refused(send("PUT", f"{self.versions}/1/tags/t", {"value": ""}, Assay_Consumer=name), 400)


class Conditions(ApiTest):
    def test_every_etag_answers_304_to_who_has_it_and_says_nothing_more(self):
        self.register(aliases=["a"])
        name = self.put_environment(SAME)
        no_environment = {"Assay-Environment": "none"}
        for target, headers in ((f"/v1/models/{self.model}", {}), (f"{self.versions}/1", {}), (f"{self.versions}/1/manifest", {}), ("/v1/rules", {}),
                                (f"/v1/models/{self.model}/aliases/a", {}), (f"/v1/environments/{name}", {}),
                                (f"{self.versions}/1/files/model.joblib", no_environment)):
            first = self.ok(call("GET", target, headers=headers), 200)
            tag = first.headers["ETag"]
            self.assertRegex(tag, r'^"[^"]+"$', target)
            for condition in (tag, f'"other", {tag}', "W/" + tag, "*"):
                again = call("GET", target, headers={**headers, "If-None-Match": condition})
                self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", tag), (target, condition))
            self.assertEqual(call("GET", target, headers={**headers, "If-None-Match": '"other"'}).body, first.body)

    def test_if_match_gives_only_the_representation_that_the_client_means(self):
        self.register(), self.register(aliases=["a"])
        self.ok(send("PUT", f"/v1/models/{self.model}/aliases/a", {"version": 1}), 200)
        none = {"Assay-Environment": "none"}
        for target, headers in ((f"{self.versions}/@a", {}), (f"{self.versions}/@a/manifest", {}), (f"{self.versions}/@a/files/model.joblib", none),
                                (f"/v1/models/{self.model}", {}), ("/v1/rules", {})):
            tag = self.ok(call("GET", target, headers=headers), 200).headers["ETag"]
            for condition in (tag, f'"other", {tag}', "*"):
                self.ok(call("GET", target, headers={**headers, "If-Match": condition}), 200)
            for condition in ('"other"', "W/" + tag, ""):
                self.refused(call("GET", target, headers={**headers, "If-Match": condition}), 412, "precondition-failed")

    def test_a_change_that_does_not_judge_conditions_is_refused_under_one(self):
        self.register()
        before = call("GET", f"/v1/models/{self.model}").json()
        for header, value in (("If-Match", '"1"'), ("If-None-Match", "*"), ("If-Unmodified-Since", "Mon, 23 Nov 2026 00:00:00 GMT")):
            condition = {header.replace("-", "_"): value}
            for reply in (send("PATCH", f"/v1/models/{self.model}", {"description": "d"}, **condition), call("DELETE", f"{self.versions}/1", headers={header: value}),
                          send("PUT", "/v1/rules", {}, **condition), send("POST", self.versions, self.registration(), **condition),
                          send("PUT", f"/v1/models/{self.model}/tags/t", {"value": ""}, **condition)):
                self.refused(reply, 400, "unsupported-precondition", header)
        self.assertEqual(call("GET", f"/v1/models/{self.model}").json(), before)

    def test_the_etag_of_a_version_changes_with_its_tags_and_aliases(self):
        self.register()
        tags = [call("GET", f"{self.versions}/1").headers["ETag"]]
        self.ok(send("PUT", f"{self.versions}/1/tags/t", {"value": "v"}), 200)
        tags.append(call("GET", f"{self.versions}/1").headers["ETag"])
        self.ok(send("PUT", f"/v1/models/{self.model}/aliases/a", {"version": 1}), 201)
        tags.append(call("GET", f"{self.versions}/1").headers["ETag"])
        self.assertEqual(len(set(tags)), 3)

    def test_head_answers_as_get_does_without_the_body(self):
        run = self.register(aliases=["a"])["run"]
        name = self.put_environment(SAME)
        none = {"Assay-Environment": "none"}
        for target, headers in (("/healthz", {}), ("/readyz", {}), ("/v1/server", {}), ("/v1/rules", {}), (f"/v1/models?contains={self.model}", {}),
                                (f"/v1/models/{self.model}", {}), (self.versions, {}), (f"{self.versions}/1", {}), (f"{self.versions}/1/manifest", {}),
                                (f"{self.versions}/1/fetches", {}), (f"/v1/models/{self.model}/history", {}), (f"/v1/runs/{run}", {}),
                                (f"/v1/environments/{name}", {}), (f"{self.versions}/1/files/model.joblib", none),
                                (f"/v1/models/{self.model}/aliases", {}), (f"/v1/models/{self.model}/aliases/a", {}),
                                (f"/v1/models/{self.model}/aliases/a/history", {}), (f"/v1/lineage?of=run:{run}", {}),
                                (f"/v1/lineage?of=run:{run}&format=svg", {}), ("/v1/models/nobody", {})):
            head, get = call("HEAD", target, headers=headers), call("GET", target, headers=headers)
            self.assertEqual((head.status, head.body), (get.status, b""), target)
            self.assertEqual(int(get.headers["Content-Length"]), len(get.body))
            if get.status == 200:
                for field in ("Content-Type", "Content-Length", "ETag", "Repr-Digest", "Accept-Ranges"):
                    if not (target.endswith("/fetches") or "lineage" in target) or field == "Content-Type":  # the GET itself was recorded
                        self.assertEqual(head.headers[field], get.headers[field], (target, field))
        self.assertEqual(call("HEAD", "/metrics").status, 200)

    def test_a_head_of_a_file_is_no_fetch(self):
        self.register()
        self.ok(call("HEAD", f"{self.versions}/1/files/model.joblib", headers={"Assay-Environment": "none"}), 200)
        self.assertEqual(call("GET", f"{self.versions}/1/fetches").json()["items"], [])


class Ranges(ApiTest):
    @classmethod
    def setUpClass(cls):
        cls.data = bytes(range(48, 112)) * 80_000  # five chunks of 1 MiB

    def setUp(self):
        super().setUp()
        body = self.registration()
        body["files"][0]["digest"] = self.put_blob(self.data)
        self.ok(send("POST", self.versions, body), 201)

    def file(self, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call("GET", f"{self.versions}/1/files/model.joblib", headers={"Assay-Environment": "none", **named})

    def test_a_file_carries_its_strong_etag_and_its_digest(self):
        whole = self.ok(self.file(), 200)
        self.assertEqual(whole.body, self.data)
        self.assertEqual(whole.headers["ETag"], f'"{digest(self.data)}"')
        self.assertEqual((whole.headers["Repr-Digest"], whole.headers["Accept-Ranges"]), (sha256_field(self.data), "bytes"))

    def test_one_range_gives_exactly_its_bytes(self):
        size = len(self.data)
        for wanted, first, last in (("0-0", 0, 0), ("0-", 0, size - 1), ("1048575-1048576", 1048575, 1048576), ("-1", size - 1, size - 1),
                                    (f"-{size * 9}", 0, size - 1), (f"{size - 3}-{size * 9}", size - 3, size - 1), ("3000000-3999999", 3000000, 3999999)):
            part = self.ok(self.file(Range="bytes=" + wanted), 206)
            self.assertEqual(part.headers["Content-Range"], f"bytes {first}-{last}/{size}", wanted)
            self.assertEqual(part.body, self.data[first:last + 1], wanted)
            self.assertEqual(part.headers["Repr-Digest"], sha256_field(self.data), "the digest is of the whole file")

    def test_a_range_outside_of_the_file_is_416_with_its_size(self):
        for wanted in (f"{len(self.data)}-", f"{len(self.data) + 5}-{len(self.data) + 9}", "-0", "0-1,5-6", "9223372036854775806-"):
            reply = self.file(Range="bytes=" + wanted)
            self.refused(reply, 416, "range-not-satisfiable")
            self.assertEqual(reply.headers["Content-Range"], f"bytes */{len(self.data)}")

    def test_a_range_that_is_none_is_overlooked(self):
        for header in ("bytes=5-2", "bytes=a-b", "bytes=", "bytes", "lines=1-2", "bytes=99999999999999999999-", "bytes=--1"):
            self.assertEqual(self.ok(self.file(Range=header), 200).body, self.data, header)

    def test_if_range_gives_the_part_only_of_the_same_file(self):
        tag = f'"{digest(self.data)}"'
        self.assertEqual(self.ok(self.file(Range="bytes=0-1", If_Range=tag), 206).body, self.data[:2])
        for other in ('"other"', "W/" + tag, "Mon, 23 Nov 2026 00:00:00 GMT"):
            self.assertEqual(self.ok(self.file(Range="bytes=0-1", If_Range=other), 200).body, self.data)

    def test_if_none_match_goes_before_range(self):
        self.assertEqual(self.file(Range="bytes=0-1", If_None_Match=f'"{digest(self.data)}"').status, 304)

    def test_head_has_no_ranges(self):
        head = call("HEAD", f"{self.versions}/1/files/model.joblib", headers={"Assay-Environment": "none", "Range": "bytes=5-9"})
        self.assertEqual((head.status, head.headers["Content-Length"]), (200, str(len(self.data))))
        self.assertEqual(head.body, b"")


class Digests(ApiTest):
    def test_an_upload_whose_repr_digest_fits_is_stored_whatever_else_it_names(self):
        for index, field in enumerate(("{}", "sha-512=:AAAA:, {}", "unixsum=:AQI=:", "{} , {}")):
            data = f"{self.model} {index}".encode()
            self.ok(call("PUT", "/v1/blobs/" + digest(data), data, {"Repr-Digest": field.replace("{}", sha256_field(data))}), 201)
            self.ok(call("PUT", "/v1/blobs/" + digest(data), data, {"Content-Digest": sha256_field(data)}), 200)

    def test_an_upload_whose_repr_digest_is_of_other_bytes_is_422_and_not_kept(self):
        data = self.model.encode()
        for name in ("Repr-Digest", "Content-Digest"):
            self.refused(call("PUT", "/v1/blobs/" + digest(data), data, {name: sha256_field(b"other")}), 422, "digest-mismatch")
            self.assertEqual(call("HEAD", "/v1/blobs/" + digest(data)).status, 404)

    def test_a_repr_digest_that_is_malformed_is_400_and_nothing_is_kept(self):
        data = self.model.encode()
        whole = sha256_field(data)
        for field in ("", "sha-256", "sha-256=", "sha-256=" + hashlib.sha256(data).hexdigest(), whole[:-1], "sha-256=:AAAA:", "sha-256=:$$$$:",
                      "SHA-256=:AAAA:", f"{whole}, {sha256_field(b'other')}", f"{whole},,", "sha-512=:%:"):
            problem = self.refused(call("PUT", "/v1/blobs/" + digest(data), data, {"Repr-Digest": field}), 400, "invalid-repr-digest", "Repr-Digest")
            self.assertTrue(problem["because"])
        self.assertEqual(call("HEAD", "/v1/blobs/" + digest(data)).status, 404)

    def test_a_json_body_is_checked_against_its_repr_digest(self):
        body = json.dumps(self.registration()).encode()
        headers = {"Content-Type": "application/json"}
        self.refused(call("POST", self.versions, body, {**headers, "Repr-Digest": sha256_field(b"other")}), 422, "digest-mismatch")
        self.refused(call("GET", f"/v1/models/{self.model}"), 404, "model-not-found")
        self.ok(call("POST", self.versions, body, {**headers, "Repr-Digest": sha256_field(body)}), 201)
        text = b'{"description":"d"}'
        self.refused(call("PATCH", f"{self.versions}/1", text, {**headers, "Repr-Digest": sha256_field(b"d")}), 422, "digest-mismatch")
        self.assertEqual(call("GET", f"{self.versions}/1").json()["description"], "")


class Paging(ApiTest):
    def pages(self, target):
        """Follows Link: rel=next to the end."""
        pages = []
        while target:
            reply = self.ok(call("GET", target), 200)
            page = reply.json()
            pages.append(page["items"])
            link = reply.headers["Link"]
            self.assertEqual(link is None, page["next_cursor"] is None, target)
            if link is None:
                return pages
            self.assertRegex(link, r'^</[^>]+>; rel="next"$')
            target = link[1:link.index(">")]
            self.assertEqual(parse_qs(urlsplit(target).query)["cursor"], [page["next_cursor"]])
            self.assertLess(len(pages), 50)
        return pages

    def test_versions_come_in_pages_that_neither_repeat_nor_skip_while_rows_are_added(self):
        for _ in range(7):
            self.register()
        first = self.ok(call("GET", self.versions + "?limit=3"), 200)
        self.register()
        rest = self.pages(first.headers["Link"][1:first.headers["Link"].index(">")])
        numbers = [item["version"] for page in [first.json()["items"], *rest] for item in page]
        self.assertEqual(numbers, [7, 6, 5, 4, 3, 2, 1])
        self.assertEqual([len(page) for page in self.pages(self.versions + "?limit=3&state=all")], [3, 3, 2])

    def test_models_come_in_pages_by_name_and_keep_their_filter(self):
        names = [f"{self.model} {mark} & more" for mark in ("ä", "b", "c", "d", "e")]
        for name in names:
            self.model, self.versions = name, "/v1/models/" + "".join(f"%{byte:02X}" for byte in name.encode()) + "/versions"
            self.register()
        pages = self.pages("/v1/models?limit=2&contains=%26%20more")
        self.assertEqual([item["name"] for page in pages for item in page], sorted(names, key=str.encode))
        self.assertEqual([len(page) for page in pages], [2, 2, 1])

    def test_histories_come_in_pages(self):
        self.register(), self.register()
        for version in (1, 2, 1, 2, 1):
            self.ok(send("PUT", f"/v1/models/{self.model}/aliases/a", {"version": version}))
        whole = call("GET", f"/v1/models/{self.model}/history").json()["items"]
        self.assertEqual([item for page in self.pages(f"/v1/models/{self.model}/history?limit=2") for item in page], whole)
        moves = self.pages(f"/v1/models/{self.model}/aliases/a/history?limit=2")
        self.assertEqual([item["after"] for page in moves for item in page], [1, 2, 1, 2, 1])

    def test_a_cursor_or_limit_that_is_none_is_400_and_named(self):
        self.register()
        for cursor in ("", "x", "%00", "%ff", "bm90IGEgbnVtYmVy", "LTE=", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "A" * 7000):
            self.refused(call("GET", f"{self.versions}?cursor={cursor}"), 400)
        self.refused(call("GET", f"{self.versions}?cursor=x"), 400, "invalid-cursor", "?cursor")
        for limit in ("0", "-1", "1001", "ten", "", "1e2", "99999999999999999999"):
            self.refused(call("GET", f"{self.versions}?limit={limit}"), 400, "invalid-limit", "?limit")


class Transport(ApiTest):
    def test_a_blob_that_is_here_is_answered_before_the_body_is_sent(self):
        data = self.model.encode()
        head = f"PUT /v1/blobs/{digest(data)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\nExpect: 100-continue\r\n\r\n".encode()
        self.assertTrue(exchange(head, until_closed=False).startswith(b"HTTP/1.1 100 Continue"))
        self.put_blob(data)
        self.assertTrue(exchange(head, until_closed=False).startswith(b"HTTP/1.1 200 OK"))

    def test_a_refusal_reaches_a_client_that_goes_on_sending_its_body(self):
        """48 MiB, all of it pushed out before the first look at the answer, as simple clients do."""
        data = bytes(48 << 20)
        self.refused(call("PUT", "/v1/blobs/sha256:none", data), 400, "invalid-digest")
        self.refused(call("PUT", "/v1/nowhere", data), 404, "route-not-found")
        self.refused(call("POST", "/v1/fsck", data, {"Content-Type": "application/json"}), 413, "body-too-large")
        self.refused(call("PUT", "/v1/blobs/" + digest(b"x"), data, {"Repr-Digest": sha256_field(data)}), 422, "digest-mismatch")
        self.refused(call("PUT", "/v1/blobs/" + digest(b"x"), data, {"Host": "evil.example"}), 403, "host-not-allowed")

    def test_a_chunked_body_that_grows_beyond_the_limit_is_413(self):
        reply = call("POST", "/v1/fsck", iter([b"x" * 1000] * 2000), {"Content-Type": "application/json"})
        self.refused(reply, 413, "body-too-large")

    def test_an_upload_that_breaks_off_stores_nothing(self):
        before = self.stored()
        data = self.model.encode() * 100_000
        head = f"PUT /v1/blobs/{digest(data)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n\r\n".encode()
        chunked = head.replace(f"Content-Length: {len(data)}".encode(), b"Transfer-Encoding: chunked") + b"%x\r\n" % len(data)
        json_head = b"POST /v1/lineage HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
        for sent in (head + data[:-1], chunked + data[:-1], json_head + b"{"):
            answer = exchange(sent, then_close=True)
            self.assertRegex(answer, rb"^HTTP/1.1 422 ")
            self.assertIn(b'"code":"body-truncated"', answer)
        self.assertEqual(call("HEAD", "/v1/blobs/" + digest(data)).status, 404)
        self.assertEqual(self.stored(), before)

    def test_requests_that_two_readers_could_understand_differently_are_refused(self):
        line = b"POST /v1/fsck HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        for rest in (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                     b"Content-Length: +2\r\n\r\n{}", b"Transfer-Encoding: gzip, chunked\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"):
            self.assertRegex(exchange(line + rest), rb"^HTTP/1.1 400 ", rest)
        self.assertRegex(exchange(b"GET /healthz HTTP/1.1\r\n\r\n"), rb"^HTTP/1.1 400 ")

    def test_json_is_not_compressed_however_much_the_client_would_like_it(self):
        reply = self.ok(call("GET", "/v1/rules", headers={"Accept-Encoding": "gzip, br, deflate"}), 200)
        self.assertNotIn("Content-Encoding", reply.headers)
        self.assertEqual(reply.headers["Content-Type"], "application/json; charset=utf-8")
        self.assertTrue(reply.json()["rules"])

    def test_a_compressed_body_is_refused_and_not_unpacked(self):
        self.refused(call("PUT", "/v1/blobs/" + digest(b"x"), b"x", {"Content-Encoding": "gzip"}), 415, "unsupported-content-encoding")

    def test_readers_do_not_wait_for_slow_uploads(self):
        slow = []
        try:
            for _ in range(40):
                connection = socket.create_connection((server().host, server().port))
                connection.sendall(f"PUT /v1/blobs/{digest(b'slow')} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\nx".encode())
                slow.append(connection)
            answers = []
            threads = [threading.Thread(target=lambda: answers.append(call("GET", "/v1/models").status)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(answers, [200] * 8)
        finally:
            for connection in slow:
                connection.close()


if __name__ == "__main__":
    unittest.main()
