#include "storage/data_directory.hpp"

#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/vfs.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>

namespace assay::test {

namespace {

constexpr DataDirectoryOptions anywhere{.allow_volatile = true};

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string read(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("a data directory is created with its parents and opened again") {
    const TempDir temp;
    {
        const auto directory = must(DataDirectory::open(temp / "a/b/data/", anywhere));
        CHECK(directory->path() == temp / "a/b/data");
        CHECK(read(temp / "a/b/data/FORMAT") == "assay.data/1\n");
        for (const std::string& part : {directory->blobs(), directory->manifests(), directory->quarantine()}) {
            CHECK(std::filesystem::is_directory(part));
            CHECK(std::filesystem::is_empty(part));
        }
        CHECK(directory->database() == temp / "a/b/data/assay.db");
        CHECK_FALSE(directory->file_system().empty());
        CHECK(must(directory->free_bytes()) > 0);
        write(directory->database(), "rows");
    }
    CHECK(DataDirectory::open(temp / "a/b/data", anywhere).has_value());
}

TEST_CASE("a second process is refused a data directory and told who has it") {
    const TempDir temp;
    {
        const auto held = must(DataDirectory::open(temp / "data", anywhere));
        const Error error = error_of(DataDirectory::open(temp / "data", anywhere));
        CHECK(error.kind == ErrorKind::conflict);
        CHECK(error.code == "data-directory-locked");
        CHECK(error.message.find("process " + std::to_string(::getpid())) != std::string::npos);
    }
    CHECK(DataDirectory::open(temp / "data", anywhere).has_value());  // given back at the end of its scope
}

TEST_CASE("a format of a later Assay is refused in words") {
    const TempDir temp;
    REQUIRE(DataDirectory::open(temp / "data", anywhere).has_value());
    write(temp / "data/FORMAT", "");
    std::filesystem::permissions(temp / "data/FORMAT", std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    write(temp / "data/FORMAT", "assay.data/2\n");
    const Error error = error_of(DataDirectory::open(temp / "data", anywhere));
    CHECK(error.code == "data-format-newer");
    CHECK(error.message.find("format 2") != std::string::npos);
    for (const char* text : {"", "something", "assay.data/", "assay.data/0", "assay.data/1x"}) {
        write(temp / "data/FORMAT", text);
        CHECK(error_of(DataDirectory::open(temp / "data", anywhere)).code == "data-format-unreadable");
    }
}

TEST_CASE("somebody else's directory is refused and left as it was") {
    const TempDir temp;
    write(temp / "thesis.tex", "years of work");
    CHECK(error_of(DataDirectory::open(temp.path(), anywhere)).code == "not-a-data-directory");
    CHECK(std::distance(std::filesystem::directory_iterator(temp.path()), {}) == 1);
    write(temp / "file", "");
    CHECK_FALSE(DataDirectory::open(temp / "file", anywhere).has_value());
    CHECK_FALSE(DataDirectory::open("", anywhere).has_value());
}

TEST_CASE("what an interrupted creation leaves is taken up again") {
    const TempDir temp;
    std::filesystem::create_directories(temp / "data/blobs");
    std::filesystem::create_directories(temp / "data/quarantine");
    write(temp / "data/LOCK", "1\n");
    write(temp / "data/quarantine/probe", "left behind");
    const auto directory = must(DataDirectory::open(temp / "data", anywhere));
    CHECK(std::filesystem::is_empty(directory->quarantine()));
}

TEST_CASE("a file system that forgets is refused unless it is accepted") {
    struct statfs status{};
    constexpr long tmpfs_magic = 0x01021994;
    if (::statfs("/dev/shm", &status) != 0 || status.f_type != tmpfs_magic || ::access("/dev/shm", W_OK) != 0) {
        MESSAGE("skipped: /dev/shm is not a tmpfs here");
        return;
    }
    std::string path = "/dev/shm/assay-test-XXXXXX";
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    const Error error = error_of(DataDirectory::open(path, {}));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "volatile-file-system");
    CHECK(error.message.find("tmpfs") != std::string::npos);
    CHECK(must(DataDirectory::open(path, anywhere))->file_system() == "tmpfs");
    std::filesystem::remove_all(path);
}

TEST_CASE("parts of a data directory on another file system are refused") {
    const TempDir temp;
    REQUIRE(DataDirectory::open(temp / "data", anywhere).has_value());
    std::filesystem::remove(temp / "data/quarantine");
    std::filesystem::create_directory_symlink("/proc", temp / "data/quarantine");
    CHECK(error_of(DataDirectory::open(temp / "data", anywhere)).code == "several-file-systems");
}

TEST_CASE("a data directory can be looked at while a server has it, and stays as it was") {
    const TempDir temp;
    const auto directory = must(DataDirectory::open(temp / "data", anywhere));
    write(directory->database(), "rows");
    const auto report = must(examine_data_directory(temp / "data/"));
    CHECK(report.path == temp / "data");
    CHECK(report.is_formatted);
    CHECK(report.holder == "process " + std::to_string(::getpid()));
    CHECK(report.file_system == directory->file_system());
    CHECK(report.free_bytes > 0);
    CHECK(report.total_bytes >= report.free_bytes);
    CHECK_FALSE(report.probe_failure);
    CHECK(std::filesystem::is_empty(directory->quarantine()));
    CHECK(std::filesystem::is_empty(directory->blobs()));
    CHECK(read(directory->database()) == "rows");
}

TEST_CASE("a data directory that nobody has can be opened after it was looked at") {
    const TempDir temp;
    (void)must(DataDirectory::open(temp / "data", anywhere));
    CHECK_FALSE(must(examine_data_directory(temp / "data")).holder);
    (void)must(DataDirectory::open(temp / "data", anywhere));
}

TEST_CASE("an empty directory is looked at and left empty; one that is not there is not made") {
    const TempDir temp;
    std::filesystem::create_directory(temp / "data");
    const auto report = must(examine_data_directory(temp / "data"));
    CHECK_FALSE(report.is_formatted);
    CHECK_FALSE(report.probe_failure);
    CHECK(std::filesystem::is_empty(temp / "data"));
    CHECK(error_of(examine_data_directory(temp / "other")).code == "no-data-directory");
    CHECK_FALSE(std::filesystem::exists(temp / "other"));
    write(temp / "data/thesis.tex", "mine");
    CHECK(error_of(examine_data_directory(temp / "data")).code == "not-a-data-directory");
}

TEST_CASE("a data directory in which no file can be stored says so") {
    const TempDir temp;
    (void)must(DataDirectory::open(temp / "data", anywhere));
    std::filesystem::remove(temp / "data/quarantine");
    const auto report = must(examine_data_directory(temp / "data"));
    REQUIRE(report.probe_failure);
    CHECK(report.probe_failure->kind == ErrorKind::not_found);
}

}  // namespace assay::test
