#pragma once

#include "base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

/// Longest text of a release or of a set of specifiers that is read, in bytes.
inline constexpr std::size_t max_release_bytes = 256;

/// The version of a *library* as PEP 440 defines it: `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]`.
///
/// Reads every spelling that PEP 440 normalises ("v1.0-ALPHA.1", "1.0-1", "1.0c", " 1.0 "), writes the canonical one
/// and orders as PEP 440 does: by epoch, by release numbers without trailing zeros, then
/// dev < pre < final < post, a local label after the same release without one. `1.0` and `1.0.0` are equivalent.
class Release {
public:
    enum class Stage : std::uint8_t { alpha, beta, candidate };
    using Pre = std::pair<Stage, std::uint64_t>;
    using LocalSegment = std::variant<std::string, std::uint64_t>;  ///< texts sort before numbers, as the variant does

    /// `invalid`, code "invalid-release": not PEP 440, longer than 256 bytes, or a number beyond 64 bits.
    [[nodiscard]] static Result<Release> parse(std::string_view text);

    /// The canonical spelling: "1!1.2rc1.post2.dev3+ubuntu.1". Trailing zeros stay as they were given.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    [[nodiscard]] const std::vector<std::uint64_t>& numbers() const { return numbers_; }  ///< at least one
    [[nodiscard]] std::uint64_t number(std::size_t index) const { return index < numbers_.size() ? numbers_[index] : 0; }
    [[nodiscard]] const std::optional<Pre>& pre() const { return pre_; }
    [[nodiscard]] const std::optional<std::uint64_t>& post() const { return post_; }
    [[nodiscard]] const std::optional<std::uint64_t>& dev() const { return dev_; }
    [[nodiscard]] const std::vector<LocalSegment>& local() const { return local_; }  ///< empty when there is none
    [[nodiscard]] bool is_prerelease() const { return pre_ || dev_; }

    /// A text that orders by its bytes as releases order: equivalent releases have the same. For indexes of a database.
    [[nodiscard]] std::string sort_key() const;

    /// This release with ".dev0" and without local label: the earliest of everything that leads up to it.
    [[nodiscard]] Release earliest_dev() const;

    friend std::weak_ordering operator<=>(const Release& a, const Release& b);
    friend bool operator==(const Release& a, const Release& b) { return (a <=> b) == std::weak_ordering::equivalent; }

private:
    friend class ReleaseParser;
    Release() = default;

    std::uint64_t epoch_ = 0;
    std::vector<std::uint64_t> numbers_;
    std::optional<Pre> pre_;
    std::optional<std::uint64_t> post_;
    std::optional<std::uint64_t> dev_;
    std::vector<LocalSegment> local_;
};

/// Epoch and release numbers (trailing zeros aside) are the same: 1.2 and 1.2.0rc1.
[[nodiscard]] bool same_numbers(const Release& a, const Release& b);
/// Equal but for the local label: 1.2 and 1.2.0+cu118.
[[nodiscard]] bool same_public(const Release& a, const Release& b);
/// The same code, packaged again: equal but for post-release and local label (1.2.3, 1.2.3.post1, 1.2.3+cu118). A pre- or
/// dev-release is another code than its final release and than every other pre-release.
[[nodiscard]] bool same_patch_line(const Release& a, const Release& b);
/// Epoch, first and second number are the same: 1.2.3 and 1.2.0rc1.
[[nodiscard]] bool same_minor(const Release& a, const Release& b);

/// What Python's `\s` matches, removed from both ends. The text need not be UTF-8.
[[nodiscard]] std::string_view trim_unicode_space(std::string_view text);

}  // namespace assay
