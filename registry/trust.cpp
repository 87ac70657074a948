#include "registry/trust.hpp"

#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "registry/manifest.hpp"
#include "registry/needs.hpp"
#include "registry/proofs.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/inspections.hpp"
#include "storage/tables/needs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

constexpr std::size_t max_why_bytes = 1'000;

Result<void> check_reason(const std::string& why) {
    Problems problems;
    if (trim(why).empty()) problems.push_back({"why", "must say why the code may be run", "such as \"reviewed churn_lib 2.1 with Ann\""});
    if (why.size() > max_why_bytes || has_control_characters(why)) {
        problems.push_back({"why", fmt::format("must be at most {} bytes without control characters", max_why_bytes), ""});
    }
    return refuse_if_any(problems, "invalid-trust", "the version was not trusted");
}

/// Of a version whose files have this verdict.
Result<VersionState> standing_of(Registry& registry, const VersionRow& version, Safety verdict) {
    TRY_ASSIGN(const auto trust, find_trust(registry, version));
    TRY_ASSIGN(const auto different, registry.database.read([&](SqlSession& sql) { return server_finds_different(sql, version); }));
    return state_for(registry, verdict, different.has_value(), trust.has_value());
}

}  // namespace

VersionState state_for(const Registry& registry, Safety verdict, bool differs, bool trusted) {
    if (differs && registry.policy.different != WhenDifferent::report && !trusted) return VersionState::quarantined;
    if (verdict <= Safety::model || verdict <= registry.policy.accept) return VersionState::ready;
    return verdict == Safety::needs_trust && trusted ? VersionState::ready : VersionState::quarantined;
}

Result<VersionState> standing_of(Registry& registry, const VersionRow& version) {
    TRY_ASSIGN(const VersionInspection inspection, inspect_version(registry, version));
    return standing_of(registry, version, inspection.verdict);
}

Result<void> change_state(Registry& registry, SqlWrite& sql, const VersionRow& version, VersionState now, const std::string& why,
                          const std::string& actor) {
    TRY_ASSIGN(const Manifest manifest, read_manifest(version.manifest));
    TRY(versions::set_state(sql, version.model, version.version, now));
    TRY(now == VersionState::ready ? record_needs(sql, manifest) : needs::remove(sql, version.model, version.version));
    return history::append(sql, {0, registry.now(), version.model, version.version, now == VersionState::ready ? "released" : "quarantined",
                                 "", std::nullopt, why, actor});
}

Result<VersionView> trust_version(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& why,
                                  const std::string& actor) {
    TRY(check_reason(why));
    TRY_ASSIGN(const VersionRow found, registry.database.read([&](SqlSession& sql) { return resolve(sql, model, ref); }));
    const std::string name = fmt::format("{}@{}", printable(found.model, 300), found.version);
    TRY_ASSIGN(const VersionInspection inspection, inspect_version(registry, found));
    if (inspection.verdict > Safety::needs_trust) {
        return fail(unsafe_artifact(fmt::format("{} cannot be trusted: it is {}", name, to_string(inspection.verdict)), inspection));
    }
    return registry.database.write([&](SqlWrite& sql) -> Result<VersionView> {
        TRY_ASSIGN(VersionRow row, resolve(sql, found.model, VersionRef{VersionRef::Number{found.version}}));
        if (row.state != VersionState::quarantined) {
            return fail(Error(ErrorKind::conflict, "nothing-to-trust",
                              fmt::format("{} does not wait for trust: it is {}", name, to_string(row.state))));
        }
        const std::string now = registry.now();
        TRY(inspections::trust(sql, {row.model, row.version, std::string(trim(why)), actor, now}));
        TRY(versions::set_state(sql, row.model, row.version, VersionState::ready));
        TRY_ASSIGN(const Manifest manifest, read_manifest(row.manifest));
        TRY(record_needs(sql, manifest));
        TRY(history::append(sql, {0, now, row.model, row.version, "trusted", "", std::nullopt, std::string(trim(why)), actor}));
        row.state = VersionState::ready;
        return view_of(sql, std::move(row));
    });
}

Result<Reinspected> reinspect_version(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& actor) {
    TRY_ASSIGN(VersionRow found, registry.database.read([&](SqlSession& sql) { return resolve(sql, model, ref); }));
    TRY_ASSIGN(VersionInspection inspection, inspect_version(registry, found));
    TRY_ASSIGN(const VersionState now, standing_of(registry, found, inspection.verdict));
    const VersionState before = found.state;
    if (before != VersionState::deleted && before != now) {
        TRY(registry.database.write(
            [&](SqlWrite& sql) { return change_state(registry, sql, found, now, std::string(to_string(inspection.verdict)), actor); }));
        found.state = now;
    } else if (now == VersionState::ready && before == now) {
        // What the bytes need may be told better than when it was recorded.
        TRY_ASSIGN(const Manifest manifest, read_manifest(found.manifest));
        TRY(registry.database.write([&](SqlWrite& sql) { return record_needs(sql, manifest); }));
    }
    return Reinspected{std::move(found), std::move(inspection), before};
}

Result<std::optional<TrustRow>> find_trust(Registry& registry, const VersionRow& version) {
    return registry.database.read([&](SqlSession& sql) { return inspections::find_trust(sql, version.model, version.version); });
}

}  // namespace assay
