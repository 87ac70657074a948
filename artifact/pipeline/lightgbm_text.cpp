#include "artifact/pipeline/lightgbm_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

// The text of LightGBM's models (src/boosting/gbdt_model_text.cpp, src/io/tree.cpp).

namespace assay::pipeline {

namespace {

constexpr std::size_t max_lightgbm_features = 4'000'000;

std::unexpected<Error> wrong(std::string why) { return fail(ErrorKind::invalid, "invalid-lightgbm", std::move(why)); }

class Lines {
public:
    explicit Lines(std::string_view text) : text_(text) {}
    std::optional<std::string_view> next() {
        if (at_ >= text_.size()) return std::nullopt;
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = end + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

using Fields = std::map<std::string_view, std::string_view>;

/// `key=value` lines up to an empty one.
Result<Fields> read_fields(Lines& lines) {
    Fields fields;
    while (const auto line = lines.next()) {
        if (line->empty()) break;
        const std::size_t sign = std::min(line->find('='), line->size());
        const std::string_view value = sign < line->size() ? line->substr(sign + 1) : std::string_view();
        if (!fields.emplace(line->substr(0, sign), value).second) return wrong(fmt::format("it has {} twice", printable(*line, 60)));
    }
    return fields;
}

/// `count` numbers with a space between them.
template <class Number>
Result<std::vector<Number>> numbers(const Fields& fields, std::string_view key, std::size_t count) {
    std::vector<Number> found;
    const auto field = fields.find(key);
    std::string_view text = field == fields.end() ? std::string_view() : field->second;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        Number number{};
        const auto read = std::from_chars(text.data(), text.data() + end, number);
        if (read.ec != std::errc() || read.ptr != text.data() + end || found.size() == count)
            return wrong(fmt::format("{} has other than {} numbers", key, count));
        found.push_back(number);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (found.size() != count) return wrong(fmt::format("{} has {} numbers, and not {}", key, found.size(), count));
    return found;
}

Result<std::size_t> integer(const Fields& fields, std::string_view key, std::size_t most) {
    TRY_ASSIGN(const std::vector<std::int64_t> found, numbers<std::int64_t>(fields, key, 1));
    if (found.front() < 0 || static_cast<std::uint64_t>(found.front()) > most) return wrong(fmt::format("{} is {}", key, found.front()));
    return static_cast<std::size_t>(found.front());
}

/// Children lie behind their node, and are nodes or leaves that are there; each is the child of one node.
Result<void> check_children(LightgbmTree& tree) {
    std::vector<std::size_t> depth(tree.nodes.size(), 0);
    std::vector<bool> reached(tree.nodes.size(), false);
    if (!tree.nodes.empty()) reached[0] = true;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        if (!reached[i]) return wrong(fmt::format("no node leads to node {}", i));
        tree.depth = std::max(tree.depth, depth[i] + 1);
        for (const std::int32_t child : {tree.nodes[i].left, tree.nodes[i].right}) {
            if (child < 0) {
                if (static_cast<std::size_t>(~child) >= tree.leaves.size())
                    return wrong(fmt::format("node {} leads to a leaf that is not there", i));
                continue;
            }
            const auto to = static_cast<std::size_t>(child);
            if (to <= i || to >= tree.nodes.size() || reached[to]) return wrong(fmt::format("node {} leads to node {}", i, to));
            reached[to] = true;
            depth[to] = depth[i] + 1;
        }
    }
    return {};
}

Result<LightgbmTree> read_tree(const Fields& fields, std::size_t features, std::size_t text_size) {
    LightgbmTree tree;
    TRY_ASSIGN(const std::size_t leaves, integer(fields, "num_leaves", text_size));
    TRY_ASSIGN(const std::size_t categories, integer(fields, "num_cat", text_size));
    if (leaves == 0) return wrong("it has a tree of no leaves");
    if (const auto linear = fields.find("is_linear"); linear != fields.end() && linear->second != "0")
        return wrong("its trees have linear models in their leaves");
    TRY_ASSIGN(tree.leaves, numbers<double>(fields, "leaf_value", leaves));
    if (leaves == 1) return tree;
    const std::size_t count = leaves - 1;
    TRY_ASSIGN(const auto feature, numbers<std::int64_t>(fields, "split_feature", count));
    TRY_ASSIGN(const auto threshold, numbers<double>(fields, "threshold", count));
    TRY_ASSIGN(const auto decision, numbers<std::int64_t>(fields, "decision_type", count));
    TRY_ASSIGN(const auto left, numbers<std::int32_t>(fields, "left_child", count));
    TRY_ASSIGN(const auto right, numbers<std::int32_t>(fields, "right_child", count));
    std::vector<std::int64_t> bounds;
    if (categories != 0) {
        TRY_ASSIGN(bounds, numbers<std::int64_t>(fields, "cat_boundaries", categories + 1));
        if (bounds.front() != 0 || !std::ranges::is_sorted(bounds) || static_cast<std::uint64_t>(bounds.back()) > text_size)
            return wrong("cat_boundaries are not in order");
        TRY_ASSIGN(tree.categories, numbers<std::uint32_t>(fields, "cat_threshold", static_cast<std::size_t>(bounds.back())));
    }
    for (std::size_t i = 0; i < count; ++i) {
        LightgbmTree::Node node;
        const std::int64_t missing = decision[i] >> 2;
        if (feature[i] < 0 || static_cast<std::uint64_t>(feature[i]) >= features)
            return wrong(fmt::format("node {} asks for feature {}", i, feature[i]));
        if (decision[i] < 0 || missing > 2 || std::isnan(threshold[i])) return wrong(fmt::format("node {} decides in no known way", i));
        node.feature = static_cast<std::uint32_t>(feature[i]);
        node.categorical = (decision[i] & 1) != 0;
        node.default_left = (decision[i] & 2) != 0;
        node.missing = static_cast<LightgbmTree::Missing>(missing);
        node.threshold = threshold[i];
        node.left = left[i];
        node.right = right[i];
        if (node.categorical) {
            if (!(threshold[i] >= 0) || threshold[i] >= static_cast<double>(categories))
                return wrong(fmt::format("node {} names categories that are not there", i));
            const auto place = static_cast<std::size_t>(threshold[i]);
            node.first = static_cast<std::size_t>(bounds[place]);
            node.last = static_cast<std::size_t>(bounds[place + 1]);
        }
        tree.nodes.push_back(node);
    }
    TRY(check_children(tree));
    return tree;
}

}  // namespace

double LightgbmTree::operator()(const double* row) const {
    if (nodes.empty()) return leaves.front();
    std::int32_t at = 0;
    while (at >= 0) {
        const Node& node = nodes[static_cast<std::size_t>(at)];
        double value = row[node.feature];
        if (node.categorical) {
            bool found = false;
            if (value > -1 && value < static_cast<double>((node.last - node.first) * 32)) {  // NaN is none of them
                const auto category = static_cast<std::size_t>(value);
                found = (categories[node.first + category / 32] >> (category % 32) & 1U) != 0;
            }
            at = found ? node.left : node.right;
            continue;
        }
        if (std::isnan(value) && node.missing != Missing::nan) value = 0;
        const bool is_missing = node.missing == Missing::nan ? std::isnan(value) : node.missing == Missing::zero && value == 0;
        at = (is_missing ? node.default_left : value <= node.threshold) ? node.left : node.right;
    }
    return leaves[static_cast<std::size_t>(~at)];
}

Result<LightgbmModel> parse_lightgbm(std::string_view text) {
    Lines lines(text);
    LightgbmModel model;
    if (lines.next() != "tree") return wrong("it is no model of trees");
    TRY_ASSIGN(const Fields head, read_fields(lines));
    const auto version = head.find("version");
    if (version == head.end() || (version->second != "v2" && version->second != "v3" && version->second != "v4"))
        return wrong("its version is not known");
    TRY_ASSIGN(const std::size_t last_feature, integer(head, "max_feature_idx", max_lightgbm_features - 1));
    model.features = last_feature + 1;
    TRY_ASSIGN(model.trees_per_iteration, integer(head, "num_tree_per_iteration", 10'000));
    if (model.trees_per_iteration == 0) return wrong("it has no trees in an iteration");
    model.average_output = head.contains("average_output");
    if (const auto objective = head.find("objective"); objective != head.end()) model.objective = split(objective->second, ' ');
    bool ended = false;
    while (const auto line = lines.next()) {
        if (line->empty()) continue;
        if (*line == "end of trees") {
            ended = true;
            break;
        }
        if (*line != fmt::format("Tree={}", model.trees.size()))
            return wrong(fmt::format("'{}' stands where a tree begins", printable(*line, 60)));
        TRY_ASSIGN(const Fields fields, read_fields(lines));
        auto tree = read_tree(fields, model.features, text.size());
        if (!tree) return wrong(fmt::format("tree {}: {}", model.trees.size(), tree.error().message));
        model.trees.push_back(*std::move(tree));
    }
    if (!ended) return wrong("it has no end of trees");
    if (model.trees.size() % model.trees_per_iteration != 0) return wrong("its last iteration lacks trees");
    while (const auto line = lines.next()) {
        if (line->starts_with("pandas_categorical:")) model.pandas_categorical = line->substr(19);
    }
    return model;
}

}  // namespace assay::pipeline
