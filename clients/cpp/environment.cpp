#include "clients/cpp/environment.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

#include <fmt/format.h>
#include <cereal/version.hpp>

#include <sys/utsname.h>

namespace assay {

namespace {

/// PEP 503: "My_Library" is "my-library". The registry normalises too, and an environment's digest is that of what it keeps.
std::string normalised(std::string_view name) {
    std::string text;
    for (const char c : to_lower_ascii(name)) {
        const bool separates = c == '-' || c == '_' || c == '.';
        if (!separates) text += c;
        if (separates && !text.ends_with('-')) text += '-';
    }
    return text;
}

}  // namespace

NativeEnvironment library_environment() {
    NativeEnvironment environment;
    utsname system{};
    if (::uname(&system) == 0) environment.platform = to_lower_ascii(std::string(system.sysname) + "-" + system.machine);
    environment.packages["assay"] = assay_version;
    environment.packages["cereal"] = fmt::format("{}.{}.{}", CEREAL_VERSION_MAJOR, CEREAL_VERSION_MINOR, CEREAL_VERSION_PATCH);
    return environment;
}

std::string to_text(const NativeEnvironment& environment) {
    Json json = {{"implementation", "native"}, {"platform", environment.platform}, {"packages", Json::object()}};
    for (const auto& [name, release] : environment.packages) json["packages"][normalised(name)] = release;
    const auto canonical = canonical_json(json);
    return canonical ? *canonical : to_text(json);  // what is not UTF-8 is replaced, and refused by the registry
}

}  // namespace assay
