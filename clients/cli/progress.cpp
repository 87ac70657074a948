#include "clients/cli/progress.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::chrono::milliseconds between_drawings{100};
constexpr std::size_t bar_width = 24;

}  // namespace

Progress::Progress(Output& output, std::string_view what, std::uint64_t total, Unit unit)
    : output_(output),
      what_(printable(what, 60)),
      total_(total),
      unit_(unit),
      visible_(output.err_is_terminal() && !output.quiet()),
      started_(std::chrono::steady_clock::now()),
      drawn_at_(started_) {}

Progress::~Progress() { clear(); }

void Progress::clear() {
    if (drawn_) output_.write_error("\r\033[K");
    drawn_ = false;
}

void Progress::advance(std::uint64_t bytes) {
    done_ += bytes;
    moved_ += bytes;
    if (!visible_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn_at_ < between_drawings) return;
    drawn_at_ = now;
    draw();
}

void Progress::continue_at(std::uint64_t bytes) { done_ = bytes; }

void Progress::draw() {
    const double share = total_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar_width));
    const double seconds = std::chrono::duration<double>(drawn_at_ - started_).count();
    const double rate = seconds > 0 ? static_cast<double>(moved_) / seconds : 0;
    drawn_ = true;
    if (unit_ == Unit::things && total_ == 0) {
        output_.write_error(fmt::format("\r{}: {}\033[K", what_, done_));
        return;
    }
    if (unit_ == Unit::things) {
        output_.write_error(fmt::format("\r{} [{}{}] {:3.0f} %  {} of {}\033[K", what_, std::string(filled, '#'),
                                        std::string(bar_width - filled, '-'), share * 100, done_, total_));
        return;
    }
    output_.write_error(fmt::format("\r{} [{}{}] {:3.0f} %  {} of {}  {}/s\033[K", what_, std::string(filled, '#'),
                                    std::string(bar_width - filled, '-'), share * 100, human_size(done_), human_size(total_),
                                    human_size(static_cast<std::uint64_t>(rate))));
}

void say_continued(Output& output, Progress& progress, std::string_view what, std::uint64_t offset, std::uint64_t total) {
    progress.clear();
    output.note(fmt::format("{}: continuing at {} of {}", printable(what, 300), human_size(offset), human_size(total)));
}

}  // namespace assay
