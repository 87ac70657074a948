#include "clients/cpp/local_file.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>
#include <iterator>

#include <sys/stat.h>

namespace assay::test {

namespace {

std::size_t entries(const TempDir& folder) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()));
}

}  // namespace

TEST_CASE("a file's digest and size are those of its bytes, and every byte is reported") {
    const TempDir folder;
    const std::string bytes(3'000'000, 'b');
    write_file(folder / "file", bytes);
    std::uint64_t reported = 0;
    const LocalFile file = must(hash_file(folder / "file", [&](std::uint64_t count) { reported += count; }));
    CHECK(file.size == bytes.size());
    CHECK(file.digest == sha256(bytes));
    CHECK(reported == bytes.size());
    write_file(folder / "empty", "");
    CHECK(must(hash_file(folder / "empty")).digest == sha256(""));
}

TEST_CASE("what is no regular file is not read: links, folders, pipes") {
    const TempDir folder;
    write_file(folder / "file", "x");
    std::filesystem::create_symlink(folder / "file", folder / "link");
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    const Error link = error_of(open_file(folder / "link"));
    CHECK(link.code == "not-a-file");
    CHECK(link.fixes.at(0) == "name the file it points to");
    CHECK(error_of(open_file(folder / "pipe")).code == "not-a-file");
    CHECK(error_of(open_file(folder.path())).code == "not-a-file");
    CHECK(error_of(open_file(folder / "absent")).kind == ErrorKind::not_found);
}

TEST_CASE("a text is read whole or, when it is too long, not at all") {
    const TempDir folder;
    write_file(folder / "text", "12345");
    CHECK(must(read_text_file(folder / "text", 5)) == "12345");
    CHECK(error_of(read_text_file(folder / "text", 4)).kind == ErrorKind::too_large);
    CHECK(error_of(read_text_file(folder / "absent", 5)).kind == ErrorKind::not_found);
}

TEST_CASE("a pending file is invisible until it is published, and gone when it is not") {
    const TempDir folder;
    {
        auto pending = must(PendingFile::create(folder / "model"));
        must(pending.write("half"));
        CHECK_FALSE(std::filesystem::exists(folder / "model"));
    }
    CHECK(entries(folder) == 0);
    auto pending = must(PendingFile::create(folder / "model"));
    must(pending.write("wrong"));
    must(pending.restart());
    must(pending.write("right"));
    must(pending.publish());
    CHECK(read_file(folder / "model") == "right");
    CHECK(entries(folder) == 1);
}

TEST_CASE("what a download leaves unfinished is taken up by the next one of the same bytes") {
    const TempDir folder;
    const Digest digest = sha256("all of it");
    const std::string part = folder / (".assay-" + digest.hex() + ".part");
    CHECK_FALSE(PendingFile::can_resume(folder / "model", digest));
    {
        auto pending = must(PendingFile::resume(folder / "model", digest));
        must(pending.write("all "));
    }
    CHECK(read_file(part) == "all ");
    CHECK(PendingFile::can_resume(folder / "model", digest));
    CHECK_FALSE(PendingFile::can_resume(folder / "model", sha256("other bytes")));
    auto pending = must(PendingFile::resume(folder / "model", digest));
    CHECK(must(pending.size()) == 4);
    Sha256 hash;
    must(pending.hash_into(hash, {}));
    hash.update("of it");
    must(pending.write("of it"));
    CHECK(hash.finish() == digest);
    must(pending.publish());
    CHECK(read_file(folder / "model") == "all of it");
    CHECK(entries(folder) == 1);
}

TEST_CASE("a part that is discarded, or empty, does not stay") {
    const TempDir folder;
    const Digest digest = sha256("all of it");
    {
        auto pending = must(PendingFile::resume(folder / "model", digest));
        must(pending.write("wrong"));
        pending.discard();
    }
    CHECK(entries(folder) == 0);
    {
        auto pending = must(PendingFile::resume(folder / "model", digest));
    }
    CHECK(entries(folder) == 0);
}

TEST_CASE("a part that another download has, or that is not ours alone, is left alone") {
    const TempDir folder;
    const Digest digest = sha256("all of it");
    const std::string part = folder / (".assay-" + digest.hex() + ".part");
    auto first = must(PendingFile::resume(folder / "model", digest));
    must(first.write("all "));
    {
        auto second = must(PendingFile::resume(folder / "model", digest));
        CHECK(must(second.size()) == 0);
        must(second.write("all of it"));
        must(second.publish());
    }
    CHECK(read_file(part) == "all ");
    must(first.write("of it"));
    must(first.publish());
    CHECK(read_file(folder / "model") == "all of it");

    write_file(folder / "elsewhere", "all ");
    std::filesystem::create_hard_link(folder / "elsewhere", part);
    CHECK(must(must(PendingFile::resume(folder / "model", digest)).size()) == 0);
    std::filesystem::remove(part);
    std::filesystem::create_symlink(folder / "elsewhere", part);
    CHECK(must(must(PendingFile::resume(folder / "model", digest)).size()) == 0);
    CHECK_FALSE(PendingFile::can_resume(folder / "model", digest));
    CHECK(read_file(folder / "elsewhere") == "all ");
}

TEST_CASE("a file is read from where it is asked for") {
    const TempDir folder;
    write_file(folder / "text", "0123456789");
    const auto source = must(open_file(folder / "text", {}, 7));
    CHECK(must(read_all(*source, 100)) == "789");
}

TEST_CASE("writing a file replaces the one that was there, and a folder that is not there is an error") {
    const TempDir folder;
    must(write_text_file(folder / "text", "one"));
    must(write_text_file(folder / "text", "two"));
    CHECK(read_file(folder / "text") == "two");
    CHECK(error_of(write_text_file(folder / "no/text", "x")).kind == ErrorKind::not_found);
    must(make_folders(folder / "no/such"));
    must(make_folders(folder / "no/such"));
    CHECK(error_of(make_folders(folder / "text/below")).message.find("text/below") != std::string::npos);
}

}  // namespace assay::test
