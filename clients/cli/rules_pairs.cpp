#include "clients/cli/rules_pairs.hpp"

#include "base/csv.hpp"
#include "base/text.hpp"
#include "clients/cli/inspect_path.hpp"
#include "registry/needs.hpp"
#include "registry/pair_score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <tuple>

namespace assay {

namespace {

constexpr std::size_t max_pairs_bytes = std::size_t{1} << 30U;
constexpr std::size_t max_pairs = 10'000'000;

struct FoundPair {
    std::string model;
    std::string format;
    std::string dumped_with;
    std::string loaded_with;
    LoadOutcome outcome;
    std::string message;
    bool set_aside;
};

Result<CsvTable> read_csv(const std::string& path, std::initializer_list<std::string_view> wanted) {
    TRY_ASSIGN(const std::string text, read_text_file(path, max_pairs_bytes));
    auto table = parse_csv(text, max_pairs);
    if (!table) return fail(std::move(table).error().with_context("reading " + printable(path, 300)));
    for (const std::string_view column : wanted) {
        if (table->column(column) == table->columns.size()) {
            return fail(Error(ErrorKind::invalid, "invalid-csv", fmt::format("{} has no column '{}'", printable(path, 300), column))
                            .with_fix(fmt::format("its first line must name {}", fmt::join(wanted, ", "))));
        }
    }
    return table;
}

std::optional<LoadOutcome> outcome_of(std::string_view text) {
    if (text == "identical" || text == "close") return LoadOutcome::works;
    if (text == "load_error" || text == "predict_error") return LoadOutcome::breaks;
    if (text == "different") return LoadOutcome::silent;
    return std::nullopt;
}

Result<std::vector<FoundPair>> read_pairs(const std::string& path) {
    TRY_ASSIGN(const CsvTable table, read_csv(path, {"model", "format", "dumped_with", "loaded_with", "outcome"}));
    const auto at = [&](const char* name) { return table.column(name); };
    std::vector<FoundPair> pairs;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const std::vector<std::string>& row = table.rows[i];
        const auto optional = [&](const char* name) { return at(name) < row.size() ? row[at(name)] : std::string(); };
        const auto outcome = outcome_of(row[at("outcome")]);
        if (!outcome) {
            return fail(Error(ErrorKind::invalid, "invalid-csv",
                              fmt::format("line {} of {} has the outcome '{}'", table.lines[i], printable(path, 300),
                                          printable(row[at("outcome")], 60)))
                            .with_fix("identical, close, different, predict_error or load_error"));
        }
        pairs.push_back({row[at("model")], row[at("format")], row[at("dumped_with")], row[at("loaded_with")], *outcome, optional("message"),
                         !optional("set_aside").empty()});
    }
    return pairs;
}

/// A column is a package; "sklearn" is what many call scikit-learn. `env` names the environment; what is no package is passed over.
Result<std::map<std::string, Environment>> read_environments(const std::string& path) {
    TRY_ASSIGN(const CsvTable table, read_csv(path, {"env", "python"}));
    std::map<std::string, Environment> environments;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        Environment environment{.python = std::nullopt, .implementation = "cpython", .platform = "linux-x86_64", .packages = {}};
        std::string name;
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            const std::string& column = table.columns[c];
            const std::string& value = table.rows[i][c];
            if (column == "env") {
                name = value;
            } else if (column == "python") {
                environment.python = value;
            } else if (const auto package = package_name(column == "sklearn" ? "scikit-learn" : column);
                       package && !value.empty() && column != "pickle_protocol") {
                environment.packages[*package] = value;
            }
        }
        if (!environments.emplace(name, environment).second) {
            return fail(ErrorKind::invalid, "invalid-csv",
                        fmt::format("line {} of {} names '{}' again", table.lines[i], printable(path, 300), printable(name, 100)));
        }
    }
    return environments;
}

/// What is known of a dump: its bytes, and what its environment had of the packages that they import.
Result<Recorded> needs_of_dump(const std::string& path, const Environment& dumped_with) {
    TRY_ASSIGN(const Inspection inspection, inspect_path(path));
    Recorded needs = needs_of_file(to_json(inspection, SIZE_MAX));
    const auto use = [&](const std::string& package) {
        const auto release = dumped_with.release_of(package);
        if (!release) return;
        needs.libraries[package] = *release;
        if (package != "python" && std::ranges::find(needs.uses, package) == needs.uses.end()) needs.uses.push_back(package);
    };
    use("python");
    for (const std::string& package : needs.packages()) use(package);
    return needs;
}

std::string path_of(const PairsOptions& options, const FoundPair& pair) {
    std::string file = pair.model;
    for (std::size_t at = 0; (at = file.find('/', at)) != std::string::npos; at += 2) file.replace(at, 1, "__");
    return (std::filesystem::path(options.dumps) / pair.dumped_with / (file + "." + pair.format)).string();
}

/// Judges each need for each environment once: thousands of models need the same.
class Judge {
public:
    Judge(const RuleSet& rules, const PairsOptions& options, const std::map<std::string, Environment>& environments)
        : rules_(rules), options_(options), environments_(environments) {}

    Result<const Verdict*> of(const FoundPair& pair) {
        const auto key = std::tuple(pair.model, pair.format, pair.dumped_with);
        auto known = needs_.find(key);
        if (known == needs_.end()) {
            TRY_ASSIGN(Recorded needs, needs_of_dump(path_of(options_, pair), environments_.at(pair.dumped_with)));
            TRY_ASSIGN(std::string text, needs_text(needs));
            const auto [place, fresh] = distinct_.try_emplace(std::move(text), nullptr);
            if (fresh) place->second = std::make_unique<Recorded>(std::move(needs));
            known = needs_.emplace(key, place->second.get()).first;
        }
        const auto [place, fresh] = verdicts_.try_emplace({known->second, pair.loaded_with});
        if (fresh) place->second = judge(*known->second, environments_.at(pair.loaded_with), rules_);
        return &place->second;
    }

    [[nodiscard]] std::size_t dumps() const { return needs_.size(); }

private:
    const RuleSet& rules_;
    const PairsOptions& options_;
    const std::map<std::string, Environment>& environments_;
    std::map<std::tuple<std::string, std::string, std::string>, const Recorded*> needs_;
    std::map<std::string, std::unique_ptr<Recorded>> distinct_;
    std::map<std::pair<const Recorded*, std::string>, Verdict> verdicts_;
};

struct Kind {
    std::string name;
    Score score;
};

struct Wrong {
    std::uint64_t count = 0;
    std::string first;
};

Json to_json(const Kind& kind) {
    const Score& score = kind.score;
    return {{"name", kind.name},
            {"works", score.works},
            {"breaks", score.breaks},
            {"silent", score.silent},
            {"missed_breaks", score.missed_breaks},
            {"missed_silent", score.missed_silent},
            {"missed_share", score.missed_share()},
            {"false_refusals", score.refused},
            {"false_refusal_share", score.refused_share()},
            {"warned", score.warned}};
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

void tell_table(Output& output, const std::vector<Kind>& kinds) {
    Table table({"JUDGED BY", "BREAKS MISSED", "OF", "SILENT MISSED", "OF", "MISSED", "FALSE REFUSALS", "OF", "REFUSED", "WARNED"});
    for (const Kind& kind : kinds) {
        const Score& score = kind.score;
        table.add({kind.name, std::to_string(score.missed_breaks), std::to_string(score.breaks), std::to_string(score.missed_silent),
                   std::to_string(score.silent), percent(score.missed_share()), std::to_string(score.refused), std::to_string(score.works),
                   percent(score.refused_share()), std::to_string(score.warned)});
    }
    output.write(table.text(output));
}

class PairTally {
public:
    explicit PairTally(const std::map<std::string, Environment>& environments) : environments_(environments) {
        kinds_.push_back({"these rules", {}});
        for (const Baseline& baseline : baselines()) kinds_.push_back({std::string(baseline.name), {}});
    }

    void count(const FoundPair& pair, const Verdict& verdict) {
        kinds_[0].score.count(pair.outcome, verdict.decision);
        for (std::size_t i = 0; i < baselines().size(); ++i) {
            const bool allows = baselines()[i].allows(environments_.at(pair.dumped_with), environments_.at(pair.loaded_with));
            kinds_[i + 1].score.count(pair.outcome, allows ? Verdict::Decision::allow : Verdict::Decision::refuse);
        }
    }

    [[nodiscard]] bool empty() const { return kinds_[0].score.works + kinds_[0].score.breaks + kinds_[0].score.silent == 0; }
    [[nodiscard]] const std::vector<Kind>& kinds() const { return kinds_; }

private:
    const std::map<std::string, Environment>& environments_;
    std::vector<Kind> kinds_;
};

/// What was judged wrongly, by kind and by what was seen or said.
using WrongAnswers = std::map<std::string, std::map<std::string, Wrong>>;

void note_wrong(const FoundPair& pair, const Verdict& verdict, WrongAnswers& wrong) {
    const bool refused = verdict.decision == Verdict::Decision::refuse;
    if (refused != (pair.outcome == LoadOutcome::works)) return;
    const char* kind = refused ? "false refusal" : pair.outcome == LoadOutcome::silent ? "missed silent change" : "missed break";
    const std::string why = refused ? verdict.conflicts.front().rule : pair.message;
    Wrong& entry = wrong[kind][why];
    if (entry.count++ == 0) entry.first = fmt::format("{}.{} of {} in {}", pair.model, pair.format, pair.dumped_with, pair.loaded_with);
}

void tell_wrong(Output& output, const WrongAnswers& wrong, std::size_t show) {
    for (const auto& [kind, by_cause] : wrong) {
        std::vector<std::pair<std::string, Wrong>> all(by_cause.begin(), by_cause.end());
        std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
        for (std::size_t i = 0; i < std::min(show, all.size()); ++i) {
            output.write_line(fmt::format("{}: {} times {}; first {}", kind, all[i].second.count, printable(all[i].first, 200),
                                          printable(all[i].second.first, 200)));
        }
        if (all.size() > show) output.write_line(fmt::format("{}: {} more causes", kind, all.size() - show));
    }
}

Json to_json(const WrongAnswers& wrong) {
    Json json = Json::array();
    for (const auto& [kind, by_cause] : wrong) {
        for (const auto& [cause, entry] : by_cause)
            json.push_back({{"kind", kind}, {"cause", cause}, {"count", entry.count}, {"first", entry.first}});
    }
    return json;
}

Json to_json(const PairTally& tally) {
    Json json = Json::array();
    for (const Kind& kind : tally.kinds()) json.push_back(to_json(kind));
    return json;
}

}  // namespace

Result<ExitCode> test_pairs(CommandContext& context, const RuleSet& rules, const PairsOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const auto environments, read_environments(options.environments));
    TRY_ASSIGN(const std::vector<FoundPair> pairs, read_pairs(options.pairs));
    Judge judge(rules, options, environments);
    PairTally between(environments);
    PairTally set_aside(environments);
    std::uint64_t refused_at_home = 0;
    WrongAnswers wrong;
    for (const FoundPair& pair : pairs) {
        for (const std::string& name : {pair.dumped_with, pair.loaded_with}) {
            if (!environments.contains(name)) {
                return fail(Error(
                    ErrorKind::invalid, "unknown-environment",
                    fmt::format("{} does not name the environment '{}'", printable(options.environments, 300), printable(name, 100))));
            }
        }
        TRY_ASSIGN(const Verdict* verdict, judge.of(pair));
        if (pair.dumped_with == pair.loaded_with) {
            refused_at_home += verdict->decision == Verdict::Decision::refuse && pair.outcome == LoadOutcome::works ? 1 : 0;
            continue;
        }
        between.count(pair, *verdict);
        if (pair.set_aside) set_aside.count(pair, *verdict);
        note_wrong(pair, *verdict, wrong);
    }
    if (output.json()) {
        output.write_json({{"loads", pairs.size()},
                           {"dumps", judge.dumps()},
                           {"environments", environments.size()},
                           {"between_environments", to_json(between)},
                           {"set_aside", set_aside.empty() ? Json(nullptr) : to_json(set_aside)},
                           {"refused_in_own_environment", refused_at_home},
                           {"wrong", to_json(wrong)}});
        return ExitCode::ok;
    }
    output.write_line(
        fmt::format("{} loads of {} dumps in {} environments; between different ones:", pairs.size(), judge.dumps(), environments.size()));
    tell_table(output, between.kinds());
    if (!set_aside.empty()) {
        output.write_line("of these, set aside before the rules were made:");
        tell_table(output, set_aside.kinds());
    }
    output.write_line(fmt::format("{} refused where they were dumped", refused_at_home));
    tell_wrong(output, wrong, options.show);
    return ExitCode::ok;
}

}  // namespace assay
