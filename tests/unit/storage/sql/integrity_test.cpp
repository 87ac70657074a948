#include "storage/sql/integrity.hpp"

#include "tests/support/sqlite_items.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <iterator>

namespace assay::test {

TEST_CASE("the integrity check finds damage and rows without their parents") {
    const TempDir place;
    const std::string path = place / "assay.db";
    {
        const auto database = opened_with_items(path);
        for (int i = 0; i < 500; ++i) (void)must(execute(*database, insert_item, {std::to_string(i), SqlBlob{std::string(100, 'b')}}));
        REQUIRE(check_integrity(*database, IntegrityCheck::quick));
        REQUIRE(check_integrity(*database, IntegrityCheck::full));
    }
    SUBCASE("a row without its parent") {
        {
            const auto database = opened_with_items(path);
            (void)must(execute(*database, "CREATE TABLE child (note TEXT, parent TEXT REFERENCES item (name))"));
            (void)must(execute(*database, insert_item, {"parent", nullptr}));
            (void)must(execute(*database, "INSERT INTO child VALUES ('child of ', 'parent')"));
        }
        // No statement makes an orphan; the two texts lie side by side in the file, the parent's own does not.
        std::string bytes;
        {
            std::ifstream file(path, std::ios::binary);
            bytes.assign(std::istreambuf_iterator<char>(file), {});
        }
        const std::size_t at = bytes.find("child of parent");
        REQUIRE(at != std::string::npos);
        bytes.replace(at, 15, "child of nobody");
        std::ofstream(path, std::ios::binary) << bytes;
        const auto database = must(open_sqlite(path));
        REQUIRE(check_integrity(*database, IntegrityCheck::quick));
        const Error error = error_of(check_integrity(*database, IntegrityCheck::full));
        CHECK(error.kind == ErrorKind::integrity);
        REQUIRE(error.problems.size() == 1);
        CHECK(error.problems[0].field == "child");
    }
    SUBCASE("a page of rubbish") {
        {
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(4 * 4096);
            file << std::string(4096, '\x5A');
        }
        const auto database = must(open_sqlite(path));
        const Error error = error_of(check_integrity(*database, IntegrityCheck::quick));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.code == "database-corrupt");
        CHECK_MESSAGE(!error.problems.empty(), describe(error));
    }
}

}  // namespace assay::test
