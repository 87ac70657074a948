#include "api/v1/verdicts.hpp"

#include "api/v1/views.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::v1 {

namespace {

using Decision = Verdict::Decision;

Result<std::set<Decision>> decisions_of(const Request& request, const std::set<Decision>& otherwise) {
    const auto found = request.query.find("verdict");
    if (found == request.query.end()) return otherwise;
    std::set<Decision> wanted;
    for (const std::string& word : split(found->second, ',')) {
        bool known = false;
        for (const Decision decision : {Decision::allow, Decision::warn, Decision::refuse}) {
            if (word != to_string(decision)) continue;
            wanted.insert(decision);
            known = true;
        }
        if (!known) {
            return fail(Error(ErrorKind::invalid, "invalid-verdict", "the parameter verdict cannot be used")
                            .with_problems({{"?verdict", fmt::format("'{}' is no verdict", printable(word, 100)),
                                             "allow, warn, refuse, or several of them with commas"}}));
        }
    }
    return wanted;
}

}  // namespace

Result<VerdictsQuery> verdicts_query(const Request& request, const std::set<Decision>& otherwise) {
    VerdictsQuery query;
    TRY_ASSIGN(const Page page, page_of(request));
    const auto parameter = [&](const char* name) {
        const auto found = request.query.find(name);
        return found == request.query.end() ? std::string() : found->second;
    };
    query.search = {.filter = parameter("filter"), .order_by = parameter("order_by"), .cursor = page.cursor, .limit = page.limit};
    TRY_ASSIGN(query.decisions, decisions_of(request, otherwise));
    return query;
}

Result<Response> verdicts_response(const Request& request, const VerdictsPage& page, Json more) {
    std::vector<ObjectText> items;
    for (const JudgedVersion& one : page.versions) {
        TRY_ASSIGN(ObjectText item, search_view(one.version));
        const Json verdict = to_json(one.verdict);
        for (const char* member : {"verdict", "conflicts", "warnings", "settled"}) item.add(member, verdict.at(member));
        items.push_back(std::move(item));
    }
    more["tally"] = {{"allow", page.tally.allow}, {"warn", page.tally.warn}, {"refuse", page.tally.refuse}};
    return page_response(request, items, page.next, more);
}

}  // namespace assay::v1
