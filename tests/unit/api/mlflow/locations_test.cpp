#include "api/mlflow/locations.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

using namespace std::string_literals;

TEST_CASE("a URI of ours names a folder, and a folder has such a URI") {
    CHECK(mlflow::uri_of("1/r/artifacts") == "mlflow-artifacts:/1/r/artifacts");
    CHECK(must(mlflow::location_of("mlflow-artifacts:/1/r/artifacts", "source")) == "1/r/artifacts");
    CHECK(must(mlflow::location_of("mlflow-artifacts:/1/r/artifacts/", "source")) == "1/r/artifacts");
    CHECK(must(mlflow::location_of("mlflow-artifacts:/a b/..c/d%41", "source")) == "a b/..c/d%41");
    CHECK(must(mlflow::location_of("", "source")).empty());
}

TEST_CASE("no URI leads anywhere but to a folder of logged files") {
    for (const std::string& uri : {"mlflow-artifacts:/.."s,
                                   "mlflow-artifacts:/a/../b"s,
                                   "mlflow-artifacts:/a/./b"s,
                                   "mlflow-artifacts:/%2e%2e/b"s,
                                   "mlflow-artifacts:/a/%2E%2E"s,
                                   "mlflow-artifacts:/a/.%2e/b"s,
                                   "mlflow-artifacts:/a%2f..%2fb"s,
                                   "mlflow-artifacts:/%252e%252e/b"s,
                                   "mlflow-artifacts:/%25252e%25252e/b"s,
                                   "mlflow-artifacts:/%2fetc/passwd"s,
                                   "mlflow-artifacts:/a#b"s,
                                   "mlflow-artifacts:/a;b"s,
                                   "mlflow-artifacts:/a?b=c"s,
                                   "mlflow-artifacts:/a\\..\\b"s,
                                   "mlflow-artifacts:/a%5c..%5cb"s,
                                   "mlflow-artifacts:/a\0b"s,
                                   "mlflow-artifacts:/a%00b"s,
                                   "mlflow-artifacts:/a\nb"s,
                                   "mlflow-artifacts:/"s,
                                   "mlflow-artifacts:"s,
                                   "mlflow-artifacts:a"s,
                                   "mlflow-artifacts://"s,
                                   "mlflow-artifacts://host"s,
                                   "mlflow-artifacts://host/a"s,
                                   "mlflow-artifacts:///etc/passwd"s,
                                   "MLFLOW-ARTIFACTS:/a"s,
                                   "mlflow-artifacts:/a//b"s,
                                   "file:/etc/passwd"s,
                                   "file:///etc/passwd"s,
                                   "FILE:///etc/passwd"s,
                                   "http://host/a"s,
                                   "https://host/a"s,
                                   "s3://bucket/a"s,
                                   "gs://bucket/a"s,
                                   "dbfs:/a"s,
                                   "runs:/r/a"s,
                                   "/etc/passwd"s,
                                   "a/b"s,
                                   "../a"s,
                                   " mlflow-artifacts:/a"s,
                                   "C:\\a"s,
                                   "\\\\host\\share"s,
                                   "mlflow-artifacts:/versions"s,
                                   "mlflow-artifacts:/versions/"s,
                                   "mlflow-artifacts:/versions/abc"s}) {
        CAPTURE(uri);
        CHECK(error_of(mlflow::location_of(uri, "artifact_location")).code == "INVALID_PARAMETER_VALUE");
    }
    CHECK(must(mlflow::location_of("mlflow-artifacts:/versions2/a", "source")) == "versions2/a");
    CHECK(must(mlflow::location_of("mlflow-artifacts:/a/versions", "source")) == "a/versions");
}

TEST_CASE("the refusal of a URI names the parameter and what would do") {
    CHECK(error_of(mlflow::location_of("mlflow-artifacts:/a#b", "artifact_location")).message ==
          "'artifact_location' URL can't include fragments or params.");
    CHECK(error_of(mlflow::location_of("s3://b/a", "artifact_location")).message ==
          "Invalid artifact_location: 's3://b/a'. This server keeps artifacts itself: use a URI of the form mlflow-artifacts:/PATH, or "
          "none.");
    CHECK(error_of(mlflow::location_of("mlflow-artifacts:/..", "source")).message == "Invalid source: 'mlflow-artifacts:/..'");
}

TEST_CASE("a path stays below its folder, however it is encoded") {
    CHECK(must(mlflow::safe_path("")).empty());
    for (const char* path : {"a", "a/b.txt", "a b", "..a", "a..", "100%", "a%41", "a;b", "a?b", "gr\xC3\xB6\xC3\x9F"}) {
        CAPTURE(path);
        CHECK(must(mlflow::safe_path(path)) == path);
    }
    for (const std::string& path : {".."s,
                                    "../a"s,
                                    "a/../b"s,
                                    "a/.."s,
                                    "."s,
                                    "./a"s,
                                    "%2e%2e/a"s,
                                    "a/%2E%2e"s,
                                    "%252e%252e/a"s,
                                    "%25252e%25252e/a"s,
                                    "a%2f..%2fb"s,
                                    "/a"s,
                                    "//a"s,
                                    "%2fa"s,
                                    "a#b"s,
                                    "a\\b"s,
                                    "..\\a"s,
                                    "a%5cb"s,
                                    "a\0b"s,
                                    "a%00b"s,
                                    "a//b"s,
                                    "a/"s,
                                    "a\nb"s,
                                    "file:///etc/passwd"s,
                                    "\xFF"s}) {
        CAPTURE(path);
        const Error error = error_of(mlflow::safe_path(path));
        CHECK(error.code == "INVALID_PARAMETER_VALUE");
        CHECK(error.message == "Invalid path");
    }
}

}  // namespace assay::test
