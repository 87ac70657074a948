#!/usr/bin/env python3
"""The Python package against the real server: ASSAY_BIN=build/release/assay python tests/functional/python_client_test.py

Needs scikit-learn, pandas and joblib, as a user of the package has them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from pathlib import Path

BINARY = os.environ.get("ASSAY_BIN")
if not BINARY:
    print("python_client_test: SKIPPED, ASSAY_BIN does not name the assay binary: nothing was tested", file=sys.stderr)
    raise unittest.SkipTest("ASSAY_BIN is not set") if __name__ != "__main__" else SystemExit(77)

import assay  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import requests  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

RANDOM = np.random.default_rng(7)


def penguins(rows=240):
    """A table like the real one: numbers with gaps, categories with gaps, and what is to be predicted."""
    island = RANDOM.choice(["Biscoe", "Dream", "Torgersen"], rows)
    mass = RANDOM.normal(4000, 500, rows)
    frame = pd.DataFrame({"bill": RANDOM.normal(44, 5, rows), "mass": mass, "island": island, "year": RANDOM.integers(2007, 2010, rows)})
    frame.loc[::11, "bill"] = np.nan
    frame.loc[::13, "island"] = np.nan
    frame["species"] = np.where(mass > 4000, "Gentoo", np.where(island == "Dream", "Chinstrap", "Adelie"))
    return frame


def search():
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    categories = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer([("numbers", numbers, ["bill", "mass", "year"]), ("categories", categories, ["island"])])
    return GridSearchCV(
        Pipeline([("columns", columns), ("tree", DecisionTreeClassifier(random_state=0))]), {"tree__max_depth": [2, 4]}, cv=3
    )


class Server:
    def __init__(self, folder):
        self.log = []
        policy = Path(folder) / "policy.toml"
        policy.write_text('[replay]\ndifferent = "report"\n')  # what the server itself finds is not asked here
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", str(Path(folder) / "data"), "--policy", str(policy)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in self.process.stdout:
            self.log.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.url = found.group()
                break
        else:
            raise RuntimeError("the server did not start: " + "".join(self.log))
        # Read on, or the server would wait for a full pipe.
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.reader.join()
        self.process.stdout.close()


class PythonClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="assay-python-")
        cls.server = Server(cls.folder.name)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.server.stop)
        os.environ.update(ASSAY_URL=cls.server.url, ASSAY_CONSUMER="tester@lab", ASSAY_CACHE=str(Path(cls.folder.name) / "cache"))
        warnings.simplefilter("ignore", assay.AssayWarning)
        frame = penguins()
        cls.train, cls.test = frame.iloc[:160], frame.iloc[160:]
        cls.X = cls.test.drop(columns="species")
        cls.search = search().fit(cls.train.drop(columns="species"), cls.train.species)
        cls.accuracy = cls.search.score(cls.X, cls.test.species)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=self.folder.name)
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def push(self, name, **more):
        facts = dict(
            sample=self.X, training=("penguins", self.train), evaluation=("penguins-test", self.test), metrics={"accuracy": self.accuracy}
        )
        return assay.push(name, self.search, **{**facts, **more})

    def python(self, *arguments, **variables):
        return subprocess.run(
            [sys.executable, "-m", "assay", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=self.root,
            env={**os.environ, **variables},
        )

    def other_environment(self):
        """This environment with a scikit-learn that lacks what the bytes import."""
        here = assay.environment()
        return {**here, "packages": {**here["packages"], "scikit-learn": "0.20.4"}}

    def test_a_search_is_pushed_with_everything_it_says(self):
        version = self.push("facts", aliases=["candidate"], tags={"team": "birds"}, description="first", parents=[])
        self.assertEqual((version.model, version.version, version.state), ("facts", 1, "ready"))
        facts = version.manifest["facts"]
        self.assertEqual(facts["params"], {name: str(value) for name, value in self.search.best_params_.items()})
        self.assertEqual(facts["origin"]["trained_at"], "client-clock")
        self.assertEqual(
            [(d["role"], d["name"], d["rows"]) for d in facts["datasets"]],
            [("training", "penguins", 160), ("evaluation", "penguins-test", 80)],
        )
        self.assertEqual(facts["datasets"][0]["table_digest"], assay.dataset_digest(self.train))
        self.assertEqual(facts["metrics"], [{"name": "accuracy", "value": self.accuracy, "dataset": "penguins-test"}])
        self.assertLessEqual({"scikit-learn", "numpy", "joblib"}, set(facts["uses"]))
        self.assertEqual({file["path"] for file in version.manifest["files"]}, {"model.joblib", "sample.json"})
        shown = assay.show("facts@candidate")
        self.assertEqual(
            (shown.digest, shown.tags, shown.description, shown.aliases), (version.digest, {"team": "birds"}, "first", ["candidate"])
        )
        run = requests.get(f"{self.server.url}/v1/runs/{version.run}", timeout=30).json()
        scores = [(m["step"], m["value"]) for m in run["metrics"] if m["name"] == "mean_test_score"]
        self.assertEqual(sorted(scores), list(enumerate(self.search.cv_results_["mean_test_score"].tolist())))

    def test_a_loaded_estimator_predicts_bit_for_bit_in_a_fresh_process(self):
        self.push("fresh", aliases=["production"])
        self.X.to_pickle(self.root / "X.pkl")
        code = (
            "import sys, assay, pandas, hashlib; X = pandas.read_pickle(sys.argv[1]); m = assay.load('fresh@production');"
            "print(hashlib.sha256(m.predict_proba(X).tobytes() + '|'.join(m.predict(X)).encode()).hexdigest())"
        )
        done = subprocess.run([sys.executable, "-c", code, str(self.root / "X.pkl")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        import hashlib

        best = self.search.best_estimator_
        self.assertEqual(
            done.stdout.strip(), hashlib.sha256(best.predict_proba(self.X).tobytes() + "|".join(best.predict(self.X)).encode()).hexdigest()
        )
        self.assertEqual(type(assay.load("models:/fresh@production")), type(best))

    def test_every_missing_fact_is_named_at_once(self):
        with self.assertRaises(assay.AssayError) as caught:
            assay.push("lacking", self.search.best_estimator_)
        self.assertGreaterEqual(len(caught.exception.field_errors), 2)
        for item in caught.exception.field_errors:
            self.assertIn(item["message"], str(caught.exception))
        with self.assertRaises(assay.NotFound):
            assay.show("lacking")

    def test_an_environment_that_would_break_it_is_refused_before_a_byte_moves(self):
        self.push("gated")
        self.assertTrue(assay.check("gated"))
        self.assertFalse(assay.check("gated", self.other_environment()))
        with self.assertRaises(assay.Incompatible) as caught:
            assay.fetch("gated", self.root / "out", self.other_environment())
        self.assertEqual(caught.exception.exit_code, 4)
        self.assertIn("scikit-learn", [conflict["package"] for conflict in caught.exception.conflicts])
        self.assertIn("fix: ", str(caught.exception))
        self.assertFalse((self.root / "out").exists())
        (self.root / "env.json").write_text(json.dumps(self.other_environment()))
        done = self.python("fetch", "gated", "-o", "out", "--environment", "env.json")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("because: ", done.stderr)
        self.assertEqual(self.python("check", "gated", "--environment", "env.json", "--json").returncode, 4)

    def test_fetched_files_are_the_pushed_bytes(self):
        source = self.root / "export" / "deep"
        source.mkdir(parents=True)
        (source / "wörter.txt").write_bytes(b"")
        (source.parent / "big.bin").write_text(os.urandom(1_500_000).hex())
        facts = dict(training=("penguins", self.train), metrics={"accuracy": 0.9}, uses=["numpy"])
        version = assay.push("folder", source.parent, trained_at="2026-11-22T21:14:03Z", **facts)
        found = assay.fetch(version.ref, self.root / "out")
        self.assertEqual((self.root / "out/big.bin").read_bytes(), (source.parent / "big.bin").read_bytes())
        self.assertEqual((self.root / "out/deep/wörter.txt").read_bytes(), b"")
        self.assertEqual(found.digest, version.digest)
        assay.fetch(f"folder@{version.digest}", self.root / "out", "none")
        (self.root / "out/big.bin").write_bytes(b"mine")
        with self.assertRaises(assay.Conflict):
            assay.fetch("folder", self.root / "out")
        self.assertEqual((self.root / "out/big.bin").read_bytes(), b"mine")
        assay.fetch("folder", self.root / "out", force=True)
        self.assertEqual((self.root / "out/big.bin").stat().st_size, 3_000_000)
        again = assay.push("folder", source.parent, trained_at="2026-11-22T21:14:03Z", if_changed=True, **facts)
        self.assertEqual(again.version, version.version)

    def test_a_model_that_predicts_otherwise_is_not_handed_out(self):
        other = search().set_params(param_grid={"tree__max_depth": [1]}).fit(self.train.drop(columns="species"), self.train.species)
        self.push("wrong", sample=assay.sample(other, self.X))
        self.assertIsNotNone(assay.load("wrong", verify="warn"))
        with self.assertRaises(assay.PredictionDiffers) as caught:
            assay.load("wrong")
        self.assertEqual(caught.exception.exit_code, 9)
        self.assertTrue(caught.exception.rows)
        # It has been found out, and from then on the gate does not hand it out here.
        with self.assertRaises(assay.Incompatible) as refused:
            assay.load("wrong", verify="warn")
        self.assertEqual(refused.exception.conflicts[0]["rule"], "proof/different")
        self.assertEqual(self.python("load", "wrong").returncode, 4)
        self.assertIsNotNone(assay.load("wrong", environment="none", verify="warn"))

    def test_a_damaged_cache_is_repaired(self):
        version = self.push("cached")
        assay.load("cached")
        blob = next(f["digest"] for f in version.manifest["files"] if f["path"] == "model.joblib")[7:]
        path = Path(os.environ["ASSAY_CACHE"]) / "blobs" / "sha256" / blob[:2] / blob
        self.assertEqual(path.stat().st_mode & 0o777, 0o444)
        path.chmod(0o644)
        path.write_bytes(b"no model at all")
        self.assertIsNotNone(assay.load("cached"))
        self.assertGreater(path.stat().st_size, 100)

    def test_many_processes_fill_the_cache_at_once(self):
        self.push("shared")
        cache = self.root / "cache"
        code = "import assay; assay.load('shared')"
        environment = {**os.environ, "ASSAY_CACHE": str(cache)}
        running = [subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        for process in running:
            _, errors = process.communicate()
            self.assertEqual(process.returncode, 0, errors)
        self.assertEqual([path.name for path in cache.rglob("*.part")], [])

    def test_lock_verify_and_locked_fetch(self):
        first = self.push("locked", aliases=["production"])
        lock = self.root / "assay.lock"
        assay.lock("locked@production", lock)
        text = lock.read_bytes()
        self.push("locked", aliases=["production"], description="moved on")
        found = assay.fetch("locked@production", self.root / "models" / "locked", locked=lock)
        self.assertEqual(found.digest, first.digest)
        self.assertIn(b'path = "models/locked"\n', lock.read_bytes())
        self.assertEqual([one.version for one in assay.verify(lock)], [1])
        self.assertEqual(len(assay.verify(lock, offline=False)[0].notes), 1)
        with self.assertRaises(assay.Conflict):
            assay.fetch("locked@2", self.root / "x", locked=lock)
        (self.root / "models/locked/model.joblib").write_bytes(b"x")
        done = self.python("verify", "--offline", ASSAY_URL="http://127.0.0.1:9")
        self.assertEqual(done.returncode, 5, done.stderr)
        # Both clients write the same bytes.
        lock.write_bytes(text)
        assay.lock(path=lock)
        mine = lock.read_bytes()
        lock.unlink()
        subprocess.run([BINARY, "lock", "locked@production", "-o", str(lock)], check=True, capture_output=True, cwd=self.root)
        self.assertEqual(lock.read_bytes(), mine)

    def test_lineage_leads_from_the_data_to_who_fetched(self):
        version = self.push("traced")
        assay.fetch("traced", self.root / "out")
        graph = assay.lineage("traced@1")
        kinds = {node["kind"] for node in graph.nodes.values()}
        self.assertEqual(kinds, {"dataset", "run", "version", "consumer"})
        self.assertIn("produced", [edge.relation for edge in graph.upstream()])
        self.assertIn("fetched", [edge.relation for edge in graph.downstream()])
        below = assay.lineage(assay.dataset_digest(self.train), direction="down")
        self.assertIn(f"version:{version.ref}", [node["id"] for node in below.of_kind("version")])
        fetches = requests.get(f"{self.server.url}/v1/models/traced/versions/1/fetches", timeout=30).json()["items"]
        self.assertEqual([(item["consumer"], item["host"], item["count"]) for item in fetches], [("tester", "lab", 1)])

    def test_a_check_without_an_environment_judges_nothing_and_allows(self):
        self.push("asked")
        verdict = assay.connect().check("asked", environment="none")
        self.assertEqual((verdict.verdict, verdict.conflicts), ("allow", []))
        done = self.python("check", "asked", "--environment", "none")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_fetch_without_an_environment_is_recorded_also_when_everything_is_here(self):
        self.push("unjudged")
        assay.fetch("unjudged", self.root / "out", "none")
        found = assay.connect(consumer="later@lab").fetch("unjudged", self.root / "out", "none")
        self.assertIsNone(found.verdict)
        fetches = requests.get(f"{self.server.url}/v1/models/unjudged/versions/1/fetches", timeout=30).json()["items"]
        self.assertEqual({(item["consumer"], item["verdict"]) for item in fetches}, {("tester", "none"), ("later", "none")})

    def test_a_run_is_joined_and_a_parent_recorded(self):
        first = self.push("joined")
        second = self.push("joined", run=first.run, parents=["joined@1:retrained_from"])
        self.assertEqual(second.run, first.run)
        self.assertEqual(second.manifest["facts"]["parents"][0]["digest"], first.digest)

    def test_what_is_not_there_and_what_cannot_be_reached(self):
        with self.assertRaises(assay.NotFound) as caught:
            assay.load("nobody@production")
        self.assertTrue(caught.exception.request_id)
        self.assertEqual(self.python("fetch", "nobody", "-o", "out").returncode, 3)
        self.assertEqual(self.python("fetch", "nobody").returncode, 2)
        with self.assertRaises(assay.NetworkError):
            assay.connect("http://127.0.0.1:9").show("nobody")
        done = self.python("check", "nobody", "--json")
        self.assertEqual(json.loads(done.stdout)["exit_code"], 3)

    def test_a_file_is_pushed_from_the_command_line(self):
        import joblib

        joblib.dump(self.search.best_estimator_, self.root / "model.joblib")
        self.train.to_csv(self.root / "train.csv")
        assay.sample(self.search.best_estimator_, self.X).write(self.root / "held-out.json")
        done = self.python(
            "push",
            "cli",
            "model.joblib",
            "--metric",
            "accuracy=0.9@train",
            "--dataset",
            "training=train.csv",
            "--trained-at",
            "2026-11-22T21:14:03Z",
            "--sample",
            "held-out.json",
            "--param",
            "depth=2",
            "--alias",
            "new",
            "--json",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        pushed = json.loads(done.stdout)
        self.assertEqual(
            pushed["manifest"]["facts"]["datasets"],
            [{"role": "training", "name": "train", "digest": assay.dataset_digest(self.root / "train.csv")}],
        )
        self.assertEqual(self.python("load", "cli@new").returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
