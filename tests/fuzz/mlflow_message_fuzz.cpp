// Requests of MLflow's clients: JSON becomes a message of the fields that are declared, of their types and no others, and reading what was
// read gives the same.
#include "api/mlflow/message.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>

namespace {

using assay::mlflow::Field;
using assay::mlflow::Message;
using assay::mlflow::Type;

constexpr std::string_view words[] = {"ACTIVE_ONLY", "DELETED_ONLY", "ALL"};
constexpr auto inner_fields = std::to_array<Field>({{"key"}, {"value", Type::real}, {"step", Type::int64}});
constexpr Message inner{inner_fields};
constexpr auto fields = std::to_array<Field>({{"run_id"},
                                              {"count", Type::int32},
                                              {"flag", Type::boolean},
                                              {.name = "view", .type = Type::word, .words = words, .first_word = 1},
                                              {"names", Type::text, true},
                                              {"one", Type::message, false, &inner},
                                              {"metrics", Type::message, true, &inner}});
constexpr Message message{fields};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const auto json = assay::parse_json(assay::test::text_of(data, size));
    if (!json || !json->is_object()) return 0;
    const auto read = assay::mlflow::as_message(*json, message);
    if (!read) return 0;
    require(read->is_object() && read->size() <= fields.size());
    for (const auto& [name, value] : read->items()) {
        require(std::ranges::find(fields, name, &Field::name) != fields.end());
        require(!value.is_null());
    }
    const auto again = assay::mlflow::as_message(*read, message);
    require(again && again->dump() == read->dump());
    return 0;
}
