#include "registry/fetch.hpp"

#include "storage/blobs/memory_blob_store.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace assay::test {

namespace {

std::vector<FetchRow> fetches(TestRegistry& registry) { return must(list_fetches(registry, "churn", version_ref("1"), 100)); }

}  // namespace

TEST_CASE("the environment a version was made in gets its bytes") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const FetchedFile file = must(registry.try_fetch("churn", "1", registry.know(an_environment())));
    CHECK(file.verdict.decision == Verdict::Decision::allow);
    CHECK(file.file.digest == digest_text("the bytes of a model"));
    CHECK(must(registry.try_read("churn", "1")) == "the bytes of a model");
}

TEST_CASE("another minor of a used library is refused before a byte moves, with cause, fix and the versions that would do") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push().with_library("scikit-learn", "1.2.2").with_artifact("older"));
    const Error error = error_of(registry.try_fetch("churn", "1", registry.know(an_environment({{"scikit-learn", "1.2.2"}}))));
    CHECK(error.kind == ErrorKind::incompatible);
    CHECK(error.code == "incompatible-environment");
    const Json verdict = must(parse_json(error.details));
    CHECK(verdict.at("verdict") == "refuse");
    CHECK(verdict.at("conflicts").at(0).at("package") == "scikit-learn");
    const auto fixes = verdict.at("fix").get<std::vector<std::string>>();
    CHECK(std::ranges::any_of(fixes, [](const std::string& fix) {
        return fix.starts_with("pip install") && fix.find("scikit-learn==1.7.2") != std::string::npos;
    }));
    CHECK(std::ranges::any_of(fixes, [](const std::string& fix) { return fix.find("fetch churn@2") != std::string::npos; }));
}

TEST_CASE("a deleted version is never suggested instead") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push().with_library("scikit-learn", "1.2.2"));
    registry.remove("churn", "2");
    const Error error = error_of(registry.try_fetch("churn", "1", registry.know(an_environment({{"scikit-learn", "1.2.2"}}))));
    CHECK(error.details.find("churn@2") == std::string::npos);
}

TEST_CASE("an environment that is said to be none passes and is recorded as such, one that nobody knows does not") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)must(registry.try_fetch("churn", "1", NoEnvironment{}));
    REQUIRE(fetches(registry).size() == 1);
    CHECK(fetches(registry)[0].verdict == "none");
    CHECK(fetches(registry)[0].environment.empty());

    const Error unknown = error_of(registry.try_fetch("churn", "1", must(digest_of(an_environment()))));
    CHECK(unknown.kind == ErrorKind::incompatible);
    CHECK(unknown.code == "environment-unknown");
    CHECK(error_of(registry.try_fetch("churn", "1", UnknownEnvironment{})).kind == ErrorKind::incompatible);
}

TEST_CASE("a check says what a fetch would say and records only when it is asked to") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const Environment old = an_environment({{"scikit-learn", "1.2.2"}});
    CHECK(must(check_version(registry, "churn", version_ref("1"), old, RecordFetch::no, "ann@lab")).verdict.decision ==
          Verdict::Decision::refuse);
    CHECK(fetches(registry).empty());
    CHECK(must(check_version(registry, "churn", version_ref("1"), old, RecordFetch::yes, "ann@lab")).verdict.decision ==
          Verdict::Decision::refuse);
    REQUIRE(fetches(registry).size() == 1);
    CHECK(fetches(registry)[0].verdict == "refuse");
    // An environment sent whole is kept, so that the record can name it.
    CHECK(must(show_environment(registry, must(Digest::parse(fetches(registry)[0].environment)))) == old);
}

TEST_CASE("requests of one consumer within ten minutes are one fetch, also when they come at the same time") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const Digest environment = registry.know(an_environment());
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) threads.emplace_back([&] { (void)registry.try_fetch("churn", "1", environment); });
    }
    REQUIRE(fetches(registry).size() == 1);
    CHECK(fetches(registry)[0].count == 1);
    registry.clock.advance_seconds(599);
    (void)must(registry.try_fetch("churn", "1", environment));
    CHECK(fetches(registry)[0].count == 1);
    registry.clock.advance_seconds(2);
    (void)must(registry.try_fetch("churn", "1", environment));
    CHECK(fetches(registry)[0].count == 2);
    CHECK(fetches(registry)[0].first_at == "2026-11-23T10:00:00Z");
    (void)must(registry.try_fetch("churn", "1", environment, "other@host"));
    CHECK(fetches(registry).size() == 2);
}

TEST_CASE("a fetch that fails for another reason than the gate is no fetch") {
    TestRegistry registry;
    (void)registry.push(a_push());
    CHECK(error_of(registry.try_fetch("churn", "1", NoEnvironment{}, "a@b", "other.bin")).code == "file-not-found");
    CHECK(error_of(registry.try_fetch("churn", "1", NoEnvironment{}, "a@b", "../x")).code == "invalid-path");
    CHECK(error_of(registry.try_fetch("churn", "2")).code == "version-not-found");
    CHECK(error_of(registry.try_fetch("ghost", "1")).code == "model-not-found");
    CHECK(fetches(registry).empty());
}

TEST_CASE("a file is found by its name however its letters are composed") {
    TestRegistry registry;
    (void)registry.push(a_push().with_file("caf\xc3\xa9.txt", "x"));
    CHECK(must(registry.try_read("churn", "1", "cafe\xcc\x81.txt")) == "x");
}

TEST_CASE("a damaged blob is refused at its first read, then at once, and healed by putting the bytes again") {
    for (const Blobs kind : {Blobs::in_memory, Blobs::on_disk}) {
        TestRegistry registry(kind);
        (void)registry.push(a_push());
        const Digest digest = must(Digest::parse(digest_text("the bytes of a model")));
        if (kind == Blobs::on_disk) {
            damage_file(registry.blob_path(digest));
        } else {
            dynamic_cast<MemoryBlobStore&>(registry.registry().blobs).damage(digest, [](std::string& bytes) { bytes[3] = '!'; });
        }
        const Error first = error_of(registry.try_read("churn", "1"));
        CHECK(first.kind == ErrorKind::integrity);
        CHECK(first.code == "blob-corrupt");
        must(mark_if_corrupt(registry, digest));
        const Error next = error_of(registry.try_fetch("churn", "1"));
        CHECK(next.code == "blob-corrupt");
        CHECK(!next.fixes.empty());
        CHECK(!must(stat_blob(registry, digest)));
        registry.put("the bytes of a model");
        CHECK(must(registry.try_read("churn", "1")) == "the bytes of a model");
    }
}

TEST_CASE("a blob whose file is gone or cut is refused and marked") {
    for (const bool gone : {true, false}) {
        TestRegistry registry(Blobs::on_disk);
        (void)registry.push(a_push());
        const Digest digest = must(Digest::parse(digest_text("the bytes of a model")));
        if (gone) {
            REQUIRE(std::filesystem::remove(registry.blob_path(digest)));
        } else {
            write_file(registry.blob_path(digest), "the bytes");
        }
        const Error error = error_of(registry.try_fetch("churn", "1"));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.code == "blob-corrupt");
        CHECK(registry.ask("SELECT state FROM blobs WHERE digest = $1", {digest.to_string()}) == "corrupt");
        registry.put("the bytes of a model");
        CHECK(must(registry.try_read("churn", "1")) == "the bytes of a model");
    }
}

}  // namespace assay::test
