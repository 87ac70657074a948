#include "registry/aliases.hpp"

#include "base/text.hpp"
#include "registry/hints.hpp"
#include "registry/models.hpp"
#include "storage/tables/aliases.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

/// What is missing: the alias, or the model it was looked for in.
std::unexpected<Error> no_such_alias(SqlSession& sql, const std::string& model, const std::string& alias) {
    if (auto row = find_model(sql, model); !row) return fail(std::move(row).error());
    return fail(
        Error(ErrorKind::not_found, "alias-not-found", fmt::format("{} has no alias '{}'", printable(model, 300), printable(alias, 300)))
            .with_fix(hint_to_set_alias(model, alias)));
}

Result<void> check(const std::string& model, const std::string& alias, const std::optional<AliasRow>& current,
                   const AliasPrecondition& expected) {
    const auto refuse = [&](std::string because) {
        return fail(Error(ErrorKind::precondition, "alias-moved", fmt::format("the alias '{}' was not changed", printable(alias, 300)))
                        .with_because(std::move(because))
                        .with_fix(hint_to_read_alias_history(model, alias)));
    };
    const std::string now_at = current ? fmt::format("it points to version {} now", current->version) : "it does not exist";
    if (expected.must_be_new && current) return refuse(now_at + ", and was expected to be new");
    if (expected.must_exist && !current) return refuse(now_at + ", and was expected to");
    if (expected.points_to && (!current || current->version != *expected.points_to)) {
        return refuse(fmt::format("{}, and was expected at version {}", now_at, *expected.points_to));
    }
    return {};
}

std::optional<std::string> as_text(const std::optional<std::int64_t>& version) {
    return version ? std::optional(std::to_string(*version)) : std::nullopt;
}

Result<AliasView> view_of(SqlSession& sql, const std::string& model, AliasRow row) {
    TRY_ASSIGN(const auto version, versions::find(sql, model, row.version));
    return AliasView{std::move(row), version ? version->digest : ""};
}

Result<void> must_have_been(const Registry& registry, Timestamp at) {
    if (at <= registry.clock.now()) return {};
    return fail(Error(ErrorKind::invalid, "invalid-time", fmt::format("{} has not come yet", at.to_string()))
                    .with_because("where an alias will point is not known"));
}

/// The last move at or before a time, told as the alias that it left; absent when there was none, or it was a removal.
Result<std::optional<AliasRow>> alias_at(SqlSession& sql, const std::string& model, const std::string& alias, Timestamp at) {
    constexpr std::int64_t batch = 100;
    for (std::int64_t before = 0;;) {
        TRY_ASSIGN(const auto moves, history::of_key(sql, model, "alias", alias, before, batch));
        for (const HistoryRow& move : moves) {
            TRY_ASSIGN(const Timestamp moved, Timestamp::parse(move.at));
            if (moved > at) continue;
            const auto version = move.after ? parse_integer(*move.after) : std::nullopt;
            if (!version) return std::nullopt;
            return AliasRow{alias, *version, move.at, move.actor};
        }
        if (std::ssize(moves) < batch) return std::nullopt;
        before = moves.back().seq;
    }
}

}  // namespace

Result<AliasMove> set_alias(SqlWrite& sql, const std::string& model, const std::string& alias, std::int64_t version,
                            const AliasPrecondition& expected, const std::string& actor, const std::string& now) {
    TRY_ASSIGN(const auto current, aliases::find(sql, model, alias));
    TRY(check(model, alias, current, expected));
    AliasMove move{alias, version, current ? std::optional(current->version) : std::nullopt};
    if (move.previous == version) return move;  // nothing moves, nothing is recorded
    TRY(aliases::set(sql, model, {alias, version, now, actor}));
    TRY(history::append(sql, {0, now, model, version, "alias", alias, as_text(move.previous), std::to_string(version), actor}));
    return move;
}

Result<AliasMove> set_alias(Registry& registry, const std::string& model, const std::string& alias, const VersionRef& ref,
                            const AliasPrecondition& expected, const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<AliasMove> {
        TRY_ASSIGN(const VersionRow row, resolve_ready(registry, sql, model, ref));
        return set_alias(sql, model, alias, row.version, expected, actor, registry.now());
    });
}

Result<void> remove_alias(Registry& registry, const std::string& model, const std::string& alias, const AliasPrecondition& expected,
                          const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(const auto current, aliases::find(sql, model, alias));
        if (!current) return no_such_alias(sql, model, alias);
        TRY(check(model, alias, current, expected));
        TRY(aliases::remove(sql, model, alias));
        return history::append(
            sql, {0, registry.now(), model, current->version, "alias", alias, std::to_string(current->version), std::nullopt, actor});
    });
}

Result<AliasMove> roll_back_alias(Registry& registry, const std::string& model, const std::string& alias, const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<AliasMove> {
        TRY_ASSIGN(const auto moves, history::of_key(sql, model, "alias", alias, 0, 1));
        if (moves.empty()) return no_such_alias(sql, model, alias);
        const auto target = moves.front().before ? parse_integer(*moves.front().before) : std::nullopt;
        if (!target) {
            return fail(Error(ErrorKind::conflict, "nothing-to-roll-back",
                              fmt::format("the alias '{}' cannot be rolled back", printable(alias, 300)))
                            .with_because("it was new at its last move, so there is nothing before it"));
        }
        TRY_ASSIGN(const VersionRow row, resolve_ready(registry, sql, model, VersionRef{VersionRef::Number{*target}}));
        return set_alias(sql, model, alias, row.version, {}, actor, registry.now());
    });
}

Result<AliasView> show_alias(Registry& registry, const std::string& model, const std::string& alias) {
    return registry.database.read([&](SqlSession& sql) -> Result<AliasView> {
        TRY_ASSIGN(auto row, aliases::find(sql, model, alias));
        if (!row) return no_such_alias(sql, model, alias);
        return view_of(sql, model, *std::move(row));
    });
}

Result<std::vector<AliasView>> list_aliases(Registry& registry, const std::string& model) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<AliasView>> {
        TRY(find_model(sql, model));
        TRY_ASSIGN(auto rows, aliases::of_model(sql, model));
        std::vector<AliasView> views;
        for (AliasRow& row : rows) {
            TRY_ASSIGN(AliasView view, view_of(sql, model, std::move(row)));
            views.push_back(std::move(view));
        }
        return views;
    });
}

Result<AliasView> show_alias_at(Registry& registry, const std::string& model, const std::string& alias, Timestamp at) {
    TRY(must_have_been(registry, at));
    return registry.database.read([&](SqlSession& sql) -> Result<AliasView> {
        TRY_ASSIGN(auto row, alias_at(sql, model, alias, at));
        if (row) return view_of(sql, model, *std::move(row));
        TRY(find_model(sql, model));
        return fail(
            Error(ErrorKind::not_found, "alias-not-found",
                  fmt::format("{} had no alias '{}' at {}", printable(model, 300), printable(alias, 300), at.to_string()))
                .with_fix(fmt::format("assay alias log {} {} shows where it has pointed", printable(model, 300), printable(alias, 300))));
    });
}

Result<std::vector<AliasView>> list_aliases_at(Registry& registry, const std::string& model, Timestamp at) {
    TRY(must_have_been(registry, at));
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<AliasView>> {
        TRY(find_model(sql, model));
        TRY_ASSIGN(const auto names, history::keys_of(sql, model, "alias"));
        std::vector<AliasView> views;
        for (const std::string& name : names) {
            TRY_ASSIGN(auto row, alias_at(sql, model, name, at));
            if (!row) continue;
            TRY_ASSIGN(AliasView view, view_of(sql, model, *std::move(row)));
            views.push_back(std::move(view));
        }
        return views;
    });
}

Result<std::vector<HistoryRow>> alias_history(Registry& registry, const std::string& model, const std::string& alias, std::int64_t before,
                                              std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<HistoryRow>> {
        TRY_ASSIGN(auto rows, history::of_key(sql, model, "alias", alias, before, limit));
        if (rows.empty() && before == 0) return no_such_alias(sql, model, alias);
        return rows;
    });
}

}  // namespace assay
