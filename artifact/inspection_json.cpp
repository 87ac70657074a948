#include "artifact/inspection.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace assay {

namespace {

void put_text(Json& json, const char* key, const std::string& value) {
    if (!value.empty()) json[key] = value;
}

Json import_to_json(const Import& import) {
    Json json = {{"module", import.module}, {"name", import.name}, {"use", import.use}, {"count", import.count}, {"offset", import.offset}};
    put_text(json, "spelled", import.spelled);
    json["path"] = import.path;
    return json;
}

Json call_to_json(const Call& call) {
    Json json = {{"module", call.module}, {"name", call.name},   {"form", call.form},
                 {"folded", call.folded}, {"count", call.count}, {"offset", call.offset}};
    if (!call.folded) json["arguments"] = call.arguments;
    if (!call.states.empty()) json["states"] = call.states;
    if (call.of_call) json["of_call"] = true;
    put_text(json, "text", call.text);
    json["path"] = call.path;
    return json;
}

Json object_to_json(const ObjectFact& object) {
    Json json = {{"class", object.module + ":" + object.name}, {"count", object.count}, {"path", object.path}, {"state", object.state}};
    put_text(json, "release", object.release);
    return json;
}

Json oddity_to_json(const Oddity& oddity) {
    Json json = {{"code", oddity.code}, {"offset", oddity.offset}, {"detail", oddity.detail}};
    put_text(json, "name", oddity.name);
    put_text(json, "path", oddity.path);
    return json;
}

Json array_to_json(const ArrayFact& array) {
    Json json = {{"path", array.path},     {"dtype", array.dtype},  {"shape", array.shape}, {"order", array.fortran ? "F" : "C"},
                 {"offset", array.offset}, {"length", array.length}};
    put_text(json, "fields", array.fields);
    return json;
}

Json training_to_json(const TrainingData& data) {
    return {{"level", data.level}, {"path", data.path}, {"estimator", data.estimator}, {"rows", data.rows}};
}

Json release_to_json(const ReleaseEvidence& release) {
    return {{"package", release.package}, {"release", release.release}, {"exact", release.exact}, {"evidence", release.evidence}};
}

template <class Item, class ToJson>
void put_list(Json& json, const char* key, const std::vector<Item>& items, std::size_t max_items, ToJson item_to_json) {
    Json list = Json::array();
    for (const Item& item : std::span(items).first(std::min(items.size(), max_items))) list.push_back(item_to_json(item));
    json[key] = std::move(list);
    if (items.size() > max_items) json["cut"][key] = items.size();
}

}  // namespace

Json to_json(const Inspection& inspection, std::size_t max_items) {
    Json json = {
        {"schema", "assay.inspection/1"}, {"bytes", inspection.bytes}, {"format", inspection.format}, {"complete", inspection.complete}};
    put_text(json, "name", inspection.name);
    if (!inspection.compression.empty()) json["compression"] = inspection.compression;
    if (inspection.unpacked != 0) json["unpacked"] = inspection.unpacked;
    if (inspection.protocol) json["protocol"] = *inspection.protocol;
    if (inspection.streams != 0) json["streams"] = inspection.streams;
    json["tree"] = inspection.tree;
    put_list(json, "imports", inspection.imports, max_items, import_to_json);
    put_list(json, "calls", inspection.calls, max_items, call_to_json);
    put_list(json, "objects", inspection.objects, max_items, object_to_json);
    if (inspection.objects_cut) json["cut"]["objects"] = inspection.objects.size() + 1;
    put_list(json, "functions", inspection.functions, max_items, std::identity());
    put_list(json, "arrays", inspection.arrays, max_items, array_to_json);
    json["array_count"] = inspection.array_count;
    json["array_bytes"] = inspection.array_total;
    put_list(json, "feature_names", inspection.feature_names, max_items, std::identity());
    json["classes"] = inspection.classes;
    put_list(json, "releases", inspection.releases, max_items, release_to_json);
    put_list(json, "training_data", inspection.training_data, max_items, training_to_json);
    put_list(json, "oddities", inspection.oddities, max_items, oddity_to_json);
    if (!inspection.details.is_null()) json["details"] = inspection.details;
    put_list(json, "parts", inspection.parts, max_items, [&](const Inspection& part) { return to_json(part, max_items); });
    return json;
}

}  // namespace assay
