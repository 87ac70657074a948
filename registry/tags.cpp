#include "registry/tags.hpp"

#include "base/text.hpp"
#include "registry/models.hpp"
#include "registry/names.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/tags.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

/// The number tags are kept under: 0 for the model itself.
Result<std::int64_t> owner(SqlSession& sql, const std::string& model, const std::optional<VersionRef>& ref) {
    if (ref) {
        auto row = resolve(sql, model, *ref);
        const auto* number = std::get_if<VersionRef::Number>(&ref->which);
        if (!row && row.error().code == "version-failed" && number) return number->value;  // MLflow's users tag these too
        if (!row) return fail(std::move(row).error());
        return row->version;
    }
    TRY(find_model(sql, model));
    return 0;
}

std::optional<std::int64_t> in_history(std::int64_t version) { return version == 0 ? std::nullopt : std::optional(version); }

}  // namespace

Result<void> set_tag(Registry& registry, const std::string& model, const std::optional<VersionRef>& ref, const std::string& key,
                     const std::string& value, const std::string& actor) {
    TRY_ASSIGN(const std::string checked_key, tag_key(key));
    TRY(check_tag_value(value));
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(const std::int64_t version, owner(sql, model, ref));
        TRY_ASSIGN(const auto before, tags::find(sql, model, version, checked_key));
        if (before == value) return {};  // nothing changes, nothing is recorded
        TRY(tags::set(sql, model, version, {checked_key, value}));
        return history::append(sql, {0, registry.now(), model, in_history(version), "tag", checked_key, before, value, actor});
    });
}

Result<void> remove_tag(Registry& registry, const std::string& model, const std::optional<VersionRef>& ref, const std::string& key,
                        const std::string& actor) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(const std::int64_t version, owner(sql, model, ref));
        TRY_ASSIGN(const auto before, tags::find(sql, model, version, key));
        if (!before)
            return fail(ErrorKind::not_found, "tag-not-found",
                        fmt::format("{} has no tag '{}'",
                                    version == 0 ? printable(model, 300) : fmt::format("{}@{}", printable(model, 300), version),
                                    printable(key, 250)));
        TRY(tags::remove(sql, model, version, key));
        return history::append(sql, {0, registry.now(), model, in_history(version), "tag", key, before, std::nullopt, actor});
    });
}

}  // namespace assay
