#include "clients/cli/inspection_text.hpp"

#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace assay {

namespace {

constexpr std::size_t max_shown = 12;  // of a list, for a person; --json has all

std::string shape_text(const Json& shape) {
    std::vector<std::string> extents;
    for (const Json& extent : shape) extents.push_back(plain(extent));
    return extents.size() == 1 ? "(" + extents.front() + ",)" : "(" + join(extents, ", ") + ")";
}

}  // namespace

std::string value_text(const Json& value) {
    if (value.is_null()) return "None";
    if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
    if (value.is_string()) return "'" + printable(value.get<std::string>(), 60) + "'";
    if (value.is_array()) {
        std::vector<std::string> parts;
        for (const Json& item : value) {
            if (parts.size() == 6) {
                parts.push_back(fmt::format("… {} in all", value.size()));
                break;
            }
            parts.push_back(value_text(item));
        }
        return "[" + join(parts, ", ") + "]";
    }
    if (value.is_number_float()) {
        const std::string number = plain(value);
        return number.find_first_of(".e") == std::string::npos ? number + ".0" : number;
    }
    if (!value.is_object()) return plain(value);
    if (value.contains("array")) return text_of(value, "array") + " " + shape_text(list_of(value, "shape"));
    if (value.contains("name")) return text_of(value, "name");
    if (value.contains("object")) {
        const std::string cls = text_of(value, "object");
        return cls.substr(cls.rfind('.') + 1) + "(…)";
    }
    if (value.contains("call")) return printable(text_of(value, "call"), 60);
    for (const char* word : {"list", "tuple", "set", "dict"}) {
        if (value.contains(word)) return fmt::format("{} of {}", word, plain(member(value, word)));
    }
    if (value.contains("bytes")) return plain(member(value, "bytes")) + " bytes";
    return "…";
}

namespace {

bool is_nested(const Json& value) { return value.is_object() && value.contains("object"); }

class TreeText {
public:
    explicit TreeText(const Output& output) : output_(output) {}

    std::string text(const Json& tree) {
        node(tree, "", "");
        return std::move(out_);
    }

private:
    void node(const Json& json, const std::string& first, const std::string& rest) {
        const std::string cls = text_of(json, "class");
        const std::size_t dot = cls.rfind('.');
        const std::string name = text_of(json, "name");
        std::string line = first;
        if (!name.empty()) line += name + ": ";
        line += output_.styled(cls.substr(dot == std::string::npos ? 0 : dot + 1), Style::bold);
        if (dot != std::string::npos) line += "  " + output_.styled(cls.substr(0, dot), Style::dim);
        if (json.contains("again")) line += output_.styled("  (the same object again)", Style::dim);
        if (json.contains("cut")) line += output_.styled("  (and more)", Style::dim);
        out_ += line + "\n";
        const Json& children = list_of(json, "children");
        const Json& more = member(json, "more");
        const std::string beside = rest + (children.empty() && more.empty() ? "  " : "│ ");
        attributes(member(json, "params"), beside, "=");
        attributes(member(json, "fitted"), beside, " ");
        for (std::size_t i = 0; i < children.size(); ++i) {
            const bool last = i + 1 == children.size() && more.empty();
            node(children[i], rest + (last ? "└── " : "├── "), rest + (last ? "    " : "│   "));
        }
        for (auto it = more.begin(); it != more.end(); ++it) {
            out_ +=
                rest + "└── " + output_.styled(fmt::format("… and {} more: {}", plain(*it), printable(it.key(), 120)), Style::dim) + "\n";
        }
    }

    /// The attributes of a node, filled into lines below it.
    void attributes(const Json& values, const std::string& indent, std::string_view between) {
        std::string line;
        const std::size_t width = std::max<std::size_t>(output_.width(), 60) - 2;
        for (auto it = values.begin(); it != values.end(); ++it) {
            if (is_nested(*it)) continue;  // stands below as a child
            const std::string item = printable(it.key(), 80) + std::string(between) + value_text(*it);
            if (!line.empty() && utf8_length(indent) + utf8_length(line) + utf8_length(item) + 4 > width) {
                out_ += indent + "  " + line + ",\n";
                line.clear();
            }
            line += (line.empty() ? "" : ", ") + item;
        }
        if (!line.empty()) out_ += indent + "  " + line + "\n";
    }

    const Output& output_;
    std::string out_;
};

std::string what_it_is(const Json& inspection) {
    std::vector<std::string> parts = {text_of(inspection, "format")};
    if (const std::string codec = text_of(inspection, "compression"); !codec.empty()) parts.push_back(codec);
    if (inspection.contains("protocol")) parts.push_back("pickle protocol " + plain(member(inspection, "protocol")));
    if (const auto streams = integer_of(inspection, "streams").value_or(1); streams > 1)
        parts.push_back(fmt::format("{} pickles", streams));
    const auto bytes = static_cast<std::uint64_t>(integer_of(inspection, "bytes").value_or(0));
    std::string size = human_size(bytes);
    if (!text_of(inspection, "compression").empty()) {
        size += fmt::format(" ({} unpacked)", human_size(static_cast<std::uint64_t>(integer_of(inspection, "unpacked").value_or(0))));
    }
    parts.push_back(size);
    return join(parts, ", ");
}

Style style_of(std::string_view verdict) {
    if (verdict == "data" || verdict == "model") return Style::green;
    return verdict == "needs-trust" ? Style::yellow : Style::red;
}

/// Whether nothing is known against the file but that nobody here can read it.
bool is_only_unread(const Json& reasons) {
    return std::all_of(reasons.begin(), reasons.end(), [](const Json& reason) {
        const std::string code = text_of(reason, "code");
        return code == "unknown-format" || code == "unscannable" || code == "legacy-format" || code == "persistent-id" ||
               text_of(reason, "verdict") == "data";
    });
}

std::string_view in_words(std::string_view verdict, const Json& reasons) {
    if (verdict == "needs-trust" && is_only_unread(reasons)) return "nobody here can read it, so nobody knows what loading it would do";
    if (verdict == "data") return "nothing is imported or called";
    if (verdict == "model") return "only names that scikit-learn and its friends use, as they use them";
    if (verdict == "needs-trust") return "loading it would run code that nobody has judged";
    if (verdict == "dangerous") return "do not load it";
    return "do not load it: the file breaks the rules of its format";
}

std::string reason_text(const Json& reason) {
    std::string where = fmt::format("at byte {}", plain(member(reason, "offset")));
    if (const std::string path = text_of(reason, "path"); !path.empty()) where += ", in " + printable(path, 200);
    if (const std::string in = text_of(reason, "member"); !in.empty()) where += ", of " + printable(in, 200);
    return fmt::format("  {} ({})\n    {}\n", printable(text_of(reason, "detail"), 600), text_of(reason, "code"), where);
}

void section(std::string& out, const Output& output, std::string_view heading, const std::string& body) {
    if (!body.empty()) out += "\n" + output.styled(heading, Style::bold) + "\n" + body;
}

std::string releases_text(const Json& releases) {
    std::string out;
    std::size_t widest = 0;
    for (const Json& release : releases)
        widest = std::max(widest, (text_of(release, "package") + " " + text_of(release, "release")).size());
    for (const Json& release : releases) {
        out += fmt::format("  {:<{}}  {}\n", text_of(release, "package") + " " + text_of(release, "release"), widest,
                           text_of(release, "evidence"));
    }
    return out;
}

std::string training_text(const Json& items) {
    static const std::map<std::string, std::string> words = {
        {"rows", "rows of the training data"}, {"columns", "values of single columns"}, {"per-row", "one number for each training row"}};
    std::string out;
    for (std::size_t i = 0; i < items.size() && i < max_shown; ++i) {
        const auto word = words.find(text_of(items[i], "level"));
        const std::string cls = text_of(items[i], "estimator");
        out += fmt::format("  {}: {} ({})\n", printable(text_of(items[i], "path"), 200),
                           word == words.end() ? text_of(items[i], "level") : word->second,
                           fmt::format("{}, {}", plain(member(items[i], "rows")), cls.substr(cls.rfind('.') + 1)));
    }
    if (items.size() > max_shown) out += fmt::format("  … and {} more\n", items.size() - max_shown);
    return out;
}

/// "sklearn 12, numpy 4": imported names by package.
std::string imports_text(const Json& imports) {
    std::map<std::string, std::size_t> packages;
    for (const Json& import : imports) {
        const std::string module = text_of(import, "module");
        ++packages[module.substr(0, module.find('.'))];
    }
    std::vector<std::string> parts;
    for (const auto& [package, count] : packages) parts.push_back(fmt::format("{} {}", package, count));
    return parts.empty() ? "" : "  " + join(parts, ", ") + "\n";
}

std::string list_text(const Json& items) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < items.size() && i < max_shown; ++i)
        shown.push_back(items[i].is_string() ? printable(items[i].get<std::string>(), 60) : value_text(items[i]));
    if (items.size() > max_shown) shown.push_back(fmt::format("… {} in all", items.size()));
    return shown.empty() ? "" : "  " + join(shown, ", ") + "\n";
}

std::string parts_text(const Output& output, const Json& parts) {
    std::string out;
    for (std::size_t i = 0; i < parts.size() && i < 40; ++i) {
        out += fmt::format("  {}: {}\n", printable(text_of(parts[i], "name"), 120), what_it_is(parts[i]));
        if (const Json& tree = member(parts[i], "tree"); tree.is_object()) out += "\n" + TreeText(output).text(tree) + "\n";
    }
    if (parts.size() > 40) out += fmt::format("  … and {} more\n", parts.size() - 40);
    return out;
}

}  // namespace

std::string safety_text(const Output& output, const Json& report) {
    const std::string verdict = text_of(report, "verdict");
    const Json& reasons = list_of(report, "reasons");
    std::string out = fmt::format("{}: {}\n", output.styled(verdict, style_of(verdict)), in_words(verdict, reasons));
    for (std::size_t i = 0; i < reasons.size() && i < max_shown; ++i) out += reason_text(reasons[i]);
    if (reasons.size() > max_shown) out += fmt::format("  … and {} more reasons\n", reasons.size() - max_shown);
    return out;
}

std::string inspection_text(const Output& output, const std::string& name, const Json& report) {
    const Json& inspection = member(report, "inspection");
    std::string out = fmt::format("{}: {}\n", printable(name, 300), what_it_is(inspection)) + safety_text(output, report);
    if (const Json& tree = member(inspection, "tree"); tree.is_object()) out += "\n" + TreeText(output).text(tree);
    section(out, output, "parts", parts_text(output, list_of(inspection, "parts")));
    section(out, output, "releases", releases_text(list_of(inspection, "releases")));
    section(out, output, "training data", training_text(list_of(inspection, "training_data")));
    section(out, output, "features", list_text(list_of(inspection, "feature_names")));
    section(out, output, "classes", list_text(list_of(inspection, "classes")));
    section(out, output, "imported names", imports_text(list_of(inspection, "imports")));
    if (const auto arrays = integer_of(inspection, "array_count").value_or(0); arrays != 0) {
        section(
            out, output, "arrays",
            fmt::format("  {}, {}\n", arrays, human_size(static_cast<std::uint64_t>(integer_of(inspection, "array_bytes").value_or(0)))));
    }
    return out;
}

}  // namespace assay
