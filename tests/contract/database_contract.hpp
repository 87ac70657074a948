#pragma once

#include "storage/sql/database.hpp"

#include <functional>
#include <memory>

namespace assay::test {

/// Opens the database of one place: the same one each time, empty at first.
using OpenDatabase = std::function<std::unique_ptr<Database>()>;

/// What every Database promises, as subcases: call it in a TEST_CASE that makes a fresh place.
void check_database_contract(const OpenDatabase& open);

}  // namespace assay::test
