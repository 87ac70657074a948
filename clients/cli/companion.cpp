#include "clients/cli/companion.hpp"

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/python_json.hpp"
#include "base/text.hpp"
#include "clients/cli/push_facts.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <span>

namespace assay {

namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> name_names = {"name", "model_name"};  // "model" often names an estimator
constexpr std::array<std::string_view, 5> file_names = {"file", "filename", "model_file", "model_path", "artifact"};
constexpr std::array<std::string_view, 4> description_names = {"description", "notes", "comment", "comments"};
constexpr std::array<std::string_view, 9> time_names = {"trained_at", "training_date", "trained_on", "train_date", "date_trained",
                                                        "created_at", "date",          "timestamp",  "created"};
constexpr std::array<std::string_view, 7> git_names = {"git", "git_commit", "git_sha", "git_hash", "commit", "commit_hash", "revision"};
constexpr std::array<std::string_view, 5> metric_names = {"metrics", "scores", "performance", "evaluation", "results"};
constexpr std::array<std::string_view, 6> param_names = {"params",           "parameters",  "hyperparameters",
                                                         "hyper_parameters", "hyperparams", "best_params"};
constexpr std::array<std::string_view, 9> library_names = {
    "libraries", "versions", "library_versions", "packages", "package_versions", "dependencies", "requirements", "environment", "env"};
constexpr std::array<std::string_view, 4> person_names = {"author", "created_by", "owner", "trained_by"};

/// Packages whose release a "…_version" may tell, by the word before it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> packages = {{{"python", "python"},
                                                                                     {"py", "python"},
                                                                                     {"sklearn", "scikit-learn"},
                                                                                     {"scikit_learn", "scikit-learn"},
                                                                                     {"scikitlearn", "scikit-learn"},
                                                                                     {"numpy", "numpy"},
                                                                                     {"np", "numpy"},
                                                                                     {"scipy", "scipy"},
                                                                                     {"pandas", "pandas"},
                                                                                     {"joblib", "joblib"},
                                                                                     {"cloudpickle", "cloudpickle"},
                                                                                     {"skops", "skops"},
                                                                                     {"xgboost", "xgboost"},
                                                                                     {"xgb", "xgboost"},
                                                                                     {"lightgbm", "lightgbm"},
                                                                                     {"lgb", "lightgbm"},
                                                                                     {"catboost", "catboost"},
                                                                                     {"imblearn", "imbalanced-learn"}}};
/// Those of them that model files are made of: what the gate judges.
constexpr std::array<std::string_view, 8> used = {"scikit-learn", "numpy",    "joblib", "xgboost",
                                                  "lightgbm",     "catboost", "skops",  "imbalanced-learn"};

/// Numbers at the top that are metrics, also with "test_" and the like before.
constexpr std::array<std::string_view, 21> plain_metrics = {
    "accuracy",      "balanced_accuracy", "f1", "f1_score", "f1_macro", "f1_weighted", "precision", "recall", "roc_auc",  "auc",
    "roc_auc_score", "average_precision", "r2", "r2_score", "rmse",     "mse",         "mae",       "mape",   "log_loss", "logloss",
    "score"};
constexpr std::array<std::string_view, 8> metric_prefixes = {"test_", "val_", "validation_", "eval_", "train_", "cv_", "mean_", "holdout_"};

struct Role {
    std::string_view role;
    std::array<std::string_view, 3> prefixes;
};
constexpr std::array<Role, 4> roles = {{{"training", {"", "training_", "train_"}},
                                        {"evaluation", {"evaluation_", "eval_", "holdout_"}},
                                        {"validation", {"validation_", "val_", "valid_"}},
                                        {"test", {"test_", "testing_", ""}}}};
constexpr std::array<std::string_view, 3> dataset_words = {"dataset", "data", "dataset_name"};
constexpr std::array<std::string_view, 7> digest_words = {"dataset_hash", "dataset_digest", "dataset_sha256",  "data_hash",
                                                          "data_digest",  "data_sha256",    "dataset_checksum"};
constexpr std::array<std::string_view, 5> row_words = {"dataset_rows", "n_rows", "n_samples", "rows", "num_rows"};

/// "Trained At" and "trained-at" are trained_at.
std::string plain_key(std::string_view key) {
    std::string text = to_lower_ascii(key);
    std::ranges::replace_if(text, [](char c) { return c == ' ' || c == '-'; }, '_');
    return text;
}

std::string scalar_text(const Json& value) { return value.is_string() ? value.get<std::string>() : to_text(value); }

/// The members that are not read yet.
class Members {
public:
    explicit Members(const Json& json) {
        for (const auto& [key, value] : json.items()) members_.emplace_back(key, value);
    }

    /// The first member with one of the names that `fits`, which is read then.
    template <class Fits>
    std::optional<Json> take(Names names, Fits fits) {
        for (const std::string_view name : names) {
            const auto found =
                std::ranges::find_if(members_, [&](const auto& one) { return plain_key(one.first) == name && fits(one.second); });
            if (found == members_.end()) continue;
            Json value = std::move(found->second);
            members_.erase(found);
            return value;
        }
        return std::nullopt;
    }

    std::string take_text(Names names) {
        const auto found = take(names, [](const Json& value) { return value.is_string() && !value.get_ref<const std::string&>().empty(); });
        return found ? found->get<std::string>() : std::string();
    }

    /// Those for which `wanted` holds are read.
    template <class Wanted>
    void take_all(Wanted wanted) {
        std::erase_if(members_, [&](const auto& one) { return wanted(plain_key(one.first), one.second); });
    }

    [[nodiscard]] std::vector<std::string> keys() const {
        std::vector<std::string> keys;
        for (const auto& [key, value] : members_) keys.push_back(key);
        return keys;
    }

private:
    std::vector<std::pair<std::string, Json>> members_;
};

bool is_object(const Json& value) { return value.is_object(); }
bool is_container(const Json& value) { return value.is_object() || value.is_array(); }
bool is_number(const Json& value) { return value.is_number(); }

/// "2024-05-01 12:30:00", seconds or milliseconds since 1970, or what Timestamp reads; what has no zone is taken for UTC.
std::optional<Timestamp> time_at(const Json& value) {
    if (value.is_number()) {
        const double number = value.get<double>();
        if (!(number >= 1e8) || number > 1e14) return std::nullopt;
        return Timestamp{static_cast<std::int64_t>(number * (number > 1e11 ? 1e3 : 1e6))};
    }
    std::string text = value.get<std::string>();
    if (auto read = Timestamp::parse(text)) return *read;
    if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
    if (auto read = Timestamp::parse(text)) return *read;
    if (auto read = Timestamp::parse(text + "Z")) return *read;
    return std::nullopt;
}

/// The package that a word means: "sklearn" is scikit-learn.
std::string package_of(std::string_view word) {
    const std::string key = plain_key(word);
    const auto known = std::ranges::find(packages, std::string_view(key), [](const auto& one) { return one.first; });
    return known == packages.end() ? std::string(word) : std::string(known->second);
}

void add_library(std::string_view word, const std::string& release, Json& libraries) {
    std::string text(trim(release));
    text = text.substr(0, text.find(' '));  // "3.11.7 (main, …)"
    if (!text.empty()) libraries[package_of(word)] = text;
}

/// {"sklearn": "1.5.2"}, {"sklearn_version": "1.5.2"} or ["scikit-learn==1.5.2"]
void add_libraries(const Json& given, Json& libraries) {
    for (const auto& [key, value] : given.items()) {
        if (!value.is_string()) continue;
        const std::string text = value.get<std::string>();
        if (given.is_object()) {
            const std::string word = plain_key(key);
            add_library(word.ends_with("_version") ? std::string_view(word).substr(0, word.size() - 8) : std::string_view(key), text,
                        libraries);
        } else if (const std::size_t pin = text.find("=="); pin != std::string::npos) {
            add_library(trim(std::string_view(text).substr(0, pin)), text.substr(pin + 2), libraries);
        }
    }
}

void read_libraries(Members& members, Json& facts) {
    Json libraries = Json::object();
    while (const auto given = members.take(library_names, is_container)) add_libraries(*given, libraries);
    members.take_all([&](const std::string& key, const Json& value) {
        if (!key.ends_with("_version") || !value.is_string()) return false;
        const std::string word = key.substr(0, key.size() - 8);
        if (std::ranges::find(packages, std::string_view(word), [](const auto& one) { return one.first; }) == packages.end()) return false;
        add_library(word, value.get<std::string>(), libraries);
        return true;
    });
    Json uses = Json::array();
    for (const std::string_view package : used)
        if (libraries.contains(package)) uses.push_back(package);
    facts["libraries"] = std::move(libraries);
    if (!uses.empty()) facts["uses"] = std::move(uses);
}

/// Puts a digest into a dataset; false for what proves nothing: MD5, a CRC, the first digits of something.
bool put_digest(const std::string& given, Json& dataset) {
    std::string text = to_lower_ascii(trim(given));
    const std::string_view kind = text.starts_with("ds1:") ? "table_digest" : "digest";
    std::string hash = text.starts_with("ds1:") ? text.substr(4) : text;
    if (hash.find(':') == std::string::npos) hash = "sha256:" + hash;
    if (!Digest::parse(hash)) return false;
    dataset[std::string(kind)] = kind == "digest" ? hash : "ds1:" + hash;
    return true;
}

void read_dataset(Members& members, const Role& role, Companion& companion) {
    Json dataset = {{"role", role.role}};
    std::string name, digest;
    const auto take = [&](std::span<const std::string_view> words, auto fits) -> std::optional<Json> {
        for (const std::string_view prefix : role.prefixes) {
            if (prefix.empty() && role.role != "training") continue;
            for (const std::string_view word : words) {
                const std::string key = fmt::format("{}{}", prefix, word);
                const std::array<std::string_view, 1> only = {key};
                if (auto found = members.take(only, fits)) return found;
            }
        }
        return std::nullopt;
    };
    const auto text = [](const Json& value) { return value.is_string(); };
    if (const auto given = take(dataset_words, is_object)) {
        Members inner(*given);
        constexpr std::array<std::string_view, 4> inner_names = {"name", "id", "path", "file"};
        constexpr std::array<std::string_view, 6> inner_digests = {"digest", "hash", "sha256", "dataset_hash", "checksum", "table_digest"};
        name = inner.take_text(inner_names);
        digest = inner.take_text(inner_digests);
        if (const auto rows = inner.take(row_words, is_number)) dataset["rows"] = *rows;
    } else if (const auto named = take(dataset_words, text)) {
        name = named->get<std::string>();
    }
    if (const auto given = take(digest_words, text)) digest = given->get<std::string>();
    if (const auto rows = take(row_words, is_number)) dataset["rows"] = *rows;
    if (name.empty() && digest.empty()) return;
    if (name.empty()) name = role.role;
    dataset["name"] = name;
    if (dataset.contains("rows") && !dataset["rows"].is_number_integer()) dataset.erase("rows");
    if (!digest.empty() && put_digest(digest, dataset)) {
        companion.facts["datasets"].push_back(std::move(dataset));
        return;
    }
    // A name or a weak digest alone proves nothing: it is kept as a label.
    companion.tags[fmt::format("dataset.{}", role.role)] = name;
    if (digest.empty()) {
        companion.left.push_back(fmt::format("dataset '{}': no hash is there to know it by", printable(name, 100)));
    } else {
        companion.tags[fmt::format("dataset.{}.hash", role.role)] = digest;
        companion.left.push_back(fmt::format("dataset '{}': '{}' is no SHA-256", printable(name, 100), printable(digest, 100)));
    }
}

/// "train" is the role training, "val" is validation; empty for any other word.
std::string_view role_meant(std::string_view word) {
    for (const Role& role : roles) {
        if (word == role.role) return role.role;
        for (const std::string_view prefix : role.prefixes)
            if (!prefix.empty() && word == prefix.substr(0, prefix.size() - 1)) return role.role;
    }
    return "";
}

/// A metric on `within`, which is a role, the name of a dataset, or neither; empty: nobody said. What was measured on the training data
/// says nothing about held-out data: it becomes a param.
void add_metric(const std::string& name, const Json& value, const std::string& within, Companion& companion) {
    if (name.empty() || !value.is_number() || !std::isfinite(value.get<double>())) {
        companion.left.push_back(fmt::format("metric '{}': no number", printable(name, 100)));
        return;
    }
    const std::string_view role = role_meant(within);
    const std::string whole = within.empty() ? name : within + "_" + name;
    if (role == "training") {
        companion.facts["params"][whole] = to_text(value);
        return;
    }
    Json metric = {{"name", whole}, {"value", value.get<double>()}};
    for (const Json& dataset : companion.facts["datasets"])
        if (dataset["name"] == within || (!role.empty() && dataset["role"] == role))
            metric.update({{"name", name}, {"dataset", dataset["name"]}});
    for (const Json& other : companion.facts["metrics"]) {
        if (other["name"] != metric["name"] || member(other, "dataset") != member(metric, "dataset")) continue;
        if (other["value"] != metric["value"])
            companion.left.push_back(fmt::format("metric '{}': it is there twice, as {} and {}", printable(whole, 100),
                                                 other["value"].dump(), metric["value"].dump()));
        return;
    }
    companion.facts["metrics"].push_back(std::move(metric));
}

/// "test_accuracy" is accuracy on the test data.
void add_named(const std::string& key, const Json& value, Companion& companion) {
    const std::string plain = plain_key(key);
    for (const Role& role : roles)
        for (const std::string_view prefix : role.prefixes)
            if (!prefix.empty() && plain.starts_with(prefix) && plain.size() > prefix.size())
                return add_metric(plain.substr(prefix.size()), value, std::string(prefix.substr(0, prefix.size() - 1)), companion);
    add_metric(key, value, "", companion);
}

/// {"accuracy": 0.86}, {"test": {"accuracy": 0.86}} or [{"name": "accuracy", "value": 0.86}]
void add_metrics(const Json& given, Companion& companion) {
    for (const auto& [key, value] : given.items()) {
        if (given.is_array()) {
            add_metric(string_of(value, "name"), member(value, "value"), string_of(value, "dataset"), companion);
        } else if (value.is_object()) {
            for (const auto& [name, number] : value.items()) add_metric(name, number, key, companion);
        } else {
            add_named(key, value, companion);
        }
    }
}

bool is_plain_metric(std::string_view key) {
    for (const std::string_view prefix : metric_prefixes)
        if (key.starts_with(prefix)) {
            key.remove_prefix(prefix.size());
            break;
        }
    return std::ranges::find(plain_metrics, key) != plain_metrics.end();
}

void read_metrics(Members& members, Companion& companion) {
    while (const auto given = members.take(metric_names, is_container)) add_metrics(*given, companion);
    members.take_all([&](const std::string& key, const Json& value) {
        if (!value.is_number() || !is_plain_metric(key)) return false;
        add_named(key, value, companion);
        return true;
    });
}

void read_tags(Members& members, Companion& companion) {
    constexpr std::array<std::string_view, 2> names = {"tags", "labels"};
    if (const auto given = members.take(names, is_container)) {
        for (const auto& [key, value] : given->items())
            companion.tags[given->is_object() ? key : scalar_text(value)] = given->is_object() ? scalar_text(value) : "";
    }
    for (const std::string_view name : person_names) {
        const std::array<std::string_view, 1> only = {name};
        if (const std::string person = members.take_text(only); !person.empty()) companion.tags[std::string(name)] = person;
    }
}

/// Whether a FIELD may be mapped to.
bool is_field(const std::string& field) {
    constexpr std::array<std::string_view, 10> fields = {"name",      "file",    "description", "trained_at", "git",
                                                         "libraries", "metrics", "params",      "tags",       "dataset"};
    const std::string_view first = std::string_view(field).substr(0, field.find('.'));
    if (first.size() < field.size())
        return field.size() > first.size() + 1 && (first == "libraries" || first == "metrics" || first == "params" || first == "tags");
    if (std::ranges::find(fields, first) != fields.end()) return true;
    for (const std::string_view role : {"", "evaluation_", "validation_", "test_"})
        for (const std::string_view word : {"dataset", "dataset_hash", "dataset_rows"})
            if (field == fmt::format("{}{}", role, word)) return true;
    return false;
}

/// What is at a path, taken out of where it was when that is the top; absent when nothing is.
std::optional<Json> at_path(Json& json, const std::string& path) {
    const auto top = json.find(path);  // a key may have a dot itself
    if (top != json.end()) {
        Json value = *top;
        json.erase(top);
        return value;
    }
    const Json* here = &json;
    for (const std::string& part : split(path, '.')) {
        const auto index = parse_integer(part);
        if (here->is_object() && here->contains(part)) {
            here = &(*here)[part];
        } else if (here->is_array() && index && *index >= 0 && *index < std::ssize(*here)) {
            here = &(*here)[static_cast<std::size_t>(*index)];
        } else {
            return std::nullopt;
        }
    }
    return *here;
}

/// Gives the paths where nothing is.
std::vector<std::string> apply(const CompanionMap& map, Json& json) {
    std::vector<std::string> lacking;
    Json mapped = Json::object();
    for (const auto& [field, path] : map) {
        auto found = at_path(json, path);
        if (!found) {
            lacking.push_back(path);
            continue;
        }
        Json value = *std::move(found);
        const std::size_t dot = field.find('.');
        if (dot == std::string::npos) {
            mapped[field] = std::move(value);
        } else {
            mapped[field.substr(0, dot)][field.substr(dot + 1)] = std::move(value);
        }
    }
    for (auto& [field, value] : mapped.items()) {
        Json& target = json[field];
        if (target.is_object() && value.is_object()) {
            target.update(value);
        } else {
            target = value;
        }
    }
    return lacking;
}

}  // namespace

Result<std::pair<std::string, std::string>> companion_map_option(std::string_view text) {
    TRY_ASSIGN(auto pair, key_value_option(text, "--map"));
    if (is_field(pair.first) && !pair.second.empty()) return pair;
    return fail(
        Error(ErrorKind::invalid, "usage", fmt::format("--map '{}' is not understood", printable(text, 200)))
            .with_because(is_field(pair.first) ? "there is no PATH" : fmt::format("there is no field '{}'", printable(pair.first, 100)))
            .with_fix("FIELD is name, file, description, trained_at, git, dataset, dataset_hash, dataset_rows (also with evaluation_, "
                      "validation_ "
                      "or test_ before), libraries, metrics, params, tags or one of these four with .NAME"));
}

Result<Json> parse_companion(std::string_view text) {
    return parse_json(replace_python_numbers(text, [](std::string_view) { return std::string("null"); }));
}

Result<Companion> read_companion(Json json, const CompanionMap& map) {
    if (!json.is_object()) return fail(ErrorKind::invalid, "not-a-companion", "it is no JSON object");
    Companion companion;
    companion.lacking = apply(map, json);
    Members members(json);
    companion.facts = {{"datasets", Json::array()}, {"metrics", Json::array()}};
    companion.name = members.take_text(name_names);
    companion.file = members.take_text(file_names);
    companion.description = members.take_text(description_names);
    read_libraries(members, companion.facts);
    for (const Role& role : roles) read_dataset(members, role, companion);
    read_metrics(members, companion);
    if (const auto params = members.take(param_names, is_object)) {
        for (const auto& [key, value] : params->items()) companion.facts["params"][key] = scalar_text(value);
    }
    if (const auto time =
            members.take(time_names, [](const Json& value) { return (value.is_string() || value.is_number()) && time_at(value); }))
        companion.facts["trained_at"] = time_at(*time).value_or(Timestamp()).to_string();
    if (const std::string commit = members.take_text(git_names); !commit.empty()) companion.facts["source"] = {{"git", commit}};
    read_tags(members, companion);
    members.take_all([&](const std::string& key, const Json& value) {
        if (std::ranges::find(time_names, std::string_view(key)) == time_names.end() || companion.facts.contains("trained_at"))
            return false;
        companion.left.push_back(fmt::format("'{}': {} is no date (such as 2024-05-01, 2024-05-01T12:30:00Z, or seconds since 1970)", key,
                                             printable(to_text(value), 100)));
        return true;
    });
    for (const std::string& key : members.keys()) companion.left.push_back(fmt::format("'{}': means nothing here", printable(key, 100)));
    return companion;
}

}  // namespace assay
