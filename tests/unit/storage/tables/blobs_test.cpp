#include "storage/tables/blobs.hpp"

#include "base/crypto.hpp"
#include "tests/support/test_database.hpp"

#include <algorithm>

namespace assay::test {

namespace {

std::optional<blobs::Row> found(TestDatabase& database, const Digest& digest) {
    return database.read([&](SqlSession& sql) { return blobs::find(sql, digest); });
}

}  // namespace

TEST_CASE("a blob's size and chunk digests come back as they went in, also none") {
    TestDatabase database;
    const std::vector<BlobInfo> infos = {
        {sha256(""), 0, {}}, {sha256("a"), 1, {sha256("a")}}, {sha256("b"), 3U << 20U, {sha256("1"), sha256("2"), sha256("3")}}};
    for (const BlobInfo& info : infos) {
        CHECK(!found(database, info.digest));
        database.write([&](SqlWrite& sql) { return blobs::upsert(sql, info, "2026-01-01T00:00:00Z"); });
    }
    for (const BlobInfo& info : infos) {
        const auto row = found(database, info.digest);
        REQUIRE(row);
        CHECK(row->info.digest == info.digest);
        CHECK(row->info.size == info.size);
        CHECK(row->info.chunks == info.chunks);
        CHECK(row->state == BlobState::live);
        CHECK(row->verified_at == "2026-01-01T00:00:00Z");
    }
}

TEST_CASE("a blob found damaged is live again when it is put again, and keeps the day it first came") {
    TestDatabase database;
    const BlobInfo info{sha256("a"), 1, {sha256("wrong")}};
    database.write([&](SqlWrite& sql) { return blobs::upsert(sql, info, "2026-01-01T00:00:00Z"); });
    database.write([&](SqlWrite& sql) { return blobs::set_state(sql, info.digest, BlobState::corrupt); });
    CHECK(found(database, info.digest)->state == BlobState::corrupt);
    database.write([&](SqlWrite& sql) { return blobs::upsert(sql, {info.digest, 1, {sha256("a")}}, "2026-01-02T00:00:00Z"); });
    const auto again = found(database, info.digest);
    CHECK(again->state == BlobState::live);
    CHECK(again->info.chunks == std::vector{sha256("a")});
    CHECK(again->verified_at == "2026-01-02T00:00:00Z");
    CHECK(database.ask("SELECT created_at FROM blobs") == "2026-01-01T00:00:00Z");
}

TEST_CASE("verification is dated for that blob only") {
    TestDatabase database;
    for (const char* bytes : {"a", "b"}) {
        database.write([&](SqlWrite& sql) { return blobs::upsert(sql, {sha256(bytes), 1, {sha256(bytes)}}, "2026-01-01T00:00:00Z"); });
    }
    database.write([](SqlWrite& sql) { return blobs::set_verified(sql, sha256("a"), "2026-02-01T00:00:00Z"); });
    CHECK(found(database, sha256("a"))->verified_at == "2026-02-01T00:00:00Z");
    CHECK(found(database, sha256("b"))->verified_at == "2026-01-01T00:00:00Z");
}

TEST_CASE("blobs are listed in the order of their digests, page by page") {
    TestDatabase database;
    std::vector<Digest> all;
    for (int i = 0; i < 5; ++i) all.push_back(must(Digest::parse(database.add_blob(i))));
    std::ranges::sort(all);
    std::vector<Digest> seen;
    std::vector<std::size_t> pages;
    for (std::string after;; after = seen.back().to_string()) {
        const auto page = database.read([&](SqlSession& sql) { return blobs::list(sql, after, 2); });
        pages.push_back(page.size());
        if (page.empty()) break;
        seen.insert(seen.end(), page.begin(), page.end());
    }
    CHECK(seen == all);
    CHECK(pages == std::vector<std::size_t>{2, 2, 1, 0});
}

TEST_CASE("chunk digests that are none are an error, not a blob without chunks") {
    TestDatabase database;
    database.add_blob(1);
    database.write([](SqlWrite& sql) { return sql.run("UPDATE blobs SET chunks = 'abc'", {}); });
    CHECK(database.read([](SqlSession& sql) -> Result<bool> { return !blobs::find(sql, sha256("blob 1")).has_value(); }));
}

}  // namespace assay::test
