#include "clients/cli/project_file.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"
#include "clients/cpp/local_file.hpp"
#include "registry/environment.hpp"
#include "registry/names.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace assay {

namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20U;
constexpr std::size_t max_project_entries = 1000;  // of a list or table

/// Reads one file; the first mistake ends it.
class Reader {
public:
    Reader(const std::string& path, SettingsScope scope) : scope_(scope) { file_.path = path; }

    Result<ProjectFile> read(std::string_view text) {
        const auto document = parse_toml(text);
        if (!document) return refuse(document.error().message + (document.error().because.empty() ? "" : ": " + document.error().because));
        for (auto it = document->begin(); it != document->end(); ++it) TRY(read_table(it.key(), *it));
        return std::move(file_);
    }

    [[nodiscard]] std::unexpected<Error> refuse(std::string because, std::optional<std::string> fix = {}) const {
        Error error(ErrorKind::invalid, "invalid-config", printable(file_.path, 500) + " cannot be used as configuration");
        error.because = std::move(because);
        error.fixes.push_back(fix ? *std::move(fix) : "'assay help assay.toml' says what may stand in it");
        return fail(std::move(error));
    }

private:
    [[nodiscard]] std::unexpected<Error> refuse_unknown(std::string_view what, std::string_view name, const std::vector<std::string>& known,
                                                        std::string_view where) const {
        auto near = nearest_word(name, known);
        if (near) near = "did you mean '" + *near + "'?";
        return refuse(fmt::format("there is no {} '{}'{}; known {} {}", what, printable(name, 100), where, known.size() == 1 ? "is" : "are",
                                  join(known, ", ")),
                      std::move(near));
    }

    Result<void> read_table(const std::string& table, const Json& value) {
        const bool is_project = scope_ == SettingsScope::project;
        static const std::vector<std::string> assay_keys = {"url", "consumer", "cache", "environment"};
        static const std::vector<std::string> push_keys = {"uses", "tags"};
        static const std::vector<std::string> fetch_keys = {"models", "into"};
        const std::vector<std::string> tables =
            is_project ? std::vector<std::string>{"assay", "push", "fetch"} : std::vector<std::string>{"assay"};
        if (!is_project && (table == "push" || table == "fetch"))
            return refuse(fmt::format("[{}] belongs to a project", table), "move it to the assay.toml of the project");
        if (std::ranges::find(tables, table) == tables.end()) return refuse_unknown("table", table, tables, "");
        if (!value.is_object()) return refuse(fmt::format("'{}' is not a table", table), fmt::format("write [{}]", table));
        const std::vector<std::string>& keys = table == "assay" ? assay_keys : table == "push" ? push_keys : fetch_keys;
        for (auto it = value.begin(); it != value.end(); ++it) {
            if (std::ranges::find(keys, it.key()) == keys.end())
                return refuse_unknown("setting", it.key(), keys, fmt::format(" in [{}]", table));
            TRY(read_setting(it.key(), *it));
        }
        return {};
    }

    Result<void> read_setting(const std::string& key, const Json& value) {
        if (key == "url") return read_text(key, value, file_.url);
        if (key == "consumer") return read_text(key, value, file_.consumer);
        if (key == "cache") return read_path(key, value, file_.cache);
        if (key == "into") return read_path(key, value, file_.into);
        if (key == "environment") {
            if (value == "auto" || value == "none") return read_text(key, value, file_.environment);
            return read_path(key, value, file_.environment);
        }
        if (key == "uses") return read_uses(value);
        return key == "tags" ? read_tags(value) : read_models(value);
    }

    Result<void> read_text(const std::string& key, const Json& value, std::optional<std::string>& target) {
        if (!value.is_string() || value.get_ref<const std::string&>().empty()) return refuse(fmt::format("'{}' is not a text", key));
        target = value.get<std::string>();
        return {};
    }

    Result<void> read_path(const std::string& key, const Json& value, std::optional<std::string>& target) {
        TRY(read_text(key, value, target));
        target = (std::filesystem::path(file_.folder()) / *target).lexically_normal().string();
        return {};
    }

    Result<std::vector<std::string>> texts(const std::string& key, const Json& value) {
        const bool are_texts = value.is_array() && std::ranges::all_of(value, [](const Json& item) { return item.is_string(); });
        if (!are_texts) return refuse(fmt::format("'{}' is not a list of texts", key), fmt::format("write {} = [\"…\"]", key));
        if (value.size() > max_project_entries) return refuse(fmt::format("'{}' has more than {} entries", key, max_project_entries));
        return value.get<std::vector<std::string>>();
    }

    Result<void> read_uses(const Json& value) {
        TRY_ASSIGN(const auto packages, texts("uses", value));
        for (const std::string& package : packages) {
            auto name = package_name(package);
            if (!name) return refuse("in 'uses': " + name.error().message);
            if (std::ranges::find(file_.uses, *name) == file_.uses.end()) file_.uses.push_back(*std::move(name));
        }
        return {};
    }

    Result<void> read_tags(const Json& value) {
        if (!value.is_object()) return refuse("'tags' is not a table", "write [push.tags], and below it KEY = \"VALUE\"");
        if (value.size() > max_project_entries) return refuse(fmt::format("'tags' has more than {} entries", max_project_entries));
        for (auto it = value.begin(); it != value.end(); ++it) {
            const auto key = tag_key(it.key());
            if (!key) return refuse("in 'tags': " + key.error().message);
            if (!it->is_string()) return refuse(fmt::format("the tag '{}' is not a text", printable(it.key(), 100)));
            file_.tags[*key] = it->get<std::string>();
        }
        return {};
    }

    Result<void> read_models(const Json& value) {
        TRY_ASSIGN(const auto references, texts("models", value));
        std::set<std::string> seen;
        for (const std::string& text : references) {
            const auto reference = Reference::parse(text);
            if (!reference) return refuse("in 'models': " + reference.error().message);
            if (!seen.insert(reference->to_string()).second) return refuse(fmt::format("'models' names {} twice", printable(text, 300)));
            file_.models.push_back(text);
        }
        return {};
    }

    SettingsScope scope_;
    ProjectFile file_;
};

}  // namespace

std::string ProjectFile::folder() const { return std::filesystem::path(path).parent_path().string(); }

bool ProjectFile::names(std::string_view model, std::string_view requested) const {
    return std::ranges::any_of(models, [&](const std::string& text) {
        const auto reference = Reference::parse(text);
        return reference && reference->model == model && "@" + reference->version_text() == requested;
    });
}

std::optional<std::string> ProjectFile::folder_of(std::string_view model, std::string_view requested) const {
    if (!into || !names(model, requested)) return std::nullopt;
    const auto of_model = std::ranges::count_if(models, [&](const std::string& text) {
        const auto reference = Reference::parse(text);
        return reference && reference->model == model;
    });
    const bool is_no_folder_name = model == "." || model == "..";  // as models they are allowed, and would lead elsewhere
    return (std::filesystem::path(*into) / (std::string(model) + (of_model > 1 || is_no_folder_name ? std::string(requested) : "")))
        .string();
}

Result<ProjectFile> parse_project_file(std::string_view text, const std::string& path, SettingsScope scope) {
    return Reader(path, scope).read(text);
}

Result<ProjectFile> read_project_file(const std::string& path, SettingsScope scope) {
    const auto text = read_text_file(path, max_bytes);
    if (!text) return Reader(path, scope).refuse(text.error().message, "make it a readable file, or remove it");
    return parse_project_file(*text, path, scope);
}

Result<ProjectFile> find_project_file(const std::string& directory) {
    for (std::filesystem::path folder = directory; !folder.empty(); folder = folder.parent_path()) {
        const std::string candidate = (folder / "assay.toml").string();
        std::error_code ignored;  // what cannot be looked at is not there for us
        if (std::filesystem::is_regular_file(candidate, ignored)) return read_project_file(candidate, SettingsScope::project);
        if (folder == folder.root_path()) break;
    }
    return ProjectFile{};
}

}  // namespace assay
