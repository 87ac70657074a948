#include "clients/cpp/proof.hpp"

#include "base/crypto.hpp"
#include "registry/proofs.hpp"
#include "tests/support/result.hpp"

#include <limits>
#include <numeric>

namespace assay::test {

namespace {

const std::string digest_of_sample = sha256("the sample").to_string();
const std::string environment = sha256("the environment").to_string();
const std::string manifest =
    R"({"files":[{"path":"model.assay","digest":"sha256:0"},{"path":"sample.json","digest":")" + digest_of_sample + R"("}]})";

std::vector<std::size_t> first(std::size_t count) {
    std::vector<std::size_t> rows(count);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
}

}  // namespace

TEST_CASE("a replay is a proof that the registry can read, of the sample that the manifest names") {
    const Json json = must(proof_of({.rows = 5, .methods = {"predict"}}, manifest, environment));
    const Proof proof = must(read_proof(json));
    CHECK(proof.outcome == "equal");
    CHECK(proof.sample.value().to_string() == digest_of_sample);
    CHECK(proof.environment.value().to_string() == environment);
    CHECK(proof.rows == 5);
    CHECK(proof.methods == std::vector<std::string>{"predict"});
    CHECK(proof.tool.ends_with(" (c++)"));
    CHECK(
        must(read_proof(must(proof_of({.outcome = Replay::Outcome::close, .rows = 1, .methods = {"p"}}, manifest, environment)))).outcome ==
        "close");
}

TEST_CASE("a difference is told by its rows, the first twenty of them named, and by its size where it has one") {
    Replay found{.outcome = Replay::Outcome::different, .rows = 100, .methods = {"a", "b"}};
    found.differences = {{"a", first(30), 0.5, 3, ""}, {"b", {29, 99}, 0.25, std::numeric_limits<std::uint64_t>::max(), ""}};
    const Proof proof = must(read_proof(must(proof_of(found, manifest, environment))));
    CHECK(proof.differing == 31);
    CHECK(proof.first_rows.size() == 20);
    CHECK(proof.max_abs == 0.5);
    CHECK(proof.max_ulp == 9'007'199'254'740'991);
    found.differences.push_back({"b", {1}, std::numeric_limits<double>::infinity(), 0, "it gives text"});
    CHECK_FALSE(must(read_proof(must(proof_of(found, manifest, environment)))).max_abs);
}

TEST_CASE("a failure needs no sample and tells what was raised, cut to what the registry takes") {
    const Replay failed{.outcome = Replay::Outcome::load_error, .message = std::string(5'000, 'x') + "\n"};
    const Proof proof = must(read_proof(must(proof_of(failed, R"({"files":[]})", environment))));
    CHECK(proof.outcome == "load-error");
    CHECK_FALSE(proof.sample);
    CHECK(error_of(proof_of({.rows = 1, .methods = {"predict"}}, R"({"files":[]})", environment)).code == "no-sample");
    CHECK(error_of(proof_of({.outcome = Replay::Outcome::predict_error}, manifest, environment)).code == "no-message");
}

}  // namespace assay::test
