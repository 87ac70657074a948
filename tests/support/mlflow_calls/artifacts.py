"""Files, and attacks through their paths."""

from typing import Optional
from urllib.parse import quote

from tests.support.mlflow_calls.script import ARTIFACTS, FILE_HEADERS, Query, Script, T0


def artifacts(script: Script) -> None:
    script.post("files/make an experiment", "experiments/create", {"name": "files here"}, expf="experiment_id")
    script.post("files/make a run", "runs/create", {"experiment_id": "{expf}", "start_time": T0, "run_name": "files"}, runf="run.info.run_id")
    root = "{expf}/{runf}/artifacts"
    listing = ARTIFACTS + "artifacts"
    script.get("files/list nothing", "artifacts/list", {"run_id": "{runf}"})
    script.get("files/proxy list nothing", listing, {"path": root})
    for name in ("a.txt", "b.json", "c.pkl", "d.skops", "e.png", "f.csv", "g.md", "h.html", "i.yaml", "j", "MLmodel", "k.PNG", "l.tar.gz", "m.ipynb",
                 "n.svg", "o.js", "p.xml", "q.pdf", "r.zip", "s.parquet", "t.npy", "u.onnx", "v.joblib", "w.gif", "x.mp4", "y.jpeg", "z.css",
                 "conda.yaml", "no.such.type.qqq", ".hidden", "trailing."):
        script.upload(f"files/put {name}", f"{root}/types/{name}", f"content of {name}\n".encode())
        script.download(f"files/get {name}", f"{root}/types/{name}")
    script.get("files/list types", "artifacts/list", {"run_id": "{runf}", "path": "types"})
    script.get("files/proxy list types", listing, {"path": f"{root}/types"})
    for what, name in (("a blank", "with%20blank.txt"), ("a plus", "dog+step+20.png"), ("umlauts", quote("gr\u00f6\u00dfe.txt")),
                       ("chinese", quote("\u6a21\u578b.bin")), ("quotes", "it%27s%22so%22.txt"), ("a comma", "a,b;c=d.txt"),
                       ("a percent", "100%25.txt"), ("a question", "who%3F.txt"), ("a colon", "a:b.txt"), ("a hash", "a%23b.txt"),
                       ("a newline", "a%0Ab.txt"), ("a NUL", "a%00b.txt"), ("a tab", "a%09b.txt"), ("DEL", "a%7Fb.txt"), ("a tilde", "~a.txt"),
                       ("parens", "a(1)[2]{{3}}.txt".replace("{{", "%7B").replace("}}", "%7D")), ("no UTF-8", "a%ff.txt"),
                       ("255 bytes", "n" * 251 + ".txt"), ("256 bytes", "n" * 252 + ".txt"), ("a backslash", "a%5Cb.txt"), ("a bar", "a%7Cb.txt"),
                       ("an angle", "a%3Cb%3E.txt"), ("a star", "a*b.txt"), ("dots in it", "a..b.txt"), ("three dots", ".../a.txt"),
                       ("a blank behind", "a%20")):
        script.upload(f"files/put {what}", f"{root}/names/{name}", b"named\n")
        script.download(f"files/get {what}", f"{root}/names/{name}")
    script.get("files/list names", "artifacts/list", {"run_id": "{runf}", "path": "names"})

    script.upload("files/put empty", f"{root}/empty", b"")
    script.add("files/put chunked", "PUT", f"{ARTIFACTS}artifacts/{root}/chunked.txt", body=b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
               headers={"Transfer-Encoding": "chunked"})
    script.add("files/put chunked empty", "PUT", f"{ARTIFACTS}artifacts/{root}/chunked_empty", body=b"0\r\n\r\n",
               headers={"Transfer-Encoding": "chunked"})
    script.upload("files/put as JSON", f"{root}/typed.bin", b"{}", **{"Content-Type": "application/json"})
    script.upload("files/put again", f"{root}/types/a.txt", b"another content\n")
    script.upload("files/put 300 kB", f"{root}/large.bin", bytes(range(256)) * 1200)
    script.download("files/get empty", f"{root}/empty")
    script.download("files/get chunked", f"{root}/chunked.txt")
    script.download("files/get again", f"{root}/types/a.txt")
    script.download("files/get 300 kB", f"{root}/large.bin")
    script.add("files/get with its time", "GET", f"{ARTIFACTS}artifacts/{root}/large.bin", shown=("last-modified?",))
    script.download("files/get with Accept", f"{root}/types/b.json", headers={"Accept": "text/html"})
    script.download("files/get with gzip", f"{root}/types/b.json", headers={"Accept-Encoding": "gzip, deflate"})
    for what, wanted in (("first bytes", "bytes=0-9"), ("middle", "bytes=100-199"), ("rest", "bytes=307000-"), ("last bytes", "bytes=-10"),
                         ("over the end", "bytes=307190-999999"), ("outside", "bytes=999999-"), ("turned", "bytes=9-0"), ("two", "bytes=0-1,5-6"),
                         ("all", "bytes=0-"), ("of nothing", "bytes=-0"), ("a word", "bytes=x-y"), ("other unit", "lines=0-1"),
                         ("blanks", "bytes= 0-9")):
        script.download(f"files/range {what}", f"{root}/large.bin", headers={"Range": wanted})
    script.download("files/range of an empty file", f"{root}/empty", headers={"Range": "bytes=0-0"})
    script.download("files/get a folder", f"{root}/types")
    script.download("files/get a folder with a slash", f"{root}/types/")
    script.download("files/get missing", f"{root}/none.txt")
    script.download("files/get below a file", f"{root}/types/a.txt/b")
    script.download("files/get the root", "")
    script.upload("files/put a folder", f"{root}/folder/", b"x")
    script.upload("files/put over a folder", f"{root}/types", b"x")
    script.upload("files/put below a file", f"{root}/types/a.txt/b", b"x")
    script.upload("files/put the root", "", b"x")
    script.upload("files/put of no run", "elsewhere/x.txt", b"x")
    script.upload("files/put double slash", "elsewhere//double.txt", b"x")
    script.upload("files/put a dot", f"{root}/./dot.txt", b"x")
    for what, query in (("root", ""), ("of the run", {"path": root}), ("of a file", {"path": f"{root}/empty"}), ("missing", {"path": f"{root}/none"}),
                        ("empty", {"path": ""}), ("slash behind", {"path": f"{root}/"}), ("up", {"path": "../"}), ("up encoded", {"path": "%2e%2e/"}),
                        ("absolute", {"path": "/etc"}), ("hash", {"path": "a#b"}), ("experiment", {"path": "{expf}"})):
        if what not in ("root", "empty"):  # what others left there differs
            script.get(f"files/proxy list {what}", listing, query)
    script.add("files/proxy list with a slash", "GET", f"{listing}/", {"path": root})
    for what, query in (("run", {"run_id": "{runf}"}), ("old name", {"run_uuid": "{runf}"}), ("none", ""), ("unknown", {"run_id": "nosuchrun"}),
                        ("a file", {"run_id": "{runf}", "path": "empty"}), ("missing", {"run_id": "{runf}", "path": "none"}),
                        ("empty", {"run_id": "{runf}", "path": ""}), ("slash behind", {"run_id": "{runf}", "path": "types/"}),
                        ("up", {"run_id": "{runf}", "path": ".."}), ("up inside", {"run_id": "{runf}", "path": "types/../types"}),
                        ("encoded", {"run_id": "{runf}", "path": "%2e%2e"}), ("twice encoded", {"run_id": "{runf}", "path": "%252e%252e"}),
                        ("absolute", {"run_id": "{runf}", "path": "/etc"}), ("file uri", {"run_id": "{runf}", "path": "file:///etc"}),
                        ("hash", {"run_id": "{runf}", "path": "a#b"}), ("drive", {"run_id": "{runf}", "path": "C:\\x"}),
                        ("a dot", {"run_id": "{runf}", "path": "."}), ("token", {"run_id": "{runf}", "page_token": "x"})):
        script.get(f"files/list {what}", "artifacts/list", query)
    script.delete("files/delete", f"{ARTIFACTS}artifacts/{root}/chunked.txt")
    script.delete("files/delete again", f"{ARTIFACTS}artifacts/{root}/chunked.txt")
    script.delete("files/delete a folder", f"{ARTIFACTS}artifacts/{root}/types")
    script.delete("files/delete with a body", f"{ARTIFACTS}artifacts/{root}/empty", {"a": 1})
    script.delete("files/delete the root", f"{ARTIFACTS}artifacts/")
    script.get("files/list after deletion", "artifacts/list", {"run_id": "{runf}"})

    for what, query in (("", {"run_id": "{runf}", "path": "large.bin"}), (" old name", {"run_uuid": "{runf}", "path": "large.bin"}),
                        (" missing", {"run_id": "{runf}", "path": "none"}), (" a folder", {"run_id": "{runf}", "path": "names"}),
                        (" no path", {"run_id": "{runf}"}), (" no run", {"path": "large.bin"}),
                        (" unknown run", {"run_id": "nosuchrun", "path": "a"}), (" up", {"run_id": "{runf}", "path": "../x"}),
                        (" up encoded", {"run_id": "{runf}", "path": "%2e%2e/x"}), (" absolute", {"run_id": "{runf}", "path": "/etc/passwd"}),
                        (" empty", {"run_id": "{runf}", "path": ""}), (" a blank", {"run_id": "{runf}", "path": "names/with blank.txt"}),
                        (" file uri", {"run_id": "{runf}", "path": "file:///etc/passwd"})):
        script.add(f"files/page{what}", "GET", "/get-artifact", query, shown=FILE_HEADERS)

    def page_upload(what: str, query: Query, body: bytes = b"by a page", content_type: Optional[str] = "text/plain") -> None:
        script.add(f"files/page upload {what}", "POST", "/ajax-api/2.0/mlflow/upload-artifact", query, body, {}
                   if content_type is None else {"Content-Type": content_type})

    page_upload("plain", {"run_uuid": "{runf}", "path": "page/a.txt"})
    page_upload("as JSON", {"run_uuid": "{runf}", "path": "page/b.json"}, b"{}", "application/json")
    page_upload("of no type", {"run_uuid": "{runf}", "path": "page/c"}, b"c", None)
    page_upload("by the new name", {"run_id": "{runf}", "path": "page/d.txt"})
    page_upload("no run", {"path": "page/a.txt"})
    page_upload("no path", {"run_uuid": "{runf}"})
    page_upload("nothing", "")
    page_upload("no data", {"run_uuid": "{runf}", "path": "page/e.txt"}, b"")
    page_upload("unknown run", {"run_uuid": "nosuchrun", "path": "page/a.txt"})
    page_upload("up", {"run_uuid": "{runf}", "path": "../a.txt"})
    page_upload("absolute", {"run_uuid": "{runf}", "path": "/etc/x"})
    page_upload("10 MB and a byte", {"run_uuid": "{runf}", "path": "page/big"}, b"x" * (10 * 1024 * 1024 + 1), "application/octet-stream")
    script.get("files/page uploads listed", "artifacts/list", {"run_id": "{runf}", "path": "page"})

    for what, body in (("plain", {"path": "a", "num_parts": 2}), ("no path", {"num_parts": 2}), ("parts a word", {"path": "a", "num_parts": "x"}),
                       ("nothing", {})):
        script.post(f"files/mpu create {what}", f"{ARTIFACTS}mpu/create/{root}/a", body)
    script.post("files/mpu create up", f"{ARTIFACTS}mpu/create/%2e%2e/a", {"path": "a", "num_parts": 2})
    script.post("files/mpu complete no parts", f"{ARTIFACTS}mpu/complete/{root}/a", {"path": "a", "upload_id": "u"})
    script.post("files/mpu abort no path", f"{ARTIFACTS}mpu/abort/{root}/a", {"upload_id": "u"})
    script.get("files/presigned missing", f"{ARTIFACTS}presigned/{root}/none")
    script.get("files/presigned up", f"{ARTIFACTS}presigned/%2e%2e/a")
    for what, body in (("no path", {"run_id": "{runf}"}), ("no run", {"path": "a"}), ("unknown run", {"run_id": "nosuchrun", "path": "a"}),
                       ("up", {"run_id": "{runf}", "path": "../a"})):
        script.post(f"files/presigned upload {what}", "artifacts/presigned-upload-url", body)
        script.post(f"files/presigned download {what}", "artifacts/presigned-download-url", body)


def attacks(script: Script) -> None:
    """What has been done to genuine servers. Nothing outside the folder of artifacts may be read, written or deleted: the answers are refusals."""
    paths = (("dots", "../../etc/passwd"), ("encoded dots", "%2e%2e/%2e%2e/etc/passwd"), ("encoded slashes", "..%2f..%2fetc%2fpasswd"),
             ("all encoded", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"),
             ("twice encoded", "%252e%252e%252f%252e%252e%252fetc%252fpasswd"), ("thrice encoded", "%25252e%25252e%25252fetc"),
             ("absolute", "%2fetc%2fpasswd"), ("double slash", "/etc/passwd"),
             ("inside", "a/../../../etc/passwd"), ("inside encoded", "a/%2e%2e/%2e%2e/b"), ("backslashes", "..%5c..%5cetc"),
             ("backslash inside", "a%5c..%5cb"), ("hash", "a%23/../../b"), ("hash alone", "a%23b"),
             ("file uri", "file:///etc/passwd"), ("file uri encoded", "file:%2f%2f%2fetc%2fpasswd"), ("drive", "C:%5cWindows"),
             ("drive slash", "C:/Windows"), ("UNC", "%5c%5chost%5cshare"), ("NUL", "a%00/../b"),
             ("overlong", "%c0%ae%c0%ae/etc"), ("params", "a;/../b"), ("dots at the end", "a/.."), ("one dot", "."), ("two dots", ".."))
    for what, path in paths:
        script.download(f"attack/get {what}", path)
        script.upload(f"attack/put {what}", path, b"attack")
        script.delete(f"attack/delete {what}", f"{ARTIFACTS}artifacts/{path}")
    script.download("attack/get twin", "%2e%2e/%2e%2e/etc/passwd", "/ajax-api/2.0/mlflow-artifacts/")
    script.post("attack/name encoded", "registered-models/create", {"name": "%61bc%64"})
    script.add("attack/content type echoed", "POST", "experiments/create", body=b"{}", headers={"Content-Type": "<script>alert(1)</script>"})
    script.get("attack/message echoed", "experiments/get-by-name", {"experiment_name": "<script>alert(1)</script>"})
    script.add("attack/path echoed", "GET", "/api/2.0/mlflow/%3Cscript%3E")
    script.get("attack/long query", "experiments/get-by-name", {"experiment_name": "x" * 7000})
