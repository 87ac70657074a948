#include "clients/cli/push_facts.hpp"

#include "base/text.hpp"
#include "clients/cpp/local_file.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> used_by_files = {"scikit-learn", "numpy", "joblib"};
constexpr std::array<std::string_view, 7> usually_listed = {"scikit-learn", "numpy",         "scipy",      "joblib",
                                                            "pandas",       "threadpoolctl", "cloudpickle"};

Error bad_option(std::string_view option, std::string_view text, std::string because, std::string form) {
    return Error(ErrorKind::invalid, "usage", fmt::format("{} '{}' is not understood", option, printable(text, 200)))
        .with_because(std::move(because))
        .with_fix("write " + std::move(form));
}

}  // namespace

Result<Json> metric_option(std::string_view text) {
    const auto refuse = [&](std::string because) {
        return fail(bad_option("--metric", text, std::move(because), "NAME=VALUE or NAME=VALUE@DATASET"));
    };
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return refuse("there is no NAME=");
    std::string_view value_text = text.substr(equals + 1);
    std::optional<std::string_view> dataset;
    if (const std::size_t at = value_text.find('@'); at != std::string_view::npos) {
        dataset = value_text.substr(at + 1);
        value_text = value_text.substr(0, at);
        if (dataset->empty()) return refuse("nothing follows the '@'");
    }
    const auto value = parse_number(value_text);
    if (!value) return refuse(fmt::format("'{}' is not a finite number", printable(value_text, 100)));
    Json metric = {{"name", std::string(text.substr(0, equals))}, {"value", *value}};
    if (dataset) metric["dataset"] = std::string(*dataset);
    return metric;
}

Result<Json> dataset_option(std::string_view text) {
    const auto refuse = [&](std::string because) {
        return fail(bad_option("--dataset", text, std::move(because), "ROLE=FILE or ROLE=NAME@sha256:…"));
    };
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return refuse("there is no ROLE=");
    const std::string role(text.substr(0, equals));
    const std::string_view what = text.substr(equals + 1);
    if (what.empty()) return refuse("nothing follows the '='");

    constexpr std::string_view table_prefix = "ds1:";
    if (const std::size_t at = what.rfind('@'); at != std::string_view::npos) {
        const std::string_view digest = what.substr(at + 1);
        const bool table = digest.starts_with(table_prefix);
        if (table || digest.starts_with("sha256:")) {
            if (at == 0) return refuse("there is no NAME before the '@'");
            if (const auto parsed = Digest::parse(table ? digest.substr(table_prefix.size()) : digest); !parsed)
                return refuse(parsed.error().because);
            return Json{
                {"role", role}, {"name", std::string(what.substr(0, at))}, {table ? "table_digest" : "digest", std::string(digest)}};
        }
    }
    auto file = hash_file(std::string(what));
    if (!file) return fail(std::move(file).error().with_context("hashing the dataset of --dataset " + printable(text, 200)));
    return Json{{"role", role}, {"name", fs::path(what).stem().string()}, {"digest", file->digest.to_string()}};
}

Result<Json> parent_option(std::string_view text) {
    Json parent = Json::object();
    std::string_view reference_text = text;
    const std::size_t colon = text.rfind(':');
    // In "churn@sha256:…" the colon belongs to the digest.
    const bool has_relation = colon != std::string_view::npos && !text.substr(0, colon).ends_with("sha256");
    if (has_relation) {
        const std::string_view relation = text.substr(colon + 1);
        if (relation.empty()) return fail(bad_option("--parent", text, "nothing follows the ':'", "NAME@VERSION or NAME@VERSION:RELATION"));
        parent["relation"] = std::string(relation);
        reference_text = text.substr(0, colon);
    }
    auto reference = Reference::parse(reference_text);
    if (!reference) return fail(std::move(reference).error().with_context("reading --parent " + printable(text, 200)));
    if (std::holds_alternative<LatestVersion>(reference->version) && reference_text.find('@') == std::string_view::npos) {
        return fail(bad_option("--parent", text, "it names no version: the newest one tomorrow is another one", "NAME@VERSION"));
    }
    parent["version"] = reference->to_string();
    return parent;
}

Result<std::pair<std::string, std::string>> key_value_option(std::string_view text, std::string_view what) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return fail(bad_option(what, text, "there is no KEY=", "KEY=VALUE"));
    return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

std::vector<std::string> assumed_uses(const std::vector<FileToPush>& files, const LocalEnvironment& environment) {
    const bool holds_estimator = std::ranges::any_of(files, [](const FileToPush& file) {
        return file.path.ends_with(".joblib") || file.path.ends_with(".pkl") || file.path.ends_with(".pickle") ||
               file.path.ends_with(".skops");
    });
    std::vector<std::string> uses;
    if (!holds_estimator) return uses;
    for (const std::string_view package : used_by_files) {
        if (environment.release_of(package)) uses.emplace_back(package);
    }
    return uses;
}

Json libraries_of(const LocalEnvironment& environment, const std::vector<std::string>& uses) {
    std::set<std::string> wanted(uses.begin(), uses.end());
    wanted.insert(usually_listed.begin(), usually_listed.end());
    wanted.insert("python");
    Json libraries = Json::object();
    for (const std::string& package : wanted) {
        if (const auto release = environment.release_of(package)) libraries[package] = *release;
    }
    return libraries;
}

}  // namespace assay
