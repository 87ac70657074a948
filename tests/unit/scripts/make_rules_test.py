#!/usr/bin/env python3
"""How scripts/make_rules.py makes ranges and conditions of what was measured."""

import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from compatibility import pairs  # noqa: E402
from make_rules import runs, separating, witness  # noqa: E402

EVERYTHING = ["1.0", "1.1", "1.2.0", "1.2.1", "1.2.2", "1.3.0"]


class Runs(unittest.TestCase):
    def ranges(self, outcomes, measured):
        return [(outcome, offered) for outcome, _, offered in runs(outcomes, measured, EVERYTHING)]

    def test_a_run_ends_where_the_next_measured_release_works(self):
        self.assertEqual(self.ranges({"1.1": "e", "1.2.0": "e"}, ["1.0", "1.1", "1.2.0", "1.2.1", "1.3.0"]), [("e", ">=1.1,<1.2.1")])

    def test_a_run_at_an_end_has_no_bound_there(self):
        self.assertEqual(self.ranges({"1.0": "e"}, ["1.0", "1.1"]), [("e", "<1.1")])
        self.assertEqual(self.ranges({"1.1": "e"}, ["1.0", "1.1"]), [("e", ">=1.1")])
        self.assertEqual(self.ranges({"1.0": "e"}, ["1.0"]), [("e", "")])

    def test_a_release_that_was_not_measured_counts_with_the_one_that_fails(self):
        self.assertEqual(self.ranges({"1.3.0": "e"}, ["1.2.0", "1.3.0"]), [("e", ">=1.2.1")])
        self.assertEqual(self.ranges({"1.2.0": "e"}, ["1.2.0", "1.3.0"]), [("e", "<1.3.0")])

    def test_another_outcome_begins_another_run_without_overlap(self):
        self.assertEqual(self.ranges({"1.1": "a", "1.2.2": "b"}, ["1.0", "1.1", "1.2.2"]), [("a", ">=1.1,<1.2.2"), ("b", ">=1.2.2")])


class Conditions(unittest.TestCase):
    def test_a_word_that_all_that_work_have_and_none_that_fails_tells_them_apart(self):
        bad = [[{"drop": "'first'", "n": "int"}], [{"drop": "'if_binary'", "n": "int"}]]
        good = [[{"drop": "none", "n": "int"}]]
        self.assertEqual(separating(bad, good), ("drop", ["none"]))

    def test_where_nothing_tells_there_is_no_condition(self):
        self.assertIsNone(separating([[{"drop": "none"}]], [[{"drop": "none"}]]))

    def test_hyperparameters_are_preferred_to_what_was_fitted(self):
        bad, good = [[{"a_": "1", "b": "true", "_c": "2"}]], [[{"a_": "2", "b": "false", "_c": "1"}]]
        self.assertEqual(separating(bad, good), ("b", ["false"]))

    def test_a_fitted_object_is_known_by_an_attribute_that_all_of_them_have(self):
        self.assertEqual(witness([{"coef_", "classes_", "C"}, {"coef_", "C"}], "classes_"), "coef_")
        self.assertIsNone(witness([{"C"}], "C"))


class SetAside(unittest.TestCase):
    def test_what_is_set_aside_is_chosen_by_name_and_goes_with_its_variants(self):
        self.assertTrue(pairs.is_estimator_aside("AdaBoostClassifier"))
        self.assertTrue(pairs.is_estimator_aside("Variant_AdaBoostClassifier_9_algorithm_0"))
        self.assertFalse(pairs.is_estimator_aside("LogisticRegression"))
        self.assertEqual(pairs.why("LogisticRegression", "sk1.4.0-np1.26", "sk1.9.1-np2.4"), "environment")
        self.assertEqual(pairs.why("AdaBoostClassifier", "sk1.4.0-np1.26", "sk1.9.1-np2.4"), "estimator+environment")
        self.assertEqual(pairs.why("LogisticRegression", "sk1.4.2-np1.26", "sk1.9.1-np2.4"), "")


if __name__ == "__main__":
    unittest.main()
