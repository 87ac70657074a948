"""assay.toml, read as the command line reads it: the cases are tests/data/project_file/cases.json, the other reader's test is
tests/unit/clients/cli/project_file_test.cpp."""

import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import assay
from assay import _lock, _project
from assay._config import load_config
from assay._project import read_project

CASES = json.loads((Path(__file__).parents[3] / "tests" / "data" / "project_file" / "cases.json").read_text(encoding="utf-8"))


def read(case):
    """As if the text stood in /p/assay.toml."""
    with mock.patch.object(_project, "open", mock.mock_open(read_data=case["toml"].encode()), create=True):
        return read_project(Path("/p/assay.toml"), personal=case.get("personal", False))


class Cases(unittest.TestCase):
    def test_a_project_file_is_read_as_the_command_line_reads_it(self):
        for case in CASES["read"]:
            with self.subTest(case["toml"]):
                found = read(case)
                self.assertEqual(found.settings, case["settings"])
                self.assertEqual((found.uses, found.tags, found.models), (case["uses"], case["tags"], case["models"]))
                self.assertEqual(found.into and str(found.into), case["into"])
                for model, requested, place in case.get("folders", []):
                    folder = found.folder_of(model, requested)
                    self.assertEqual(folder and str(folder), place)

    def test_what_it_may_not_say_is_refused_with_the_file_the_key_and_the_nearest_one(self):
        for case in CASES["refused"]:
            with self.subTest(case["toml"]), self.assertRaises(assay.UsageError) as raised:
                read(case)
            error = raised.exception
            self.assertEqual(error.code, "invalid-config")
            self.assertIn("/p/assay.toml cannot be used as configuration", str(error))
            self.assertIn(case["because"], error.because)
            self.assertIn(case["fix"], " ".join(error.fix))


class InAProject(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        (self.root / "deep").mkdir()
        previous = os.getcwd()
        self.addCleanup(os.chdir, previous)
        os.chdir(self.root / "deep")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
        patch = mock.patch.dict(os.environ, {**clean, "XDG_CONFIG_HOME": str(self.root / "home")}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def write(self, text):
        (self.root / "assay.toml").write_text(text, encoding="utf-8")

    def test_the_lock_file_is_beside_the_file_that_names_models(self):
        self.assertEqual(load_config().lock, Path("assay.lock"))
        self.write("[push]\nuses = ['numpy']\n")
        self.assertEqual(load_config().lock, Path("assay.lock"))
        self.write("[fetch]\nmodels = ['churn@production']\n")
        self.assertEqual(load_config().lock, self.root / "assay.lock")

    def test_push_takes_packages_and_tags_of_the_project_unless_it_is_told_others(self):
        self.write("[push]\nuses = ['numpy']\ntags = { team = 'risk', stage = 'lab' }\n[assay]\nenvironment = 'none'\n")
        with mock.patch("assay._push.push") as push:
            assay.push("churn", "model.joblib", tags={"stage": "shop"})
            told = push.call_args.kwargs
            self.assertEqual((told["uses"], told["tags"], told["environment"]), (["numpy"], {"team": "risk", "stage": "shop"}, "none"))
            assay.push("churn", "model.joblib", uses=["scipy"], environment="auto")
            told = push.call_args.kwargs
            self.assertEqual((told["uses"], told["tags"], told["environment"]), (["scipy"], {"team": "risk", "stage": "lab"}, "auto"))

    def test_check_judges_the_environment_of_the_project_by_default(self):
        self.write("[assay]\nenvironment = 'serving.json'\n")
        with mock.patch("assay._gate.check") as check:
            assay.check("churn")
            self.assertEqual(check.call_args.args[2], str(self.root / "serving.json"))
            assay.check("churn", "auto")
            self.assertEqual(check.call_args.args[2], "auto")

    def test_a_locked_fetch_refuses_a_lock_that_lacks_what_the_project_names(self):
        self.write("[fetch]\nmodels = ['churn@production']\n")
        _lock.write_file(self.root / "assay.lock", b'version = 1\nregistry = "http://127.0.0.1:1"\n')
        with self.assertRaises(assay.Conflict) as raised:
            assay.fetch_locked()
        self.assertEqual(raised.exception.code, "not-locked")
        self.assertIn("assay lock", raised.exception.fix)


if __name__ == "__main__":
    unittest.main()
