#pragma once

#include "storage/blobs/blob_store.hpp"

namespace assay {

/// A BlobStore that passes every call on to another, which must outlive it. Base of doubles that change some of them.
class ForwardingBlobStore : public BlobStore {
public:
    explicit ForwardingBlobStore(BlobStore& inner) : inner_(inner) {}

    [[nodiscard]] Result<BlobInfo> put(Source& source, const PutExpectation& expectation) override {
        return inner_.put(source, expectation);
    }
    [[nodiscard]] Result<std::unique_ptr<BlobReader>> open(const BlobInfo& info) override { return inner_.open(info); }
    [[nodiscard]] Result<std::optional<std::uint64_t>> stat(const Digest& digest) override { return inner_.stat(digest); }
    [[nodiscard]] Result<BlobInfo> describe(const Digest& digest) override { return inner_.describe(digest); }
    [[nodiscard]] Result<void> quarantine(const Digest& digest) override { return inner_.quarantine(digest); }
    [[nodiscard]] Result<std::unique_ptr<PartialBlob>> begin_partial(const std::string& name) override {
        return inner_.begin_partial(name);
    }
    [[nodiscard]] Result<std::unique_ptr<PartialBlob>> open_partial(const std::string& name) override { return inner_.open_partial(name); }
    [[nodiscard]] Result<BlobInfo> complete(PartialBlob& partial, const PutExpectation& expectation) override {
        return inner_.complete(partial, expectation);
    }
    [[nodiscard]] Result<void> remove_partial(const std::string& name) override { return inner_.remove_partial(name); }
    [[nodiscard]] Result<std::vector<PartialBlobEntry>> partials() override { return inner_.partials(); }
    [[nodiscard]] Result<void> for_each(const std::function<Result<void>(const Digest&, std::uint64_t)>& visit) override {
        return inner_.for_each(visit);
    }

protected:
    [[nodiscard]] BlobStore& inner() { return inner_; }

private:
    BlobStore& inner_;
};

}  // namespace assay
