#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/listing.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/filter.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct SearchOptions {
    std::string filter;
    std::vector<std::string> order_by;
    std::int64_t limit = 100;
};

Result<ExitCode> search(CommandContext& context, const SearchOptions& options) {
    if (options.limit < 0) return fail(ErrorKind::invalid, "usage", "--limit must be 0 or more");
    if (!is_utf8(options.filter)) return fail(parse_filter(options.filter).error());  // which the server could not be sent
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    Json question = Json::object();
    if (!options.filter.empty()) question["filter"] = options.filter;
    if (!options.order_by.empty()) question["order_by"] = join(options.order_by, ", ");
    TRY_ASSIGN(const Listing listing, list_answers(*server, "/v1/search", question, options.limit));
    const auto& [first, found, more] = listing;
    if (output.json()) {
        output.write_json({{"items", found}, {"more", more}});
        return ExitCode::ok;
    }
    Table table({"VERSION", "REGISTERED", "STATE", "ALIASES", "METRICS", "LIBRARIES"});
    for (const Json& version : found) {
        std::vector<std::string> metrics;
        for (const Json& metric : list_of(version, "metrics"))
            metrics.push_back(text_of(metric, "name") + "=" + plain(member(metric, "value")));
        std::vector<std::string> libraries;
        const Json& used = member(version, "libraries");
        for (auto it = used.begin(); it != used.end(); ++it) libraries.push_back(it.key() + "=" + plain(*it));
        table.add({text_of(version, "model") + "@" + plain(member(version, "version")), time_of(version, "created_at"),
                   text_of(version, "state"), join(strings_of(list_of(version, "aliases")), " "), join(metrics, " "),
                   join(libraries, " ")});
    }
    if (table.empty())
        output.note(options.filter.empty() ? "there are no versions yet" : "no version is like that");
    else
        output.write(table.text(output));
    if (more) output.note(fmt::format("there are more: --limit {}, or 0 for all", options.limit * 10));
    return ExitCode::ok;
}

}  // namespace

Command search_command() {
    return {"search", "Versions of all models by metrics, params, tags, libraries, data", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<SearchOptions>();
                arguments.positional("FILTER", options->filter, "What must hold, such as \"metrics.accuracy > 0.9\"");
                arguments.option("--order-by KEYS", options->order_by, "Keys to order by, each with ASC or DESC");
                arguments.option("--limit N", options->limit, "At most this many versions (0: all)");
                return [options](CommandContext& context) { return search(context, *options); };
            }};
}

}  // namespace assay
