#include "artifact/pipeline/inspect_archive.hpp"

#include "artifact/pipeline/from_archive.hpp"
#include "artifact/pipeline/read_fitted.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::pipeline {

namespace {

constexpr std::size_t max_shown_estimators = 200;
constexpr std::size_t max_nesting = 40;

/// Of the estimators that an archive holds, the same as estimator_tree (artifact/sklearn/estimator.hpp) says of those in a pickle.
class ArchiveTree {
public:
    explicit ArchiveTree(Inspection& inspection) : inspection_(inspection) {}

    Json estimator(const Fitted& value, const std::string& path, std::size_t nesting) {
        const FittedObject object = value.object();
        Json found = {
            {"class", object.cls}, {"path", path}, {"params", Json::object()}, {"fitted", Json::object()}, {"children", Json::array()}};
        std::uint64_t more = 0;
        for (const auto& [key, attribute] : value.at(*object.state).entries()) {
            const std::string name = key.as_text() ? printable(*key.as_text(), max_shown_name) : std::string();
            const std::string here = path.empty() ? name : path + "." + name;
            if (name == "_sklearn_version" && attribute.as_text()) {
                found["release"] = printable(*attribute.as_text(), 40);
                continue;
            }
            note_array(attribute, here);
            if (name == "feature_names_in_" && inspection_.feature_names.empty()) names(attribute);
            if (!name.starts_with('_')) found[name.ends_with('_') ? "fitted" : "params"][name] = in_short(attribute);
            children(attribute, {}, here, nesting + 1, found["children"], more);
        }
        if (more != 0) found["more"] = more;
        return found;
    }

private:
    static bool is_estimator(const Fitted& value) { return value.is(FittedKind::object) && value.object().state.has_value(); }

    /// Estimators that an attribute is or lists, by name where a pair names them.
    void children(const Fitted& value, const std::string& name, const std::string& path, std::size_t nesting, Json& found,
                  std::uint64_t& more) {
        if (nesting > max_nesting) return;
        if (is_estimator(value)) {
            if (shown_++ >= max_shown_estimators) {
                ++more;
                return;
            }
            Json child = estimator(value, path, nesting);
            if (!name.empty()) child["name"] = name;
            found.push_back(std::move(child));
            return;
        }
        if (!value.is(FittedKind::list) && !value.is(FittedKind::tuple)) return;
        const std::vector<Fitted> items = value.items();
        const bool named = value.is(FittedKind::tuple) && items.size() > 1 && items.front().as_text();
        for (std::size_t i = 0; i < items.size(); ++i)
            children(items[i], named ? printable(*items.front().as_text(), 100) : std::string(), fmt::format("{}[{}]", path, i),
                     nesting + 1, found, more);
    }

    static Json in_short(const Fitted& value) {
        switch (value.kind()) {
            case FittedKind::none: return nullptr;
            case FittedKind::boolean: return value.boolean();
            case FittedKind::integer: return value.integer();
            case FittedKind::real: return value.real();
            case FittedKind::text: return printable(value.text(), max_shown_name);
            case FittedKind::array: {
                const FittedArray array = value.array();
                return {{"array", array.dtype.name()}, {"shape", array.shape}};
            }
            case FittedKind::object: return {{"object", value.object().cls}};
            case FittedKind::name: return {{"name", value.name()}};
            case FittedKind::list: return {{"list", value.items().size()}};
            case FittedKind::tuple: return {{"tuple", value.items().size()}};
            case FittedKind::set: return {{"set", value.items().size()}};
            case FittedKind::dict: return {{"dict", value.entries().size()}};
            case FittedKind::bytes: return {{"bytes", value.bytes().size()}};
            case FittedKind::other: break;
        }
        return {{"object", value.describe()}};
    }

    void note_array(const Fitted& value, const std::string& path) {
        if (!value.is(FittedKind::array)) return;
        const FittedArray array = value.array();
        ++inspection_.array_count;
        inspection_.array_total += array.bytes.size();
        if (inspection_.arrays.size() < max_listed_facts)
            inspection_.arrays.push_back({path, array.dtype.str(), array.shape, array.fortran, 0, array.bytes.size()});
    }

    void names(const Fitted& value) {
        if (!value.is(FittedKind::array)) return;
        for (const FittedId id : value.array().elements) {
            const auto text = value.at(id).as_text();
            if (text && inspection_.feature_names.size() < max_listed_facts)
                inspection_.feature_names.push_back(printable(*text, max_shown_name));
        }
    }

    Inspection& inspection_;
    std::size_t shown_ = 0;
};

}  // namespace

Result<void> inspect_pipeline_archive(const Content& content, Inspection& inspection) {
    inspection.format = "pipeline";
    TRY_ASSIGN(auto bytes, read_whole(content, static_cast<std::size_t>(DecodeLimits{}.max_bytes), inspection));
    if (!bytes) return {};
    const auto read = read_archive(*std::move(bytes));
    if (!read) {
        note(inspection, read.error().code == "unknown-archive-version" ? "unscannable" : "archive-layout", 0, read.error().because);
        return {};
    }
    inspection.details = {{"made_from", read->made_from.to_string()}};
    const Fitted root(*read->values, read->values->root());
    if (root.is(FittedKind::object) && root.object().state) inspection.tree = ArchiveTree(inspection).estimator(root, {}, 0);
    inspection.complete = true;
    return {};
}

}  // namespace assay::pipeline
