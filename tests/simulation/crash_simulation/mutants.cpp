#include "tests/simulation/crash_simulation/mutants.hpp"

#include "storage/blobs/hash_pipeline.hpp"
#include "tests/simulation/crash_simulation/registrar.hpp"

namespace assay::simulation {

namespace {

class MutantFile final : public ForwardingFsFile {
public:
    MutantFile(std::unique_ptr<FsFile> real, Mutant mutant) : ForwardingFsFile(std::move(real)), mutant_(mutant) {}
    [[nodiscard]] Result<void> sync() override {
        if (mutant_ == Mutant::no_file_fsync || (mutant_ == Mutant::upload_not_synced && is_upload_)) return {};
        auto synced = inner().sync();
        if (!synced && mutant_ == Mutant::fsync_retried) return inner().sync();
        return synced;
    }

    void begin_upload() { is_upload_ = true; }

private:
    Mutant mutant_;
    bool is_upload_ = false;
};

}  // namespace

std::string_view to_string(Mutant mutant) {
    switch (mutant) {
        case Mutant::none: return "none";
        case Mutant::no_file_fsync: return "no-file-fsync";
        case Mutant::no_directory_fsync: return "no-directory-fsync";
        case Mutant::commit_before_link: return "commit-before-link";
        case Mutant::ack_before_commit: return "ack-before-commit";
        case Mutant::synchronous_normal: return "synchronous-normal";
        case Mutant::eexist_trusted: return "eexist-trusted";
        case Mutant::fsync_retried: return "fsync-retried";
        case Mutant::upload_not_synced: return "upload-not-synced";
    }
    return "unknown";
}

std::optional<Mutant> parse_mutant(std::string_view name) {
    for (const Mutant mutant : all_mutants) {
        if (to_string(mutant) == name) return mutant;
    }
    return std::nullopt;
}

std::unique_ptr<FsFile> MutantFs::wrap(std::unique_ptr<FsFile> file) const {
    return std::make_unique<MutantFile>(std::move(file), is_armed_ ? mutant_ : Mutant::none);
}

Result<std::unique_ptr<FsFile>> MutantFs::create_unnamed(const std::string& directory) {
    TRY_ASSIGN(auto file, inner().create_unnamed(directory));
    return wrap(std::move(file));
}

Result<std::unique_ptr<FsFile>> MutantFs::open(const std::string& path) {
    TRY_ASSIGN(auto file, inner().open(path));
    return wrap(std::move(file));
}

Result<void> MutantFs::link(FsFile& file, const std::string& path) {
    auto* mutant = dynamic_cast<MutantFile*>(&file);
    if (mutant != nullptr && path.starts_with(uploads_path)) mutant->begin_upload();
    return ForwardingFs::link(file, path);
}

Result<std::unique_ptr<FsFile>> MutantFs::open_to_append(const std::string& path) {
    TRY_ASSIGN(auto file, inner().open_to_append(path));
    auto wrapped = std::make_unique<MutantFile>(std::move(file), is_armed_ ? mutant_ : Mutant::none);
    wrapped->begin_upload();
    return wrapped;
}

Result<void> MutantFs::sync_directory(const std::string& path) {
    if (is_armed_ && mutant_ == Mutant::no_directory_fsync) return {};
    return inner().sync_directory(path);
}

Result<BlobInfo> TrustingBlobStore::put(Source& source, const PutExpectation& expectation) {
    constexpr std::size_t max_bytes = std::size_t{64} << 20U;
    TRY_ASSIGN(const std::string bytes, read_all(source, max_bytes));
    MemorySource again(bytes);
    const auto nowhere = [](std::uint64_t, std::span<const std::byte>) -> Result<void> { return {}; };
    TRY_ASSIGN(BlobInfo info, receive_blob(again, expectation, nowhere));
    TRY_ASSIGN(const auto size, inner().stat(info.digest));
    if (size == info.size) return info;
    MemorySource once_more(bytes);
    return inner().put(once_more, expectation);
}

}  // namespace assay::simulation
