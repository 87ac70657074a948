#include "registry/lineage.hpp"

#include "api/v1/accept.hpp"
#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "base/text.hpp"
#include "registry/lineage_picture.hpp"

#include <array>
#include <string_view>

namespace assay::v1 {

namespace {

Result<LineageQuery> query_of(const Request& request) {
    Problems problems;
    const auto parameter = [&](const char* name) -> const std::string* {
        const auto it = request.query.find(name);
        return it == request.query.end() ? nullptr : &it->second;
    };
    const auto number = [&](const char* name, std::int64_t most) -> std::optional<std::int64_t> {
        const std::string* text = parameter(name);
        if (text == nullptr) return std::nullopt;
        const auto value = parse_integer(*text);
        if (value && *value >= 1 && *value <= most) return value;
        problems.push_back({std::string("?") + name, "must be a number from 1 to " + std::to_string(most), ""});
        return std::nullopt;
    };
    LineageQuery query;
    if (const std::string* of = parameter("of")) {
        query.of = *of;
    } else {
        problems.push_back({"?of", "is required: what the lineage is asked of", "version:NAME@3, dataset:sha256:… or run:ID"});
    }
    if (const std::string* direction = parameter("direction"); direction != nullptr && *direction != "both") {
        if (*direction != "up" && *direction != "down") problems.push_back({"?direction", "must be up, down or both", ""});
        query.direction = *direction == "up" ? LineageDirection::up : LineageDirection::down;
    }
    query.depth = number("depth", 1000);
    query.limit = number("limit", 10'000).value_or(query.limit);
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    return query;
}

/// json, svg, dot or mermaid: by ?format=, else by Accept.
Result<std::string> format_of(const Request& request) {
    if (const auto it = request.query.find("format"); it != request.query.end()) {
        if (it->second == "json" || it->second == "svg" || it->second == "dot" || it->second == "mermaid") return it->second;
        return fail(Error(ErrorKind::invalid, "invalid-format", "format must be json, svg, dot or mermaid")
                        .with_problems({{"?format", "must be json, svg, dot or mermaid", ""}}));
    }
    static constexpr std::array<std::string_view, 4> types = {"application/json", "image/svg+xml", "text/vnd.graphviz", "text/vnd.mermaid"};
    const std::string_view type = preferred(request.headers.find("Accept").value_or(""), types);
    if (type == types[1]) return "svg";
    if (type == types[2]) return "dot";
    if (type == types[3]) return "mermaid";
    return "json";
}

Response picture(const std::string& format, const LineageGraph& graph) {
    if (format == "json") return json_response(200, view(graph));
    Response response;
    if (format == "svg") {
        response.headers.set("Content-Type", "image/svg+xml");
        // An SVG is a document that can run scripts; ours holds none, and a browser is told to run none.
        response.headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        response.body = lineage_svg(graph);
    } else {
        response.headers.set("Content-Type", format == "dot" ? "text/vnd.graphviz; charset=utf-8" : "text/vnd.mermaid; charset=utf-8");
        response.body = format == "dot" ? lineage_dot(graph) : lineage_mermaid(graph);
    }
    return response;
}

Result<Response> show(Context& context, Request& request) {
    TRY(allow_query(request, {"of", "direction", "depth", "limit", "format"}));
    TRY_ASSIGN(const LineageQuery query, query_of(request));
    TRY_ASSIGN(const std::string format, format_of(request));
    TRY_ASSIGN(const LineageGraph graph, lineage(context.registry, query));
    return picture(format, graph);
}

Result<Response> derive(Context& context, Request& request) {
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const std::string from = reader.string("from");
    const std::string to = reader.string("to");
    const std::string relation = reader.optional_string("relation").value_or("derived");
    const std::string name = reader.optional_string("name").value_or("");
    reader.refuse_unknown();
    for (const auto& [field, text] : {std::pair<const char*, const std::string&>{"relation", relation}, {"name", name}}) {
        if (text.size() > 1000 || has_control_characters(text) || !is_utf8(text))
            reader.problem(field, "must be printable text of at most 1000 bytes");
    }
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY(derive_dataset(context.registry, from, to, name, relation));
    return json_response(201, {{"from", from}, {"to", to}, {"relation", relation}});
}

}  // namespace

void add_lineage_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/v1/lineage", .handle = answering([&context](Request& request) {
                                                                     return show(context, request);
                                                                 })});
    router.add({.method = Method::post,
                .pattern = "/v1/lineage",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return derive(context, request); }),
                .max_body_bytes = std::uint64_t{64} * 1024,
                .json_body = true});
}

}  // namespace assay::v1
