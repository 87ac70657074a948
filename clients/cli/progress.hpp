#pragma once

#include "clients/cli/output.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace assay {

/// A bar on standard error while bytes move; silent unless standard error is a terminal. It removes itself at the end
/// of its scope.
class Progress {
public:
    /// `total` bytes will move; `what` stands before the bar ("pushing model.joblib").
    Progress(Output& output, std::string_view what, std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void advance(std::uint64_t bytes);
    /// Starts again from nothing: a transfer is repeated.
    void restart();

private:
    void draw();

    Output& output_;
    std::string what_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    bool visible_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace assay
