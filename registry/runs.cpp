#include "registry/runs.hpp"

#include "base/text.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/versions.hpp"

namespace assay {

Result<RunView> show_run(Registry& registry, const std::string& id) {
    return registry.database.read([&](SqlSession& sql) -> Result<RunView> {
        TRY_ASSIGN(auto row, runs::find(sql, id));
        if (!row) return fail(ErrorKind::not_found, "run-not-found", "there is no run '" + printable(id, 100) + "'");
        RunView view;
        view.row = *std::move(row);
        TRY_ASSIGN(view.metrics, runs::metrics(sql, id));
        TRY_ASSIGN(view.params, runs::params(sql, id));
        TRY_ASSIGN(view.versions, versions::of_run(sql, id));
        return view;
    });
}

}  // namespace assay
