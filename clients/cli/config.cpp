#include "clients/cli/config.hpp"

#include <filesystem>

namespace assay {

namespace {

/// A value that somebody gave, and who.
struct Given {
    std::optional<std::string> value;
    std::string origin;
};

Given first(std::initializer_list<Given> candidates) {
    for (const Given& candidate : candidates) {
        if (candidate.value) return candidate;
    }
    return {std::nullopt, "default"};
}

}  // namespace

Result<Config> load_config(const ConfigSources& sources) {
    const auto variable = [&](std::string_view name) -> std::optional<std::string> {
        auto value = sources.environment ? sources.environment(name) : std::nullopt;
        return value && !value->empty() ? value : std::nullopt;
    };
    const std::string home = variable("HOME").value_or("/");

    Config config;
    ProjectFile personal;
    if (sources.files == ConfigFiles::read) {
        TRY_ASSIGN(config.project, find_project_file(sources.directory));
        const std::string path = variable("XDG_CONFIG_HOME").value_or(home + "/.config") + "/assay/config.toml";
        std::error_code ignored;  // what cannot be looked at is not there for us
        if (std::filesystem::is_regular_file(path, ignored)) {
            TRY_ASSIGN(personal, read_project_file(path, SettingsScope::personal));
        }
    }
    const ProjectFile& project = config.project;

    const auto set = [](std::string& target, std::string& origin, Given given, const std::string& otherwise) {
        target = given.value.value_or(otherwise);
        origin = std::move(given.origin);
    };
    set(config.url, config.origins.url,
        first({{sources.url_flag, "--url"},
               {variable("ASSAY_URL"), "ASSAY_URL"},
               {project.url, project.path},
               {personal.url, personal.path}}),
        "http://127.0.0.1:8080");
    set(config.consumer, config.origins.consumer,
        first({{sources.consumer_flag, "--consumer"},
               {variable("ASSAY_CONSUMER"), "ASSAY_CONSUMER"},
               {project.consumer, project.path},
               {personal.consumer, personal.path}}),
        sources.user);
    if (config.consumer.find('@') == std::string::npos) config.consumer += "@" + sources.host;
    set(config.cache, config.origins.cache,
        first({{variable("ASSAY_CACHE"), "ASSAY_CACHE"}, {project.cache, project.path}, {personal.cache, personal.path}}),
        variable("XDG_CACHE_HOME").value_or(home + "/.cache") + "/assay");
    set(config.environment, config.origins.environment, first({{project.environment, project.path}, {personal.environment, personal.path}}),
        "auto");
    if (!project.models.empty() && project.folder() != sources.directory)
        config.lock_path = (std::filesystem::path(project.folder()) / "assay.lock").string();
    return config;
}

}  // namespace assay
