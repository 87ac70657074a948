#include "registry/blobs.hpp"

#include "base/crypto.hpp"
#include "storage/blobs/forwarding_blob_store.hpp"
#include "storage/blobs/memory_blob_store.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

void damage(TestRegistry& registry, const Digest& digest) {
    dynamic_cast<MemoryBlobStore&>(registry.registry().blobs).damage(digest, [](std::string& bytes) { bytes[3] = '!'; });
}

/// Somebody puts the good bytes just after a damaged copy was read.
class HealedWhileRead final : public ForwardingBlobStore {
public:
    explicit HealedWhileRead(TestRegistry& registry) : ForwardingBlobStore(registry.registry().blobs), registry_(registry) {}
    [[nodiscard]] Result<BlobInfo> describe(const Digest& digest) override {
        auto seen = ForwardingBlobStore::describe(digest);
        registry_.clock.advance_seconds(1);
        registry_.put("the bytes");
        return seen;
    }

private:
    TestRegistry& registry_;
};

}  // namespace

TEST_CASE("a blob is new once, and is known by its size from then on") {
    TestRegistry registry;
    const Digest digest = sha256("the bytes");
    CHECK(!must(stat_blob(registry, digest)));
    for (const bool created : {true, false}) {
        MemorySource source("the bytes");
        const StoredBlob stored = must(put_blob(registry, source, {digest, 9}));
        CHECK(stored.created == created);
        CHECK(stored.info.digest == digest);
        CHECK(stored.info.size == 9);
        CHECK(must(stat_blob(registry, digest)) == 9);
    }
    CHECK(registry.ask("SELECT count(*) FROM blobs") == "1");
}

TEST_CASE("bytes that are not what was announced are neither stored nor recorded") {
    TestRegistry registry;
    const Digest digest = sha256("announced");
    for (const auto& [expected, code] :
         {std::pair{PutExpectation{digest, std::nullopt}, "digest-mismatch"}, {PutExpectation{std::nullopt, 100}, "size-mismatch"}}) {
        MemorySource source("sent");
        CHECK(error_of(put_blob(registry, source, expected)).code == code);
    }
    CHECK(registry.ask("SELECT count(*) FROM blobs") == "0");
    CHECK(!must(stat_blob(registry, sha256("sent"))));
}

TEST_CASE("a blob known to be damaged is absent until it is put again") {
    TestRegistry registry;
    const Digest digest = registry.put("the bytes");
    REQUIRE(open_blob(registry, digest));
    (void)registry.execute("UPDATE blobs SET state = 'corrupt'");
    CHECK(!must(stat_blob(registry, digest)));
    const Error error = error_of(open_blob(registry, digest));
    CHECK(error.kind == ErrorKind::not_found);
    CHECK(error.code == "blob-not-found");
    CHECK(registry.put("the bytes") == digest);
    CHECK(must(stat_blob(registry, digest)) == 9);
}

TEST_CASE("a blob that is opened gives its bytes, one that was never put is not found") {
    TestRegistry registry;
    const auto reader = must(open_blob(registry, registry.put("the bytes")));
    const auto bytes = must(reader->read_at(0, 100));
    CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == "the bytes");
    CHECK(error_of(open_blob(registry, sha256("never"))).message.find(sha256("never").to_string()) != std::string::npos);
}

TEST_CASE("a blob is marked damaged only while its stored copy is") {
    TestRegistry registry;
    const Digest digest = registry.put("the bytes");
    must(mark_if_corrupt(registry, digest));
    CHECK(must(stat_blob(registry, digest)) == 9);
    damage(registry, digest);
    must(mark_if_corrupt(registry, digest));
    CHECK(!must(stat_blob(registry, digest)));
    must(mark_if_corrupt(registry, sha256("never put")));
}

TEST_CASE("a blob that is put again while it is being marked stays") {
    TestRegistry registry;
    const Digest digest = registry.put("the bytes");
    damage(registry, digest);
    HealedWhileRead healing(registry);
    Registry& own = registry.registry();
    Registry watched{own.database,
                     healing,
                     own.manifests,
                     own.uploads,
                     own.clock,
                     own.policy,
                     RulesInForce(*own.rules.get()),
                     must(SafetyLists::builtin()),
                     {}};
    must(mark_if_corrupt(watched, digest));
    CHECK(must(stat_blob(registry, digest)) == 9);
}

}  // namespace assay::test
