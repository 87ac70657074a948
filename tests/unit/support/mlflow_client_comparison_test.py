"""tests/support/mlflow_client_comparison.py: which methods are said to work."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.support.mlflow_client_comparison import Area, Outcome, Reasons  # noqa: E402
from tests.support.mlflow_client_run import LINES, golden_of  # noqa: E402
from tests.support.mlflow_comparison import Explanation  # noqa: E402

REFUSAL = {"asked": "{}", "status": "raised", "type": "RestException", "body": {"message": "ENDPOINT_NOT_FOUND: x is not implemented by this server"}}
AREA = Area("hooks", ["*_hook"], "There are none.", [{"body": {"message": "ENDPOINT_NOT_FOUND: *"}}])


def gave(body, kind="str"):
    return {"asked": "{}", "status": "returned", "type": kind, "body": body}


NOTHING = gave(None, "NoneType")
THEIRS = {"set_tag/new": NOTHING, "get_run/tagged": gave("red"), "make_hook/all": gave("hook"), "search_runs/all": gave(["run"])}


def outcome(ours, areas=(AREA,), calls=(), methods=()):
    def runs(changed):
        answers = {**THEIRS, **changed}
        names = sorted({name.partition("/")[0] for name in answers} | set(methods))
        return {line: {"release": line, "methods": names, "passed_over": [], "answers": answers} for line in LINES}
    return Outcome(golden_of("3", runs({})), runs(ours), Reasons(list(areas), list(calls)))


class Methods(unittest.TestCase):
    def statuses(self, found):
        return {method: found.lines["3"].status(method) for method in found.methods}

    def test_what_gives_the_same_works_and_what_is_refused_as_it_should_be_is_refused(self):
        found = outcome({"make_hook/all": REFUSAL})
        self.assertEqual(self.statuses(found), {"set_tag": "works", "get_run": "works", "make_hook": "refused by design", "search_runs": "works"})
        self.assertEqual((found.unused(), found.not_exercised(), found.lines["3"].comparison.unexplained), ([], [], {}))

    def test_another_answer_is_no_work_whatever_reason_it_has(self):
        reason = Explanation(["search_runs/all"], ["body*"], "of old")
        found = outcome({"make_hook/all": REFUSAL, "search_runs/all": gave(["run", "other"])}, calls=[reason])
        self.assertEqual(self.statuses(found)["search_runs"], "missing")
        self.assertEqual(found.lines["3"].comparison.unexplained, {})

    def test_a_method_that_gives_nothing_works_only_when_what_it_wrote_is_read(self):
        found = outcome({"make_hook/all": REFUSAL, "get_run/tagged": gave("blue")})
        self.assertEqual((self.statuses(found)["set_tag"], self.statuses(found)["get_run"]), ("missing", "missing"))
        self.assertEqual(list(found.lines["3"].comparison.unexplained), ["get_run/tagged"])

    def test_a_refusal_in_other_words_is_none(self):
        found = outcome({"make_hook/all": {**REFUSAL, "body": {"message": "INTERNAL_ERROR: oh"}}})
        self.assertEqual(self.statuses(found)["make_hook"], "missing")
        self.assertEqual(list(found.lines["3"].comparison.unexplained), ["make_hook/all"])

    def test_a_method_that_no_call_names_is_told(self):
        self.assertEqual(outcome({"make_hook/all": REFUSAL}, methods=["sneeze"]).not_exercised(), ["sneeze (3)", "sneeze (2)"])

    def test_a_reason_for_what_does_not_differ_is_told(self):
        reason = Explanation(["search_runs/all"], ["body*"], "of old")
        self.assertEqual(outcome({"make_hook/all": REFUSAL}, calls=[reason]).unused(), [("of old", "body*"), ("of old", "search_runs/all")])
        self.assertEqual(outcome({}).unused(), [("There are none.", "hooks")])


if __name__ == "__main__":
    unittest.main()
