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
    enum class Unit { bytes, things };
    /// `total` bytes will move, or things be done (0: nobody knows how many); `what` stands before the bar ("pushing model.joblib").
    Progress(Output& output, std::string_view what, std::uint64_t total, Unit unit = Unit::bytes);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void advance(std::uint64_t bytes);
    /// Takes the bar away until the next drawing, so that something else can be written.
    void clear();
    /// Goes on from so many bytes, which this run has not moved: nothing, when a transfer is repeated.
    void continue_at(std::uint64_t bytes);

private:
    void draw();

    Output& output_;
    std::string what_;
    std::uint64_t total_;
    Unit unit_;
    std::uint64_t done_ = 0;
    std::uint64_t moved_ = 0;  ///< in this run: what the rate is of
    bool visible_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point drawn_at_;
};

/// Says on standard error that a transfer does not begin at the front: "model.joblib: continuing at 123.0 MiB of 256.0 MiB".
void say_continued(Output& output, Progress& progress, std::string_view what, std::uint64_t offset, std::uint64_t total);

}  // namespace assay
