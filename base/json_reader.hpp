#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

using Problems = std::vector<FieldProblem>;

/// `invalid` with every problem found, or success when there is none.
[[nodiscard]] Result<void> refuse_if_any(const Problems& problems, std::string_view code, std::string_view message);

/// Reads the members of one JSON object from a stranger and collects *every* problem with the path of the
/// field ("facts.metrics[0].value") instead of stopping at the first: wrong types, missing and unknown
/// members. A reader over something that is no object reports that once and then finds nothing.
///
///   JsonReader reader(json, "facts", problems);
///   const auto name = reader.string("name");        // required
///   const auto rows = reader.optional_integer("rows");
///   reader.refuse_unknown();                         // after the last member was asked for
class JsonReader {
public:
    JsonReader(const Json& value, std::string path, Problems& problems);

    /// Required members: a problem and an empty value when missing or of another type.
    [[nodiscard]] std::string string(std::string_view key);
    [[nodiscard]] std::string nonempty_string(std::string_view key);  ///< an empty text is a problem too
    [[nodiscard]] std::int64_t integer(std::string_view key);
    [[nodiscard]] double number(std::string_view key);
    [[nodiscard]] const Json& object(std::string_view key);  ///< an empty object when missing
    [[nodiscard]] const Json& array(std::string_view key);   ///< an empty array when missing

    /// Optional members: absent when missing or null; a problem when of another type.
    [[nodiscard]] std::optional<std::string> optional_string(std::string_view key);
    [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view key);
    [[nodiscard]] std::optional<double> optional_number(std::string_view key);
    [[nodiscard]] std::optional<bool> optional_boolean(std::string_view key);
    [[nodiscard]] const Json* optional_object(std::string_view key);
    [[nodiscard]] const Json* optional_array(std::string_view key);
    [[nodiscard]] const Json* optional_any(std::string_view key);  ///< of whatever type

    [[nodiscard]] bool has(std::string_view key) const;
    void refuse_unknown();

    /// "facts.datasets" → "facts.datasets.role"; an empty path gives the key alone.
    [[nodiscard]] std::string path_of(std::string_view key) const;
    [[nodiscard]] std::string path_of(std::string_view key, std::size_t index) const;
    void problem(std::string_view key, std::string message, std::string fix = {});

private:
    const Json* find(std::string_view key);
    void wrong_type(std::string_view key, std::string_view expected, const Json& found);
    void missing(std::string_view key);

    bool is_object_;
    const Json& value_;
    std::string path_;
    Problems& problems_;
    std::set<std::string, std::less<>> known_;
};

/// "a string", "an integer", …: what a JSON value is, for messages.
[[nodiscard]] std::string_view type_in_words(const Json& value);

}  // namespace assay
