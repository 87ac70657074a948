// Lock files: what is read is written in one spelling, and reads back equal.
#include "registry/lock_file.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const auto lock = assay::parse_lock_file(assay::test::text_of(data, size));
    if (!lock) return 0;
    for (const assay::LockedModel& model : lock->models) {
        require(model.version >= 1 && lock->find(model.name, model.requested) == &model);
    }
    const std::string text = assay::to_text(*lock);
    const auto again = assay::parse_lock_file(text);
    require(again && assay::to_text(*again) == text && again->models.size() == lock->models.size());
    for (const assay::LockedModel& model : lock->models) {
        const assay::LockedModel* other = again->find(model.name, model.requested);
        require(other != nullptr && *other == model);
    }
    return 0;
}
