#include "clients/cli/import_json.hpp"

#include "base/text.hpp"
#include "clients/cli/progress.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/local_file.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_companion_bytes = std::size_t{16} << 20U;

bool is_plain_file(const fs::path& path) {
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

/// Model files and JSON files of one folder, by path.
struct FoundFiles {
    std::vector<fs::path> models;
    std::vector<fs::path> companions;
};

FoundFiles list(const fs::path& folder) {
    FoundFiles found;
    std::error_code error;
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
        if (!is_plain_file(it->path())) continue;
        if (is_model_name(it->path().string())) found.models.push_back(it->path());
        if (is_json_name(it->path())) found.companions.push_back(it->path());
    }
    std::ranges::sort(found.models);
    std::ranges::sort(found.companions);
    return found;
}

/// The model file that a companion's name means: of exactly its name, of its stem, or the only one beside "metadata.json".
std::optional<fs::path> model_beside(const fs::path& companion, const std::vector<fs::path>& models) {
    const std::string stem = stem_meant(companion);
    if (stem.empty()) return models.size() == 1 ? std::optional(models.front()) : std::nullopt;
    const auto first = [&](auto fits) -> std::optional<fs::path> {
        const auto found = std::ranges::find_if(models, fits);
        return found == models.end() ? std::nullopt : std::optional(*found);
    };
    if (auto found = first([&](const fs::path& model) { return model.filename().string() == stem; })) return found;
    if (auto found = first([&](const fs::path& model) { return model.stem().string() == stem; })) return found;
    return first([&](const fs::path& model) { return model.stem().stem().string() == stem && is_model_name(model.stem().string()); });
}

/// The model file that a companion names, below its own folder; of a path of another machine the file's name counts. Whoever wrote the JSON
/// file may not have any other file of this machine sent away.
std::optional<fs::path> model_named(const fs::path& companion, const std::string& name) {
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(fs::absolute(companion, error).parent_path(), error);
    for (const fs::path& given : {fs::path(name), fs::path(name).filename()}) {
        if (given.empty() || given.is_absolute()) continue;
        const fs::path path = companion.parent_path() / given;
        const fs::path whole = fs::weakly_canonical(path, error);
        const bool is_below = std::ranges::mismatch(folder, whole).in1 == folder.end();
        if (!error && is_below && is_plain_file(path) && is_model_name(path.string())) return path;
    }
    return std::nullopt;
}

/// A model file, and what is written down of it.
struct Pair {
    fs::path model;
    std::vector<fs::path> companions;
    Json json = Json::object();  ///< of all of them: what one says, a later one does not change
};

class JsonImport {
public:
    JsonImport(Output& output, Connection& server, const Config& config, const JsonImportOptions& options, ImportReport& report)
        : output_(output), server_(server), config_(config), options_(options), report_(report) {}

    Result<void> run() {
        for (const std::string& text : options_.paths) TRY(add(text));
        std::vector<PastVersion> versions;
        for (const Pair& pair : pairs_) {
            const auto done = read(pair, versions);
            if (!done) report_.skip(pair.model.string(), done.error().message);
        }
        for (const auto& [path, files] : lacking_) {
            if (files < versions.size()) continue;
            return fail(Error(ErrorKind::invalid, "usage",
                              fmt::format("there is nothing at '{}'{}", printable(path, 200), files > 1 ? " in any of the JSON files" : ""))
                            .with_fix("--map FIELD=PATH takes a PATH such as meta.run.finished"));
        }
        // Numbers in the order of time: a bare name is the newest.
        std::ranges::stable_sort(versions, {}, [](const PastVersion& version) { return string_of(version.facts, "trained_at"); });
        Progress progress(output_, "versions", versions.size(), Progress::Unit::things);
        for (const PastVersion& version : versions) {
            progress.clear();
            TRY(register_or_tell(output_, server_, config_, version, report_));
            progress.advance(1);
        }
        return {};
    }

private:
    Result<void> add(const std::string& text) {
        const fs::path path(text);
        std::error_code error;
        if (fs::is_symlink(path, error)) {
            report_.skip(text, "it is a symbolic link");
            return {};
        }
        if (!fs::exists(path, error))
            return fail(ErrorKind::not_found, "file-not-found", fmt::format("there is no file {}", printable(text, 300)));
        if (fs::is_directory(path, error)) {
            const std::size_t before = pairs_.size();
            add_below(path);
            if (pairs_.size() == before && report_.empty()) report_.skip(text, "there is no model file with a JSON file beside it in it");
            return {};
        }
        const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
        const FoundFiles listing = list(folder);
        if (is_json_name(path)) {
            add_companion(path, listing, true);
            return {};
        }
        for (const fs::path& companion : listing.companions) {
            const auto meant = model_beside(companion, listing.models);
            if (meant && meant->filename() == path.filename()) add_companion(companion, listing, true);
        }
        if (std::ranges::none_of(pairs_, [&](const Pair& pair) { return pair.model.filename() == path.filename(); })) tell_alone(path);
        return {};
    }

    void tell_alone(const fs::path& model) {
        report_.skip(model.string(), "there is no JSON file beside it: assay push takes its facts as options");
    }

    void add_below(const fs::path& root) {
        std::vector<fs::path> folders = {root};
        for (std::size_t i = 0; i < folders.size(); ++i) {
            const FoundFiles listing = list(folders[i]);
            for (const fs::path& companion : listing.companions) add_companion(companion, listing, false);
            for (const fs::path& model : listing.models)
                if (std::ranges::find(pairs_, model, &Pair::model) == pairs_.end() && std::ranges::find(told_, model) == told_.end())
                    alone_.push_back(model);
            std::vector<fs::path> inner;
            std::error_code error;
            for (auto it = fs::directory_iterator(folders[i], error); !error && it != fs::directory_iterator(); it.increment(error))
                if (it->is_directory(error) && !it->is_symlink(error) && !it->path().filename().string().starts_with('.'))
                    inner.push_back(it->path());
            if (error) report_.skip(folders[i].string(), "it cannot be read: " + error.message());
            std::ranges::sort(inner);
            folders.insert(folders.end(), inner.begin(), inner.end());
        }
        for (const fs::path& model : alone_)
            if (std::ranges::find(pairs_, model, &Pair::model) == pairs_.end()) tell_alone(model);  // nor did one in another folder name it
        alone_.clear();
    }

    /// `certain`: somebody named it; else a JSON file that is about no model is passed over.
    void add_companion(const fs::path& path, const FoundFiles& listing, bool certain) {
        const auto text = read_text_file(path.string(), max_companion_bytes);
        auto json = text ? parse_companion(*text) : Result<Json>(fail(text.error()));
        auto model = model_beside(path, listing.models);
        if (json && json->is_object()) {
            Json copy = *json;
            const auto companion = read_companion(std::move(copy), options_.map);
            const std::string named = companion ? companion->file : "";
            if (auto found = named.empty() ? std::nullopt : model_named(path, named)) model = std::move(found);
            if (certain && !model && !named.empty()) {
                report_.skip(path.string(), fmt::format("there is no model file '{}' below its folder", printable(named, 300)));
                return;
            }
        }
        // Beside models, what cannot be read may have been about one of them.
        const bool unreadable = !json || (model && !json->is_object());
        if (unreadable && (model || certain || !listing.models.empty())) {
            const std::string why =
                json ? "it is no JSON object" : json.error().message + (json.error().because.empty() ? "" : ": " + json.error().because);
            report_.skip(path.string(), why);
            if (model) told_.push_back(*model);
            return;
        }
        if (!model) {
            if (certain) report_.skip(path.string(), "there is no model file of that name beside it, and it names none (--map file=PATH)");
            return;
        }
        auto pair = std::ranges::find(pairs_, *model, &Pair::model);
        if (pair == pairs_.end()) pair = pairs_.insert(pairs_.end(), Pair{.model = *model, .companions = {}});
        if (std::ranges::find(pair->companions, path) != pair->companions.end()) return;
        pair->companions.push_back(path);
        for (const auto& [key, value] : json->items())
            if (!pair->json.contains(key)) pair->json[key] = value;
    }

    Result<void> read(const Pair& pair, std::vector<PastVersion>& versions) {
        const std::string what = pair.companions.front().string();
        TRY_ASSIGN(const Companion companion, read_companion(pair.json, options_.map));
        PastVersion version{
            .what = what, .model = "", .files = {}, .facts = companion.facts, .tags = companion.tags, .description = companion.description};
        const std::string wanted = !options_.name.empty()    ? options_.name
                                   : !companion.name.empty() ? companion.name
                                                             : model_name_of(pair.model.string());
        TRY_ASSIGN(version.model, model_name(wanted));
        std::vector<std::string> paths = {pair.model.string()};
        for (const fs::path& path : pair.companions) paths.push_back(path.string());
        TRY_ASSIGN(version.files, files_to_push(paths, ""));
        std::vector<std::string> lacking;
        for (const std::string& path : companion.lacking) {
            ++lacking_[path];
            lacking.push_back(fmt::format("'{}'", printable(path, 200)));
        }
        if (!lacking.empty() && pairs_.size() > 1)
            output_.note(fmt::format("{}: there is nothing at {}: read as without --map", what, join(lacking, ", ")));
        if (!companion.left.empty()) output_.note(fmt::format("{}: not taken as facts: {}", what, join(companion.left, "; ")));
        std::error_code error;
        if (fs::last_write_time(pair.model, error) > fs::last_write_time(pair.companions.front(), error) + std::chrono::hours(1))
            output_.warn(fmt::format("{} is older than {}: it may be about another model", what, pair.model.filename().string()));
        versions.push_back(std::move(version));
        return {};
    }

    Output& output_;
    Connection& server_;
    const Config& config_;
    const JsonImportOptions& options_;
    ImportReport& report_;
    std::vector<Pair> pairs_;
    std::vector<fs::path> alone_;
    std::map<std::string, std::size_t> lacking_;  ///< by the PATH of a --map: in how many pairs nothing is there
    std::vector<fs::path> told_;  ///< model files whose companion cannot be read
};

}  // namespace

Result<void> import_json(Output& output, Connection& server, const Config& config, const JsonImportOptions& options, ImportReport& report) {
    return JsonImport(output, server, config, options, report).run();
}

}  // namespace assay
