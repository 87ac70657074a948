#pragma once

#include "registry/registry.hpp"

#include <optional>
#include <vector>

namespace assay {

struct StoredBlob {
    BlobInfo info;
    bool created = false;  ///< false: the same bytes were here
};

/// Stores the bytes under their digest and records them; acknowledged means durable. `integrity`, code
/// "digest-mismatch" or "size-mismatch", when they are not what was announced: nothing is stored then.
[[nodiscard]] Result<StoredBlob> put_blob(Registry& registry, Source& source, const PutExpectation& expectation);

/// Records a blob that the store holds. True when it was not recorded before.
[[nodiscard]] Result<bool> record_blob(Registry& registry, const BlobInfo& info);

/// Size in bytes of a blob that is here and not known to be damaged; absent otherwise.
[[nodiscard]] Result<std::optional<std::uint64_t>> stat_blob(Registry& registry, const Digest& digest);

/// Those of the digests of which stat_blob() knows nothing, each once, in the order given.
[[nodiscard]] Result<std::vector<Digest>> missing_blobs(Registry& registry, const std::vector<Digest>& digests);

/// Opens a blob for reading without a gate: replication and backup only. `not_found`, code "blob-not-found".
[[nodiscard]] Result<std::unique_ptr<BlobReader>> open_blob(Registry& registry, const Digest& digest);

/// A read has found the blob damaged: marks it, so that nobody is served a byte of it until it is put again. Hashes the stored
/// copy once more first, and leaves alone what was put again meanwhile.
[[nodiscard]] Result<void> mark_if_corrupt(Registry& registry, const Digest& digest);

}  // namespace assay
