#include "storage/blobs/memory_blob_store.hpp"

#include "tests/contract/blob_store_contract.hpp"

namespace assay::test {

namespace {

class MemoryFixture final : public BlobStoreUnderTest {
public:
    BlobStore& store() override { return store_; }
    void damage(const Digest& digest, const std::function<void(std::string&)>& change) override { store_.damage(digest, change); }
    std::vector<std::string> litter() override { return {}; }

private:
    MemoryBlobStore store_;
};

}  // namespace

TEST_CASE("the memory store keeps the contract of a blob store") { blob_store_contract<MemoryFixture>(); }

}  // namespace assay::test
