#include "clients/cli/config.hpp"

#include "base/text.hpp"
#include "base/toml.hpp"
#include "clients/cpp/local_file.hpp"

#include <filesystem>

namespace assay {

namespace {

constexpr std::size_t max_config_bytes = std::size_t{1} << 20U;

struct Layer {
    std::optional<std::string> url, consumer, cache;
};

Result<Layer> read_layer(const std::string& path) {
    const auto refuse = [&](const std::string& because) {
        return fail(Error(ErrorKind::invalid, "invalid-config", path + " cannot be used as configuration").with_because(because));
    };
    TRY_ASSIGN(const std::string text, read_text_file(path, max_config_bytes));
    const auto document = parse_toml(text);
    if (!document) return refuse(document.error().message + ": " + document.error().because);
    Layer layer;
    const auto section = document->find("assay");
    if (section == document->end()) return layer;
    if (!section->is_object()) return refuse("'assay' is not a table: write [assay]");
    for (auto it = section->begin(); it != section->end(); ++it) {
        std::optional<std::string>* target = it.key() == "url"        ? &layer.url
                                             : it.key() == "consumer" ? &layer.consumer
                                             : it.key() == "cache"    ? &layer.cache
                                                                      : nullptr;
        if (target == nullptr) return refuse("there is no setting '" + printable(it.key(), 100) + "'; known are url, consumer and cache");
        if (!it->is_string()) return refuse("'" + it.key() + "' is not a string");
        *target = it->get<std::string>();
    }
    return layer;
}

std::optional<std::string> first(const std::optional<std::string>& a, const std::optional<std::string>& b) { return a ? a : b; }

}  // namespace

Result<Config> load_config(const ConfigSources& sources) {
    const auto variable = [&](std::string_view name) -> std::optional<std::string> {
        auto value = sources.environment ? sources.environment(name) : std::nullopt;
        return value && !value->empty() ? value : std::nullopt;
    };
    const std::string home = variable("HOME").value_or("/");

    Layer project;
    for (std::filesystem::path folder = sources.directory; !folder.empty(); folder = folder.parent_path()) {
        const std::string candidate = (folder / "assay.toml").string();
        std::error_code ignored;  // what cannot be looked at is not there for us
        if (std::filesystem::is_regular_file(candidate, ignored)) {
            TRY_ASSIGN(project, read_layer(candidate));
            break;
        }
        if (folder == folder.root_path()) break;
    }
    Layer personal;
    const std::string personal_path = variable("XDG_CONFIG_HOME").value_or(home + "/.config") + "/assay/config.toml";
    std::error_code ignored;
    if (std::filesystem::is_regular_file(personal_path, ignored)) {
        TRY_ASSIGN(personal, read_layer(personal_path));
    }

    const auto pick = [&](const std::optional<std::string>& flag, std::string_view name, const std::optional<std::string>& a,
                          const std::optional<std::string>& b) { return first(first(flag, variable(name)), first(a, b)); };
    Config config;
    config.url = pick(sources.url_flag, "ASSAY_URL", project.url, personal.url).value_or("http://127.0.0.1:8080");
    config.consumer = pick(sources.consumer_flag, "ASSAY_CONSUMER", project.consumer, personal.consumer).value_or(sources.user);
    if (config.consumer.find('@') == std::string::npos) config.consumer += "@" + sources.host;
    config.cache = pick(std::nullopt, "ASSAY_CACHE", project.cache, personal.cache)
                       .value_or(variable("XDG_CACHE_HOME").value_or(home + "/.cache") + "/assay");
    return config;
}

}  // namespace assay
