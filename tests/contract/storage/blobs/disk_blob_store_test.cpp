#include "storage/blobs/disk_blob_store.hpp"

#include "storage/blobs/forwarding_blob_store.hpp"
#include "storage/fs/posix_fs.hpp"
#include "tests/contract/blob_store_contract.hpp"
#include "tests/support/faulty_fs.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace assay::test {

namespace {

class DiskFixture : public BlobStoreUnderTest {
public:
    DiskFixture() : fs_(real_) {
        must(real_.make_directory(directory_ / "blobs"));
        must(real_.make_directory(directory_ / "quarantine"));
        must(real_.make_directory(directory_ / "uploads"));
        reopen();
    }
    void reopen() {
        store_.reset();
        store_ = must(DiskBlobStore::open(fs_, directory_ / "blobs", directory_ / "quarantine", directory_ / "uploads"));
    }
    BlobStore& store() override { return *store_; }
    FaultyFs& fs() { return fs_; }
    [[nodiscard]] std::string path(const Digest& digest) const {
        return directory_ / ("blobs/" + digest.hex().substr(0, 2) + "/" + digest.hex());
    }
    [[nodiscard]] std::vector<std::string> quarantined() const { return files_below(directory_ / "quarantine"); }

    void damage(const Digest& digest, const std::function<void(std::string&)>& change) override {
        std::ifstream in(path(digest), std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        change(bytes);
        std::filesystem::permissions(path(digest), std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
        std::ofstream(path(digest), std::ios::binary | std::ios::trunc) << bytes;
    }
    std::vector<std::string> litter() override {
        std::vector<std::string> found;
        for (const std::string& name : files_below(directory_ / "blobs")) {
            const auto digest = Digest::parse_hex(std::filesystem::path(name).filename().string());
            if (!digest || name != path(*digest)) found.push_back(name);
        }
        return found;
    }

private:
    static std::vector<std::string> files_below(const std::string& directory) {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
            if (!entry.is_directory()) found.push_back(entry.path().string());
        }
        return found;
    }

    TempDir directory_;
    PosixFs real_;
    FaultyFs fs_;
    std::unique_ptr<DiskBlobStore> store_;
};

/// The disk store behind the wrapper that doubles start from.
class ForwardedFixture final : public DiskFixture {
public:
    BlobStore& store() override { return forwarding_; }

private:
    ForwardingBlobStore forwarding_{DiskFixture::store()};
};

const Error disk_full(ErrorKind::no_space, "no-space", "No space left on device");
const Error disk_broken(ErrorKind::internal, "io-error", "Input/output error");

}  // namespace

TEST_CASE("the disk store keeps the contract of a blob store") { blob_store_contract<DiskFixture>(); }

TEST_CASE("a forwarding store keeps the contract of the store behind it") { blob_store_contract<ForwardedFixture>(); }

TEST_CASE("the disk store writes in the durable order") {
    DiskFixture fixture;
    fixture.fs().heal();
    put_bytes(fixture.store(), "hello", {std::nullopt, 5});
    CHECK(fixture.fs().calls() == std::vector<std::string>{"create", "reserve", "write", "sync", "link", "sync-directory"});
}

TEST_CASE("a partial blob is linked into its place in the durable order, without being copied") {
    DiskFixture fixture;
    const auto partial = must(fixture.store().begin_partial("partial"));
    must(partial->append(std::as_bytes(std::span(std::string_view("hello")))));
    fixture.fs().heal();
    (void)must(fixture.store().complete(*partial, {sha256("hello"), 5}));
    CHECK(fixture.fs().calls() == std::vector<std::string>{"sync", "link", "sync-directory"});
    must(fixture.store().remove_partial("partial"));
    const auto status = std::filesystem::status(fixture.path(sha256("hello")));
    CHECK((status.permissions() & std::filesystem::perms(0222)) == std::filesystem::perms::none);
    CHECK(std::filesystem::hard_link_count(fixture.path(sha256("hello"))) == 1);
}

TEST_CASE("bytes that are here already are synced again but not stored again") {
    DiskFixture fixture;
    put_bytes(fixture.store(), "hello");
    fixture.fs().heal();
    put_bytes(fixture.store(), "hello");
    CHECK(fixture.fs().count("link") == 0);
    CHECK(fixture.fs().count("sync-directory") == 1);
    CHECK(fixture.quarantined().empty());
}

TEST_CASE("a blob survives the store that took it") {
    DiskFixture fixture;
    const std::string bytes = sample_bytes(blob_chunk_bytes + 3);
    const BlobInfo info = put_bytes(fixture.store(), bytes);
    fixture.reopen();
    CHECK(must(read_blob(fixture.store(), info)) == bytes);
}

TEST_CASE("a put that fails at any of its calls leaves nothing and does not disturb the next") {
    const std::string bytes = sample_bytes(9 * blob_chunk_bytes);
    for (const Error& error : {disk_full, disk_broken}) {
        bool reached_the_end = false;
        std::set<std::string> failed;
        for (std::size_t index = 0; !reached_the_end; ++index) {
            CAPTURE(index);
            DiskFixture fixture;
            const BlobInfo before = put_bytes(fixture.store(), "was here before");
            fixture.fs().fail_call(index, error);
            MemorySource source(bytes);
            const auto result = fixture.store().put(source, {sha256(bytes), bytes.size()});
            const auto calls = fixture.fs().calls();
            fixture.fs().heal();
            reached_the_end = result.has_value();
            if (reached_the_end) break;
            failed.insert(calls.at(index));
            CHECK(result.error().kind == error.kind);
            CHECK(blobs_of(fixture.store()) == std::set<Digest>{before.digest});
            CHECK(fixture.litter().empty());
            fixture.reopen();
            CHECK(must(read_blob(fixture.store(), put_bytes(fixture.store(), bytes))) == bytes);
        }
        CHECK(failed == std::set<std::string>{"create", "reserve", "write", "writeback", "sync", "link", "sync-directory"});
    }
}

TEST_CASE("a failed sync of a file is not repeated") {
    DiskFixture fixture;
    fixture.fs().fail_all("sync", disk_broken);
    MemorySource source("hello");
    CHECK(error_of(fixture.store().put(source, {})).code == "io-error");
    CHECK(fixture.fs().count("sync") == 1);
    CHECK(fixture.fs().count("link") == 0);
    fixture.fs().heal();
    put_bytes(fixture.store(), "hello");  // a new file, a new chance
}

TEST_CASE("after a failed sync of a directory its shard takes no more blobs until the store is opened again") {
    DiskFixture fixture;
    fixture.fs().fail_all("sync-directory", disk_broken);
    MemorySource source("hello");
    CHECK(error_of(fixture.store().put(source, {})).code == "io-error");
    CHECK(fixture.fs().count("sync-directory") == 1);
    fixture.fs().heal();
    MemorySource again("hello");
    const Error error = error_of(fixture.store().put(again, {}));
    CHECK(error.kind == ErrorKind::unavailable);
    CHECK(error.code == "store-degraded");
    CHECK(fixture.fs().count("sync-directory") == 0);
    CHECK(blobs_of(fixture.store()).empty());
    put_bytes(fixture.store(), "in another shard");
    fixture.reopen();
    put_bytes(fixture.store(), "hello");
}

TEST_CASE("damaged copies are kept in quarantine, each under a name of its own") {
    DiskFixture fixture;
    const BlobInfo info = put_bytes(fixture.store(), "hello");
    for (const char* damage : {"jello", "hell", ""}) {
        fixture.damage(info.digest, [&](std::string& stored) { stored = damage; });
        put_bytes(fixture.store(), "hello");
    }
    std::set<std::string> names;
    for (const std::string& path : fixture.quarantined()) names.insert(std::filesystem::path(path).filename().string());
    const std::string hex = info.digest.hex();
    CHECK(names == std::set<std::string>{hex + "-1", hex + "-2", hex + "-3"});
}

TEST_CASE("a symbolic link or directory in the place of a blob is damage, not a blob") {
    DiskFixture fixture;
    const BlobInfo info = put_bytes(fixture.store(), "hello");
    std::filesystem::remove(fixture.path(info.digest));
    std::filesystem::create_directory(fixture.path(info.digest));
    CHECK(error_of(fixture.store().open(info)).code == "blob-corrupt");
    CHECK_FALSE(must(fixture.store().stat(info.digest)));
    put_bytes(fixture.store(), "hello");
    CHECK(must(read_blob(fixture.store(), info)) == "hello");

    std::filesystem::rename(fixture.path(info.digest), fixture.path(info.digest) + ".elsewhere");
    std::filesystem::create_symlink(fixture.path(info.digest) + ".elsewhere", fixture.path(info.digest));
    CHECK_FALSE(fixture.store().open(info).has_value());
    put_bytes(fixture.store(), "hello");
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(fixture.path(info.digest))));
}

}  // namespace assay::test
