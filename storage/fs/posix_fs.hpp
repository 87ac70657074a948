#pragma once

#include "storage/fs/fs.hpp"

namespace assay {

/// Fs over the kernel's file system. Files are created 0444 and directories 0755, both less the umask.
class PosixFs final : public Fs {
public:
    [[nodiscard]] Result<std::unique_ptr<FsFile>> create_unnamed(const std::string& directory) override;
    [[nodiscard]] Result<void> link(FsFile& file, const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open(const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<FsFile>> open_to_append(const std::string& path) override;
    [[nodiscard]] Result<void> sync_directory(const std::string& path) override;
    [[nodiscard]] Result<void> make_directory(const std::string& path) override;
    [[nodiscard]] Result<void> remove(const std::string& path) override;
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override;
    [[nodiscard]] Result<std::vector<FsEntry>> list(const std::string& directory) override;
    [[nodiscard]] Result<std::optional<FsEntry>> stat(const std::string& path) override;
};

}  // namespace assay
