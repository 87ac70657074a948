"""Environments, canonical JSON, references, configuration, errors, and the weight of an import."""

import inspect
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import assay
from assay import _environment, errors
from assay._canonical import canonical_json
from assay._client import Client
from assay._config import load_config
from assay._facts import as_metrics, as_time, packages_used, split_search
from assay._files import checked_path
from assay._reference import parse


class Environment(unittest.TestCase):
    def test_it_names_python_and_what_is_installed(self):
        found = assay.environment()
        self.assertEqual(
            found["python"], "%d.%d.%d" % sys.version_info[:3] if sys.version_info.releaselevel == "final" else found["python"]
        )
        self.assertEqual(found["implementation"], sys.implementation.name)
        self.assertRegex(found["platform"], r"^[a-z0-9]+-[a-z0-9_]+$")
        self.assertIn("requests", found["packages"])
        self.assertEqual([name for name in found["packages"] if name != _environment.normalise(name)], [])

    def test_names_are_normalised(self):
        self.assertEqual(
            _environment.environment_of({"packages": {"Scikit_Learn": "1.5", "a.-b": "2"}}),
            {"packages": {"a-b": "2", "scikit-learn": "1.5"}},
        )
        self.assertIsNone(_environment.environment_of("none"))

    def test_the_digest_is_that_of_the_canonical_bytes(self):
        digest, text = _environment.digest({"python": "3.12.3", "packages": {"b": "1", "a": "2"}})
        self.assertEqual(text, b'{"packages":{"a":"2","b":"1"},"python":"3.12.3"}')
        self.assertEqual(digest, "sha256:6375eedf0092c2bc06c2080d25a8c5a7c243c87c138ddcd6265d9f30132f0bab")

    def test_what_is_no_environment_is_refused(self):
        for bad in ({"packages": []}, {"packages": {"a": 1}}, {"python": 3}, {"x": "y"}, "/nowhere/env.json"):
            with self.subTest(repr(bad)), self.assertRaises(assay.UsageError):
                _environment.environment_of(bad)


class CanonicalJson(unittest.TestCase):
    def test_numbers_are_written_as_in_rfc_8785_appendix_b(self):
        for bits, text in (
            ("0000000000000000", "0"),
            ("8000000000000000", "0"),
            ("0000000000000001", "5e-324"),
            ("8000000000000001", "-5e-324"),
            ("7fefffffffffffff", "1.7976931348623157e+308"),
            ("4340000000000000", "9007199254740992"),
            ("4430000000000000", "295147905179352830000"),
            ("44b52d02c7e14af5", "9.999999999999997e+22"),
            ("44b52d02c7e14af6", "1e+23"),
            ("444b1ae4d6e2ef4e", "999999999999999700000"),
            ("444b1ae4d6e2ef50", "1e+21"),
            ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
            ("3eb0c6f7a0b5ed8d", "0.000001"),
            ("41b3de4355555553", "333333333.3333332"),
            ("becbf647612f3696", "-0.0000033333333333333333"),
            ("43143ff3c1cb0959", "1424953923781206.2"),
        ):
            self.assertEqual(canonical_json(struct.unpack(">d", bytes.fromhex(bits))[0]), text.encode())

    def test_keys_are_in_utf16_order(self):
        text = canonical_json({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\u00f6": 7}).decode("utf-8")
        self.assertEqual(list(json.loads(text).values()), [2, 4, 6, 7, 1, 5, 3])

    def test_what_it_cannot_express_is_refused(self):
        for bad in (float("nan"), float("inf"), 2**53 + 1, "\ud800", object()):
            with self.assertRaises(assay.UsageError):
                canonical_json(bad)


class References(unittest.TestCase):
    def test_every_spelling_is_read(self):
        digest = "sha256:" + "ab" * 32
        for text, model, segment in (
            ("churn", "churn", "@latest"),
            ("churn@3", "churn", "3"),
            ("churn@production", "churn", "@production"),
            ("churn@" + digest, "churn", digest),
            ("models:/churn/3", "churn", "3"),
            ("models:/churn@champion", "churn", "@champion"),
            ("models:/churn/latest", "churn", "@latest"),
        ):
            self.assertEqual((parse(text).model, parse(text).segment), (model, segment))
        self.assertEqual(parse("tür an@3").path, "/v1/models/t%C3%BCr%20an/versions/3")

    def test_what_is_no_reference_is_refused(self):
        for text in (
            "",
            "@3",
            "a@",
            "a@0",
            "a@03",
            "a@9223372036854775808",
            "a@sha256:12",
            "a/b@3",
            "models:/a",
            "models:/a/b",
            "a@b@c",
            "a@b c",
            None,
        ):
            with self.subTest(text), self.assertRaises(assay.UsageError):
                parse(text)


class Paths(unittest.TestCase):
    def test_a_path_that_would_leave_the_folder_is_refused(self):
        self.assertEqual(checked_path("a/b.joblib"), "a/b.joblib")
        for path in ("", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a\\b", "a\0b", "a/" * 40 + "b", "x" * 256, "a\u2028b"):
            with self.subTest(path), self.assertRaises(assay.IntegrityError):
                checked_path(path)


class Configuration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        (self.root / "home" / "assay").mkdir(parents=True)
        (self.root / "project" / "deep").mkdir(parents=True)
        previous = os.getcwd()
        self.addCleanup(os.chdir, previous)
        os.chdir(self.root / "project" / "deep")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
        patch = mock.patch.dict(os.environ, {**clean, "XDG_CONFIG_HOME": str(self.root / "home")}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def test_argument_before_variable_before_project_before_user(self):
        self.assertEqual(load_config().url, "http://127.0.0.1:8080")
        (self.root / "home" / "assay" / "config.toml").write_text('[assay]\nurl = "http://user"\nconsumer = "ada"\n')
        self.assertEqual(load_config().url, "http://user")
        self.assertRegex(load_config().consumer, "^ada@.+")
        (self.root / "project" / "assay.toml").write_text('[assay]\nurl = "http://project/"\n')
        self.assertEqual(load_config().url, "http://project")
        os.environ["ASSAY_URL"] = "http://variable"
        self.assertEqual(load_config().url, "http://variable")
        self.assertEqual(load_config("http://argument").url, "http://argument")

    def test_an_unknown_setting_is_named(self):
        (self.root / "project" / "assay.toml").write_text('[assay]\nurll = "http://x"\n')
        with self.assertRaisesRegex(assay.UsageError, "urll"):
            load_config()


class Errors(unittest.TestCase):
    def test_each_kind_has_its_exception_and_exit_code(self):
        for status, kind, code in (
            (404, "not-found", 3),
            (409, "incompatible", 4),
            (422, "integrity", 5),
            (409, "conflict", 8),
            (412, "precondition", 8),
            (403, "permission", 7),
            (503, "unavailable", 10),
            (400, "invalid", 1),
            (500, "integrity", 5),
            (500, "internal", 1),
        ):
            self.assertEqual(errors.from_problem(status, {"title": kind, "code": "x", "detail": "d"}).exit_code, code)
        self.assertEqual(errors.from_problem(502, {}).exit_code, 10)

    def test_a_person_sees_cause_and_fix(self):
        conflict = {
            "package": "scikit-learn",
            "recorded": "1.2.2",
            "offered": "1.5.2",
            "effect": "load-error",
            "because": "tree nodes changed",
        }
        verdict = {
            "verdict": "refuse",
            "version": "churn@3",
            "conflicts": [conflict, {**conflict, "because": "arrays changed"}],
            "fix": ["pip install x", "fetch churn@4"],
        }
        problem = errors.refused(verdict, context="fetching churn@production")
        self.assertEqual(
            str(problem),
            "churn@3 was trained with scikit-learn 1.2.2 and cannot be loaded with 1.5.2\n  because: tree nodes changed\n"
            "  and: arrays changed\n  while: fetching churn@production\nfix: pip install x, or fetch churn@4",
        )
        self.assertEqual(len(problem.conflicts), 2)

    def test_every_problem_of_a_push_is_shown(self):
        problem = errors.from_problem(
            400,
            {
                "title": "invalid",
                "code": "facts-missing",
                "detail": "refused",
                "field_errors": [{"field": "a", "message": "m"}, {"field": "b", "message": "n", "fix": "f"}],
            },
        )
        self.assertEqual(str(problem), "refused\n  a: m\n  b: n\n    fix: f")


class Facts(unittest.TestCase):
    def test_a_search_gives_its_best_estimator_params_and_scores(self):
        from sklearn.model_selection import GridSearchCV
        from sklearn.tree import DecisionTreeClassifier

        X, y = [[0], [1], [0], [1], [0], [1]], [0, 1, 0, 1, 0, 1]
        search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=3)
        with self.assertRaisesRegex(assay.UsageError, "not fitted"):
            split_search(search, "churn")
        estimator, params, run = split_search(search.fit(X, y), "churn")
        self.assertIs(estimator, search.best_estimator_)
        self.assertEqual(params, {"max_depth": search.best_params_["max_depth"]})
        self.assertEqual(
            {(m["name"], m["step"]) for m in run["metrics"]},
            {(f"{what}_test_score", step) for what in ("mean", "std", "rank") for step in (0, 1)},
        )
        self.assertEqual(packages_used(estimator, "churn"), ["joblib", "numpy", "scikit-learn"])
        with self.assertRaisesRegex(assay.UsageError, "refit"):
            split_search(GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1]}, cv=3, refit=False).fit(X, y), "churn")

    def test_metrics_are_finite_numbers(self):
        self.assertEqual(as_metrics({"accuracy": 1}, "adult-test"), [{"name": "accuracy", "value": 1.0, "dataset": "adult-test"}])
        for bad in (float("nan"), "high", None):
            with self.assertRaisesRegex(assay.UsageError, "accuracy"):
                as_metrics({"accuracy": bad}, None)

    def test_times_are_utc(self):
        from datetime import datetime, timedelta, timezone

        self.assertEqual(as_time(datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))), "2026-01-02T01:04:05Z")


class Package(unittest.TestCase):
    def test_import_brings_no_library(self):
        code = (
            "import sys, assay; sys.exit(any(name in sys.modules for name in ('requests', 'numpy', 'pandas', 'sklearn', 'joblib', 'tqdm')))"
        )
        self.assertEqual(subprocess.run([sys.executable, "-c", code], check=False).returncode, 0)

    def test_the_plug_ins_bring_no_library_either(self):
        code = (
            "import sys, assay.mlflow as plugin; plugin.AssayEnvironment(), plugin.AssayRunContext(); "
            "sys.exit(any(name in sys.modules for name in ('mlflow', 'requests', 'numpy', 'pandas', 'tqdm')))"
        )
        self.assertEqual(subprocess.run([sys.executable, "-c", code], check=False).returncode, 0)

    def test_the_plug_ins_are_at_hand_and_do_not_hide_the_package_of_their_name(self):
        code = "import assay; assay.mlflow.log_sample; from assay import *; import sys; sys.exit('mlflow' in dir())"
        self.assertEqual(subprocess.run([sys.executable, "-c", code], check=False).returncode, 0)

    def test_the_functions_stay_functions_after_use(self):
        from assay import _fetch, _load, _push  # noqa: F401

        for name in assay.__all__:
            self.assertFalse(inspect.ismodule(getattr(assay, name)), name)

    def test_a_client_has_the_functions_with_the_same_arguments(self):
        for name in ("push", "fetch", "load", "check", "show", "lineage", "lock", "verify"):
            method = list(inspect.signature(getattr(Client, name)).parameters.values())[1:]
            function = list(inspect.signature(getattr(assay, name)).parameters.values())
            self.assertEqual([(p.name, p.kind, p.default) for p in method], [(p.name, p.kind, p.default) for p in function], name)


if __name__ == "__main__":
    unittest.main()
