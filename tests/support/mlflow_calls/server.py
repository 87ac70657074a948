"""The server itself, bodies of requests, and what is out of scope."""

import json

from tests.support.mlflow_calls.script import Script


def the_server(script: Script) -> None:
    script.get("health", "/health")
    script.get("version", "/version")
    script.get("unknown/below api", "/api/2.0/mlflow/no-such-thing")
    script.post("unknown/below api, POST", "/api/2.0/mlflow/no-such-thing", {"a": 1})
    script.get("unknown/below ajax-api", "/ajax-api/2.0/mlflow/no-such-thing")
    script.get("unknown/release", "/api/9.0/mlflow/experiments/get", {"experiment_id": "0"})
    script.get("unknown/anywhere", "/no-such-page-at-all")
    script.get("wrong method/GET for POST", "experiments/create")
    script.post("wrong method/POST for GET", "experiments/get", {"experiment_id": "0"})
    script.add("wrong method/PUT for PATCH", "PUT", "registered-models/update", body={"name": "x"})
    script.get("slash/behind", "experiments/get/", {"experiment_id": "0"})
    script.get("slash/twice before", "//api/2.0/mlflow/experiments/get", {"experiment_id": "0"})
    script.add("host/foreign", "GET", "experiments/get", {"experiment_id": "0"}, headers={"Host": "evil.example.org"})
    script.add("host/foreign, health", "GET", "/health", headers={"Host": "evil.example.org"})
    script.add("host/localhost", "GET", "experiments/get", {"experiment_id": "0"}, headers={"Host": "localhost"})
    script.add("origin/foreign POST", "POST", "experiments/create", body={"name": "from another page"}, headers={"Origin": "http://evil.example.org"})
    script.add("origin/foreign GET", "GET", "experiments/get", {"experiment_id": "0"}, headers={"Origin": "http://evil.example.org"})
    script.add("origin/local POST", "POST", "experiments/create", body={"name": "from a page here"}, headers={"Origin": "http://localhost:3000"})
    script.get("experiments/Default", "experiments/get", {"experiment_id": "0"})


def bodies(script: Script) -> None:
    """How a body is read, with the endpoint that needs least."""
    path = "experiments/create"
    script.raw("body/no content type", path, b'{"name": "body a"}', None)
    script.raw("body/text", path, b'{"name": "body b"}', "text/plain")
    script.raw("body/form", path, b"name=body+c", "application/x-www-form-urlencoded")
    script.raw("body/with charset", path, b'{"name": "body d"}', "application/json; charset=utf-8")
    script.raw("body/type in capitals", path, b'{"name": "body e"}', "Application/JSON")
    script.raw("body/almost JSON's type", path, b'{"name": "body f"}', "application/jsonx")
    script.raw("body/cut", path, b'{"name": "body g"')
    script.raw("body/empty", path, b"")
    script.raw("body/list", path, b"[1, 2]")
    script.raw("body/empty list", path, b"[]")
    script.raw("body/number", path, b"5")
    script.raw("body/null", path, b"null")
    script.raw("body/true", path, b"true")
    script.raw("body/encoded twice", path, json.dumps(json.dumps({"name": "body h"})).encode())
    script.raw("body/encoded twice, no object", path, b'"hello"')
    script.raw("body/encoded thrice", path, json.dumps(json.dumps(json.dumps({"name": "body i"}))).encode())
    script.raw("body/no UTF-8", path, b'{"name": "body \xff"}')
    script.raw("body/with a BOM", path, b'\xef\xbb\xbf{"name": "body bom"}')
    script.raw("body/key twice", path, b'{"name": "body j", "name": "body k"}')
    script.raw("body/trailing comma", path, b'{"name": "body l",}')
    script.raw("body/single quotes", path, b"{'name': 'body m'}")
    script.raw("body/garbage behind", path, b'{"name": "body n"} x')
    script.raw("body/lone surrogate", path, b'{"name": "body \\ud800"}')
    script.raw("body/escapes", path, b'{"name": "body \\u00fc \\ud83d\\ude00"}')
    script.raw("body/NUL in a name", path, b'{"name": "body \\u0000 o"}')
    script.post("body/unknown field", path, {"name": "body p", "colour": "red", "nested": {"a": [1]}})
    script.post("body/camel case", path, {"name": "body q", "artifactLocation": ""})
    script.post("body/both spellings", path, {"name": "body r", "artifact_location": "", "artifactLocation": ""})
    script.post("body/name null", path, {"name": None})
    script.post("body/name empty", path, {"name": ""})
    script.post("body/name number", path, {"name": 123})
    script.post("body/name float", path, {"name": 1.5})
    script.post("body/name whole float", path, {"name": 1.0})
    script.post("body/name bool", path, {"name": True})
    script.post("body/name list", path, {"name": ["a", 1]})
    script.post("body/name dict", path, {"name": {"b": 1, "a": None}})
    script.raw("body/name NaN", path, b'{"name": NaN}')
    script.raw("body/name huge number", path, b'{"name": 123456789012345678901234567890}')
    script.raw("body/name 1e400", path, b'{"name": 1e400}')
    script.add("body/GET with a body", "GET", "experiments/get", body={"experiment_id": "0"})
    script.add("body/GET with a body of no type", "GET", "experiments/get", body=b'{"experiment_id": "0"}')
    script.add("body/GET with a query and a body", "GET", "experiments/get", {"experiment_id": "0"}, body={"experiment_id": "77"})
    script.add("body/POST with a query", "POST", path, {"name": "from the query"}, body={})
    script.add("body/PATCH as text", "PATCH", "registered-models/update", body=b'{"name": "none such"}', headers={"Content-Type": "text/plain"})
    script.add("body/DELETE as text", "DELETE", "registered-models/delete", body=b'{"name": "none such"}', headers={"Content-Type": "text/plain"})
    script.add("body/DELETE with a query", "DELETE", "registered-models/delete", {"name": "none such"})
    script.raw("body/deep", path, b'{"name": "deep", "x": ' + b"[" * 60 + b"]" * 60 + b"}")
    script.add("body/chunked", "POST", path, body=b'13\r\n{"name": "chunked"}\r\n0\r\n\r\n',
               headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"})


def out_of_scope(script: Script) -> None:
    for name, method, path, body in (("traces", "POST", "/api/3.0/mlflow/traces/search", {"locations": []}),
                                     ("webhooks", "GET", "/api/2.0/mlflow/webhooks", None),
                                     ("workspaces", "GET", "/api/3.0/mlflow/workspaces", None),
                                     ("graphql", "POST", "/graphql", {"query": "{ test }"}),
                                     ("gateway", "GET", "/ajax-api/3.0/mlflow/gateway/supported-providers", None),
                                     ("datasets", "POST", "/api/3.0/mlflow/datasets/search", {}),
                                     ("scorers", "GET", "/api/3.0/mlflow/scorers/list", None)):
        script.add(f"out of scope/{name}", method, path, body=body)
