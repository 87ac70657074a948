#include "base/nearest.hpp"

#include <algorithm>

namespace assay {

namespace {

constexpr std::size_t longest_word = 40;

/// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[k - 1] ? 0 : 1);
            diagonal = row[k];
            row[k] = std::min({row[k] + 1, row[k - 1] + 1, replaced});
        }
    }
    return row.back();
}

}  // namespace

std::optional<std::string> nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
    if (word.empty() || word.size() > longest_word) return std::nullopt;
    const auto begun = [&](const std::string& candidate) { return word.size() > 1 && candidate.starts_with(word); };
    if (std::ranges::count_if(candidates, begun) == 1) return *std::ranges::find_if(candidates, begun);
    const std::string* nearest = nullptr;
    std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t away = distance(word, candidate);
        // As many wrong letters as it has is another word altogether.
        if (away >= best || away >= std::max(word.size(), candidate.size())) continue;
        best = away;
        nearest = &candidate;
    }
    return nearest == nullptr ? std::nullopt : std::optional(*nearest);
}

}  // namespace assay
