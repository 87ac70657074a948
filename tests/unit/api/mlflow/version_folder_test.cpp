#include "api/mlflow/version_folder.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

TEST_CASE("the pickle around a joblib file is joblib.load(io.BytesIO(bytes)), with their number in eight bytes") {
    using namespace std::string_literals;
    const std::string head = mlflow::joblib_in_pickle_head(0x0102030405);
    CHECK(head ==
          "\x80\x04"
          "cjoblib\nload\ncio\nBytesIO\n\x8e\x05\x04\x03\x02\x01\0\0\0"s);
    CHECK(mlflow::joblib_in_pickle_tail == "\x85R\x85R.");
}

}  // namespace assay::test
