#include "storage/fs/posix_fs.hpp"

#include "storage/fs/forwarding_fs.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>
#include <filesystem>
#include <set>

namespace assay::test {

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string content(Fs& fs, const std::string& path) {
    const auto file = must(fs.open(path));
    std::string text(must(file->size()), '\0');
    REQUIRE(must(file->read_at(0, std::as_writable_bytes(std::span(text)))) == text.size());
    return text;
}

}  // namespace

TEST_CASE("a file has no name until it is linked, and vanishes when it is dropped before") {
    const TempDir temp;
    PosixFs fs;
    {
        const auto dropped = must(fs.create_unnamed(temp.path()));
        must(dropped->write_at(0, bytes_of("gone")));
        CHECK(must(fs.list(temp.path())).empty());
    }
    const auto file = must(fs.create_unnamed(temp.path()));
    must(file->reserve(100));
    must(file->write_at(0, bytes_of("kept")));
    must(file->start_writeback(0, 4));
    must(file->sync());
    CHECK(must(file->size()) == 4);  // reserving does not lengthen
    must(fs.link(*file, temp / "name"));
    CHECK(content(fs, temp / "name") == "kept");
    struct stat status{};
    REQUIRE(::stat((temp / "name").c_str(), &status) == 0);
    CHECK((status.st_mode & 0222U) == 0);
}

TEST_CASE("a read-only file can be appended to by us, and stays read-only") {
    const TempDir temp;
    PosixFs fs;
    {
        const auto file = must(fs.create_unnamed(temp.path()));
        must(file->write_at(0, bytes_of("hello ")));
        must(fs.link(*file, temp / "name"));
    }
    const auto file = must(fs.open_to_append(temp / "name"));
    must(file->write_at(must(file->size()), bytes_of("world")));
    must(fs.link(*file, temp / "second name"));
    CHECK(content(fs, temp / "second name") == "hello world");
    struct stat status{};
    REQUIRE(::stat((temp / "name").c_str(), &status) == 0);
    CHECK((status.st_mode & 0222U) == 0);
    CHECK(error_of(fs.open_to_append(temp / "absent")).kind == ErrorKind::not_found);
    CHECK(error_of(fs.open_to_append(temp.path())).code == "not-a-file");
    std::filesystem::create_symlink(temp / "name", temp / "link");
    CHECK(error_of(fs.open_to_append(temp / "link")).code == "not-a-file");
}

TEST_CASE("an entry says when its bytes changed last") {
    const TempDir temp;
    PosixFs fs;
    const Timestamp before{SystemClock().now().microseconds - 2'000'000};
    const auto file = must(fs.create_unnamed(temp.path()));
    must(fs.link(*file, temp / "name"));
    const auto entry = must(fs.stat(temp / "name"));
    REQUIRE(entry);
    CHECK(entry->modified > before);
    CHECK(must(fs.list(temp.path())).at(0).modified == entry->modified);
}

TEST_CASE("a name is never linked over, also through wrapped files") {
    const TempDir temp;
    PosixFs fs;
    ForwardingFs forwarding(fs);
    const auto first = must(fs.create_unnamed(temp.path()));
    must(fs.link(*first, temp / "name"));
    ForwardingFsFile second(must(forwarding.create_unnamed(temp.path())));
    must(second.write_at(0, bytes_of("second")));
    const Error error = error_of(forwarding.link(second, temp / "name"));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "file-exists");
    must(forwarding.link(second, temp / "other"));
    CHECK(content(forwarding, temp / "other") == "second");
}

TEST_CASE("only regular files are opened") {
    const TempDir temp;
    PosixFs fs;
    CHECK(error_of(fs.open(temp / "absent")).kind == ErrorKind::not_found);
    must(fs.make_directory(temp / "directory"));
    must(fs.make_directory(temp / "directory"));
    CHECK(error_of(fs.open(temp / "directory")).code == "not-a-file");
    std::filesystem::create_symlink(temp / "directory", temp / "link");
    CHECK(error_of(fs.open(temp / "link")).code == "not-a-file");
    REQUIRE(::mkfifo((temp / "pipe").c_str(), 0600) == 0);
    CHECK(error_of(fs.open(temp / "pipe")).code == "not-a-file");
}

TEST_CASE("entries are listed, looked at, renamed and removed") {
    const TempDir temp;
    PosixFs fs;
    const auto file = must(fs.create_unnamed(temp.path()));
    must(file->write_at(0, bytes_of("12345")));
    must(fs.link(*file, temp / "a"));
    must(fs.make_directory(temp / "d"));
    must(fs.sync_directory(temp.path()));
    std::set<std::string> names;
    for (const FsEntry& entry : must(fs.list(temp.path()))) {
        names.insert(entry.name);
        CHECK(entry.is_directory == (entry.name == "d"));
        CHECK(entry.size == (entry.name == "a" ? 5 : 0));
    }
    CHECK(names == std::set<std::string>{"a", "d"});
    must(fs.rename(temp / "a", temp / "d/b"));
    CHECK_FALSE(must(fs.stat(temp / "a")));
    CHECK(must(fs.stat(temp / "d/b"))->size == 5);
    CHECK(must(fs.stat(temp / "d/b"))->name == "b");
    must(fs.remove(temp / "d/b"));
    CHECK(error_of(fs.remove(temp / "d/b")).kind == ErrorKind::not_found);
    CHECK(error_of(fs.list(temp / "absent")).kind == ErrorKind::not_found);
    CHECK(error_of(fs.sync_directory(temp / "absent")).kind == ErrorKind::not_found);
}

TEST_CASE("reading stops at the end of the file") {
    const TempDir temp;
    PosixFs fs;
    const auto file = must(fs.create_unnamed(temp.path()));
    must(file->write_at(0, bytes_of("12345")));
    std::string buffer(10, '-');
    CHECK(must(file->read_at(3, std::as_writable_bytes(std::span(buffer)))) == 2);
    CHECK(buffer.starts_with("45-"));
    CHECK(must(file->read_at(5, std::as_writable_bytes(std::span(buffer)))) == 0);
}

}  // namespace assay::test
