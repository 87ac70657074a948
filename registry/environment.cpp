#include "registry/environment.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/release.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::size_t max_name_bytes = 128;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_dash(char c) { return c == '-' || c == '_' || c == '.'; }

void check_release(JsonReader& reader, std::string_view key, const std::string& text) {
    if (const auto problem = problem_of_release_text(text)) reader.problem(key, *problem);
}

void read_packages(const Json& packages, JsonReader& reader, Environment& environment) {
    if (packages.size() > max_environment_packages) {
        reader.problem("packages", fmt::format("lists {} packages, at most {} are read", packages.size(), max_environment_packages));
        return;
    }
    for (auto it = packages.begin(); it != packages.end(); ++it) {
        const std::string key = "packages." + printable(it.key(), 100);
        const auto name = package_name(it.key());
        if (!name) {
            reader.problem(key, name.error().because);
            continue;
        }
        if (!it->is_string()) {
            reader.problem(key, fmt::format("must be a string, not {}", type_in_words(*it)));
            continue;
        }
        check_release(reader, key, it->get_ref<const std::string&>());
        if (!environment.packages.emplace(*name, it->get<std::string>()).second) {
            reader.problem(key, fmt::format("is another spelling of '{}', which is listed too", *name), "name each package once");
        }
    }
}

Result<void> refuse_native(const Environment& environment) {
    if (!environment.is_native()) return {};
    return fail(Error(ErrorKind::invalid, "native-environment", "a native environment cannot be installed with pip or conda")
                    .with_because("it has no Python: its packages are C++ libraries")
                    .with_fix("show it as JSON"));
}

}  // namespace

std::optional<std::string> Environment::release_of(std::string_view package) const {
    if (package == "python") return python;
    const auto it = packages.find(std::string(package));
    return it == packages.end() ? std::nullopt : std::optional(it->second);
}

Result<std::string> package_name(std::string_view text) {
    const auto refuse = [&](std::string because) {
        return fail(Error(ErrorKind::invalid, "invalid-package", fmt::format("'{}' is not the name of a package", printable(text, 100)))
                        .with_because(std::move(because)));
    };
    if (text.empty()) return refuse("a package has a name");
    if (text.size() > max_name_bytes)
        return refuse(fmt::format("the name has {} bytes, at most {} are allowed", text.size(), max_name_bytes));
    if (!std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || is_dash(c); })) {
        return refuse("only ASCII letters, digits, '.', '-' and '_' are allowed in the name of a package");
    }
    if (!is_alphanumeric(text.front()) || !is_alphanumeric(text.back()))
        return refuse("the name of a package begins and ends with a letter or digit");
    std::string name;
    for (const char c : to_lower_ascii(text)) {
        if (!is_dash(c)) {
            name += c;
        } else if (name.back() != '-') {
            name += '-';
        }
    }
    return name;
}

std::string pip_pin(const std::string& package, const std::string& text) {
    if (const auto release = Release::parse(text)) return fmt::format("{}=={}", package, release->to_string());
    const bool plain = std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || is_dash(c) || c == '+' || c == '!'; });
    return plain ? fmt::format("{}==={}", package, text) : "";
}

std::optional<std::string> problem_of_release_text(std::string_view text) {
    if (text.empty()) return "is empty";
    if (text.size() > max_release_bytes) return fmt::format("has {} bytes, at most {} are allowed", text.size(), max_release_bytes);
    if (!is_utf8(text)) return "is not UTF-8";
    if (has_control_characters(text)) return "holds a control character";
    if (trim_unicode_space(text).size() != text.size()) return "begins or ends with a space";
    return std::nullopt;
}

Result<Environment> read_environment(const Json& value, const std::string& path) {
    Problems problems;
    JsonReader reader(value, path, problems);
    Environment environment;
    environment.implementation = reader.string("implementation");
    environment.platform = reader.string("platform");
    environment.python = reader.optional_string("python");
    read_packages(reader.object("packages"), reader, environment);
    reader.refuse_unknown();
    if (value.is_object()) {
        const auto lower_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
        const std::string& implementation = environment.implementation;
        const bool given = value.contains("implementation") && value["implementation"].is_string();
        if (given && (implementation.empty() || implementation.size() > 64 || !std::ranges::all_of(implementation, lower_name))) {
            reader.problem("implementation", "must be 1 to 64 lower-case letters, digits and '-'", "such as cpython, pypy or native");
        }
        if (value.contains("platform") && value["platform"].is_string()) check_release(reader, "platform", environment.platform);
        if (environment.python) check_release(reader, "python", *environment.python);
        if (environment.is_native() && environment.python)
            reader.problem("python", "must not be given, because a native consumer has no Python");
        const bool no_python = !value.contains("python") || value["python"].is_null();
        if (given && !environment.is_native() && no_python) reader.problem("python", "is required and missing", "such as \"3.12.3\"");
    }
    TRY(refuse_if_any(problems, "invalid-environment", "the environment cannot be read"));
    return environment;
}

Json to_json(const Environment& environment) {
    Json json = {{"implementation", environment.implementation}, {"platform", environment.platform}, {"packages", Json::object()}};
    if (environment.python) json["python"] = *environment.python;
    for (const auto& [name, release] : environment.packages) json["packages"][name] = release;
    return json;
}

Result<std::string> canonical_bytes(const Environment& environment) { return canonical_json(to_json(environment)); }

Result<Digest> digest_of(const Environment& environment) {
    TRY_ASSIGN(const std::string bytes, canonical_bytes(environment));
    return sha256(bytes);
}

Result<std::string> to_pip(const Environment& environment) {
    TRY(refuse_native(environment));
    std::string text = fmt::format("# {} {}, {}\n", environment.implementation, environment.python.value_or("?"), environment.platform);
    for (const auto& [name, release] : environment.packages) {
        const std::string line = pip_pin(name, release);
        text += line.empty() ? fmt::format("# {}: pip cannot pin the release '{}'\n", name, release) : line + "\n";
    }
    return text;
}

Result<std::string> to_conda(const Environment& environment) {
    TRY(refuse_native(environment));
    const auto python = Release::parse(environment.python.value_or(""));
    std::string text = fmt::format("# {} {}, {}\nname: assay\nchannels:\n  - conda-forge\ndependencies:\n", environment.implementation,
                                   environment.python.value_or("?"), environment.platform);
    text += python ? fmt::format("  - python={}{}\n", python->to_string(), environment.implementation == "pypy" ? "=*_pypy" : "")
                   : "  - python\n";
    text += "  - pip\n";
    std::string pins;
    for (const auto& [name, release] : environment.packages) {
        const std::string line = pip_pin(name, release);
        pins +=
            line.empty() ? fmt::format("      # {}: pip cannot pin the release '{}'\n", name, release) : fmt::format("      - {}\n", line);
    }
    if (!pins.empty()) text += "  - pip:\n" + pins;
    return text;
}

}  // namespace assay
