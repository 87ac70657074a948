#include "registry/needs.hpp"

#include "base/json_reader.hpp"
#include "registry/name_tables.hpp"
#include "storage/tables/inspections.hpp"
#include "storage/tables/needs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

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

namespace {

/// Of several files the one that asks for more counts.
void add_format(FormatNeed format, FormatNeed& kept) {
    const auto least = [](const FormatNeed& each) {
        return Release::parse(std::string_view(each.range).substr(std::min<std::size_t>(2, each.range.size())));
    };
    const auto now = least(kept);
    const auto other = least(format);
    if (!now || (other && *now < *other)) kept = std::move(format);
}

}  // namespace

namespace {

/// Top-level module → package, of packages without a table of names that models are made of.
constexpr auto other_packages = std::to_array<std::pair<std::string_view, std::string_view>>({{"catboost", "catboost"},
                                                                                              {"category_encoders", "category-encoders"},
                                                                                              {"cloudpickle", "cloudpickle"},
                                                                                              {"imblearn", "imbalanced-learn"},
                                                                                              {"keras", "keras"},
                                                                                              {"lightgbm", "lightgbm"},
                                                                                              {"pandas", "pandas"},
                                                                                              {"skl2onnx", "skl2onnx"},
                                                                                              {"sklearn2pmml", "sklearn2pmml"},
                                                                                              {"sklearn_pandas", "sklearn-pandas"},
                                                                                              {"skops", "skops"},
                                                                                              {"statsmodels", "statsmodels"},
                                                                                              {"tensorflow", "tensorflow"},
                                                                                              {"torch", "torch"},
                                                                                              {"xgboost", "xgboost"}});

/// The package that a module is of; absent for Python's own, and for those that nobody here knows.
std::optional<std::string> package_of(std::string_view module) {
    if (auto package = NameTables::builtin().package_of(module)) return package;
    const std::string_view top = module.substr(0, module.find('.'));
    const auto found = std::ranges::find(other_packages, top, &std::pair<std::string_view, std::string_view>::first);
    return found == other_packages.end() ? std::nullopt : std::optional(std::string(found->second));
}

}  // namespace

void add_byte_needs(const Json& inspection, Recorded& needs) {
    for (const Json& import : inspection.value("imports", Json::array())) {
        const auto module = import.value("module", "");
        const auto package = package_of(module);
        if (!package) continue;
        std::vector<std::string>& names = needs.names[*package];
        std::string name = module + ":" + import.value("name", "");
        const auto place = std::lower_bound(names.begin(), names.end(), name);
        if (place == names.end() || *place != name) names.insert(place, std::move(name));
    }
    for (const Json& release : inspection.value("releases", Json::array())) {
        const auto evidence = release.value("evidence", "");
        const auto package = release.value("package", "");
        const bool protocol = package == "python" && evidence.starts_with("pickle protocol");
        const bool alignment = package == "joblib" && evidence == "arrays are aligned";
        if (protocol || alignment) add_format({release.value("release", ""), evidence}, needs.formats[package]);
    }
    const Json cut = inspection.value("cut", Json::object());
    const bool whole = inspection.value("complete", true) || inspection.value("imports", Json::array()).empty();
    if (!whole || !inspection.contains("objects") || cut.contains("objects") || cut.contains("imports")) needs.objects_unknown = true;
    for (const Json& object : inspection.value("objects", Json::array())) {
        ObjectNeed need{object.value("class", ""), object.value("release", ""), {}};
        object.at("state").get_to(need.state);
        const auto place = std::ranges::lower_bound(needs.objects, need);
        if (place == needs.objects.end() || *place != need) needs.objects.insert(place, std::move(need));
    }
    for (const Json& part : inspection.value("parts", Json::array())) add_byte_needs(part, needs);
}

namespace {

void add_released(const Json& inspection, Recorded& needs) {
    for (const Json& release : inspection.value("releases", Json::array())) {
        if (release.value("exact", false)) needs.libraries.emplace(release.value("package", ""), release.value("release", ""));
    }
    for (const Json& part : inspection.value("parts", Json::array())) add_released(part, needs);
}

}  // namespace

Recorded needs_of_file(const Json& inspection) {
    Recorded needs;
    add_byte_needs(inspection, needs);
    add_released(inspection, needs);
    for (const auto& [package, release] : needs.libraries) {
        if (package != "python" && package != "mlflow") needs.uses.push_back(package);
    }
    // Of NumPy, SciPy and joblib the names tell; scikit-learn changes what the same names do.
    if (needs.names.contains("scikit-learn") && !needs.libraries.contains("scikit-learn")) needs.uses.emplace_back("scikit-learn");
    return needs;
}

Recorded needs_of_packages(Recorded needs, const std::set<std::string>& packages) {
    const auto is_other = [&](const std::string& package) { return !packages.contains(package); };
    std::erase_if(needs.uses, is_other);
    std::erase_if(needs.names, [&](const auto& entry) { return is_other(entry.first); });
    std::erase_if(needs.formats, [&](const auto& entry) { return is_other(entry.first); });
    std::erase_if(needs.libraries, [&](const auto& entry) { return is_other(entry.first); });
    return needs;
}

Recorded needs_of(const Facts& facts, const std::vector<Json>& inspections) {
    Recorded needs = needs_of(facts);
    for (const Json& inspection : inspections) add_byte_needs(inspection, needs);
    for (const auto& [package, names] : needs.names) {
        if (const auto library = facts.libraries.find(package); library != facts.libraries.end()) needs.libraries.insert(*library);
    }
    return needs;
}

namespace {

Result<Recorded> from_bytes(SqlSession& sql, const Manifest& manifest) {
    std::vector<Json> inspections;
    for (const ManifestFile& file : manifest.files) {
        TRY_ASSIGN(const auto inspected, assay::inspections::find(sql, file.digest.to_string()));
        if (!inspected) continue;
        TRY_ASSIGN(Json inspection, parse_json(inspected->inspection));
        inspections.push_back(std::move(inspection));
    }
    Recorded needs = needs_of(manifest.facts, inspections);
    if (inspections.size() < manifest.files.size()) needs.objects_unknown = true;
    return needs;
}

}  // namespace

Result<Recorded> needs_of(SqlSession& sql, const VersionRow& version) {
    TRY_ASSIGN(const auto body, needs::body_of(sql, version.model, version.version));
    if (body) return read_needs(*body);
    TRY_ASSIGN(const Manifest manifest, read_manifest(version.manifest));
    return from_bytes(sql, manifest);
}

Result<std::string> needs_text(const Recorded& needs) {
    Json json = {{"libraries", needs.libraries}, {"uses", needs.uses}};
    if (!needs.names.empty()) json["names"] = needs.names;
    for (const auto& [package, format] : needs.formats) json["formats"][package] = {{"range", format.range}, {"evidence", format.evidence}};
    for (const ObjectNeed& object : needs.objects) {
        Json one = {{"class", object.made_by}, {"state", object.state}};
        if (!object.release.empty()) one["release"] = object.release;
        json["objects"].push_back(std::move(one));
    }
    if (needs.objects_unknown) json["objects_unknown"] = true;
    return canonical_json(json);
}

Result<Recorded> read_needs(std::string_view text) {
    TRY_ASSIGN(const Json json, parse_json(text));
    Recorded needs;
    json.at("uses").get_to(needs.uses);
    json.at("libraries").get_to(needs.libraries);
    if (const auto names = json.find("names"); names != json.end()) names->get_to(needs.names);
    const Json formats = json.value("formats", Json::object());
    for (const auto& [package, format] : formats.items())
        needs.formats[package] = {format.value("range", ""), format.value("evidence", "")};
    for (const Json& object : json.value("objects", Json::array())) {
        needs.objects.push_back({object.value("class", ""), object.value("release", ""), {}});
        object.at("state").get_to(needs.objects.back().state);
    }
    // What was recorded before objects were read says nothing about them.
    needs.objects_unknown = json.value("objects_unknown", !needs.names.empty() && !json.contains("objects"));
    return needs;
}

Result<void> record_needs(SqlWrite& sql, const Manifest& manifest) {
    TRY_ASSIGN(const Recorded needs, from_bytes(sql, manifest));
    TRY_ASSIGN(const std::string text, needs_text(needs));
    return needs::set(sql, manifest.model, manifest.version, text);
}

Result<std::string> considered_text(const Recorded& recorded, const Environment& environment) {
    Json packages = Json::object();
    for (const std::string& package : recorded.packages()) {
        if (package == "python") continue;
        const auto offered = environment.release_of(package);
        packages[package] = offered ? Json(*offered) : Json(nullptr);
    }
    Json considered = {{"implementation", environment.implementation}, {"packages", std::move(packages)}};
    if (environment.python && recorded.libraries.contains("python")) considered["python"] = *environment.python;
    return canonical_json(considered);
}

}  // namespace assay
