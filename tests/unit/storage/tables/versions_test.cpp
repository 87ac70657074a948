#include "storage/tables/versions.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

std::vector<std::int64_t> numbers(const std::vector<VersionRow>& rows) {
    std::vector<std::int64_t> list;
    for (const VersionRow& row : rows) list.push_back(row.version);
    return list;
}

void set_state(TestDatabase& database, std::int64_t version, VersionState state) {
    database.write([&](SqlWrite& sql) { return versions::set_state(sql, "churn", version, state); });
}

using Numbers = std::vector<std::int64_t>;
using FileRows = std::vector<FileRow>;

}  // namespace

TEST_CASE("a version comes back as it was inserted, in every state, by number and by digest") {
    TestDatabase database;
    database.add_model("churn");
    database.add_model("fraud");
    std::int64_t number = 0;
    for (const VersionState state : {VersionState::ready, VersionState::quarantined, VersionState::deleted}) {
        VersionRow row = a_version("churn", ++number, state);
        row.description = "the " + std::to_string(number) + ".";
        database.write([&](SqlWrite& sql) { return versions::insert(sql, row, {}); });
        const auto same = [&](const std::optional<VersionRow>& found) {
            return found && found->model == row.model && found->version == row.version && found->digest == row.digest &&
                   found->manifest == row.manifest && found->content_digest == row.content_digest && found->run == row.run &&
                   found->state == row.state && found->description == row.description && found->created_at == row.created_at;
        };
        CHECK(same(database.read([&](SqlSession& sql) { return versions::find(sql, "churn", number); })));
        CHECK(same(database.read([&](SqlSession& sql) { return versions::find_by_digest(sql, "churn", row.digest); })));
        CHECK(!database.read([&](SqlSession& sql) { return versions::find_by_digest(sql, "fraud", row.digest); }));
        CHECK(!database.read([&](SqlSession& sql) { return versions::find(sql, "fraud", number); }));
    }
    CHECK(!database.read([](SqlSession& sql) { return versions::find(sql, "churn", 4); }));
}

TEST_CASE("a number is taken once, and a version needs its model and its files' blobs") {
    TestDatabase database;
    database.add_model("churn", 1);
    const FileRow file{"model.joblib", "sha256:none", 1, "application/vnd.joblib"};
    for (const auto& [row, files] :
         {std::pair{a_version("churn", 1), FileRows{}}, {a_version("none", 1), {}}, {a_version("churn", 2), {file}}}) {
        CAPTURE(row.model);
        CHECK(database.error_of_write([&, r = row, f = files](SqlWrite& sql) { return versions::insert(sql, r, f); }).code == "constraint");
    }
    CHECK(database.ask("SELECT count(*) FROM versions") == "1");
}

TEST_CASE("versions are listed newest first, below a number, of one state or any, up to a limit") {
    TestDatabase database;
    database.add_model("churn", 6);
    database.add_model("fraud", 1);
    set_state(database, 2, VersionState::deleted);
    set_state(database, 4, VersionState::quarantined);
    set_state(database, 5, VersionState::deleted);
    struct Case {
        std::int64_t before;
        std::optional<VersionState> state;
        std::int64_t limit;
        Numbers expected;
    };
    for (const Case& one : {Case{0, std::nullopt, 100, {6, 5, 4, 3, 2, 1}},
                            {0, std::nullopt, 2, {6, 5}},
                            {5, std::nullopt, 2, {4, 3}},
                            {1, std::nullopt, 2, {}},
                            {0, VersionState::ready, 100, {6, 3, 1}},
                            {6, VersionState::ready, 1, {3}},
                            {0, VersionState::deleted, 100, {5, 2}},
                            {0, VersionState::quarantined, 100, {4}}}) {
        CAPTURE(one.before);
        CHECK(numbers(database.read([&](SqlSession& sql) { return versions::list(sql, "churn", one.before, one.state, one.limit); })) ==
              one.expected);
    }
}

TEST_CASE("the latest version is the highest that is ready, and only ready ones are counted") {
    TestDatabase database;
    database.add_model("churn", 3);
    database.add_model("empty");
    const auto latest = [&](const std::string& model) {
        return database.read([&](SqlSession& sql) { return versions::find_latest(sql, model); });
    };
    const auto count = [&](const std::string& model) {
        return database.read([&](SqlSession& sql) { return versions::count_ready(sql, model); });
    };
    CHECK(latest("churn")->version == 3);
    CHECK(count("churn").count == 3);
    set_state(database, 3, VersionState::deleted);
    set_state(database, 1, VersionState::quarantined);
    CHECK(latest("churn")->version == 2);
    CHECK(count("churn").count == 1);
    CHECK(count("churn").latest == 2);
    set_state(database, 2, VersionState::deleted);
    for (const char* model : {"churn", "empty", "none"}) {
        CHECK(!latest(model));
        CHECK(count(model).count == 0);
        CHECK(!count(model).latest);
    }
}

TEST_CASE("state and description change on their version only") {
    TestDatabase database;
    database.add_model("churn", 2);
    set_state(database, 1, VersionState::quarantined);
    database.write([](SqlWrite& sql) { return versions::set_description(sql, "churn", 1, "the first"); });
    const auto find = [&](std::int64_t number) {
        return *database.read([&](SqlSession& sql) { return versions::find(sql, "churn", number); });
    };
    CHECK(find(1).state == VersionState::quarantined);
    CHECK(find(1).description == "the first");
    CHECK(find(2).state == VersionState::ready);
    CHECK(find(2).description.empty());
}

TEST_CASE("the files of a version come by path, are found one by one, and are replaced as a whole") {
    TestDatabase database;
    database.add_model("churn");
    const FileRow model{"model.joblib", database.add_blob(1), 18233, "application/vnd.joblib"};
    const FileRow data{"data/a.csv", database.add_blob(2), 0, "text/csv"};
    database.write([&](SqlWrite& sql) { return versions::insert(sql, a_version("churn", 1), {model, data}); });
    database.write([&](SqlWrite& sql) { return versions::insert(sql, a_version("churn", 2), {model}); });
    const auto files = [&](std::int64_t number) {
        return database.read([&](SqlSession& sql) { return versions::files(sql, "churn", number); });
    };
    const auto file = [&](std::int64_t number, const std::string& path) {
        return database.read([&](SqlSession& sql) { return versions::find_file(sql, "churn", number, path); });
    };
    CHECK(files(1) == FileRows{data, model});
    CHECK(file(1, "data/a.csv") == data);
    CHECK(!file(2, "data/a.csv"));
    CHECK(!file(1, "data"));
    database.write([&](SqlWrite& sql) { return versions::replace_files(sql, "churn", 1, {data}); });
    CHECK(files(1) == FileRows{data});
    CHECK(files(2) == FileRows{model});
    database.write([&](SqlWrite& sql) { return versions::replace_files(sql, "churn", 1, {}); });
    CHECK(files(1).empty());
}

TEST_CASE("versions are found by a blob they hold, each once, and by the run that made them") {
    TestDatabase database;
    database.add_model("churn");
    database.add_model("fraud");
    const std::string shared = database.add_blob(1);
    const std::string other = database.add_blob(2);
    const auto add = [&](const std::string& model, std::int64_t number, const FileRows& files) {
        VersionRow row = a_version(model, number);
        row.run = model == "churn" ? "one" : "two";
        database.write([&](SqlWrite& sql) { return versions::insert(sql, row, files); });
    };
    add("fraud", 1, {{"a", shared, 6, ""}});
    add("churn", 1, {{"a", shared, 6, ""}, {"b", shared, 6, ""}});
    add("churn", 2, {{"a", other, 6, ""}});
    const auto holding = [&](const std::string& digest, std::int64_t limit) {
        return database.read([&](SqlSession& sql) { return versions::holding_blob(sql, digest, limit); });
    };
    using Names = std::vector<std::string>;
    CHECK(holding(shared, 10) == Names{"churn@1", "fraud@1"});
    CHECK(holding(shared, 1) == Names{"churn@1"});
    CHECK(holding(other, 10) == Names{"churn@2"});
    CHECK(holding("sha256:none", 10).empty());
    CHECK(database.read([](SqlSession& sql) { return versions::of_run(sql, "one"); }) == Names{"churn@1", "churn@2"});
    CHECK(database.read([](SqlSession& sql) { return versions::of_run(sql, "none"); }).empty());
}

}  // namespace assay::test
