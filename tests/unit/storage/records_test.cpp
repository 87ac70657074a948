#include "storage/records.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("states are spelled as migrations/ says") {
    CHECK(to_string(BlobState::live) == "live");
    CHECK(to_string(BlobState::corrupt) == "corrupt");
    CHECK(to_string(VersionState::ready) == "ready");
    CHECK(to_string(VersionState::quarantined) == "quarantined");
    CHECK(to_string(VersionState::deleted) == "deleted");
}

}  // namespace assay::test
