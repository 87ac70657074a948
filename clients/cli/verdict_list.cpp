#include "clients/cli/verdict_list.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/option_value.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

/// Why the verdict is what it is: what settled it, else the first thing against the version.
std::string reason_of(const Json& item) {
    const Json& settled = member(item, "settled");
    if (settled.is_object()) {
        const std::string by = text_of(settled, "by");
        return text_of(settled, "kind") + (by.empty() ? "" : " by " + by) + ": " + text_of(settled, "because");
    }
    for (const char* list : {"conflicts", "warnings"}) {
        for (const Json& conflict : list_of(item, list)) {
            const std::string because = text_of(conflict, "because");
            return because.empty() ? text_of(conflict, "rule") : because;
        }
    }
    return "";
}

}  // namespace

void add_verdict_list_options(Arguments& arguments, VerdictListOptions& options) {
    arguments.positional("FILTER", options.filter, "Only versions for which this holds, as in assay search");
    arguments.option("--verdict VERDICTS", options.verdict, "Which verdicts to list: allow, warn, refuse, with commas between");
    arguments.option("--order-by KEYS", options.order_by, "Keys to order by, each with ASC or DESC");
    arguments.option("--limit N", options.limit, "At most this many versions (0: all)").check(whole_number(0, INT64_MAX));
}

std::string query_of(const VerdictListOptions& options) {
    std::string query;
    if (!options.filter.empty()) query += "&filter=" + encode_component(options.filter);
    if (!options.order_by.empty()) query += "&order_by=" + encode_component(join(options.order_by, ", "));
    if (!options.verdict.empty()) query += "&verdict=" + encode_component(options.verdict);
    return query;
}

std::string tally_in_words(const Json& page) {
    const Json& tally = member(page, "tally");
    return fmt::format("{} allowed, {} with a warning, {} refused", integer_of(tally, "allow").value_or(0),
                       integer_of(tally, "warn").value_or(0), integer_of(tally, "refuse").value_or(0));
}

std::string verdict_table(const Output& output, const Json& items) {
    Table table({"VERSION", "VERDICT", "ALIASES", "WHY"});
    for (const Json& item : items) {
        table.add({text_of(item, "model") + "@" + plain(member(item, "version")), text_of(item, "verdict"),
                   join(strings_of(list_of(item, "aliases")), " "), reason_of(item)});
    }
    return table.empty() ? "" : table.text(output);
}

}  // namespace assay
