#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace assay {

/// A folder of this process alone (mode 0700) that is gone, with what is in it, when nobody needs it any more.
class TemporaryFolder {
public:
    [[nodiscard]] static Result<TemporaryFolder> create();
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace assay
