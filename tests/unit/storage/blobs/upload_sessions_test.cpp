#include "storage/blobs/upload_sessions.hpp"

#include "storage/blobs/disk_blob_store.hpp"
#include "storage/blobs/memory_blob_store.hpp"
#include "storage/fs/posix_fs.hpp"
#include "tests/contract/blob_store_contract.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/faulty_fs.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

namespace assay::test {

namespace {

const Error cut(ErrorKind::integrity, "body-truncated", "the connection ended");
const Error disk_full(ErrorKind::no_space, "no-space", "No space left on device");
const Error disk_broken(ErrorKind::internal, "io-error", "Input/output error");

struct Office {
    explicit Office(const UploadLimits& limits_ = {}) : limits(limits_) {
        for (const char* name : {"blobs", "quarantine", "uploads"}) must(real.make_directory(folder / name));
        clock.set(SystemClock().now().to_string());  // files are dated by the system
        reopen();
    }
    void reopen() {
        uploads.reset();
        store = must(DiskBlobStore::open(fs, folder / "blobs", folder / "quarantine", folder / "uploads"));
        uploads = must(UploadSessions::open(*store, clock, limits));
    }
    [[nodiscard]] std::string begin(std::uint64_t size) { return must(uploads->begin(size)).id; }
    [[nodiscard]] Result<UploadState> send(const std::string& id, std::uint64_t first, std::string_view bytes,
                                           const std::optional<Error>& then = std::nullopt, std::uint64_t more = 0) {
        PieceSource source(bytes, 1000, then);
        return uploads->append(id, {first, bytes.size() + more, std::nullopt}, source);
    }
    [[nodiscard]] Result<BlobInfo> finish(const std::string& id, std::string_view bytes) {
        return uploads->finish(id, sha256(bytes), [](const BlobInfo&) -> Result<void> { return {}; });
    }
    [[nodiscard]] std::uint64_t offset(const std::string& id) { return must(uploads->find(id)).offset; }
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder / "uploads"), {}));
    }

    TempDir folder;
    PosixFs real;
    FaultyFs fs{real};
    FakeClock clock;
    UploadLimits limits;
    std::unique_ptr<DiskBlobStore> store;
    std::unique_ptr<UploadSessions> uploads;
};

/// Does something in the middle of being read, then goes on.
class InterruptedSource final : public Source {
public:
    InterruptedSource(std::string_view bytes, std::function<void()> middle) : bytes_(bytes), middle_(std::move(middle)) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
        if (reads_++ == 1) middle_();
        MemorySource next(bytes_.substr(0, bytes_.size() / 2 + 1));
        TRY_ASSIGN(const std::size_t count, next.read(buffer));
        bytes_.remove_prefix(count);
        return count;
    }

private:
    std::string_view bytes_;
    std::function<void()> middle_;
    int reads_ = 0;
};

}  // namespace

TEST_CASE("an upload in parts becomes the blob of its bytes, and is gone") {
    Office office;
    const std::string bytes = sample_bytes(2 * blob_chunk_bytes + 5);
    const std::string id = office.begin(bytes.size());
    CHECK(id.size() == 32);
    CHECK(must(office.send(id, 0, std::string_view(bytes).substr(0, 700'001))).offset == 700'001);
    CHECK(must(office.send(id, 700'001, std::string_view(bytes).substr(700'001))).offset == bytes.size());
    const BlobInfo info = must(office.finish(id, bytes));
    CHECK(must(read_blob(*office.store, info)) == bytes);
    CHECK(error_of(office.uploads->find(id)).code == "upload-not-found");
    CHECK(office.files() == 0);
}

TEST_CASE("a part that breaks off keeps every byte that came, and the next goes on there") {
    Office office;
    const std::string bytes = sample_bytes(300'000);
    const std::string id = office.begin(bytes.size());
    CHECK(error_of(office.send(id, 0, std::string_view(bytes).substr(0, 123'457), cut, 50)).code == "body-truncated");
    CHECK(office.offset(id) == 123'457);
    CHECK(error_of(office.send(id, 123'457, "", std::nullopt, 7)).code == "body-truncated");  // ends early without an error of its own
    (void)must(office.send(id, 123'457, std::string_view(bytes).substr(123'457)));
    (void)must(office.finish(id, bytes));
}

TEST_CASE("gaps, overlaps, bytes beyond the size and another total are refused, and nothing of them is kept") {
    Office office;
    const std::string id = office.begin(10);
    (void)must(office.send(id, 0, "hello"));
    CHECK(error_of(office.send(id, 6, "orld")).code == "upload-offset-mismatch");
    CHECK(error_of(office.send(id, 4, "o worl")).code == "upload-offset-mismatch");
    CHECK(error_of(office.send(id, 0, "hello")).fixes.at(0) == "send from byte 5 on");
    CHECK(error_of(office.send(id, 5, "sixsix")).code == "upload-too-long");
    CHECK(error_of(office.send(id, UINT64_MAX, "x")).code == "upload-too-long");
    MemorySource source("world");
    CHECK(error_of(office.uploads->append(id, {5, 5, 11}, source)).code == "invalid-content-range");
    CHECK(office.offset(id) == 5);
    MemorySource longer("world and more");
    CHECK(error_of(office.uploads->append(id, {5, 5, 10}, longer)).code == "upload-too-long");
    CHECK(office.offset(id) == 10);  // the part itself was good
    (void)must(office.finish(id, "helloworld"));
}

TEST_CASE("an upload that is not whole cannot be finished, and stays") {
    Office office;
    const std::string id = office.begin(5);
    (void)must(office.send(id, 0, "hell"));
    CHECK(error_of(office.finish(id, "hell")).code == "upload-incomplete");
    (void)must(office.send(id, 4, "o"));
    (void)must(office.finish(id, "hello"));
}

TEST_CASE("bytes with another digest drop the upload, and leave no blob") {
    Office office;
    const std::string id = office.begin(5);
    (void)must(office.send(id, 0, "hello"));
    CHECK(error_of(office.finish(id, "jello")).code == "digest-mismatch");
    CHECK(error_of(office.uploads->find(id)).code == "upload-not-found");
    CHECK(blobs_of(*office.store).empty());
    CHECK(office.files() == 0);
}

TEST_CASE("a second writer is told to wait, until the first has been silent for too long") {
    Office office;
    const std::string bytes = sample_bytes(4000);
    const std::string id = office.begin(bytes.size());
    InterruptedSource slow(bytes, [&] {
        CHECK(must(office.uploads->find(id)).receiving);
        const std::uint64_t offset = office.offset(id);
        CHECK(error_of(office.send(id, offset, "x")).code == "upload-busy");
        CHECK(error_of(office.finish(id, bytes)).code == "upload-busy");
        office.clock.advance_seconds(11);
        (void)must(office.send(id, offset, std::string_view(bytes).substr(offset)));
    });
    CHECK(error_of(office.uploads->append(id, {0, bytes.size(), std::nullopt}, slow)).code == "upload-busy");
    (void)must(office.finish(id, bytes));
}

TEST_CASE("an upload that is cancelled is gone, also for the writer at work") {
    Office office;
    const std::string bytes = sample_bytes(4000);
    const std::string id = office.begin(bytes.size());
    InterruptedSource slow(bytes, [&] { must(office.uploads->cancel(id)); });
    CHECK(error_of(office.uploads->append(id, {0, bytes.size(), std::nullopt}, slow)).code == "upload-not-found");
    CHECK(error_of(office.uploads->cancel(id)).code == "upload-not-found");
    CHECK(office.files() == 0);
}

TEST_CASE("uploads survive the process, with every byte and the same id") {
    Office office;
    const std::string bytes = sample_bytes(blob_chunk_bytes + 999);
    const std::string id = office.begin(bytes.size());
    (void)must(office.send(id, 0, std::string_view(bytes).substr(0, 500'000)));
    office.reopen();
    CHECK(office.offset(id) == 500'000);
    (void)must(office.send(id, 500'000, std::string_view(bytes).substr(500'000)));
    office.reopen();
    CHECK(must(read_blob(*office.store, must(office.finish(id, bytes)))) == bytes);
}

TEST_CASE("who dies between the blob and its record finishes again without sending a byte") {
    Office office;
    const std::string id = office.begin(5);
    (void)must(office.send(id, 0, "hello"));
    const auto refuse = [](const BlobInfo&) -> Result<void> { return fail(ErrorKind::unavailable, "busy", "not now"); };
    CHECK(error_of(office.uploads->finish(id, sha256("hello"), refuse)).code == "busy");
    office.reopen();
    const BlobInfo info = must(office.finish(id, "hello"));
    CHECK(must(read_blob(*office.store, info)) == "hello");
    CHECK(office.files() == 0);
}

TEST_CASE("uploads expire after their last byte, are swept, and give their room back") {
    Office office({.sessions = 2, .bytes = 100, .expiry = std::chrono::hours(1)});
    const std::string old = office.begin(60);
    office.clock.advance_seconds(59 * 60);
    const std::string fresh = office.begin(40);
    CHECK(error_of(office.uploads->begin(1)).code == "upload-limit");
    office.clock.advance_seconds(2 * 60);
    CHECK(error_of(office.send(old, 0, "x")).code == "upload-not-found");
    (void)must(office.send(fresh, 0, "x"));
    const std::string next = office.begin(60);
    office.clock.advance_seconds(59 * 60);
    (void)must(office.send(next, 0, "x"));
    office.clock.advance_seconds(2 * 60);
    CHECK(must(office.uploads->sweep()) == 1);  // `fresh`; a byte has kept `next`
    CHECK(office.files() == 1);
    CHECK(office.offset(next) == 1);
}

TEST_CASE("what expired while no server ran is swept, too") {
    Office office;
    const std::string id = office.begin(60);
    office.clock.advance_seconds(25 * 3600);
    office.reopen();
    CHECK(must(office.uploads->sweep()) == 1);
    CHECK(office.files() == 0);
}

TEST_CASE("more uploads, or larger ones, than the limits allow are refused as no space") {
    Office office({.sessions = 3, .bytes = 100});
    const std::string first = office.begin(60);
    const Error large = error_of(office.uploads->begin(41));
    CHECK(large.kind == ErrorKind::no_space);
    CHECK(large.code == "upload-limit");
    CHECK(office.begin(20) != office.begin(20));
    CHECK(error_of(office.uploads->begin(1)).code == "upload-limit");
    must(office.uploads->cancel(first));
    CHECK_FALSE(office.begin(60).empty());
    office.reopen();
    CHECK(error_of(office.uploads->begin(1)).code == "upload-limit");
    for (const std::uint64_t size : {std::uint64_t{0}, max_upload_bytes + 1})
        CHECK(error_of(office.uploads->begin(size)).code == "invalid-upload-size");
}

TEST_CASE("a full disk keeps the upload, a broken one drops it") {
    Office office;
    const std::string id = office.begin(10);
    (void)must(office.send(id, 0, "hello"));
    office.fs.fail_all("write", disk_full);
    CHECK(error_of(office.send(id, 5, "world")).kind == ErrorKind::no_space);
    office.fs.heal();
    CHECK(office.offset(id) == 5);
    (void)must(office.send(id, 5, "world"));
    office.fs.fail_all("sync", disk_broken);
    CHECK(error_of(office.finish(id, "helloworld")).code == "io-error");
    CHECK(office.fs.count("sync") == 1);
    office.fs.heal();
    CHECK(error_of(office.uploads->find(id)).code == "upload-not-found");
    CHECK(blobs_of(*office.store).empty());
}

TEST_CASE("files that are no uploads of ours are left alone and lead nowhere") {
    Office office;
    for (const char* name : {"x", "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef-0",
                             "0123456789abcdef0123456789abcdef--5", "0123456789ABCDEF0123456789ABCDEF-5"}) {
        auto file = must(office.real.create_unnamed(office.folder / "uploads"));
        must(office.real.link(*file, office.folder / (std::string("uploads/") + name)));
    }
    office.reopen();
    for (const char* id : {"", "x", "../uploads", "0123456789abcdef0123456789abcdef"})
        CHECK(error_of(office.uploads->find(id)).code == "upload-not-found");
    CHECK(must(office.uploads->sweep()) == 0);
    CHECK(office.files() == 5);
}

TEST_CASE("an upload of bytes that are here already keeps one copy") {
    Office office;
    put_bytes(*office.store, "hello");
    const std::string id = office.begin(5);
    (void)must(office.send(id, 0, "hello"));
    (void)must(office.finish(id, "hello"));
    CHECK(blobs_of(*office.store).size() == 1);
    CHECK(office.files() == 0);
}

}  // namespace assay::test
