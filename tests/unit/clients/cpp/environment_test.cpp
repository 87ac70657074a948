#include "clients/cpp/environment.hpp"

#include "base/crypto.hpp"
#include "base/version.hpp"
#include "registry/environment.hpp"
#include "tests/support/result.hpp"

namespace assay::test {

TEST_CASE("a native program has the releases of eigen, cereal and assay that it was compiled with, and no Python") {
    const NativeEnvironment native = native_environment();
    CHECK(native.packages.at("assay") == assay_version);
    CHECK(native.packages.at("eigen").starts_with("3."));
    CHECK(native.packages.at("cereal").starts_with("1."));
    CHECK(native.packages.size() == 3);
    CHECK(native.platform.starts_with("linux-"));
}

TEST_CASE("the registry reads the environment and gives it the same digest") {
    NativeEnvironment native = native_environment();
    native.packages["My_Lib..x"] = "2.0";
    const std::string text = to_text(native);
    const Environment read = must(read_environment(must(parse_json(text))));
    CHECK(read.is_native());
    CHECK(read.release_of("my-lib-x") == "2.0");
    CHECK(read.release_of("eigen") == native.packages.at("eigen"));
    CHECK_FALSE(read.python.has_value());
    CHECK(must(digest_of(read)) == sha256(text));
}

}  // namespace assay::test
