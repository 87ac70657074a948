// Native archives: whatever is read is whole and finite, is written as the same bytes, is whole to an inspection too, and a model that
// reads it meets no shape of its own.
#include "clients/cpp/archive.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"

#include <cmath>

namespace {

using assay::test::require;

void check_whole(const assay::Archive& archive) {
    for (const auto& [name, value] : archive.values()) {
        require(!name.empty());
        const auto* numbers = std::get_if<assay::ArchiveNumbers>(&value);
        if (numbers == nullptr) continue;
        require(numbers->kind == assay::ArchiveNumbers::Kind::matrix || numbers->columns == 1);
        for (std::size_t i = 0; i < numbers->rows * numbers->columns; ++i) require(std::isfinite(numbers->values.get()[i]));
    }
}

/// As a model of a user's reads: what is not there is empty.
void read_as_model(const assay::Archive& archive) {
    assay::ArchiveReader reader(archive, "example.model/1");
    const auto classes = reader.texts("classes");
    const auto weights = reader.matrix("weights", classes.size(), 3);
    const auto means = reader.vector("means", 3);
    (void)reader.number("intercept");
    if (!reader.finish()) return;
    require(weights.rows() == static_cast<Eigen::Index>(classes.size()) && weights.cols() == 3 && means.size() == 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);
    const auto archive = assay::parse_archive(bytes);
    const auto anything = assay::parse_archive(bytes, assay::NonFinite::allow);
    require(!archive || anything.has_value());
    // The reader that inspects takes for whole what the one that loads takes.
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "model.assay");
    require(!anything || inspection.complete);
    if (!archive) {
        require(!archive.error().because.empty());
        return 0;
    }
    check_whole(*archive);
    read_as_model(*archive);
    const auto again = assay::to_bytes(*archive);
    require(again && *again == bytes);
    return 0;
}
