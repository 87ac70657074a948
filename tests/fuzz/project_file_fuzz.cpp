// Project files: every model that one names can be asked for, and has a folder of its own when there is one to be in.
#include "clients/cli/project_file.hpp"
#include "registry/reference.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <set>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    for (const auto scope : {assay::SettingsScope::project, assay::SettingsScope::personal}) {
        const auto file = assay::parse_project_file(assay::test::text_of(data, size), "/project/assay.toml", scope);
        if (!file) {
            require(file.error().code == "invalid-config" && !file.error().because.empty() && !file.error().fixes.empty());
            continue;
        }
        std::set<std::string> folders;
        for (const std::string& text : file->models) {
            const auto reference = assay::Reference::parse(text);
            require(reference.has_value());
            const std::string requested = "@" + reference->version_text();
            require(file->names(reference->model, requested));
            const auto folder = file->folder_of(reference->model, requested);
            require(folder.has_value() == file->into.has_value());
            require(!folder || folders.insert(*folder).second);
        }
    }
    return 0;
}
