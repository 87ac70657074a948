#include "clients/cli/reference_path.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

TEST_CASE("a reference has a path of its own, with the alias encoded and '@' as it is") {
    CHECK(path_of(must(Reference::parse("a b%@\u00fc"))) == "/v1/models/a%20b%25/versions/@%C3%BC");
    CHECK(path_of(must(Reference::parse("churn@3"))) == "/v1/models/churn/versions/3");
    CHECK(path_of(must(Reference::parse("churn"))) == "/v1/models/churn/versions/@latest");
}

}  // namespace assay::test
