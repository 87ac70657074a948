#include "registry/environments.hpp"

#include "tests/support/test_registry.hpp"

namespace assay::test {

TEST_CASE("an environment is kept once under the digest of its canonical JSON") {
    TestRegistry registry;
    const Environment environment = an_environment();
    const Digest digest = must(digest_of(environment));
    CHECK(must(put_environment(registry, digest, environment)).created);
    CHECK(!must(put_environment(registry, digest, environment)).created);
    CHECK(must(show_environment(registry, digest)) == environment);
    registry.restart();
    CHECK(must(show_environment(registry, digest)) == environment);
}

TEST_CASE("an environment under another digest is refused and not kept") {
    TestRegistry registry;
    const Digest other = must(digest_of(an_environment({{"numpy", "1.26"}})));
    const Error error = error_of(put_environment(registry, other, an_environment()));
    CHECK(error.kind == ErrorKind::integrity);
    CHECK(error.code == "digest-mismatch");
    CHECK(error.because.find(must(digest_of(an_environment())).to_string()) != std::string::npos);
    CHECK(error_of(show_environment(registry, other)).code == "environment-not-found");
    CHECK(registry.ask("SELECT count(*) FROM environments") == "0");
}

TEST_CASE("two spellings of a package are one environment") {
    const auto read = [](const char* text) { return must(read_environment(must(parse_json(text)))); };
    const Environment one =
        read(R"({"python":"3.11.7","implementation":"cpython","platform":"linux-x86_64","packages":{"Scikit_Learn":"1.7.2"}})");
    const Environment other =
        read(R"({"packages":{"scikit-learn":"1.7.2"},"platform":"linux-x86_64","implementation":"cpython","python":"3.11.7"})");
    CHECK(must(digest_of(one)) == must(digest_of(other)));
}

}  // namespace assay::test
