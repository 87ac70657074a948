#include "base/crypto.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace assay::test {

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
    struct Vector {
        std::string bytes;
        const char* hex;
    };
    for (const Vector& vector : {
             Vector{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
             {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
             {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
             {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
         }) {
        CHECK(sha256(vector.bytes).hex() == vector.hex);
    }
}

TEST_CASE("a digest does not depend on how the bytes are cut, nul bytes included") {
    const std::string bytes("a\0b\xff and more than one block of sixty-four bytes, so that the cut falls into both", 81);
    for (const std::size_t step : {1U, 7U, 63U, 64U, 65U, 200U}) {
        Sha256 hash;
        for (std::size_t at = 0; at < bytes.size(); at += step) hash.update(std::string_view(bytes).substr(at, step));
        CHECK(hash.finish() == sha256(bytes));
    }
}

TEST_CASE("finishing starts over, and a hash that was moved goes on where it was") {
    Sha256 first;
    first.update("abc");
    CHECK(first.finish() == sha256("abc"));
    CHECK(first.finish() == sha256(""));
    first.update("a");
    Sha256 second = std::move(first);
    second.update("bc");
    CHECK(second.finish() == sha256("abc"));
}

TEST_CASE("random text has the length asked for, is lower-case hexadecimal and does not repeat") {
    CHECK(random_hex(0).empty());
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string text = random_hex(16);
        CHECK(text.size() == 32);
        CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
        seen.insert(text);
    }
    CHECK(seen.size() == 100);
}

TEST_CASE("the release of OpenSSL is the one that the build asks for") { CHECK(openssl_release().starts_with("3.")); }

}  // namespace assay::test
