#include "clients/cli/import_json.hpp"

#include "base/text.hpp"
#include "clients/cpp/local_file.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_companion_bytes = std::size_t{16} << 20U;

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && !fs::is_symlink(path, error);
}

bool is_json_name(const fs::path& path) { return to_lower_ascii(path.extension().string()) == ".json"; }

/// What a companion's name says of the model file's: "churn" of churn.json, churn_meta.json, churn.metadata.json; empty of metadata.json.
std::string stem_meant(const fs::path& companion) {
    constexpr std::array<std::string_view, 6> words = {"meta", "metadata", "info", "facts", "card", "params"};
    const std::string stem = companion.stem().string();
    for (const std::string_view word : words) {
        if (stem == word) return "";
        for (const char separator : {'_', '-', '.'})
            if (stem.ends_with(fmt::format("{}{}", separator, word))) return stem.substr(0, stem.size() - word.size() - 1);
    }
    return stem;
}

std::vector<fs::path> model_files_in(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator(); it.increment(error))
        if (is_file(it->path()) && is_model_name(it->path().string())) found.push_back(it->path());
    std::ranges::sort(found);
    return found;
}

/// The model file that a companion's name means: of its name, or the only one beside "metadata.json".
std::optional<fs::path> model_beside(const fs::path& companion) {
    const fs::path folder = companion.parent_path().empty() ? fs::path(".") : companion.parent_path();
    const std::string stem = stem_meant(companion);
    const std::vector<fs::path> models = model_files_in(folder);
    if (stem.empty()) return models.size() == 1 ? std::optional(models.front()) : std::nullopt;
    for (const fs::path& model : models) {
        const std::string name = model.filename().string();
        if (name == stem || name.substr(0, name.find('.')) == stem || model.stem() == stem) return model;
    }
    return std::nullopt;
}

/// The companions below a folder, and the model files that have none.
struct Found {
    std::vector<fs::path> companions;
    std::vector<fs::path> alone;
};

Result<Found> companions_below(const fs::path& folder) {
    Found found;
    std::vector<fs::path> models;
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(folder, error); !error && it != fs::recursive_directory_iterator();
         it.increment(error)) {
        if (!is_file(it->path())) continue;
        if (is_json_name(it->path()) && model_beside(it->path())) found.companions.push_back(it->path());
        if (is_model_name(it->path().string())) models.push_back(it->path());
    }
    if (error) return fail(ErrorKind::invalid, "cannot-read", fmt::format("{} cannot be read: {}", folder.string(), error.message()));
    std::ranges::sort(found.companions);
    std::ranges::sort(models);
    for (const fs::path& model : models) {
        const auto is_its = [&](const fs::path& companion) { return model_beside(companion) == model; };
        if (std::ranges::none_of(found.companions, is_its)) found.alone.push_back(model);
    }
    return found;
}

/// The companion of a model file: the first of these that is there.
std::optional<fs::path> companion_of(const fs::path& model) {
    std::vector<fs::path> found;
    std::error_code error;
    const fs::path folder = model.parent_path().empty() ? fs::path(".") : model.parent_path();
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
        const auto meant = is_file(it->path()) && is_json_name(it->path()) ? model_beside(it->path()) : std::nullopt;
        if (meant && meant->filename() == model.filename()) found.push_back(it->path());
    }
    if (found.empty()) return std::nullopt;
    return *std::ranges::min_element(found);
}

Result<void> import_one(Output& output, Connection& server, const Config& config, const fs::path& path, const JsonImportOptions& options,
                        ImportReport& report) {
    const std::string what = path.string();
    const auto text = read_text_file(what, max_companion_bytes);
    if (!text) return fail(text.error());
    auto json = parse_json(*text);
    auto companion = json ? read_companion(*std::move(json), options.map) : Result<Companion>(fail(std::move(json).error()));
    if (!companion) {
        if (companion.error().code == "usage") return fail(std::move(companion).error().with_context("reading " + what));
        report.skip(what, companion.error().message);
        return {};
    }
    const fs::path model = companion->file.empty() ? model_beside(path).value_or("") : path.parent_path() / companion->file;
    if (model.empty() || !is_file(model)) {
        report.skip(what, companion->file.empty() ? "there is no model file of that name beside it, and it names none (--map file=PATH)"
                                                  : fmt::format("there is no file {}", model.string()));
        return {};
    }
    PastVersion version{
        .what = what, .model = "", .files = {}, .facts = companion->facts, .tags = companion->tags, .description = companion->description};
    version.model = !options.name.empty() ? options.name : !companion->name.empty() ? companion->name : model_name_of(model.string());
    const auto name = model_name(version.model);
    if (!name) {
        report.skip(what, name.error().message + " (--name)");
        return {};
    }
    version.model = *name;
    TRY_ASSIGN(version.files, files_to_push({model.string(), what}, ""));
    for (const std::string& left : companion->left) output.note(fmt::format("{}: not taken as a fact: {}", what, left));
    return register_past(output, server, config, version, report);
}

}  // namespace

Result<void> import_json(Output& output, Connection& server, const Config& config, const JsonImportOptions& options, ImportReport& report) {
    std::vector<fs::path> companions;
    for (const std::string& text : options.paths) {
        const fs::path path(text);
        std::error_code error;
        if (fs::is_directory(path, error)) {
            TRY_ASSIGN(const Found found, companions_below(path));
            companions.insert(companions.end(), found.companions.begin(), found.companions.end());
            for (const fs::path& model : found.alone)
                report.skip(model.string(), "there is no JSON file beside it: assay push takes its facts as options");
        } else if (!fs::exists(path, error)) {
            return fail(ErrorKind::not_found, "file-not-found", fmt::format("there is no file {}", printable(text, 300)));
        } else if (is_json_name(path)) {
            companions.push_back(path);
        } else if (const auto companion = companion_of(path)) {
            companions.push_back(*companion);
        } else {
            report.skip(text, "there is no JSON file beside it: assay push takes its facts as options");
        }
    }
    for (const fs::path& companion : companions) TRY(import_one(output, server, config, companion, options, report));
    return {};
}

}  // namespace assay
