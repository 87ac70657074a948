#include "registry/verdicts.hpp"

#include "registry/needs.hpp"
#include "registry/proofs.hpp"
#include "registry/waivers.hpp"
#include "storage/tables/needs.hpp"
#include "storage/tables/proofs.hpp"
#include "storage/tables/versions.hpp"
#include "storage/tables/waivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace assay {

namespace {

using Decision = Verdict::Decision;

constexpr std::int64_t max_needs = 10'000;
constexpr std::int64_t max_waivers = 10'000;

/// A need, and the environment in which something is known beyond the rules.
using Pair = std::pair<std::int64_t, std::string>;

/// Versions that the rules do not decide alone.
struct Exceptions {
    std::set<Pair> equal;
    std::set<Pair> failed;
    std::set<std::pair<std::string, std::int64_t>> waived;  ///< model and version; those that would be refused
    std::set<std::pair<std::string, std::int64_t>> doubted;  ///< by the server's own replay; those that would be allowed
    std::set<std::int64_t> needs;                            ///< of all of them

    [[nodiscard]] bool none() const { return needs.empty(); }
};

Result<std::vector<NeedsVerdict>> judge_needs(SqlSession& sql, const RuleSet& rules, const AskNeeds& ask) {
    TRY_ASSIGN(auto rows, needs::list(sql, max_needs + 1));
    if (std::ssize(rows) > max_needs) {
        return fail(Error(ErrorKind::too_large, "too-many-needs",
                          fmt::format("the versions of this registry have more than {} different needs", max_needs))
                        .with_because("each combination of releases that some version was made with is judged by itself"));
    }
    std::vector<NeedsVerdict> judged;
    for (NeedsRow& row : rows) {
        TRY_ASSIGN(const Recorded recorded, read_needs(row.body));
        TRY_ASSIGN(auto question, ask(recorded));
        if (!question) continue;
        Verdict verdict = judge(question->needs, question->environment, rules);
        judged.push_back({std::move(row), *std::move(question), std::move(verdict)});
    }
    return judged;
}

std::int64_t& of(Tally& tally, Decision decision) {
    return decision == Decision::allow ? tally.allow : decision == Decision::warn ? tally.warn : tally.refuse;
}

void move_to(Tally& tally, Decision from, Decision to, std::int64_t versions) {
    of(tally, from) -= versions;
    of(tally, to) += versions;
}

/// Counts in what is proven of single versions.
Result<void> add_proofs(SqlSession& sql, const std::map<std::int64_t, const NeedsVerdict*>& judged, Exceptions& exceptions, Tally& tally) {
    std::set<std::string> considered;
    for (const auto& [id, one] : judged) considered.insert(one->question.considered);
    TRY_ASSIGN(const auto proven, proofs::by_needs(sql, {considered.begin(), considered.end()}));
    for (const proofs::ByNeeds& one : proven) {
        const auto found = judged.find(one.needs);
        if (found == judged.end() || found->second->question.considered != one.considered) continue;  // another need's environment
        (one.failed ? exceptions.failed : exceptions.equal).insert({one.needs, one.considered});
        exceptions.needs.insert(one.needs);
        move_to(tally, found->second->verdict.decision, one.failed ? Decision::refuse : Decision::allow, one.versions);
    }
    return {};
}

/// Counts in what is waived: each a single version, judged as the gate would.
Result<void> add_waivers(const Registry& registry, SqlSession& sql, const std::map<std::int64_t, const NeedsVerdict*>& judged,
                         Exceptions& exceptions, Tally& tally) {
    TRY_ASSIGN(const auto rows, waivers::list(sql, {"", 0, registry.clock.now().microseconds, 0}, max_waivers));
    for (const WaiverRow& waiver : rows) {
        TRY_ASSIGN(const auto id, needs::of_version(sql, waiver.model, waiver.version));
        const auto found = id ? judged.find(*id) : judged.end();
        if (found == judged.end()) continue;
        const NeedsQuestion& question = found->second->question;
        if (!waiver.considered.empty() && waiver.considered != question.considered) continue;
        if (exceptions.waived.contains({waiver.model, waiver.version})) continue;
        TRY_ASSIGN(const auto version, versions::find(sql, waiver.model, waiver.version));
        if (!version) continue;
        Verdict verdict = found->second->verdict;
        Evidence evidence;
        TRY_ASSIGN(evidence.proofs, proven_in(sql, *version, question.considered));
        weigh(verdict, evidence);
        if (verdict.decision != Decision::refuse) continue;
        exceptions.waived.insert({waiver.model, waiver.version});
        exceptions.needs.insert(*id);
        move_to(tally, Decision::refuse, Decision::warn, 1);
    }
    return {};
}

/// Counts in what the server itself finds to predict otherwise.
Result<void> add_doubts(SqlSession& sql, const std::map<std::int64_t, const NeedsVerdict*>& judged, Exceptions& exceptions, Tally& tally) {
    TRY_ASSIGN(const auto rows, proofs::server_differs(sql, max_waivers));
    for (const auto& [model, number] : rows) {
        TRY_ASSIGN(const auto id, needs::of_version(sql, model, number));
        const auto found = id ? judged.find(*id) : judged.end();
        if (found == judged.end()) continue;
        TRY_ASSIGN(const auto version, versions::find(sql, model, number));
        if (!version) continue;
        Verdict verdict = found->second->verdict;
        Evidence evidence;
        TRY_ASSIGN(evidence.proofs, proven_in(sql, *version, found->second->question.considered));
        weigh(verdict, evidence);
        if (verdict.decision != Decision::allow) continue;
        exceptions.doubted.insert({model, number});
        exceptions.needs.insert(*id);
        move_to(tally, Decision::allow, Decision::warn, 1);
    }
    return {};
}

std::string marks(std::size_t count, std::string_view one) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + std::string(one);
    return text;
}

/// The version has one of these needs.
filter::Condition needs_among(const std::set<std::int64_t>& ids) {
    filter::Condition condition{.table = "version_needs", .selective = true, .key = "needs"};
    if (ids.empty()) {
        condition.where = "1 = 0";
        return condition;
    }
    condition.where = "s.needs IN (" + marks(ids.size(), "?") + ")";
    for (const std::int64_t id : ids) condition.values.emplace_back(id);
    return condition;
}

/// The version is proven to fail, or to be equal, in the environment that its needs are judged in.
filter::Condition proven(const std::set<Pair>& pairs, bool failed) {
    if (pairs.empty()) return filter::any_of({});
    filter::Condition condition{
        .table =
            "(SELECT p.model, p.version, p.outcome, p.considered, n.needs FROM proofs p JOIN version_needs n ON n.model = p.model AND "
            "n.version = p.version)"};
    condition.where = fmt::format("s.outcome {} ('equal', 'close') AND (s.needs, s.considered) IN (VALUES {})", failed ? "NOT IN" : "IN",
                                  marks(pairs.size(), "(?, ?)"));
    for (const auto& [id, considered] : pairs) {
        condition.values.emplace_back(id);
        condition.values.emplace_back(considered);
    }
    return condition;
}

/// The version is one of these.
filter::Condition one_of(const std::set<std::pair<std::string, std::int64_t>>& versions) {
    if (versions.empty()) return filter::any_of({});
    filter::Condition condition{.table = "version_needs",
                                .where = "(s.model, s.version) IN (VALUES " + marks(versions.size(), "(?, ?)") + ")"};
    for (const auto& [model, version] : versions) {
        condition.values.emplace_back(model);
        condition.values.emplace_back(version);
    }
    return condition;
}

/// What holds for the versions with one of these decisions.
std::vector<filter::Condition> decided(const std::vector<NeedsVerdict>& judged, const std::set<Decision>& wanted,
                                       const Exceptions& exceptions) {
    std::map<Decision, std::set<std::int64_t>> ids;
    for (const NeedsVerdict& one : judged) ids[one.verdict.decision].insert(one.row.id);
    std::set<std::int64_t> candidates;
    for (const Decision decision : wanted) candidates.insert(ids[decision].begin(), ids[decision].end());
    if (exceptions.none()) return {needs_among(candidates)};

    using filter::all_of, filter::any_of, filter::negation_of;
    const filter::Condition failed = proven(exceptions.failed, true);
    const filter::Condition equal = proven(exceptions.equal, false);
    const filter::Condition unless_proven = negation_of(any_of({failed, equal}));
    std::vector<filter::Condition> ways;
    if (wanted.contains(Decision::allow)) {
        const filter::Condition undoubted = all_of({negation_of(failed), negation_of(one_of(exceptions.doubted))});
        ways.push_back(all_of({needs_among(ids[Decision::allow]), undoubted}));
        ways.push_back(all_of({equal, undoubted}));
    }
    if (wanted.contains(Decision::warn)) {
        ways.push_back(one_of(exceptions.doubted));
        ways.push_back(one_of(exceptions.waived));
        ways.push_back(all_of({needs_among(ids[Decision::warn]), unless_proven}));
    }
    if (wanted.contains(Decision::refuse)) {
        ways.push_back(all_of(
            {any_of({failed, all_of({needs_among(ids[Decision::refuse]), unless_proven})}), negation_of(one_of(exceptions.waived))}));
    }
    // The first says nothing new; it is what an index finds few versions by.
    candidates.insert(exceptions.needs.begin(), exceptions.needs.end());
    return {needs_among(candidates), any_of(std::move(ways))};
}

/// Each version of the page as the gate decides on it.
Result<std::vector<JudgedVersion>> judge_each(const Registry& registry, SqlSession& sql, std::vector<VersionView> found,
                                              const RuleSet& rules, const AskNeeds& ask) {
    std::vector<JudgedVersion> versions;
    for (VersionView& view : found) {
        TRY_ASSIGN(const Recorded needs, needs_of(sql, view.row));
        TRY_ASSIGN(auto question, ask(needs));
        if (!question) continue;
        question->needs.version = fmt::format("{}@{}", view.row.model, view.row.version);
        Verdict verdict = judge(question->needs, question->environment, rules);
        Evidence evidence;
        TRY_ASSIGN(evidence.proofs, proven_in(sql, view.row, question->considered));
        TRY_ASSIGN(evidence.waiver, waived_in(registry, sql, view.row, question->considered));
        TRY_ASSIGN(evidence.server, server_finds_different(sql, view.row));
        weigh(verdict, evidence);
        versions.push_back({std::move(view), std::move(verdict)});
    }
    return versions;
}

}  // namespace

Result<VerdictsPage> verdicts(Registry& registry, const VerdictsQuery& query, const AskNeeds& ask) {
    const auto rules = registry.rules.get();
    VerdictsPage page;
    Exceptions exceptions;
    TRY(registry.database.read([&](SqlSession& sql) -> Result<void> {
        TRY_ASSIGN(page.needs, judge_needs(sql, *rules, ask));
        std::map<std::int64_t, const NeedsVerdict*> judged;
        for (const NeedsVerdict& one : page.needs) {
            judged.emplace(one.row.id, &one);
            of(page.tally, one.verdict.decision) += one.row.versions;
        }
        TRY(add_proofs(sql, judged, exceptions, page.tally));
        TRY(add_waivers(registry, sql, judged, exceptions, page.tally));
        return add_doubts(sql, judged, exceptions, page.tally);
    }));
    TRY_ASSIGN(SearchPage found, search(registry, query.search, decided(page.needs, query.decisions, exceptions)));
    page.next = std::move(found.next);
    TRY_ASSIGN(page.versions,
               registry.database.read([&](SqlSession& sql) { return judge_each(registry, sql, std::move(found.versions), *rules, ask); }));
    return page;
}

}  // namespace assay
