#include "storage/blobs/disk_partial_blob.hpp"

#include "storage/fs/posix_fs.hpp"
#include "tests/contract/blob_store_contract.hpp"
#include "tests/support/faulty_fs.hpp"
#include "tests/support/temp_dir.hpp"

namespace assay::test {

namespace {

std::span<const std::byte> octets_of(std::string_view text) { return std::as_bytes(std::span(text)); }

struct Disk {
    TempDir folder;
    PosixFs real;
    FaultyFs fs{real};

    DiskPartialBlob begin() {
        auto file = must(fs.create_unnamed(folder.path()));
        must(fs.link(*file, folder / "partial"));
        return {std::move(file), 0};
    }
    DiskPartialBlob reopen() {
        auto file = must(fs.open_to_append(folder / "partial"));
        const std::uint64_t size = must(file->size());
        return {std::move(file), size};
    }
};

const Error full(ErrorKind::no_space, "no-space", "No space left on device");
const Error broken(ErrorKind::internal, "io-error", "Input/output error");

}  // namespace

TEST_CASE("what an earlier process appended is described with what came later") {
    Disk disk;
    const std::string bytes = sample_bytes(2 * blob_chunk_bytes + 77);
    {
        DiskPartialBlob first = disk.begin();
        must(first.append(octets_of(std::string_view(bytes).substr(0, 1'000'000))));
    }
    DiskPartialBlob later = disk.reopen();
    CHECK(later.size() == 1'000'000);
    must(later.append(octets_of(std::string_view(bytes).substr(1'000'000))));
    const BlobInfo info = must(later.describe());
    CHECK(info.digest == sha256(bytes));
    CHECK(info.chunks.size() == 3);
    CHECK(must(later.describe()) == info);  // who finishes once more gets the same
}

TEST_CASE("a full disk costs nothing of what is there, and the bytes may come again") {
    Disk disk;
    DiskPartialBlob partial = disk.begin();
    must(partial.append(octets_of("hello ")));
    disk.fs.fail_all("write", full);
    CHECK(error_of(partial.append(octets_of("world"))).kind == ErrorKind::no_space);
    CHECK(partial.size() == 6);
    CHECK(partial.is_usable());
    disk.fs.heal();
    must(partial.append(octets_of("world")));
    CHECK(must(partial.describe()).digest == sha256("hello world"));
}

TEST_CASE("a disk that fails to write, to write back or to sync spoils it, and nothing is tried again") {
    for (const char* call : {"write", "writeback", "sync"}) {
        CAPTURE(call);
        Disk disk;
        DiskPartialBlob partial = disk.begin();
        must(partial.append(octets_of("hello")));
        disk.fs.fail_all(call, broken);
        const std::string much = sample_bytes(writeback_bytes);
        const auto appended = partial.append(octets_of(much));
        CHECK(appended.has_value() == (std::string_view(call) == "sync"));
        CHECK_FALSE(partial.sync().has_value());
        CHECK_FALSE(partial.is_usable());
        disk.fs.heal();
        CHECK(error_of(partial.sync()).code == "io-error");
        CHECK(error_of(partial.append(octets_of("x"))).code == "io-error");
        CHECK(error_of(partial.describe()).code == "io-error");
        CHECK(disk.fs.calls().empty());
    }
}

}  // namespace assay::test
