"""The allow-lists are made of what sources say, without running them; a class that runs code while it is unpickled is never made up."""

import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import make_safety_lists  # noqa: E402
from safety_lists.classes import Shelf, findings  # noqa: E402
from safety_lists.entries import SyntaxFault, parse_dangerous, parse_entry, parse_reviewed  # noqa: E402
from safety_lists.sources import Library  # noqa: E402

LISTS = ROOT / "registry" / "safety" / "lists"
BASE = "class BaseEstimator:\n    def __setstate__(self, state):\n        self.__dict__.update(state)\n"


def library(sources):
    """A release of the package `zoo`, of module path → text."""
    return Library({"zoo/__init__.py": b"", "zoo/base.py": BASE.encode(), **{f"zoo/{path}.py": text.encode() for path, text in sources.items()}})


def found(own, others=(), roots=("zoo.base:BaseEstimator",), clean=None):
    """What `findings` says of a release: name → finding."""
    clean = set(roots) if clean is None else set(clean)
    return {each.name: each for each in findings(Shelf(own, list(others)), set(roots), clean, make_safety_lists.is_skipped)}


class SourcesTest(unittest.TestCase):
    def test_a_name_is_followed_through_re_exports_to_the_module_that_defines_it(self):
        zoo = library({"ape/__init__": "from ._big import Gorilla as Ape\nfrom .small import *\n", "ape/_big": "class Gorilla: pass\n",
                      "ape/small": "def titi(): pass\n", "keeper": "import zoo.ape as apes\nfrom . import ape\nOld = apes.Ape\n"})
        self.assertEqual(zoo.find("zoo.ape", "Ape"), {"zoo.ape._big:Gorilla"})
        self.assertEqual(zoo.find("zoo.ape", "titi"), {"zoo.ape.small:titi"})
        self.assertEqual(zoo.find("zoo.keeper", "Old"), {"zoo.ape._big:Gorilla"})
        self.assertEqual(zoo.find("zoo.keeper", "ape.titi"), {"zoo.ape.small:titi"})

    def test_a_name_of_another_package_is_given_as_it_is_imported(self):
        self.assertEqual(library({"cage": "from farm.barn import Cow as Cattle\n"}).find("zoo.cage", "Cattle"), {"farm.barn:Cow"})

    def test_imports_in_a_circle_end(self):
        zoo = library({"left": "from .right import Nothing\n", "right": "from .left import Nothing\n"})
        self.assertFalse(any(zoo.defines(name) for name in zoo.find("zoo.left", "Nothing")))

    def test_every_branch_counts(self):
        zoo = library({"cage": "try:\n    from farm import Base\nexcept ImportError:\n    Base = object\nif 1:\n    class A: pass\nelse:\n    class B: pass\n"})
        self.assertIn("farm:Base", zoo.find("zoo.cage", "Base"))
        self.assertTrue(zoo.defines("zoo.cage:A") and zoo.defines("zoo.cage:B"))

    def test_a_byte_order_mark_is_read_and_a_broken_file_is_named(self):
        zoo = Library({"zoo/a.py": b"\xef\xbb\xbfclass A: pass\n", "zoo/b.py": b"class\n"})
        self.assertTrue(zoo.defines("zoo.a:A"))
        self.assertEqual(zoo.unread, ["zoo/b.py"])


class ClassesTest(unittest.TestCase):
    def test_descendants_of_a_root_are_found_however_they_name_it(self):
        zoo = library({"cage": "import six\nfrom .base import BaseEstimator\nfrom . import base\n"
                           "class A(BaseEstimator): pass\nclass B(A): pass\nclass C(base.BaseEstimator): pass\n"
                           "class D(six.with_metaclass(ABCMeta, A)): pass\nclass Stranger: pass\n"})
        self.assertEqual([name for name, each in found(zoo).items() if not each.against],
                         ["zoo.base:BaseEstimator"] + [f"zoo.cage:{name}" for name in "ABCD"])

    def test_a_class_with_code_that_unpickling_runs_is_refused_and_so_are_its_subclasses(self):
        for hook in ("__setstate__", "__reduce__", "__reduce_ex__", "__new__", "__getattr__", "__del__", "__init_subclass__", "__hash__"):
            with self.subTest(hook=hook):
                zoo = library({"cage": f"from .base import BaseEstimator\nclass Mixin:\n    def {hook}(self, *a): pass\n"
                                   "class A(Mixin, BaseEstimator): pass\nclass B(A): pass\n"})
                for name in ("zoo.cage:A", "zoo.cage:B"):
                    self.assertEqual(found(zoo)[name].against, (f"zoo.cage:Mixin has {hook}",))
                    self.assertEqual(found(zoo, clean={"zoo.base:BaseEstimator", "zoo.cage:Mixin"})[name].against, ())

    def test_a_hook_that_is_assigned_or_hidden_in_a_branch_is_one(self):
        zoo = library({"cage": "from .base import BaseEstimator\nclass A(BaseEstimator):\n    if 1:\n        __setstate__ = print\n"})
        self.assertEqual(found(zoo)["zoo.cage:A"].against, ("zoo.cage:A has __setstate__",))

    def test_a_base_without_a_source_and_a_metaclass_are_refused(self):
        zoo = library({"cage": "from abc import ABC\nfrom farm import Cow\nfrom .base import BaseEstimator\nclass A(BaseEstimator, Cow): pass\n"
                           "class B(BaseEstimator, dict): pass\nclass C(BaseEstimator, metaclass=Meta): pass\nclass D(BaseEstimator, ABC): pass\n"})
        self.assertEqual({name[-1]: each.against for name, each in found(zoo).items() if "cage" in name},
                         {"A": ("the base farm:Cow has no source here",), "B": ("the base dict has no source here",),
                          "C": ("zoo.cage:C has the metaclass Meta",), "D": ()})

    def test_a_base_of_another_package_is_read_there(self):
        farm = Library({"farm/__init__.py": b"from .barn import Cow, Bull\n",
                        "farm/barn.py": b"from zoo.base import BaseEstimator\nclass Cow(BaseEstimator): pass\nclass Bull(Cow):\n    def __del__(self): pass\n"})
        zoo = library({"cage": "from farm import Cow, Bull\nclass A(Cow): pass\nclass B(Bull): pass\n"})
        self.assertEqual(found(zoo, [farm])["zoo.cage:A"].against, ())
        self.assertEqual(found(zoo, [farm])["zoo.cage:B"].against, ("farm.barn:Bull has __del__",))

    def test_an_abstract_class_is_told_from_one_that_fills_it(self):
        zoo = library({"cage": "from .base import BaseEstimator\nclass A(BaseEstimator):\n    @abstractmethod\n    def fit(self): pass\n"
                           "class B(A):\n    def fit(self): pass\n"})
        self.assertEqual([found(zoo)[f"zoo.cage:{name}"].abstract for name in "AB"], [True, False])

    def test_tests_and_data_sets_are_passed_over(self):
        zoo = library({"datasets/a": "from ..base import BaseEstimator\nclass A(BaseEstimator): pass\n", "_testing": "class B: pass\n"})
        self.assertEqual(list(found(zoo)), ["zoo.base:BaseEstimator"])


class MakeTest(unittest.TestCase):
    def make(self, reviewed, *releases):
        return make_safety_lists.make("python", parse_reviewed(reviewed), list(releases), [])

    def test_a_class_that_one_release_gives_a_hook_is_out_for_all(self):
        old = library({"cage": "from .base import BaseEstimator\nclass A(BaseEstimator): pass\nclass B(BaseEstimator): pass\n"})
        new = library({"cage": "from .base import BaseEstimator\nclass A(BaseEstimator):\n    def __del__(self): pass\nclass B(BaseEstimator): pass\n"})
        made = self.make("root zoo.base:BaseEstimator  # sets attributes\n", new, old)
        self.assertEqual(made.lines, ["class zoo.cage:B"])
        self.assertEqual(made.left_out, {"zoo.cage:A": {"zoo.cage:A has __del__"}})

    def test_subclasses_take_the_state_that_is_written_behind_their_root(self):
        zoo = library({"cage": "from .base import BaseEstimator\nclass A(BaseEstimator): pass\n"})
        self.assertEqual(self.make("root zoo.base:BaseEstimator state=distribution  # a pair\n", zoo).lines, ["class zoo.cage:A state=distribution"])

    def test_a_reviewed_entry_wins_over_a_generated_one_and_never_keeps_it_out(self):
        zoo = library({"cage": "from .base import BaseEstimator\nclass A(BaseEstimator): pass\nclass B(BaseEstimator): pass\n"})
        made = self.make("root zoo.base:BaseEstimator  # sets attributes\nclass zoo.cage:A state=any  # a dict\nnever zoo.cage:B  # evaluates text\n", zoo)
        self.assertEqual(made.lines, ["class zoo.cage:A state=any"])
        self.assertEqual(list(made.left_out), ["zoo.cage:B"])

    def test_what_nobody_could_make_sense_of_is_a_fault(self):
        texts = {"a": "function m:f\ntype m:T\n", "b": "type m:f\nclass m:T\n"}
        self.assertEqual(make_safety_lists.conflicts(texts, ["m:T", "n:*"]), ["m:f is function and type", "m:T is allowed, and dangerous"])
        self.assertEqual(make_safety_lists.conflicts({"a": "callable m:f (int)\n"}, ["m:f"]), [])  # dangerous with other arguments
        self.assertEqual(make_safety_lists.conflicts(texts, ["m:*"])[1:], ["m:T is allowed, and m:* dangerous", "m:f is allowed, and m:* dangerous"])


class EntriesTest(unittest.TestCase):
    def test_a_reviewed_line_stands_for_every_module_and_name_in_it(self):
        lines = [each.entry.line() for each in parse_reviewed("callable a|b.c:f,g (int, array|none*) state=any  # why\n")]
        self.assertEqual(lines, [f"callable {name} (int, array|none*) state=any" for name in ("a:f", "a:g", "b.c:f", "b.c:g")])

    def test_a_line_that_cannot_be_read_is_named(self):
        for line, part in [("class a:B", "says why"), ("klass a:B  # why", "no kind"), ("class aB  # why", "not module:Name"),
                           ("callable a:f (number)  # why", "no argument shape"), ("callable a:f  # why", "neither"),
                           ("class a:B state=some  # why", "states are"), ("function a:f (int)  # why", "means nothing")]:
            with self.subTest(line=line), self.assertRaises(SyntaxFault) as raised:
                parse_reviewed("# a comment\n\n" + line + "\n")
            self.assertIn("line 3", str(raised.exception))
            self.assertIn(part, str(raised.exception))


class CommittedListsTest(unittest.TestCase):
    """The wheels are not here, so this cannot say whether the lists are what would be made; it says that they make sense."""

    def setUp(self):
        self.texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(LISTS.glob("*.txt")) if path.stem != "dangerous"}
        self.dangerous = parse_dangerous((LISTS / "dangerous.txt").read_text(encoding="utf-8"))

    def test_every_line_is_an_entry_and_stands_in_the_list_of_its_package(self):
        for package, text in self.texts.items():
            lines = [line for line in text.splitlines() if not line.startswith("#")]
            for line in lines:
                kind, name, rest = (line.split(maxsplit=2) + [""])[:3]
                self.assertEqual(parse_entry(kind, name, rest).line(), line)
                self.assertEqual(make_safety_lists.package_of(name), package, line)
            self.assertEqual(len(lines), len(set(lines)), package)

    def test_no_name_has_two_meanings_and_none_is_dangerous(self):
        self.assertEqual(make_safety_lists.conflicts(self.texts, self.dangerous), [])

    def test_what_was_reviewed_is_in_the_lists_and_what_is_never_harmless_is_not(self):
        names = {line.split()[1] for text in self.texts.values() for line in text.splitlines() if not line.startswith("#")}
        for each in parse_reviewed((LISTS.parent / "reviewed.txt").read_text(encoding="utf-8")):
            if each.entry.kind == "never":
                self.assertNotIn(each.entry.name, names)
            elif make_safety_lists.package_of(each.entry.name) in make_safety_lists.SPELLED_BY_HAND:
                self.assertIn(each.entry.name, names)

    def test_known_gadgets_are_in_no_list(self):
        for text in self.texts.values():
            for line in (line for line in text.splitlines() if not line.startswith("#")):
                name = line.split()[1]
                if name.startswith("scipy.stats."):  # they run a text of their state: only by the reader that checks it, and frozen ones around them
                    self.assertRegex(line, r"^class .* state=distribution$|^class .*:rv_(\w+_)?frozen$|^function .*\._entropy$")
                self.assertNotRegex(name, "^(sklearn.externals.)?joblib.*:(Z?NDArrayWrapper|Memory|Memorized.*|NotMemorized.*)$|:memmap$|^sklearn.datasets")


if __name__ == "__main__":
    unittest.main()
