#pragma once

#include "storage/blobs/forwarding_blob_store.hpp"
#include "storage/fs/forwarding_fs.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace assay::simulation {

/// Mistakes that the simulation must catch, each made around the real code, and none.
enum class Mutant {
    none,
    no_file_fsync,
    no_directory_fsync,
    commit_before_link,
    ack_before_commit,
    synchronous_normal,
    eexist_trusted,
    fsync_retried,
    upload_not_synced,
};

inline constexpr std::array all_mutants{Mutant::no_file_fsync,     Mutant::no_directory_fsync, Mutant::commit_before_link,
                                        Mutant::ack_before_commit, Mutant::synchronous_normal, Mutant::eexist_trusted,
                                        Mutant::fsync_retried,     Mutant::upload_not_synced};

[[nodiscard]] std::string_view to_string(Mutant mutant);
[[nodiscard]] std::optional<Mutant> parse_mutant(std::string_view name);

/// Leaves out, or repeats, the syncs that a mutant is about, from arm() on: the store is opened as it should be.
class MutantFs final : public ForwardingFs {
public:
    MutantFs(Fs& real, Mutant mutant) : ForwardingFs(real), mutant_(mutant) {}
    void arm() { is_armed_ = true; }
    [[nodiscard]] Result<std::unique_ptr<FsFile>> create_unnamed(const std::string& directory) override;
    [[nodiscard]] Result<void> link(FsFile& file, const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open(const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open_to_append(const std::string& path) override;
    [[nodiscard]] Result<void> sync_directory(const std::string& path) override;

private:
    [[nodiscard]] std::unique_ptr<FsFile> wrap(std::unique_ptr<FsFile> file) const;

    Mutant mutant_;
    bool is_armed_ = false;
};

/// Believes a name that is taken to hold what was put (Mutant::eexist_trusted).
class TrustingBlobStore final : public ForwardingBlobStore {
public:
    using ForwardingBlobStore::ForwardingBlobStore;
    [[nodiscard]] Result<BlobInfo> put(Source& source, const PutExpectation& expectation) override;
};

}  // namespace assay::simulation
