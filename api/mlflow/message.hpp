#pragma once

#include "api/http.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Requests as MLflow reads them: first as a protobuf message in JSON, then by checks of single parameters, whose messages users know.
// Source: MLflow 3.17, mlflow/server/handlers.py (_get_request_message, _validate_param_against_schema), google.protobuf.json_format.

namespace assay::mlflow {

enum class Type : std::uint8_t { text, int64, int32, real, boolean, word, message };

struct Message;

/// A field of a message. A JSON null is no value; unknown fields are passed over.
struct Field {
    std::string_view name;  ///< snake_case; lowerCamelCase is read too
    Type type = Type::text;
    bool repeated = false;
    const Message* message = nullptr;
    std::span<const std::string_view> words = {};  ///< of an enum, by number from `first_word`
    int first_word = 0;
};

struct Message {
    std::span<const Field> fields;
};

/// A tag or a param.
inline constexpr Field pair_fields[] = {{"key"}, {"value"}};
inline constexpr Message pair_message{pair_fields};

/// What is checked of a parameter, in this order. Types are checked only where the request is no such message at all.
struct Check {
    std::string_view name;
    bool required = false;
    std::optional<Type> type = std::nullopt;
    bool list = false;          ///< with `type` text: of strings
    std::optional<std::int64_t> at_most = std::nullopt;
    bool type_first = false;    ///< the type is checked before whether it is there
    std::span<const std::string_view> within = {};  ///< fields that every element of the list must have
};

/// The parameters of a request: of the query for GET, else of the JSON body, as the message has them (numbers as numbers, enums as words,
/// no null). Refused in MLflow's words: 400 INVALID_PARAMETER_VALUE.
[[nodiscard]] Result<Json> read_message(Request& request, const Message& message, std::span<const Check> checks);

/// `body` as such a message; absent when it is none.
[[nodiscard]] std::optional<Json> as_message(const Json& body, const Message& message);

// Members of what was read.
[[nodiscard]] std::string text_of(const Json& read, std::string_view name);
[[nodiscard]] std::optional<std::string> optional_text(const Json& read, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> optional_integer(const Json& read, std::string_view name);
/// An empty array when it is absent.
[[nodiscard]] const Json& list_of(const Json& read, std::string_view name);
[[nodiscard]] std::vector<std::string> texts_of(const Json& read, std::string_view name);

/// Adds pairs of a name and a value.
template <class Value, class... Rest>
void put_members(Json::object_t& object, const char* name, Value&& value, Rest&&... rest) {
    object.emplace(name, std::forward<Value>(value));
    if constexpr (sizeof...(rest) > 0) put_members(object, std::forward<Rest>(rest)...);
}

/// {name: value, …}: what an initializer list of Json says, without its copies. For what answers have hundreds of.
template <class... Members>
[[nodiscard]] Json object_of(Members&&... members) {
    Json json = Json::object();
    put_members(json.get_ref<Json::object_t&>(), std::forward<Members>(members)...);
    return json;
}

/// [view(item), …]
template <class Items, class View>
[[nodiscard]] Json list_of_views(const Items& items, View view) {
    Json json = Json::array();
    auto& list = json.get_ref<Json::array_t&>();
    list.reserve(items.size());
    for (const auto& item : items) list.push_back(view(item));
    return json;
}

}  // namespace assay::mlflow
