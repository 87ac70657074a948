#pragma once

#include "storage/blobs/blob_store.hpp"

#include <map>
#include <mutex>
#include <string>

namespace assay {

/// A BlobStore that forgets everything at its end: for tests of what stands on a store. Blobs are whole in memory.
class MemoryBlobStore final : public BlobStore {
public:
    [[nodiscard]] Result<BlobInfo> put(Source& source, const PutExpectation& expectation) override;
    [[nodiscard]] Result<std::unique_ptr<BlobReader>> open(const BlobInfo& info) override;
    [[nodiscard]] Result<std::optional<std::uint64_t>> stat(const Digest& digest) override;
    [[nodiscard]] Result<BlobInfo> describe(const Digest& digest) override;
    [[nodiscard]] Result<void> quarantine(const Digest& digest) override;
    [[nodiscard]] Result<std::unique_ptr<PartialBlob>> begin_partial(const std::string& name) override;
    [[nodiscard]] Result<std::unique_ptr<PartialBlob>> open_partial(const std::string& name) override;
    [[nodiscard]] Result<BlobInfo> complete(PartialBlob& partial, const PutExpectation& expectation) override;
    [[nodiscard]] Result<void> remove_partial(const std::string& name) override;
    [[nodiscard]] Result<std::vector<PartialBlobEntry>> partials() override;
    [[nodiscard]] Result<void> for_each(const std::function<Result<void>(const Digest&, std::uint64_t size)>& visit) override;

    /// Changes the stored bytes of a blob behind the store's back, as a failing disk would. It must be there.
    void damage(const Digest& digest, const std::function<void(std::string& bytes)>& change);

private:
    using Bytes = std::shared_ptr<const std::string>;  ///< shared with open readers

    [[nodiscard]] Bytes find(const Digest& digest) const;

    mutable std::mutex mutex_;
    std::map<Digest, Bytes> blobs_;
    std::multimap<Digest, Bytes> quarantined_;
    std::map<std::string, std::shared_ptr<std::string>> partials_;
};

}  // namespace assay
