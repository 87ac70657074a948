#include "artifact/numpy/npy.hpp"

#include "artifact/numpy/npy_header.hpp"
#include "artifact/pickle/inspect_pickle.hpp"
#include "artifact/value_word.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

/// Offsets within the pickle become offsets within the file.
void shift(Inspection& inspection, std::uint64_t by) {
    for (Import& import : inspection.imports) import.offset += by;
    for (Call& call : inspection.calls) call.offset += by;
    for (Oddity& oddity : inspection.oddities) oddity.offset += by;
    for (ArrayFact& array : inspection.arrays) array.offset += by;
}

/// The rest of an array of objects: one pickle. NumPy reads it only where it is told to (allow_pickle).
Result<void> inspect_objects(const Content& content, const NpyHeader& header, Inspection& inspection, const InspectLimits& limits) {
    const std::unique_ptr<Source> source = content.open();
    TRY_ASSIGN(const std::uint64_t passed, source->skip(header.data_offset));
    (void)passed;
    TRY(inspect_pickles(*source, {}, inspection, limits));
    shift(inspection, header.data_offset);
    inspection.unpacked = 0;
    return {};
}

/// Passes over the array's bytes, which must be all that is left, and returns how many they are.
Result<std::uint64_t> pass_bytes(ByteCursor& cursor, const NpyHeader& header, Inspection& inspection) {
    const auto length = array_bytes(header.shape, header.dtype.itemsize);
    if (!length) {
        note(inspection, "limit-length", header.data_offset, "the array claims more bytes than there can be");
        return 0;
    }
    cursor.skip(*length);
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    if (!cursor.ok()) {
        note(inspection, "truncated", header.data_offset, fmt::format("the file ends within the {} bytes of the array", *length));
    } else if (!cursor.at_end()) {
        note(inspection, "trailing-bytes", cursor.offset(), "bytes follow the end of the array");
    }
    inspection.complete = inspection.oddities.empty();
    if (header.dtype.itemsize == 0 && array_bytes(header.shape, 1) != std::uint64_t{0})
        note(inspection, "array-empty-items", header.data_offset, "the array has elements of no bytes");
    return *length;
}

}  // namespace

Result<void> inspect_npy(const Content& content, Inspection& inspection, const InspectLimits& limits) {
    inspection.format = "npy";
    const std::unique_ptr<Source> source = content.open();
    ByteCursor cursor(*source);
    const auto read = read_npy_header(cursor, limits);
    if (cursor.source_error()) {
        if (cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
        note(inspection, cursor.source_error()->code, cursor.offset(), cursor.source_error()->message);
        return {};
    }
    if (const auto* fault = std::get_if<NpyFault>(&read)) {
        note(inspection, fault->code, fault->offset, fault->detail);
        return {};
    }
    const auto& header = std::get<NpyHeader>(read);
    inspection.details = {{"npy_version", header.version}};
    ArrayFact fact{{}, header.dtype.str(), header.shape, header.fortran, header.data_offset, 0, fields_word(header.dtype)};
    if (header.dtype.has_objects) {
        TRY(inspect_objects(content, header, inspection, limits));
        inspection.format = "npy";
        fact.length = content.size - std::min(content.size, header.data_offset);
    } else {
        TRY_ASSIGN(fact.length, pass_bytes(cursor, header, inspection));
    }
    inspection.array_count = 1;
    inspection.array_total = fact.length;
    inspection.arrays.insert(inspection.arrays.begin(), std::move(fact));
    return {};
}

}  // namespace assay
