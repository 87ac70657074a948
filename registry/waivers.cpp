#include "registry/waivers.hpp"

#include "base/text.hpp"
#include "registry/environments.hpp"
#include "registry/manifest.hpp"
#include "registry/needs.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/waivers.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

constexpr std::size_t max_waiver_why_bytes = 1'000;
constexpr std::int64_t longest_days = 366;
constexpr std::int64_t one_day = std::int64_t{86'400} * 1'000'000;

Error bad_end(const std::string& what) {
    return Error(ErrorKind::invalid, "invalid-waiver", "the waiver was not granted")
        .with_problems({{"until", what, "such as a date within the next weeks"}});
}

}  // namespace

Result<Waive> read_waive(const Json& value) {
    Problems problems;
    JsonReader reader(value, "", problems);
    Waive waiver;
    const std::string why = reader.nonempty_string("why");
    waiver.why = trim(why);
    if (!why.empty() && waiver.why.empty()) reader.problem("why", "must say why the refusal may be passed");
    if (waiver.why.size() > max_waiver_why_bytes || has_control_characters(waiver.why))
        reader.problem("why", fmt::format("must be at most {} bytes without control characters", max_waiver_why_bytes));
    const std::string until = reader.string("until");
    if (const auto time = Timestamp::parse(until)) {
        waiver.until = *time;
    } else if (!until.empty()) {
        reader.problem("until", time.error().because, "such as 2026-12-24 or 2026-12-24T18:00:00Z");
    }
    if (const auto text = reader.optional_string("environment")) {
        if (const auto digest = Digest::parse(*text)) {
            waiver.environment = *digest;
        } else {
            reader.problem("environment", "must be sha256:… of a known environment");
        }
    }
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-waiver", "the waiver cannot be read"));
    return waiver;
}

Result<WaiverRow> waive(Registry& registry, const std::string& model, const VersionRef& ref, const Waive& waiver,
                        const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<WaiverRow> {
        TRY_ASSIGN(const VersionRow version, resolve_ready(registry, sql, model, ref));
        const std::int64_t now = registry.clock.now().microseconds;
        if (waiver.until.microseconds <= now) return fail(bad_end(waiver.until.to_string() + " has passed"));
        if (waiver.until.microseconds > now + longest_days * one_day)
            return fail(bad_end(fmt::format("{} is more than {} days away: a waiver ends", waiver.until.to_string(), longest_days)));
        WaiverRow row{0,     version.model,  version.version,           "",           "",          waiver.why,
                      actor, registry.now(), waiver.until.microseconds, std::nullopt, std::nullopt};
        if (waiver.environment) {
            TRY_ASSIGN(const Environment environment, find_environment(sql, *waiver.environment));
            TRY_ASSIGN(const Recorded needs, needs_of(sql, version));
            row.environment = waiver.environment->to_string();
            TRY_ASSIGN(row.considered, considered_text(needs, environment));
        }
        TRY_ASSIGN(row.id, waivers::insert(sql, row));
        TRY(history::append(sql, {0, row.created_at, row.model, row.version, "waived", std::to_string(row.id), std::nullopt,
                                  fmt::format("until {}: {}", waiver.until.to_string(), row.why), actor}));
        return row;
    });
}

Result<WaiverRow> end_waiver(Registry& registry, std::int64_t id, const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<WaiverRow> {
        TRY_ASSIGN(auto row, waivers::find(sql, id));
        if (!row) {
            return fail(Error(ErrorKind::not_found, "waiver-not-found", fmt::format("there is no waiver {}", id))
                            .with_fix("assay waiver list --all, or GET /v1/waivers?all=true, shows them"));
        }
        if (!holds(registry, *row)) {
            return fail(Error(ErrorKind::conflict, "waiver-ended", fmt::format("waiver {} has ended already", id))
                            .with_because(row->ended_at ? fmt::format("{} ended it at {}", row->ended_by.value_or(""), *row->ended_at)
                                                        : "its time ran out at " + Timestamp{row->until_at}.to_string()));
        }
        row->ended_at = registry.now();
        row->ended_by = actor;
        TRY(waivers::end(sql, id, *row->ended_at, actor));
        TRY(history::append(
            sql, {0, *row->ended_at, row->model, row->version, "waiver-ended", std::to_string(id), row->why, std::nullopt, actor}));
        return *std::move(row);
    });
}

Result<std::vector<WaiverRow>> list_waivers(Registry& registry, const std::string& model, const VersionRef& ref, bool all,
                                            std::int64_t before, std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<WaiverRow>> {
        TRY_ASSIGN(const VersionRow version, resolve(sql, model, ref));
        return waivers::list(sql, {version.model, version.version, all ? 0 : registry.clock.now().microseconds, before}, limit);
    });
}

Result<std::vector<WaiverRow>> list_waivers(Registry& registry, bool all, std::int64_t before, std::int64_t limit) {
    return registry.database.read(
        [&](SqlSession& sql) { return waivers::list(sql, {"", 0, all ? 0 : registry.clock.now().microseconds, before}, limit); });
}

bool holds(const Registry& registry, const WaiverRow& waiver) {
    return !waiver.ended_at && waiver.until_at > registry.clock.now().microseconds;
}

Result<std::optional<Waived>> waived_in(const Registry& registry, SqlSession& sql, const VersionRow& version,
                                        const std::string& considered) {
    TRY_ASSIGN(const auto row, waivers::in_force(sql, version.model, version.version, considered, registry.clock.now().microseconds));
    if (!row) return std::nullopt;
    return Waived{row->id, row->actor, row->why, Timestamp{row->until_at}.to_string()};
}

}  // namespace assay
