#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "clients/cli/doctor.hpp"
#include "clients/cli/project_lock.hpp"
#include "storage/sql/sqlite.hpp"

#include <fmt/format.h>

#include <filesystem>

#include <unistd.h>

namespace assay {

namespace {

constexpr std::size_t max_cache_entries = 1'000'000;

Diagnosis releases() {
    std::vector<std::string> libraries = {"SQLite " + sqlite_release(), "OpenSSL " + openssl_release()};
    for (const auto& [name, release] : assay_libraries) libraries.push_back(fmt::format("{} {}", name, release));
    return {Health::ok, "assay", fmt::format("{} with {}", assay_version, join(libraries, ", "))};
}

std::vector<Diagnosis> configuration(const CommandContext& context) {
    if (context.config_problem()) return {failed("configuration", *context.config_problem())};
    const Config& config = context.config();
    const auto line = [](std::string_view name, const std::string& value, const std::string& origin) -> Diagnosis {
        return {Health::ok, "configuration", fmt::format("{} = {} ({})", name, value, origin)};
    };
    return {line("url", config.url, config.origins.url), line("consumer", config.consumer, config.origins.consumer),
            line("cache", config.cache, config.origins.cache), line("environment", config.environment, config.origins.environment)};
}

Diagnosis cache(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;  // what cannot be looked at is not there; whether it can be written to is asked below
    if (!fs::exists(path, ignored)) {
        fs::path parent = fs::absolute(path).parent_path();
        while (!fs::exists(parent, ignored) && parent != parent.root_path()) parent = parent.parent_path();
        if (::access(parent.c_str(), W_OK | X_OK) == 0) return {Health::ok, "cache", path + " is not there yet and can be made"};
        return {Health::fail, "cache", path + " is not there and cannot be made", parent.string() + " is not yours to write to",
                "name another folder: ASSAY_CACHE, or cache in assay.toml"};
    }
    if (!fs::is_directory(path, ignored) || ::access(path.c_str(), W_OK | X_OK) != 0) {
        return {Health::fail, "cache", path + " cannot be written to",
                fs::is_directory(path, ignored) ? "it is not yours" : "it is no folder",
                "name another folder: ASSAY_CACHE, or cache in assay.toml"};
    }
    std::uint64_t bytes = 0;
    std::size_t files = 0;
    std::error_code unreadable;
    for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, unreadable), end;
         !unreadable && it != end; it.increment(unreadable)) {
        if (!it->is_regular_file(ignored)) continue;
        const auto size = it->file_size(ignored);
        if (!ignored) bytes += size;
        if (++files == max_cache_entries) break;
    }
    return {Health::ok, "cache", fmt::format("{} holds {}, {}", path, counted(files, "file"), human_size(bytes))};
}

Diagnosis lock(const Config& config) {
    const auto read = read_lock(config.lock_path);
    const bool names_models = !config.project.models.empty();
    if (!read && read.error().code == "lock-not-found") {
        if (!names_models) return {Health::ok, "lock file", "there is no " + config.lock_path};
        return {Health::warn, "lock file", "there is no " + config.lock_path, config.project.path + " names models that nothing pins",
                "assay lock"};
    }
    if (!read) return failed("lock file", read.error());
    for (const std::string& text : config.project.models) {
        const auto reference = Reference::parse(text);
        if (reference && read->find(reference->model, "@" + reference->version_text()) == nullptr)
            return {Health::warn, "lock file", fmt::format("{} does not pin {}", config.lock_path, text), config.project.path + " names it",
                    "assay lock"};
    }
    const std::string says = fmt::format("{} pins {} of {}", config.lock_path, counted(read->models.size(), "version"), read->registry);
    std::string url = config.url;
    if (url.ends_with('/')) url.pop_back();
    if (read->registry != url) return {Health::warn, "lock file", says, "the configured server is " + url, "is that the same registry?"};
    return {Health::ok, "lock file", says};
}

Diagnosis python(const CommandContext& context) {
    const Config& config = context.config();
    const std::string program = default_python(context.variables());
    const auto environment = capture_environment(program);
    if (!environment) {
        Diagnosis finding = failed("python", environment.error());
        if (config.environment != "auto") finding.health = Health::warn;
        finding.because = "it tells push, fetch and check which libraries are here";
        finding.fix = "install Python, activate a virtual environment, or name another environment: --environment FILE or none";
        return finding;
    }
    const std::string says =
        fmt::format("{} is Python {} with {}", program, environment->release_of("python").value_or("of unknown release"),
                    counted(environment->environment.packages.size(), "package"));
    const auto package = environment->release_of("assay");
    if (!package) return {Health::ok, "python", says + ", without the package assay"};
    if (*package == assay_version) return {Health::ok, "python", says + ", among them assay " + *package};
    return {Health::warn, "python", says + ", among them assay " + *package, fmt::format("this command is Assay {}", assay_version),
            "install the same release of both"};
}

/// A file that stands for the environment must be one.
std::optional<Diagnosis> environment_file(const CommandContext& context) {
    const std::string& choice = context.config().environment;
    if (choice == "auto" || choice == "none") return std::nullopt;
    const auto read = choose_environment(choice, context.variables());
    if (!read) return failed("environment", read.error());
    return Diagnosis{Health::ok, "environment", choice + " describes an environment"};
}

}  // namespace

std::vector<Diagnosis> examine_machine(CommandContext& context) {
    std::vector<Diagnosis> findings = {releases()};
    for (Diagnosis& finding : configuration(context)) findings.push_back(std::move(finding));
    findings.push_back(cache(context.config().cache));
    findings.push_back(lock(context.config()));
    findings.push_back(python(context));
    if (auto finding = environment_file(context)) findings.push_back(*std::move(finding));
    return findings;
}

}  // namespace assay
