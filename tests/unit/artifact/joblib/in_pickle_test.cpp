#include "artifact/joblib/in_pickle.hpp"

#include "tests/support/artifacts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace assay::test {

namespace {

std::string wrapped(const std::string& bytes) { return joblib_in_pickle_head(bytes.size()) + bytes + std::string(joblib_in_pickle_tail); }

bool calls_joblib(const Inspection& inspection) {
    return std::ranges::any_of(inspection.calls, [](const Call& call) { return call.module == "joblib"; });
}

}  // namespace

TEST_CASE("the pickle around a joblib file is joblib.load(io.BytesIO(bytes)), with their number in eight bytes") {
    using namespace std::string_literals;
    const std::string head = joblib_in_pickle_head(0x0102030405);
    CHECK(head ==
          "\x80\x04"
          "cjoblib\nload\ncio\nBytesIO\n\x8e\x05\x04\x03\x02\x01\0\0\0"s);
    CHECK(joblib_in_pickle_tail == "\x85R\x85R.");
}

TEST_CASE("what joblib is given within a pickle is judged as the joblib file that it is, compressed or not") {
    for (const char* name : {"1.7.2-pipeline.joblib", "1.9.1-pipeline.z"}) {
        const std::string bytes = artifact_bytes(name);
        const Inspection within = inspect_bytes(wrapped(bytes), "model.pkl");
        const Inspection plain = inspect_bytes(bytes, "model.pkl");
        CHECK(within.format == plain.format);
        CHECK(within.imports.size() == plain.imports.size());
        CHECK(!calls_joblib(within));
    }
}

TEST_CASE("a pickle that does more than hand bytes to joblib is judged as a pickle") {
    const std::string bytes = artifact_bytes("1.7.2-pipeline.joblib");
    std::string more = wrapped(bytes);
    more.insert(more.size() - 1, "0cos\nsystem\n(S'id'\ntR");
    CHECK(calls_joblib(inspect_bytes(more, "model.pkl")));
    std::string longer = wrapped(bytes) + "cos\nsystem\n(S'id'\ntR.";
    CHECK(calls_joblib(inspect_bytes(longer, "model.pkl")));
}

}  // namespace assay::test
