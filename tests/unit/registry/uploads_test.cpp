#include "registry/uploads.hpp"

#include "base/crypto.hpp"
#include "registry/fsck.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

UploadState send(Registry& registry, const std::string& id, std::uint64_t first, std::string_view bytes) {
    MemorySource source(bytes);
    return must(append_upload(registry, id, {first, bytes.size(), std::nullopt}, source));
}

}  // namespace

TEST_CASE("a finished upload is a recorded blob that versions can be made of") {
    TestRegistry registry;
    const std::string bytes = "the bytes of a model";
    const std::string id = must(begin_upload(registry, bytes.size())).id;
    CHECK(send(registry, id, 0, "the bytes ").offset == 10);
    must(check_upload_part(registry, id, {10, 10, 20}));
    CHECK(error_of(check_upload_part(registry, id, {9, 10, 20})).code == "upload-offset-mismatch");
    (void)send(registry, id, 10, "of a model");
    const StoredBlob stored = must(finish_upload(registry, id, sha256(bytes)));
    CHECK(stored.created);
    CHECK(must(stat_blob(registry, stored.info.digest)) == bytes.size());
    CHECK(registry.push(a_push()).row.version == 1);
    CHECK(error_of(find_upload(registry, id)).code == "upload-not-found");
}

TEST_CASE("an upload of bytes that were here is no new blob") {
    TestRegistry registry;
    (void)registry.put("hello");
    const std::string id = must(begin_upload(registry, 5)).id;
    (void)send(registry, id, 0, "hello");
    CHECK_FALSE(must(finish_upload(registry, id, sha256("hello"))).created);
}

TEST_CASE("an upload goes on after a restart, and an unfinished one is no damage") {
    TestRegistry registry(Blobs::on_disk);
    registry.clock.set(SystemClock().now().to_string());  // files are dated by the system
    const std::string id = must(begin_upload(registry, 11)).id;
    (void)send(registry, id, 0, "hello ");
    registry.restart();
    CHECK(must(find_upload(registry, id)).offset == 6);
    const FsckReport report = must(fsck(registry, Repair::yes));
    CHECK(report.findings.empty());
    (void)send(registry, id, 6, "world");
    CHECK(must(finish_upload(registry, id, sha256("hello world"))).created);
    CHECK(must(fsck(registry, Repair::no)).findings.empty());
}

TEST_CASE("an upload that is cancelled, or swept after its time, is gone") {
    TestRegistry registry;
    const std::string cancelled = must(begin_upload(registry, 5)).id;
    must(cancel_upload(registry, cancelled));
    CHECK(error_of(find_upload(registry, cancelled)).code == "upload-not-found");
    const std::string old = must(begin_upload(registry, 5)).id;
    registry.clock.advance_seconds(25 * 3600);
    must(sweep_uploads(registry));
    CHECK(must(registry.registry().blobs.partials()).empty());
    CHECK(error_of(find_upload(registry, old)).code == "upload-not-found");
}

}  // namespace assay::test
