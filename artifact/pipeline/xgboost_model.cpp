#include "artifact/pipeline/xgboost_model.hpp"

#include "artifact/pipeline/ubjson.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

// XGBoost's models (src/learner.cc, src/gbm/gbtree_model.cc, src/tree/tree_model.cc; doc/model.schema).

namespace assay::pipeline {

namespace {

constexpr std::int64_t max_xgboost_features = 4'000'000;

std::unexpected<Error> wrong(std::string why) { return fail(ErrorKind::invalid, "invalid-xgboost", std::move(why)); }

/// A member; null when there is none.
const Json& member(const Json& object, std::string_view key) {
    static const Json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

Result<std::string> text_of(const Json& object, std::string_view key) {
    const Json& value = member(object, key);
    if (!value.is_string()) return wrong(fmt::format("{} is no text", key));
    return value.get<std::string>();
}

/// Numbers are texts among the parameters.
Result<std::int64_t> integer_of(const Json& object, std::string_view key, std::int64_t least, std::int64_t most) {
    TRY_ASSIGN(const std::string text, text_of(object, key));
    const auto number = parse_integer(text);
    if (!number || *number < least || *number > most) return wrong(fmt::format("{} is '{}'", key, printable(text, 40)));
    return *number;
}

Result<std::vector<std::int64_t>> integers_of_list(const Json& object, std::string_view key, std::size_t count) {
    const Json& list = member(object, key);
    if (!list.is_array() || list.size() != count) return wrong(fmt::format("{} is no list of {}", key, count));
    std::vector<std::int64_t> found;
    for (const Json& each : list) {
        if (each.is_boolean()) {
            found.push_back(each.get<bool>() ? 1 : 0);
        } else if (each.is_number_integer()) {
            found.push_back(each.get<std::int64_t>());
        } else {
            return wrong(fmt::format("{} holds what is no integer", key));
        }
    }
    return found;
}

Result<std::vector<float>> floats_of_list(const Json& object, std::string_view key, std::size_t count) {
    const Json& list = member(object, key);
    if (!list.is_array() || list.size() != count) return wrong(fmt::format("{} is no list of {}", key, count));
    std::vector<float> found;
    for (const Json& each : list) {
        if (!each.is_number()) return wrong(fmt::format("{} holds what is no number", key));
        const auto number = static_cast<float>(each.get<double>());
        if (!std::isfinite(number)) return wrong(fmt::format("{} holds what is not finite", key));
        found.push_back(number);
    }
    return found;
}

/// Every node that the root leads to is there, and is led to once.
Result<void> check_nodes(XgboostTree& tree) {
    std::vector<bool> reached(tree.nodes.size(), false);
    std::vector<std::pair<std::size_t, std::size_t>> open = {{0, 1}};
    while (!open.empty()) {
        const auto [at, depth] = open.back();
        open.pop_back();
        if (reached[at]) return wrong(fmt::format("two nodes lead to node {}", at));
        reached[at] = true;
        tree.depth = std::max(tree.depth, depth);
        const XgboostTree::Node& node = tree.nodes[at];
        if (node.left == -1) continue;
        for (const std::int32_t child : {node.left, node.right}) {
            if (child < 0 || static_cast<std::size_t>(child) >= tree.nodes.size())
                return wrong(fmt::format("node {} leads to node {}", at, child));
            open.emplace_back(static_cast<std::size_t>(child), depth + 1);
        }
    }
    return {};
}

Result<XgboostTree> read_tree(const Json& given, std::size_t features) {
    const Json& parameters = member(given, "tree_param");
    const Json& left_list = member(given, "left_children");
    const std::size_t count = left_list.is_array() ? left_list.size() : 0;
    if (count == 0 || count > static_cast<std::size_t>(INT32_MAX)) return wrong("it has no nodes");
    if (const Json& width = member(parameters, "size_leaf_vector"); width.is_string() && width != "0" && width != "1")
        return wrong("its leaves have several values");
    TRY_ASSIGN(const auto left, integers_of_list(given, "left_children", count));
    TRY_ASSIGN(const auto right, integers_of_list(given, "right_children", count));
    TRY_ASSIGN(const auto feature, integers_of_list(given, "split_indices", count));
    TRY_ASSIGN(const auto to_left, integers_of_list(given, "default_left", count));
    TRY_ASSIGN(const auto value, floats_of_list(given, "split_conditions", count));
    if (!member(given, "split_type").is_null()) {
        TRY_ASSIGN(const auto types, integers_of_list(given, "split_type", count));
        if (std::ranges::any_of(types, [](std::int64_t type) { return type != 0; }))
            return wrong("it splits by categories, which is not read here");
    }
    XgboostTree tree;
    for (std::size_t i = 0; i < count; ++i) {
        if (left[i] < -1 || left[i] > INT32_MAX || right[i] < -1 || right[i] > INT32_MAX || (left[i] == -1) != (right[i] == -1))
            return wrong(fmt::format("node {} leads to nodes {} and {}", i, left[i], right[i]));
        if (left[i] != -1 && (feature[i] < 0 || static_cast<std::uint64_t>(feature[i]) >= features))
            return wrong(fmt::format("node {} asks for feature {}", i, feature[i]));
        tree.nodes.push_back({.left = static_cast<std::int32_t>(left[i]),
                              .right = static_cast<std::int32_t>(right[i]),
                              .feature = left[i] == -1 ? 0U : static_cast<std::uint32_t>(feature[i]),
                              .default_left = to_left[i] != 0,
                              .value = value[i]});
    }
    TRY(check_nodes(tree));
    return tree;
}

Result<void> read_trees(const Json& model, XgboostModel& made) {
    const Json& trees = member(model, "trees");
    if (!trees.is_array()) return wrong("it has no trees");
    TRY_ASSIGN(const auto groups, integers_of_list(model, "tree_info", trees.size()));
    const Json& parameters = member(model, "gbtree_model_param");
    TRY_ASSIGN(const std::int64_t parallel, integer_of(parameters, "num_parallel_tree", 0, 1'000'000));
    made.trees_per_iteration = static_cast<std::size_t>(std::max<std::int64_t>(1, parallel)) * made.groups;
    for (std::size_t i = 0; i < trees.size(); ++i) {
        if (groups[i] < 0 || static_cast<std::size_t>(groups[i]) >= made.groups)
            return wrong(fmt::format("tree {} is of group {}", i, groups[i]));
        made.group_of.push_back(static_cast<std::uint32_t>(groups[i]));
        auto tree = read_tree(trees[i], made.features);
        if (!tree) return wrong(fmt::format("tree {}: {}", i, tree.error().message));
        made.trees.push_back(*std::move(tree));
    }
    return {};
}

Result<void> read_head(const Json& learner, XgboostModel& made) {
    const Json& parameters = member(learner, "learner_model_param");
    TRY_ASSIGN(const std::int64_t features, integer_of(parameters, "num_feature", 1, max_xgboost_features));
    TRY_ASSIGN(const std::int64_t classes, integer_of(parameters, "num_class", 0, 10'000));
    made.features = static_cast<std::size_t>(features);
    made.groups = static_cast<std::size_t>(std::max<std::int64_t>(1, classes));
    if (const Json& targets = member(parameters, "num_target"); targets.is_string() && targets != "1" && targets != "0")
        return wrong("it has several targets");
    TRY_ASSIGN(const std::string base, text_of(parameters, "base_score"));
    const auto read = std::from_chars(base.data(), base.data() + base.size(), made.base_score);
    if (read.ec != std::errc() || read.ptr != base.data() + base.size() || !std::isfinite(made.base_score))
        return wrong("base_score is '" + printable(base, 40) + "'");
    TRY_ASSIGN(made.objective, text_of(member(learner, "objective"), "name"));
    for (const Json& name : member(learner, "feature_names")) {
        if (!name.is_string()) return wrong("a feature has a name that is no text");
        made.names.push_back(name.get<std::string>());
    }
    if (!made.names.empty() && made.names.size() != made.features) return wrong("it has not as many names as features");
    if (!member(member(learner, "attributes"), "best_iteration").is_null()) {
        TRY_ASSIGN(made.best_iteration, integer_of(member(learner, "attributes"), "best_iteration", 0, 100'000'000));
    }
    return {};
}

}  // namespace

float XgboostTree::operator()(const float* row) const {
    std::size_t at = 0;
    while (nodes[at].left != -1) {
        const Node& node = nodes[at];
        const float value = row[node.feature];
        const bool left = std::isnan(value) ? node.default_left : value < node.value;
        at = static_cast<std::size_t>(left ? node.left : node.right);
    }
    return nodes[at].value;
}

void XgboostModel::margins(const float* row, float base, std::size_t iterations, float* found) const {
    std::fill_n(found, groups, base);
    if (!weights.empty()) {
        for (std::size_t group = 0; group < groups; ++group) {
            float sum = weights[features * groups + group] + base;
            for (std::size_t i = 0; i < features; ++i) {
                if (!std::isnan(row[i])) sum += row[i] * weights[i * groups + group];
            }
            found[group] = sum;
        }
        return;
    }
    const std::size_t count = std::min(trees.size(), iterations * trees_per_iteration);
    for (std::size_t i = 0; i < count; ++i) found[group_of[i]] += trees[i](row);
}

Result<XgboostModel> parse_xgboost(std::string_view bytes) {
    // Both begin with a brace, and JSON goes on with a quotation mark.
    const bool is_json = bytes.starts_with("{\"");
    auto document = is_json ? parse_json(bytes, {bytes.size(), 32}) : parse_ubjson(bytes);
    if (!document) return wrong(document.error().message);
    const Json& model = member(*document, "Model").is_null() ? *document : member(*document, "Model");
    const Json& version = member(model, "version");
    const bool known = version.is_array() && version.size() == 3 && version[0].is_number_integer() && version[1].is_number_integer() &&
                       ((version[0] >= 1 && version[0] <= 2) || (version[0] == 3 && version[1] == 0));
    if (!known) return wrong(fmt::format("it is of the release {}, which is not known here", printable(version.dump(), 40)));
    const Json& learner = member(model, "learner");
    XgboostModel made;
    TRY(read_head(learner, made));
    const Json& booster = member(learner, "gradient_booster");
    TRY_ASSIGN(const std::string name, text_of(booster, "name"));
    if (name == "gbtree") {
        TRY(read_trees(member(booster, "model"), made));
    } else if (name == "gblinear") {
        TRY_ASSIGN(made.weights, floats_of_list(member(booster, "model"), "weights", (made.features + 1) * made.groups));
    } else {
        return wrong("its booster is '" + printable(name, 40) + "', which is not read here");
    }
    return made;
}

}  // namespace assay::pipeline
