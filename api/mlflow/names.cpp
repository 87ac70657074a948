#include "api/mlflow/names.hpp"

#include "api/mlflow/errors.hpp"
#include "api/mlflow/message.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace assay::mlflow {

namespace {

constexpr std::size_t max_key = 250;
constexpr std::size_t max_param_value = 6'000;
constexpr std::size_t max_tag_value = 8'000;

constexpr auto adjectives =
    std::to_array<std::string_view>({"able",  "amber", "brave", "bright", "calm",   "clever", "crisp", "eager",  "fair",  "fleet", "gentle",
                                     "glad",  "grand", "keen",  "kind",   "lively", "loyal",  "merry", "mild",   "neat",  "noble", "plain",
                                     "proud", "quick", "quiet", "rare",   "ready",  "sharp",  "smart", "steady", "sunny", "wise"});
constexpr auto animals =
    std::to_array<std::string_view>({"badger", "beaver", "bee",    "cod",  "crane", "crow",  "deer",  "dove",  "eagle", "elk",  "finch",
                                     "fox",    "goose",  "grouse", "hare", "hawk",  "heron", "horse", "jay",   "lark",  "lynx", "mole",
                                     "moose",  "newt",   "otter",  "owl",  "robin", "seal",  "snail", "stork", "swan",  "wren"});

std::unexpected<Error> invalid(std::string_view path, std::string_view name, std::string_view because) {
    return refuse(invalid_parameter,
                  fmt::format("Invalid value {} for parameter '{}' supplied: {}", python_json(std::string(name)), path, because));
}

/// Python's posixpath.normpath.
std::string normal_path(std::string_view path) {
    if (path.empty()) return ".";
    const std::size_t slashes = std::min(path.find_first_not_of('/'), path.size());
    const std::string root(slashes == 0 ? 0 : slashes == 2 ? 2 : 1, '/');
    std::vector<std::string> kept;
    for (const std::string& part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == ".." && !kept.empty() && kept.back() != "..") {
            kept.pop_back();
        } else if (part != ".." || root.empty()) {
            kept.push_back(part);
        }
    }
    const std::string normal = root + join(kept, "/");
    return normal.empty() ? "." : normal;
}

}  // namespace

Result<void> check_length(std::string_view what, std::size_t limit, std::string_view value) {
    if (value.size() <= limit || utf8_length(value) <= limit) return {};
    return refuse(invalid_parameter, fmt::format("'{}' exceeds the maximum length of {} characters", what, limit));
}

std::string cut(std::string value, std::size_t limit) {
    if (value.size() <= limit) return value;
    std::size_t characters = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if ((static_cast<unsigned char>(value[i]) & 0xC0U) == 0x80) continue;
        if (++characters > limit) {
            value.resize(i);
            break;
        }
    }
    return value;
}

bool is_normal_path(std::string_view name) {
    return normal_path(name) == name && name != "." && !name.starts_with("..") && !name.starts_with("/");
}

Result<void> check_key(std::string_view name, std::string_view path) {
    std::string word(name);
    std::erase_if(word, [](char c) { return std::string_view("/.- :").find(c) != std::string_view::npos; });
    if (!word.empty() && !is_word_text(word))
        return invalid(
            path, name,
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).");
    if (!is_normal_path(name))
        return invalid(
            path, name,
            fmt::format(
                "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name "
                "would resolve to {}",
                python_repr(normal_path(name))));
    return {};
}

Result<void> check_run_id(std::string_view id) {
    std::string word(id);
    std::erase(word, '-');
    const bool begins = !id.empty() && ((id[0] >= '0' && id[0] <= '9') || (id[0] >= 'a' && id[0] <= 'z') || (id[0] >= 'A' && id[0] <= 'Z'));
    if (begins && is_word_text(word) && utf8_length(id) <= 256) return {};
    return refuse(invalid_parameter, fmt::format("Invalid value {} for parameter 'run_id' supplied.", python_json(std::string(id))));
}

Result<std::int64_t> experiment_id(const std::string& text) {
    if (text.empty()) return 0;  // as no id at all: Default's
    const auto id = parse_integer(trim(text));
    if (!id) return refuse(invalid_parameter, fmt::format("Invalid experiment ID '{}'. Experiment ID must be a valid integer.", text));
    return *id;
}

Result<std::vector<std::int64_t>> experiment_ids(const std::vector<std::string>& texts) {
    std::vector<std::int64_t> ids;
    for (const std::string& text : texts) {
        TRY_ASSIGN(const std::int64_t id, experiment_id(text));
        ids.push_back(id);
    }
    return ids;
}

std::unexpected<Error> experiment_error(Error error, std::int64_t id) {
    if (error.code == "experiment-not-found") return refuse_missing(error, fmt::format("No Experiment with id={} exists", id));
    if (error.code == "experiment-deleted")
        return refuse(invalid_parameter, fmt::format("The experiment {} must be in the 'active' state. Current state is deleted.", id));
    return fail(std::move(error));
}

std::unexpected<Error> logged_model_error(Error error, const std::string& id) {
    if (error.code == "logged-model-not-found") return refuse_missing(error, fmt::format("Logged model with ID '{}' not found.", id));
    return fail(std::move(error));
}

Result<TagRow> run_tag(const Json& tag, const std::string& path) {
    const std::string at = path.empty() ? "" : path + ".";
    TagRow row{text_of(tag, "key"), text_of(tag, "value")};
    TRY(check_key(row.key, at + "key"));
    TRY(check_length(at + "key", max_key, row.key));
    row.value = cut(std::move(row.value), max_tag_value);
    return row;
}

Result<RunParamRow> run_param(const Json& param, const std::string& path) {
    RunParamRow row{text_of(param, "key"), text_of(param, "value")};
    TRY(check_key(row.name, path.empty() ? "key" : path + ".key"));
    TRY(check_length("Param key", max_key, row.name));
    row.value = cut(std::move(row.value), max_param_value);
    return row;
}

Json view(const TagRow& tag) { return object_of("key", tag.key, "value", tag.value); }

Json view(const std::vector<TagRow>& tags) {
    return list_of_views(tags, [](const TagRow& tag) { return view(tag); });
}

std::string random_name() {
    std::uint64_t bits = 0;
    const std::string hex = random_hex(8);
    std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
    const std::size_t first = bits % adjectives.size();
    const std::size_t second = bits / adjectives.size() % animals.size();
    return fmt::format("{}-{}-{}", adjectives[first], animals[second], bits / (adjectives.size() * animals.size()) % 1'000);
}

}  // namespace assay::mlflow
