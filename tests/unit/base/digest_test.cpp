#include "base/crypto.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

TEST_CASE("SHA-256 gives the vectors of FIPS 180-4") {
    CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256(std::string(1'000'000, 'a')).hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("hashing in pieces equals hashing at once, and finishing starts over") {
    Sha256 hash;
    for (const char c : std::string("abc")) hash.update(std::string_view(&c, 1));
    CHECK(hash.finish() == sha256("abc"));
    CHECK(hash.finish() == sha256(""));
    hash.update("abc");
    CHECK(hash.finish() == sha256("abc"));
}

TEST_CASE("a digest has one spelling") {
    const Digest digest = sha256("abc");
    CHECK(must(Digest::parse(digest.to_string())) == digest);
    CHECK(must(Digest::parse_hex(digest.hex())) == digest);
    CHECK(digest.to_string().size() == 71);
    CHECK(digest.short_hex() == "ba7816bf8f01");
    const std::string hex = digest.hex();
    for (const std::string& bad : {std::string(), hex, "sha256:" + hex.substr(1), "sha256:" + hex + "0", "SHA256:" + hex, "sha512:" + hex, "sha256:" + std::string("B") + hex.substr(1),
                                   "sha256: " + hex.substr(1), "sha256:g" + hex.substr(1), "sha256-" + hex}) {
        CAPTURE(bad);
        CHECK(error_of(Digest::parse(bad)).code == "invalid-digest");
    }
}

TEST_CASE("random text is as long as asked for and not the same twice") {
    CHECK(random_hex(16).size() == 32);
    CHECK(random_hex(16) != random_hex(16));
}

}  // namespace assay::test
