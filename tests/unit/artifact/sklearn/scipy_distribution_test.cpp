#include "artifact/sklearn/scipy_distribution.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

const std::string continuous =
    "\ndef _parse_args(self, a, b,  loc=0, scale=1):\n    return (a, b, ), loc, scale\n"
    "\ndef _parse_args_rvs(self, a, b,  loc=0, scale=1, size=None):\n    return self._argcheck_rvs(a, b,  loc, scale, size=size)\n"
    "\ndef _parse_args_stats(self, a, b,  loc=0, scale=1, moments='mv'):\n    return (a, b, ), loc, scale, moments\n";
const std::string discrete =
    "\ndef _parse_args(self, low, high,  loc=0):\n    return (low, high, ), loc, 1\n"
    "\ndef _parse_args_rvs(self, low, high,  loc=0, size=None):\n    return self._argcheck_rvs(low, high,  loc, 1, size=size)\n"
    "\ndef _parse_args_stats(self, low, high,  loc=0, moments='mv'):\n    return (low, high, ), loc, 1, moments\n";

}  // namespace

TEST_CASE("what SciPy writes for continuous and discrete distributions is canonical") {
    CHECK(is_canonical_template(continuous));
    CHECK(is_canonical_template(discrete));
}

TEST_CASE("any other text is code of the file's") {
    CHECK(!is_canonical_template(""));
    CHECK(!is_canonical_template(continuous + "import os\n"));
    CHECK(!is_canonical_template("import os\n" + continuous));
    std::string changed = continuous;
    changed.replace(changed.find("return (a"), 6, "import");
    CHECK(!is_canonical_template(changed));
    std::string shapes = "\ndef _parse_args(self, a=print(1),  loc=0):\n    return (a=print(1), ), loc, 1\n";
    CHECK(!is_canonical_template(shapes));
}

TEST_CASE("the parameters of a distribution's constructor are numbers, its name and its shapes; the template is none of them") {
    CHECK(is_constructor_parameter("momtype"));
    CHECK(is_constructor_parameter("shapes"));
    CHECK(!is_constructor_parameter("_parse_arg_template"));
    CHECK(!is_constructor_parameter(""));
}

}  // namespace assay::test
