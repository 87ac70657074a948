#include "registry/reference.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

TEST_CASE("a reference is a name and, after '@', a number, an alias or a digest") {
    const Digest digest = sha256("manifest");
    CHECK(must(Reference::parse("churn")) == Reference{"churn", LatestVersion{}});
    CHECK(must(Reference::parse("churn@latest")) == Reference{"churn", LatestVersion{}});
    CHECK(must(Reference::parse("churn@3")) == Reference{"churn", std::int64_t{3}});
    CHECK(must(Reference::parse("churn@9223372036854775807")) == Reference{"churn", INT64_MAX});
    CHECK(must(Reference::parse("churn@production")) == Reference{"churn", AliasName{"production"}});
    CHECK(must(Reference::parse("churn@" + digest.to_string())) == Reference{"churn", digest});
    CHECK(must(Reference::parse("a model with: spaces.2@v")) == Reference{"a model with: spaces.2", AliasName{"v"}});
}

TEST_CASE("MLflow's spelling of references is understood") {
    CHECK(must(Reference::parse("models:/churn/3")) == Reference{"churn", std::int64_t{3}});
    CHECK(must(Reference::parse("models:/churn/latest")) == Reference{"churn", LatestVersion{}});
    CHECK(must(Reference::parse("models:/churn@production")) == Reference{"churn", AliasName{"production"}});
    for (const char* bad : {"models:/", "models:/churn", "models:/churn/", "models:/churn/x", "models:/churn/0", "models:/churn@",
                            "models:/a/b/1", "models:/@production"}) {
        CAPTURE(bad);
        CHECK(error_of(Reference::parse(bad)).kind == ErrorKind::invalid);
    }
}

TEST_CASE("numbers that are no versions are refused and not taken for aliases") {
    for (const char* bad : {"churn@0", "churn@-1", "churn@+1", "churn@007", "churn@9223372036854775808", "churn@99999999999999999999999"}) {
        CAPTURE(bad);
        CHECK(error_of(Reference::parse(bad)).code == "invalid-version");
    }
    for (const char* bad : {"churn@v3", "churn@a b", "churn@a@b", "churn@a.b"})
        CHECK(error_of(Reference::parse(bad)).code == "invalid-alias");
    for (const char* bad : {"churn@sha256:", "churn@sha256:abc", "churn@sha256:ABCDEF"})
        CHECK(error_of(Reference::parse(bad)).code == "invalid-digest");
    for (const std::string& bad : {std::string(), std::string("churn@"), std::string(5000, 'a')})
        CHECK(error_of(Reference::parse(bad)).code == "invalid-reference");
    for (const char* bad : {"@3", "a/b@3", "a\x01", "\xff@3"}) CHECK(error_of(Reference::parse(bad)).code == "invalid-name");
}

TEST_CASE("names are normalised, so that two spellings are one model") {
    CHECK(must(Reference::parse("cafe\u0301@3")).model == "caf\u00e9");
}

TEST_CASE("a reference is written as it is read, and as the API spells it") {
    const std::string digest = sha256("x").to_string();
    for (const std::string& text :
         {std::string("churn@3"), std::string("churn@production"), std::string("churn@latest"), "churn@" + digest}) {
        CHECK(must(Reference::parse(text)).to_string() == text);
    }
    CHECK(must(Reference::parse("churn@3")).path_segment() == "3");
    CHECK(must(Reference::parse("churn@production")).path_segment() == "@production");
    CHECK(must(Reference::parse("churn")).path_segment() == "@latest");
    CHECK(must(Reference::parse("churn@LATEST")).path_segment() == "@latest");
    CHECK(must(Reference::parse("churn@" + digest)).path_segment() == digest);
}

}  // namespace assay::test
