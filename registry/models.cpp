#include "registry/models.hpp"

#include "base/text.hpp"
#include "registry/hints.hpp"
#include "storage/tables/aliases.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/tags.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

constexpr std::size_t max_description_bytes = 100'000;

Result<ModelView> view_of(SqlSession& sql, ModelRow row) {
    ModelView view;
    TRY_ASSIGN(const auto ready, versions::count_ready(sql, row.name));
    view.latest = ready.latest;
    view.ready_versions = ready.count;
    TRY_ASSIGN(view.aliases, aliases::of_model(sql, row.name));
    TRY_ASSIGN(view.tags, tags::list(sql, row.name, 0));
    view.row = std::move(row);
    return view;
}

}  // namespace

Result<ModelRow> find_model(SqlSession& sql, const std::string& name) {
    TRY_ASSIGN(auto row, models::find(sql, name));
    if (row) return *std::move(row);
    return fail(Error(ErrorKind::not_found, "model-not-found", fmt::format("there is no model called '{}'", printable(name, 300)))
                    .with_fix(hint_to_list_models()));
}

Result<ModelView> show_model(Registry& registry, const std::string& name) {
    return registry.database.read([&](SqlSession& sql) -> Result<ModelView> {
        TRY_ASSIGN(ModelRow row, find_model(sql, name));
        return view_of(sql, std::move(row));
    });
}

Result<std::vector<ModelView>> list_models(Registry& registry, const std::string& after, const std::string& contains, std::int64_t limit) {
    TRY_ASSIGN(const std::string wanted, to_nfc(contains));
    if (utf8_length(wanted) > 256) return std::vector<ModelView>();  // longer than any name
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<ModelView>> {
        TRY_ASSIGN(std::vector<ModelRow> rows, models::list(sql, after, wanted, limit));
        std::vector<ModelView> views;
        views.reserve(rows.size());
        for (ModelRow& row : rows) {
            TRY_ASSIGN(ModelView view, view_of(sql, std::move(row)));
            views.push_back(std::move(view));
        }
        return views;
    });
}

Result<void> check_description(const std::string& text) {
    if (text.size() <= max_description_bytes) return {};
    return fail(ErrorKind::invalid, "invalid-description", fmt::format("a description has at most {} bytes", max_description_bytes));
}

Result<ModelView> describe_model(Registry& registry, const std::string& name, const std::string& text, const std::string& actor) {
    TRY(check_description(text));
    return registry.database.write([&](SqlWrite& sql) -> Result<ModelView> {
        TRY_ASSIGN(ModelRow row, find_model(sql, name));
        if (row.description == text) return view_of(sql, std::move(row));
        TRY(models::set_description(sql, name, text));
        TRY(history::append(sql, {0, registry.now(), name, std::nullopt, "description", "", row.description, text, actor}));
        row.description = text;
        return view_of(sql, std::move(row));
    });
}

Result<std::vector<HistoryRow>> model_history(Registry& registry, const std::string& name, std::int64_t before, std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<HistoryRow>> {
        TRY(find_model(sql, name));
        return history::of_model(sql, name, before, limit);
    });
}

}  // namespace assay
