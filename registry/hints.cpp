#include "registry/hints.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

std::string route_of(const std::string& model) { return "/v1/models/" + encode_component(model); }

}  // namespace

std::string hint_to_set_alias(const std::string& model, const std::string& alias) {
    return fmt::format("assay alias set {} {} VERSION, or PUT {}/aliases/{}", printable(model, 300), printable(alias, 300), route_of(model),
                       encode_component(alias));
}

std::string hint_to_read_alias_history(const std::string& model, const std::string& alias) {
    return fmt::format("look at its history (assay alias log, or GET {}/aliases/{}/history) and repeat if the change is still right",
                       route_of(model), encode_component(alias));
}

std::string hint_to_undelete(const std::string& model, std::int64_t version) {
    return fmt::format("assay undelete {}@{}, or POST {}/versions/{}:undelete", printable(model, 300), version, route_of(model), version);
}

std::string hint_to_list_versions(const std::string& model) {
    return fmt::format("assay show {}, or GET {}/versions, lists its versions", printable(model, 300), route_of(model));
}

std::string hint_to_list_models() { return "assay list, or GET /v1/models, shows what there is"; }

}  // namespace assay
