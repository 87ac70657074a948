#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace assay::test {

/// A SQLite database with the tables of migrations/, in a directory of its own.
class TestDatabase {
public:
    TestDatabase();

    /// What `body` gives inside one write, or read; a failure fails the test.
    template <class Body>
    auto write(Body body) {
        return must(database_->write(std::move(body)));
    }
    template <class Body>
    auto read(Body body) {
        return must(database_->read(std::move(body)));
    }
    template <class Body>
    [[nodiscard]] Error error_of_write(Body body) {
        return error_of(database_->write(std::move(body)));
    }

    /// A model with versions 1 to `count`, ready, without files.
    void add_model(const std::string& model, std::int64_t count = 0);
    /// "blob N" as a stored blob; its digest.
    std::string add_blob(int number);
    /// The first column of the first row.
    [[nodiscard]] std::string ask(const std::string& sql, const SqlValues& values = {});

private:
    TempDir folder_;
    std::unique_ptr<Database> database_;
};

/// A ready version of no files: digest, content digest, run and manifest are made of its name.
[[nodiscard]] VersionRow a_version(const std::string& model, std::int64_t version, VersionState state = VersionState::ready);

}  // namespace assay::test
