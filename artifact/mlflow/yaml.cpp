#include "artifact/mlflow/yaml.hpp"

#include <fmt/format.h>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace assay {

namespace {

/// Ends a parse: yaml-cpp's parser can be stopped in no other way. Never leaves this file.
struct Refused : std::exception {
    Refused(const YAML::Mark& mark_, std::string why_) : mark(mark_), why(std::move(why_)) {}
    YAML::Mark mark;
    std::string why;
};

class Builder final : public YAML::EventHandler {
public:
    explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}
    [[nodiscard]] Json& root() { return root_; }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnAnchor(const YAML::Mark& mark, const std::string&) override { throw Refused(mark, "has an anchor"); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw Refused(mark, "has an alias"); }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check(mark, "", anchor);
        put(mark, Json(), "null");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        check(mark, tag, anchor);
        put(mark, tag == "!" ? Json(value) : plain(value), value);  // "!": in quotes
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        check(mark, tag, anchor);
        open(mark, Json::array());
    }
    void OnSequenceEnd() override { levels_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        check(mark, tag, anchor);
        open(mark, Json::object());
    }
    void OnMapEnd() override { levels_.pop_back(); }

private:
    struct Level {
        Json* json = nullptr;
        std::optional<std::string> key;  ///< of a map, whose value comes next
    };

    static Json plain(const std::string& value) {
        if (value == "null" || value == "~" || value.empty()) return {};
        if (value == "true" || value == "false") return value == "true";
        return value;
    }

    static void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0) throw Refused(mark, "has an anchor");
        if (!tag.empty() && tag != "?" && tag != "!") throw Refused(mark, "has a tag");
    }

    /// Where the next value goes.
    Json& place(const YAML::Mark& mark) {
        if (levels_.empty()) return root_;
        Level& level = levels_.back();
        if (level.json->is_array()) return level.json->emplace_back();
        if (!level.key) throw Refused(mark, "has a key that is no text");
        Json& target = (*level.json)[*level.key];
        level.key.reset();
        return target;
    }

    void put(const YAML::Mark& mark, Json value, const std::string& text) {
        if (!levels_.empty() && levels_.back().json->is_object() && !levels_.back().key) {
            if (levels_.back().json->contains(text)) throw Refused(mark, "has the same key twice");
            levels_.back().key = text;
            return;
        }
        place(mark) = std::move(value);
    }

    void open(const YAML::Mark& mark, Json container) {
        if (levels_.size() >= max_depth_) throw Refused(mark, "is nested too deeply");
        Json& target = place(mark);
        target = std::move(container);
        levels_.push_back({&target, std::nullopt});
    }

    std::size_t max_depth_;
    Json root_;
    std::vector<Level> levels_;  ///< of open containers; a container does not move while one within it is open
};

/// The deepest nesting that brackets alone could mean. yaml-cpp recurses for each level, so it is asked before.
bool is_flat(std::string_view text, std::size_t max_depth) {
    const auto opening = std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; });
    if (static_cast<std::size_t>(opening) <= max_depth) return true;
    std::size_t depth = 0;
    for (const char c : text) {
        if (c == '[' || c == '{') {
            if (++depth > 4 * max_depth) return false;
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return true;
}

Error bad_yaml(std::size_t line, std::string_view why) {
    return Error(ErrorKind::invalid, "invalid-yaml", fmt::format("line {}: {}", line + 1, why));
}

}  // namespace

Result<Json> parse_yaml(std::string_view text, std::size_t max_depth) {
    if (!is_flat(text, max_depth)) return fail(bad_yaml(0, "is nested too deeply"));
    std::istringstream stream{std::string(text)};
    Builder builder(max_depth);
    try {
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) return Json();
        Builder second(1);
        if (parser.HandleNextDocument(second)) return fail(bad_yaml(0, "has a second document"));
    } catch (const Refused& refused) {
        return fail(bad_yaml(static_cast<std::size_t>(std::max(refused.mark.line, 0)), refused.why));
    } catch (const YAML::Exception& error) {
        return fail(bad_yaml(static_cast<std::size_t>(std::max(error.mark.line, 0)), error.msg));
    }
    return std::move(builder.root());
}

}  // namespace assay
