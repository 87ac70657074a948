#include "artifact/pipeline/step.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace assay::pipeline::test {

TEST_CASE("numbers are summed in NumPy's order: pairwise, eight at a time") {
    // numpy.sum of [1e16, 1, -1e16, 1, …]: what adding from the front gives differs from the eighth number on.
    std::vector<double> values;
    for (int i = 0; i < 16; ++i) values.push_back(i % 4 == 0 ? 1e16 : i % 4 == 2 ? -1e16 : 1.0);
    CHECK(numpy_sum(values.data(), 3) == 0.0);
    CHECK(numpy_sum(values.data(), 4) == 1.0);
    CHECK(numpy_sum(values.data(), 16) == 0.0);  // ((1e16 + 1) + (-1e16 + 1)) …, the pairs of eight lanes
    CHECK(numpy_sum(values.data(), 0) == 0.0);
    const std::vector<double> many(1000, 0.1);
    CHECK(numpy_sum(many.data(), 1000) == 100.00000000000001);  // numpy.full(1000, 0.1).sum()
    CHECK(numpy_sum(many.data(), 129) == 12.899999999999999);
    const double zero = -0.0;
    CHECK(std::signbit(numpy_sum(&zero, 1)));
}

TEST_CASE("the first largest score wins, and NaN is larger than every number, as for numpy.argmax") {
    Matrix scores(4, 3);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    scores << 1, 3, 3, 2, 1, 0, 5, nan, 9, nan, nan, 1;
    CHECK(argmax(scores) == std::vector<std::size_t>{1, 0, 1, 0});
}

TEST_CASE("methods are known by their names") {
    for (std::size_t i = 0; i < method_names.size(); ++i) CHECK(to_string(*parse_method(method_names[i])) == method_names[i]);
    CHECK_FALSE(parse_method("fit"));
}

}  // namespace assay::pipeline::test
