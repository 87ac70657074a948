#include "artifact/pipeline/read_fitted.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/joblib/array_wrapper.hpp"
#include "artifact/joblib/container.hpp"
#include "artifact/pickle/machine.hpp"
#include "artifact/pipeline/from_archive.hpp"
#include "artifact/pipeline/from_pickle.hpp"
#include "artifact/pipeline/from_skops.hpp"
#include "artifact/pipeline/state_reader.hpp"
#include "artifact/zip/inspect_zip.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::pipeline {

namespace {

/// Every byte of text and array is kept.
InspectLimits keep_everything(const DecodeLimits& limits) {
    InspectLimits all;
    all.max_kept_text = static_cast<std::size_t>(limits.max_bytes);
    all.max_kept_texts = limits.max_bytes;
    all.max_array_head = static_cast<std::size_t>(limits.max_bytes);
    all.max_array_heads = limits.max_bytes;
    all.max_unpacked = limits.max_bytes;
    return all;
}

Result<std::unique_ptr<FittedSource>> read_pickle_file(Source& source, const DecodeLimits& limits) {
    ByteCursor cursor(source);
    PickleGraph graph(keep_everything(limits));
    ArrayWrapperHook hook(cursor, graph);
    const PickleStream stream = read_pickle(cursor, graph, &hook);
    if (cursor.source_error()) {
        if (cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
        return not_decodable(the_file, cursor.source_error()->message);
    }
    if (stream.fault)
        return not_decodable(the_file,
                             fmt::format("it is no pickle: {} (at byte {})", printable(stream.fault->detail, 300), stream.fault->offset));
    if (stream.root == no_value) return not_decodable(the_file, "it is no pickle");
    if (!stream.notes.empty()) return not_decodable(the_file, printable(stream.notes.front().detail, 300));
    if (!cursor.at_end()) return not_decodable(the_file, "bytes follow the end of the pickle");
    return fitted_of(std::move(graph), stream.root);
}

}  // namespace

Result<std::unique_ptr<FittedSource>> read_fitted(RandomSource& file, const DecodeLimits& limits) {
    if (file.size() > limits.max_bytes) return not_decodable(the_file, fmt::format("it has more than {} MiB", limits.max_bytes >> 20U));
    RangeSource whole(file);
    ByteCursor peeking(whole);
    const std::string first_bytes(peeking.peek(64));
    if (peeking.source_error() && peeking.source_error()->kind != ErrorKind::invalid) return fail(*peeking.source_error());
    if (begins_like_zip(first_bytes)) return read_skops(file, limits);
    if (begins_like_pipeline_archive(first_bytes)) {
        RangeSource archive(file);
        TRY_ASSIGN(std::string bytes, read_all(archive, static_cast<std::size_t>(limits.max_bytes)));
        TRY_ASSIGN(ArchivedFitted read, read_archive(std::move(bytes)));
        return std::move(read.values);
    }
    RangeSource source(file);
    if (const auto codec = sniff_codec(first_bytes)) {
        InspectLimits unpacking;
        unpacking.max_unpacked = limits.max_bytes;
        const std::unique_ptr<Unpacked> unpacked = unpack(*codec, source, file.size(), unpacking);
        return read_pickle_file(*unpacked, limits);
    }
    return read_pickle_file(source, limits);
}

}  // namespace assay::pipeline
