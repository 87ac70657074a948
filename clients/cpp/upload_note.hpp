#pragma once

#include "base/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Which upload of a server holds the front of a file, kept between runs (docs/formats.md, "Upload note"). Locked while it is open: another
/// process that pushes the same file to the same server at the same time gets a note that remembers nothing, and uploads by itself. A note
/// is a convenience: what cannot be written or read is as good as absent.
class UploadNote {
public:
    /// `cache` is Config::cache; an empty one remembers nothing.
    [[nodiscard]] static UploadNote open(const std::string& cache, std::string_view url, const Digest& digest);
    ~UploadNote();
    UploadNote(UploadNote&& other) noexcept;
    UploadNote& operator=(UploadNote&&) = delete;

    [[nodiscard]] const std::optional<std::string>& upload() const { return upload_; }
    void remember(const std::string& upload);
    /// The upload is finished, or of no use any more.
    void forget();

private:
    UploadNote(std::string path, std::string url, const Digest& digest, int descriptor)
        : path_(std::move(path)), url_(std::move(url)), digest_(digest), descriptor_(descriptor) {}

    std::string path_;
    std::string url_;
    Digest digest_;
    int descriptor_;  ///< -1: remembers nothing
    std::optional<std::string> upload_;
};

}  // namespace assay
