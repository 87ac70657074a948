#include "clients/cli/environment.hpp"

#include "base/text.hpp"
#include "clients/cli/process.hpp"
#include "clients/cpp/local_file.hpp"

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
    if name and release and len(name) <= 128 and re.fullmatch("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name):
        packages.setdefault(re.sub(r"[-_.]+", "-", name).lower(), release)
json.dump({"python": platform.python_version(), "implementation": sys.implementation.name,
           "platform": (platform.system() + "-" + platform.machine()).lower(), "packages": packages}, sys.stdout)
)python";

/// What to do about an environment that is not there or cannot be read.
constexpr std::string_view say_which =
    "say which environment counts: --environment FILE ('assay env capture' writes one), or --environment none";

}  // namespace

std::optional<std::string> LocalEnvironment::release_of(std::string_view package) const {
    const auto name = package_name(package);
    return name ? environment.release_of(*name) : std::nullopt;
}

Result<LocalEnvironment> environment_from_text(std::string_view json_text) {
    TRY_ASSIGN(const Json document, parse_json(json_text, JsonLimits{.max_bytes = max_environment_bytes, .max_depth = 8}));
    TRY_ASSIGN(Environment environment, read_environment(document));
    TRY_ASSIGN(const Digest digest, digest_of(environment));
    return LocalEnvironment{std::move(environment), digest};
}

Result<LocalEnvironment> capture_environment(const std::string& python) {
    const std::string doing = "asking " + printable(python, 300) + " which packages it has";
    auto output = run_program({python, "-"}, capture_script);
    if (!output) return fail(std::move(output).error().with_context(doing));
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
        auto environment = capture_environment(default_python(variables));
        if (!environment) return fail(std::move(environment).error().with_fix(std::string(say_which)));
        return *std::move(environment);
    }
    const auto text = read_text_file(choice, max_environment_bytes);
    if (!text) return fail(Error(text.error()).with_fix(std::string(say_which)));
    auto environment = environment_from_text(*text);
    if (!environment)
        return fail(
            std::move(environment).error().with_context("reading " + printable(choice, 300)).with_fix("'assay env capture' writes one"));
    return *std::move(environment);
}

}  // namespace assay
