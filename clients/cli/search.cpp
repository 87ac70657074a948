#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/command.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>

namespace assay {

namespace {

struct SearchOptions {
    std::string filter;
    std::vector<std::string> order_by;
    std::int64_t limit = 100;
};

/// Up to `limit` versions (0: all), page by page, and whether there are more.
Result<std::pair<Json, bool>> find(Connection& server, const SearchOptions& options) {
    constexpr std::int64_t page_size = 1000;
    Json found = Json::array();
    std::string cursor;
    for (;;) {
        const auto have = static_cast<std::int64_t>(found.size());
        const std::int64_t wanted = options.limit == 0 ? page_size : std::min(page_size, options.limit - have);
        std::string target = fmt::format("/v1/search?limit={}", wanted);
        if (!options.filter.empty()) target += "&filter=" + encode_component(options.filter);
        if (!options.order_by.empty()) target += "&order_by=" + encode_component(join(options.order_by, ", "));
        if (!cursor.empty()) target += "&cursor=" + encode_component(cursor);
        TRY_ASSIGN(const Json page, server.get(target));
        for (const Json& item : list_of(page, "items")) found.push_back(item);
        cursor = text_of(page, "next_cursor");
        const bool enough = options.limit != 0 && static_cast<std::int64_t>(found.size()) >= options.limit;
        if (cursor.empty() || enough) return std::pair(std::move(found), !cursor.empty());
    }
}

Result<ExitCode> search(CommandContext& context, const SearchOptions& options) {
    if (options.limit < 0) return fail(ErrorKind::invalid, "usage", "--limit must be 0 or more");
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const auto answer, find(*server, options));
    const auto& [found, more] = answer;
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
    return {"search", "Versions of all models by metrics, params, tags, libraries, data", [](CLI::App& app) -> Run {
                auto options = std::make_shared<SearchOptions>();
                app.add_option("FILTER", options->filter, "What must hold, such as \"metrics.accuracy > 0.9\"");
                app.add_option("--order-by", options->order_by, "Keys to order by, each with ASC or DESC")->type_name("KEYS");
                app.add_option("--limit", options->limit, "At most this many versions (0: all)")->type_name("N");
                return [options](CommandContext& context) { return search(context, *options); };
            }};
}

}  // namespace assay
