#include "clients/cli/environment.hpp"

#include "base/crypto.hpp"
#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "clients/cli/local_file.hpp"
#include "clients/cli/process.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::size_t max_environment_bytes = std::size_t{4} << 20U;

// Read by the interpreter from its standard input. The current folder must not take part in imports: a json.py lying
// around would run. The first distribution of a name on the path is the one that imports, as in Python itself.
constexpr std::string_view capture_script = R"python(import sys
sys.path = [p for p in sys.path if p]
import json, platform, re
try:
    from importlib import metadata
except ImportError:
    import importlib_metadata as metadata
packages = {}
for distribution in metadata.distributions():
    name, release = distribution.metadata["Name"], distribution.version
    if name and release:
        packages.setdefault(re.sub(r"[-_.]+", "-", name).lower(), release)
json.dump({"python": platform.python_version(), "implementation": sys.implementation.name,
           "platform": (platform.system() + "-" + platform.machine()).lower(), "packages": packages}, sys.stdout)
)python";

Error bad_environment() { return Error(ErrorKind::invalid, "invalid-environment", "this is not an environment").with_fix("'assay env capture' writes one"); }

}  // namespace

std::string normalised_package(std::string_view name) {
    std::string normal;
    for (const char c : to_lower_ascii(name)) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (!separator) normal += c;
        else if (normal.empty() || normal.back() != '-') normal += '-';
    }
    return normal;
}

std::optional<std::string> LocalEnvironment::release_of(std::string_view package) const {
    if (package == "python") {
        const auto python = json.find("python");
        return python == json.end() ? std::nullopt : std::optional(python->get<std::string>());
    }
    const Json& packages = json.at("packages");
    const auto it = packages.find(normalised_package(package));
    return it == packages.end() ? std::nullopt : std::optional(it->get<std::string>());
}

Result<LocalEnvironment> environment_from_text(std::string_view json_text) {
    auto document = parse_json(json_text, JsonLimits{.max_bytes = max_environment_bytes, .max_depth = 8});
    if (!document) return fail(std::move(document).error().with_context("reading an environment"));
    Problems problems;
    JsonReader reader(*document, "", problems);
    Json normal = Json::object();
    for (const std::string_view key : {"python", "implementation", "platform"}) {
        if (const auto text = reader.optional_string(key)) normal[std::string(key)] = *text;
    }
    Json packages = Json::object();
    const Json& given = reader.object("packages");
    for (auto it = given.begin(); it != given.end(); ++it) {
        const std::string field = reader.path_of("packages") + "." + printable(it.key(), 100);
        const std::string name = normalised_package(it.key());
        if (name.empty()) problems.push_back({field, "is no name of a package", ""});
        else if (!it->is_string()) problems.push_back({field, fmt::format("must be a string, not {}", type_in_words(*it)), ""});
        else if (packages.contains(name) && packages[name] != *it) problems.push_back({field, "is there twice, with different releases", ""});
        else packages[name] = *it;
    }
    normal["packages"] = std::move(packages);
    reader.refuse_unknown();
    if (!problems.empty()) return fail(bad_environment().with_problems(std::move(problems)));
    TRY_ASSIGN(const std::string canonical, canonical_json(normal));
    return LocalEnvironment{std::move(normal), sha256(canonical)};
}

Result<LocalEnvironment> capture_environment(const std::string& python) {
    const std::string doing = "asking " + printable(python, 300) + " which packages it has";
    auto output = run_program({python, "-"}, capture_script);
    if (!output) {
        return fail(std::move(output).error().with_context(doing).with_fix(
            "say which environment will load the model: --environment FILE, or --environment none"));
    }
    auto environment = environment_from_text(*output);
    if (!environment) return fail(std::move(environment).error().with_context(doing));
    return environment;
}

std::string default_python(const std::function<std::optional<std::string>(std::string_view)>& variables) {
    for (const std::string_view name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
        if (const auto folder = variables(name); folder && !folder->empty()) return *folder + "/bin/python";
    }
    return "python3";
}

Result<std::optional<LocalEnvironment>> choose_environment(const std::string& choice,
                                                          const std::function<std::optional<std::string>(std::string_view)>& variables) {
    if (choice == "none") return std::nullopt;
    if (choice == "auto") {
        TRY_ASSIGN(LocalEnvironment environment, capture_environment(default_python(variables)));
        return environment;
    }
    TRY_ASSIGN(const std::string text, read_text_file(choice, max_environment_bytes));
    auto environment = environment_from_text(text);
    if (!environment) return fail(std::move(environment).error().with_context("reading " + printable(choice, 300)));
    return *std::move(environment);
}

}  // namespace assay
