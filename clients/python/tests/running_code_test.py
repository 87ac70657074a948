"""Which commit runs, and whether it is that commit."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from assay import _running_code
from assay._running_code import Running
from assay.mlflow import AssayRunContext

sys.path.insert(0, str(Path(__file__).resolve().parent))
import fake_mlflow  # noqa: E402

SCRIPT = "from assay._running_code import running\nprint(repr(tuple(running())))\n"
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]


@unittest.skipUnless(shutil.which("git"), "there is no git")
class RunningCode(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.project = self.root / "project"
        (self.project / "jobs" / "pack").mkdir(parents=True)
        (self.project / "jobs" / "train.py").write_text(SCRIPT)
        (self.project / "jobs" / "pack" / "__main__.py").write_text(SCRIPT)
        (self.project / "jobs" / "pack" / "part.py").write_text(SCRIPT)
        (self.project / ".gitignore").write_text("/ignored/\n")
        for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
            subprocess.run([*GIT, *arguments], cwd=self.project, check=True, capture_output=True)
        self.commit = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=self.project, check=True, capture_output=True, text=True).stdout.strip()

    def run_python(self, *arguments, cwd=None):
        here = str(Path(_running_code.__file__).resolve().parents[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment = {**kept, "PYTHONPATH": here, "PYTHONDONTWRITEBYTECODE": "1", "GIT_CEILING_DIRECTORIES": str(self.root)}
        done = subprocess.run([sys.executable, *arguments], cwd=cwd or self.root, env=environment, check=True, capture_output=True, text=True)
        return Running(*eval(done.stdout))  # of what this test has written itself

    def test_a_script_is_of_the_commit_of_its_repository_wherever_it_is_started(self):
        self.assertEqual(self.run_python("project/jobs/train.py"), Running(self.commit, False, "jobs/train.py"))

    def test_a_change_of_a_tracked_file_is_no_commit(self):
        (self.project / ".gitignore").write_text("/ignored/\n/data/\n")
        self.assertEqual(self.run_python("project/jobs/train.py"), Running(self.commit, True, "jobs/train.py"))

    def test_files_beside_it_change_nothing_and_a_script_that_is_not_tracked_does(self):
        (self.project / "notes.txt").write_text("")
        self.assertEqual(self.run_python("project/jobs/train.py").dirty, False)
        shutil.copy(self.project / "jobs" / "train.py", self.project / "new.py")
        self.assertEqual(self.run_python("project/new.py"), Running(self.commit, True, "new.py"))

    def test_a_script_that_is_ignored_is_of_no_commit(self):
        (self.project / "ignored").mkdir()
        shutil.copy(self.project / "jobs" / "train.py", self.project / "ignored" / "tool.py")
        self.assertEqual(self.run_python("project/ignored/tool.py"), Running(None, None, "tool.py"))

    def test_a_module_is_named_as_it_was_started(self):
        self.assertEqual(self.run_python("-m", "pack", cwd=self.project / "jobs"), Running(self.commit, False, "pack"))
        self.assertEqual(self.run_python("-m", "pack.part", cwd=self.project / "jobs"), Running(self.commit, False, "pack.part"))

    def test_a_session_is_of_the_commit_of_its_folder(self):
        self.assertEqual(self.run_python("-c", SCRIPT, cwd=self.project), Running(self.commit, False, None))

    def test_without_a_repository_there_is_no_commit(self):
        shutil.copy(self.project / "jobs" / "train.py", self.root / "alone.py")
        self.assertEqual(self.run_python("alone.py"), Running(None, None, "alone.py"))

    def test_without_git_or_an_answer_in_time_there_is_no_commit(self):
        for mishap in (FileNotFoundError("git"), subprocess.TimeoutExpired("git", 2.0)):
            with mock.patch.object(_running_code.subprocess, "run", side_effect=mishap):
                found = _running_code.running()
            self.assertEqual((found.commit, found.dirty), (None, None))


class RunContext(unittest.TestCase):
    def tags(self, found, **more):
        fake_mlflow.install(self)
        if "provider" in more:
            fake_mlflow.provide_run_context(more["provider"])
        with mock.patch.object(_running_code, "running", return_value=found):
            return {name: value for name, value in AssayRunContext().tags().items() if name != "assay.host"}

    def test_tags_say_what_runs(self):
        self.assertEqual(
            self.tags(Running("9f31", True, "jobs/train.py")),
            {"mlflow.source.git.commit": "9f31", "assay.git.dirty": "true", "assay.entry_point": "jobs/train.py"},
        )
        self.assertEqual(self.tags(Running("9f31", None, None)), {"mlflow.source.git.commit": "9f31"})
        self.assertEqual(self.tags(Running(None, None, None)), {})

    def test_a_commit_that_mlflow_has_is_left_to_it(self):
        has_it = type("GitRunContext", (), {"in_context": lambda self: True})()
        self.assertEqual(self.tags(Running("9f31", False, None), provider=has_it), {"assay.git.dirty": "false"})
        has_none = type("GitRunContext", (), {"in_context": lambda self: False})()
        self.assertIn("mlflow.source.git.commit", self.tags(Running("9f31", False, None), provider=has_none))

    def test_a_script_is_looked_at_once_and_a_session_each_time(self):
        fake_mlflow.install(self)
        for entry_point, times in (("train.py", 1), (None, 3)):
            context = AssayRunContext()
            with mock.patch.object(_running_code, "running", return_value=Running("9f31", False, entry_point)) as asked:
                for _ in range(3):
                    context.tags()
            self.assertEqual(asked.call_count, times)

    def test_nothing_that_goes_wrong_reaches_mlflow(self):
        fake_mlflow.install(self)
        with mock.patch.object(_running_code, "running", side_effect=RuntimeError("no")):
            self.assertEqual(AssayRunContext().tags(), {})




if __name__ == "__main__":
    unittest.main()
