#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/option_value.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/lineage_picture.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct LineageOptions {
    std::string of;
    std::string svg;
    std::string format = "tree";
    std::optional<std::int64_t> depth;
    bool up = false;
    bool down = false;
};

/// "churn@3" is the version; datasets and runs are named as the API names them.
Result<std::string> node_of(const std::string& text) {
    if (text.starts_with("dataset:") || text.starts_with("run:")) return text;
    if (text.starts_with("sha256:") || text.starts_with("ds1:")) return "dataset:" + text;
    TRY_ASSIGN(const Reference reference, Reference::parse(text.starts_with("version:") ? text.substr(8) : text));
    return "version:" + reference.to_string();
}

std::string detail_in_words(const Json& detail) {
    if (!detail.is_object()) return detail.is_null() ? "" : plain(detail);
    std::vector<std::string> parts;
    for (auto it = detail.begin(); it != detail.end(); ++it) {
        if (!it->is_null() && !it->is_structured() && *it != Json("")) parts.push_back(printable(it.key(), 100) + " " + plain(*it));
    }
    return join(parts, ", ");
}

LineageGraph graph_of(const Json& answer) {
    LineageGraph graph;
    graph.of = text_of(answer, "of");
    graph.truncated = member(answer, "truncated") == Json(true);
    for (const Json& node : list_of(answer, "nodes")) {
        graph.nodes.push_back({text_of(node, "id"), text_of(node, "kind"), text_of(node, "label"), detail_in_words(member(node, "detail")),
                               text_of(node, "state")});
    }
    for (const Json& edge : list_of(answer, "edges"))
        graph.edges.push_back({text_of(edge, "from"), text_of(edge, "to"), text_of(edge, "relation")});
    return graph;
}

Result<ExitCode> lineage(CommandContext& context, const LineageOptions& options) {
    Output& output = context.output();
    if (options.up && options.down)
        return fail(Error(ErrorKind::invalid, "usage", "--up and --down exclude each other").with_fix("leave both out for both ways"));
    TRY_ASSIGN(const std::string node, node_of(options.of));
    std::string target = "/v1/lineage?of=" + encode_component(node);
    if (options.up || options.down) target += options.up ? "&direction=up" : "&direction=down";
    if (options.depth) target += fmt::format("&depth={}", *options.depth);
    TRY_ASSIGN(Connection* const server, context.server());
    if (!options.svg.empty()) {
        TRY_ASSIGN(const HttpResponse picture, server->get_raw(target, "image/svg+xml"));
        TRY(write_text_file(options.svg, picture.body));
        output.note("wrote " + printable(options.svg, 300));
    }
    if (!output.json() && (options.format == "dot" || options.format == "mermaid")) {
        TRY_ASSIGN(const HttpResponse text, server->get_raw(target, options.format == "dot" ? "text/vnd.graphviz" : "text/vnd.mermaid"));
        output.write(text.body);
        return ExitCode::ok;
    }
    TRY_ASSIGN(const Json answer, server->get(target));
    if (output.json() || options.format == "json") {
        output.write_json(answer);
        return ExitCode::ok;
    }
    const LineageGraph graph = graph_of(answer);
    output.write(lineage_tree(graph, output.colours(), output.out_is_terminal() ? output.width() : 0));
    if (graph.truncated) output.warn("the graph is larger than what is shown; --up, --down or --depth narrow it");
    return ExitCode::ok;
}

}  // namespace

Command lineage_command() {
    return {"lineage", "Where a version comes from, and what came of it", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<LineageOptions>();
                arguments.positional("REF", options->of, "Version; or dataset:sha256:…, run:ID").required();
                arguments.flag("--up", options->up, "Only what it comes from");
                arguments.flag("--down", options->down, "Only what came of it");
                arguments.option("--depth N", options->depth, "Steps each way, at most 1000").check(whole_number(1, 1000));
                arguments.option("--svg FILE", options->svg, "Draw it into this file");
                arguments.option("--format tree|dot|mermaid|json", options->format, "tree, dot, mermaid or json")
                    .check(one_of({"tree", "dot", "mermaid", "json"}));
                return [options](CommandContext& context) -> Result<ExitCode> { return lineage(context, *options); };
            }};
}

}  // namespace assay
