#include "registry/needs.hpp"

#include "base/json.hpp"
#include "storage/tables/needs.hpp"

namespace assay {

Recorded needs_of(const Facts& facts) {
    Recorded needs;
    needs.uses = facts.uses;
    const auto take = [&](const std::string& package) {
        if (const auto found = facts.libraries.find(package); found != facts.libraries.end()) needs.libraries.insert(*found);
    };
    take("python");
    for (const std::string& package : facts.uses) take(package);
    return needs;
}

Result<std::string> needs_text(const Recorded& needs) { return canonical_json({{"libraries", needs.libraries}, {"uses", needs.uses}}); }

Result<Recorded> read_needs(std::string_view text) {
    TRY_ASSIGN(const Json json, parse_json(text));
    Recorded needs;
    json.at("uses").get_to(needs.uses);
    json.at("libraries").get_to(needs.libraries);
    return needs;
}

Result<void> record_needs(SqlWrite& sql, const Manifest& manifest) {
    TRY_ASSIGN(const std::string text, needs_text(needs_of(manifest.facts)));
    return needs::set(sql, manifest.model, manifest.version, text);
}

Result<std::string> considered_text(const Recorded& recorded, const Environment& environment) {
    Json packages = Json::object();
    for (const std::string& package : recorded.uses) {
        if (package == "python") continue;
        const auto offered = environment.release_of(package);
        packages[package] = offered ? Json(*offered) : Json(nullptr);
    }
    Json considered = {{"implementation", environment.implementation}, {"packages", std::move(packages)}};
    if (environment.python && recorded.libraries.contains("python")) considered["python"] = *environment.python;
    return canonical_json(considered);
}

}  // namespace assay
