#include "registry/versions.hpp"

#include "base/text.hpp"
#include "registry/hints.hpp"
#include "registry/inspections.hpp"
#include "registry/manifest.hpp"
#include "registry/models.hpp"
#include "registry/names.hpp"
#include "registry/needs.hpp"
#include "registry/proofs.hpp"
#include "registry/trust.hpp"
#include "storage/tables/aliases.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/needs.hpp"
#include "storage/tables/registrations.hpp"
#include "storage/tables/tags.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <map>

namespace assay {

namespace {

Error no_such_version(const std::string& model, const std::string& what) {
    return Error(ErrorKind::not_found, "version-not-found", fmt::format("{} has no version {}", printable(model, 300), what))
        .with_fix(hint_to_list_versions(model));
}

/// What nobody registered, or what was to be a version and is none.
Result<Error> no_version_of_number(SqlSession& sql, const std::string& model, std::int64_t number) {
    TRY_ASSIGN(const auto tried, registrations::find(sql, model, number));
    if (!tried || tried->status == "ready") return no_such_version(model, std::to_string(number));
    return Error(ErrorKind::not_found, "version-failed",
                 fmt::format("{}@{} was not registered: it has no files, and its number stays taken", printable(model, 300), number))
        .with_because(in_one_line(tried->message));
}

Result<VersionRow> resolve_alias(SqlSession& sql, const std::string& model, const std::string& name) {
    TRY_ASSIGN(const auto alias, aliases::find(sql, model, name));
    if (!alias) {
        TRY_ASSIGN(const auto others, aliases::of_model(sql, model));
        Error error(ErrorKind::not_found, "alias-not-found",
                    fmt::format("{} has no alias '{}'", printable(model, 300), printable(name, 300)));
        std::vector<std::string> names;
        names.reserve(others.size());
        for (const AliasRow& other : others) names.push_back(other.alias);
        error.because = names.empty() ? "it has no aliases" : "its aliases are: " + printable(join(names, ", "), 1000);
        return fail(std::move(error).with_fix(hint_to_set_alias(model, name)));
    }
    TRY_ASSIGN(auto row, versions::find(sql, model, alias->version));
    if (!row) return fail(no_such_version(model, std::to_string(alias->version)));
    return *std::move(row);
}

}  // namespace

Result<VersionRow> resolve(SqlSession& sql, const std::string& model, const VersionRef& ref) {
    TRY(find_model(sql, model));
    if (const auto* number = std::get_if<VersionRef::Number>(&ref.which)) {
        TRY_ASSIGN(auto row, versions::find(sql, model, number->value));
        if (row) return *std::move(row);
        TRY_ASSIGN(Error none, no_version_of_number(sql, model, number->value));
        return fail(std::move(none));
    }
    if (const auto* digest = std::get_if<Digest>(&ref.which)) {
        TRY_ASSIGN(auto row, versions::find_by_digest(sql, model, digest->to_string()));
        if (!row) return fail(no_such_version(model, "with the digest " + digest->to_string()));
        return *std::move(row);
    }
    if (const auto* alias = std::get_if<VersionRef::Alias>(&ref.which)) return resolve_alias(sql, model, alias->name);
    TRY_ASSIGN(auto row, versions::find_latest(sql, model));
    if (row) return *std::move(row);
    Error error(ErrorKind::not_found, "version-not-found", fmt::format("{} has no version that is ready", printable(model, 300)));
    TRY_ASSIGN(const auto waiting, versions::list(sql, model, 0, VersionState::quarantined, 1));
    if (waiting.empty()) return fail(std::move(error));
    const std::string name = fmt::format("{}@{}", printable(model, 300), waiting.front().version);
    return fail(
        std::move(error).with_because(name + " is quarantined").with_fix(fmt::format("assay inspect {} says why, and what to do", name)));
}

Result<void> require_ready(const Registry& registry, SqlSession& sql, const VersionRow& row) {
    if (row.state == VersionState::ready) return {};
    const std::string name = fmt::format("{}@{}", printable(row.model, 300), row.version);
    if (row.state == VersionState::deleted) {
        return fail(Error(ErrorKind::conflict, "version-deleted", name + " is deleted").with_fix(hint_to_undelete(row.model, row.version)));
    }
    TRY_ASSIGN(const VersionInspection inspection, stored_inspection(registry, sql, row));
    TRY_ASSIGN(const auto different, server_finds_different(sql, row));
    if (different && state_for(registry, inspection.verdict, false, false) == VersionState::ready) {
        return fail(Error(ErrorKind::prediction_differs, "version-quarantined", name + " is quarantined: it waits until somebody trusts it")
                        .with_because(different_in_words(*different))
                        .with_fix(fmt::format("assay proofs {} shows what was found", name))
                        .with_fix(fmt::format("assay trust {} --reason WHY hands it out all the same", name)));
    }
    const bool waits = inspection.verdict <= Safety::needs_trust;
    Error error =
        unsafe_artifact(waits ? name + " is quarantined: it waits until somebody trusts it"
                              : fmt::format("{} is quarantined: it is {}, and never handed out", name, to_string(inspection.verdict)),
                        inspection);
    error.code = "version-quarantined";
    const std::string look = fmt::format("assay inspect {} shows what it is", name);
    if (!waits) return fail(std::move(error).with_fix(look));
    return fail(std::move(error)
                    .with_because("loading it would run code that nobody has judged")
                    .with_fix(look)
                    .with_fix(fmt::format("assay trust {} --reason WHY lets it be handed out, once its code was reviewed", name)));
}

Result<VersionRow> resolve_ready(const Registry& registry, SqlSession& sql, const std::string& model, const VersionRef& ref) {
    TRY_ASSIGN(VersionRow row, resolve(sql, model, ref));
    TRY(require_ready(registry, sql, row));
    return row;
}

Result<VersionView> view_of(SqlSession& sql, VersionRow row) {
    VersionView view;
    TRY_ASSIGN(view.aliases, aliases::of_version(sql, row.model, row.version));
    TRY_ASSIGN(view.tags, tags::list(sql, row.model, row.version));
    view.row = std::move(row);
    return view;
}

Result<VersionView> show_version(Registry& registry, const std::string& model, const VersionRef& ref) {
    return registry.database.read([&](SqlSession& sql) -> Result<VersionView> {
        TRY_ASSIGN(VersionRow row, resolve(sql, model, ref));
        return view_of(sql, std::move(row));
    });
}

Result<std::vector<VersionView>> list_versions(Registry& registry, const std::string& model, std::int64_t before,
                                               std::optional<VersionState> state, std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<VersionView>> {
        TRY(find_model(sql, model));
        TRY_ASSIGN(std::vector<VersionRow> rows, versions::list(sql, model, before, state, limit));
        if (rows.empty()) return std::vector<VersionView>();
        // Three questions for a page, however long it is.
        TRY_ASSIGN(const std::vector<AliasRow> all_aliases, aliases::of_model(sql, model));
        TRY_ASSIGN(auto all_tags, tags::of_versions(sql, model, rows.back().version, rows.front().version));
        std::map<std::int64_t, std::vector<std::string>> aliases_of;
        for (const AliasRow& alias : all_aliases) aliases_of[alias.version].push_back(alias.alias);
        std::vector<VersionView> views;
        views.reserve(rows.size());
        for (VersionRow& row : rows) {
            const std::int64_t version = row.version;
            views.push_back({std::move(row), std::move(aliases_of[version]), std::move(all_tags[version])});
        }
        return views;
    });
}

Result<VersionView> describe_version(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& text,
                                     const std::string& actor) {
    TRY(check_description(text));
    return registry.database.write([&](SqlWrite& sql) -> Result<VersionView> {
        TRY_ASSIGN(VersionRow row, resolve(sql, model, ref));
        if (row.description == text) return view_of(sql, std::move(row));
        TRY(versions::set_description(sql, row.model, row.version, text));
        TRY(history::append(sql, {0, registry.now(), row.model, row.version, "description", "", row.description, text, actor}));
        row.description = text;
        return view_of(sql, std::move(row));
    });
}

Result<void> delete_version(Registry& registry, const std::string& model, const VersionRef& ref, WithAliases with_aliases,
                            const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(VersionRow row, resolve(sql, model, ref));
        if (row.state == VersionState::deleted) {
            TRY_ASSIGN(row, resolve_ready(registry, sql, model, ref));  // says so
        }
        const std::string now = registry.now();
        TRY_ASSIGN(const auto names, aliases::of_version(sql, row.model, row.version));
        if (!names.empty() && with_aliases == WithAliases::refuse) {
            return fail(Error(ErrorKind::conflict, "version-has-aliases",
                              fmt::format("{}@{} cannot be deleted", printable(row.model, 300), row.version))
                            .with_because("these aliases point to it: " + printable(join(names, ", "), 1000))
                            .with_fix("move the aliases first, or remove them with it: assay rm --force, or DELETE with ?force=true"));
        }
        for (const std::string& name : names) {
            TRY(aliases::remove(sql, row.model, name));
            TRY(history::append(sql, {0, now, row.model, row.version, "alias", name, std::to_string(row.version), std::nullopt, actor}));
        }
        TRY(versions::set_state(sql, row.model, row.version, VersionState::deleted));
        TRY(needs::remove(sql, row.model, row.version));
        TRY(history::append(sql, {0, now, row.model, row.version, "deleted", "", std::nullopt, std::nullopt, actor}));
        // The tombstone is durable before the commit: a rebuild must not bring the version back.
        TRY_ASSIGN(const std::string tombstone, tombstone_bytes(row, now));
        const auto written = registry.manifests.write_tombstone(row.model, row.version, tombstone);
        if (written || written.error().code != "file-exists") return written;
        // An earlier deletion was cut off before its commit, and perhaps before its tombstone was durable.
        return registry.manifests.sync_model(row.model);
    });
}

Result<VersionView> undelete_version(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& actor) {
    // What waited for trust before it was deleted waits again.
    TRY_ASSIGN(const VersionRow before, registry.database.read([&](SqlSession& sql) { return resolve(sql, model, ref); }));
    TRY_ASSIGN(const VersionState state, standing_of(registry, before));
    return registry.database.write([&](SqlWrite& sql) -> Result<VersionView> {
        TRY_ASSIGN(VersionRow row, resolve(sql, model, ref));
        if (row.state != VersionState::deleted) {
            return fail(ErrorKind::conflict, "version-not-deleted",
                        fmt::format("{}@{} is not deleted, it is {}", printable(row.model, 300), row.version, to_string(row.state)));
        }
        TRY(versions::set_state(sql, row.model, row.version, state));
        if (state == VersionState::ready) {
            TRY_ASSIGN(const Manifest manifest, read_manifest(row.manifest));
            TRY(record_needs(sql, manifest));
        }
        TRY(history::append(sql, {0, registry.now(), row.model, row.version, "undeleted", "", std::nullopt, std::nullopt, actor}));
        TRY(registry.manifests.remove_tombstone(row.model, row.version));
        row.state = state;
        return view_of(sql, std::move(row));
    });
}

}  // namespace assay
