#include "clients/cpp/upload_note.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>

namespace assay::test {

namespace {

constexpr const char* id = "0123456789abcdef0123456789abcdef";
constexpr const char* url = "http://127.0.0.1:8080";
const Digest digest = sha256("bytes");

std::size_t notes_in(const TempDir& cache) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(cache / "uploads"), {}));
}

}  // namespace

TEST_CASE("a note of an upload is found by the next run for the same server and file, until it is forgotten") {
    const TempDir cache;
    UploadNote::open(cache.path(), url, digest).remember(id);
    CHECK(UploadNote::open(cache.path(), std::string(url) + "/", digest).upload() == id);
    CHECK_FALSE(UploadNote::open(cache.path(), "http://127.0.0.1:8081", digest).upload());
    CHECK_FALSE(UploadNote::open(cache.path(), url, sha256("others")).upload());
    CHECK(notes_in(cache) == 1);
    UploadNote::open(cache.path(), url, digest).forget();
    CHECK_FALSE(UploadNote::open(cache.path(), url, digest).upload());
    CHECK(notes_in(cache) == 0);
}

TEST_CASE("a note is where and what the documented format says") {
    const TempDir cache;
    UploadNote::open(cache.path(), url, digest).remember(id);
    const std::string name = sha256(std::string(url) + "\n" + digest.to_string()).hex() + ".json";
    CHECK(read_file(cache / ("uploads/" + name)) ==
          R"({"digest":")" + digest.to_string() + R"(","schema":"assay.upload/1","upload":")" + id + R"(","url":")" + url + "\"}\n");
}

TEST_CASE("while one process has a note, another's remembers nothing and disturbs nothing") {
    const TempDir cache;
    UploadNote first = UploadNote::open(cache.path(), url, digest);
    first.remember(id);
    {
        UploadNote second = UploadNote::open(cache.path(), url, digest);
        CHECK_FALSE(second.upload());
        second.remember("fedcba9876543210fedcba9876543210");
        second.forget();
    }
    CHECK(first.upload() == id);
    {
        const UploadNote ended = std::move(first);
    }
    CHECK(UploadNote::open(cache.path(), url, digest).upload() == id);
}

TEST_CASE("a note that is damaged, or of something else, is none, and a cache that cannot be written does no harm") {
    const TempDir cache;
    UploadNote::open(cache.path(), url, digest).remember(id);
    const std::string path = std::filesystem::directory_iterator(cache / "uploads")->path().string();
    const std::string good = read_file(path);
    const std::string traversal = std::string(good).replace(good.find(id), 32, "../../v1/models/churn/versions/3");
    for (const std::string& text : {std::string("{"), std::string(), good.substr(0, good.size() / 2), traversal, std::string(9000, 'x')}) {
        write_file(path, text);
        CHECK_FALSE(UploadNote::open(cache.path(), url, digest).upload());
        write_file(path, good);
    }
    write_file(cache / "file", "");
    for (const std::string& nowhere : {cache / "file", std::string()}) {
        UploadNote note = UploadNote::open(nowhere, url, digest);
        note.remember(id);
        CHECK(note.upload() == id);
    }
}

}  // namespace assay::test
