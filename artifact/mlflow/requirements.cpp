#include "artifact/mlflow/requirements.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace assay {

namespace {

constexpr std::size_t max_other = 100;

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

std::string text_at(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& list_at(const Json& object, const char* key) {
    static const Json none = Json::array();
    if (!object.is_object()) return none;
    const auto found = object.find(key);
    return found == object.end() || !found->is_array() ? none : *found;
}

void add_line(std::string_view line, const std::string& evidence, Inspection& inspection) {
    if (auto release = parse_requirement(line, evidence)) {
        if (!release->release.empty() && inspection.releases.size() < max_listed_facts) inspection.releases.push_back(*std::move(release));
        return;
    }
    Json& other = inspection.details["other"];
    if (other.is_null()) other = Json::array();
    if (other.size() < max_other) other.push_back(printable(line, max_shown_name));
}

}  // namespace

std::string normalised_package(std::string_view name) {
    std::string normal;
    for (const char c : to_lower_ascii(name)) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (!separator)
            normal += c;
        else if (!normal.ends_with('-'))
            normal += '-';
    }
    return normal;
}

std::optional<ReleaseEvidence> parse_requirement(std::string_view line, std::string evidence) {
    line = trim(line.substr(0, line.find(';')));  // the environment marker
    const std::size_t end = static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_name_byte) - line.begin());
    const std::string_view name = line.substr(0, end);
    if (name.empty() || name.front() == '-' || name.front() == '.') return std::nullopt;
    std::string_view rest = trim(line.substr(end));
    if (rest.starts_with('[')) rest = trim(rest.substr(std::min(rest.find(']'), rest.size() - 1) + 1));  // extras
    if (!rest.empty() && std::string_view("=<>!~(").find(rest.front()) == std::string_view::npos) return std::nullopt;
    if (rest.starts_with('(') && rest.ends_with(')')) rest = trim(rest.substr(1, rest.size() - 2));
    std::string range(rest);
    std::erase(range, ' ');
    ReleaseEvidence release{printable(normalised_package(name), 100), printable(range, 100), std::move(evidence), false};
    const bool pinned = range.starts_with("==") && range.find_first_of(",*") == std::string::npos;
    if (pinned) {
        release.release = printable(range.substr(range.starts_with("===") ? 3 : 2), 100);
        release.exact = true;
    }
    return release;
}

void read_requirements(std::string_view text, Inspection& inspection) {
    for (const std::string& raw : split(text, '\n')) {
        std::string_view line = trim(raw);
        if (line.starts_with('#')) continue;
        line = trim(line.substr(0, line.find(" #")));
        if (!line.empty()) add_line(line, "requirements.txt", inspection);
    }
}

void read_conda_environment(const Json& yaml, Inspection& inspection) {
    for (const Json& entry : list_at(yaml, "dependencies")) {
        for (const Json& line : list_at(entry, "pip")) {
            if (line.is_string()) add_line(line.get<std::string>(), "conda.yaml", inspection);
        }
        if (!entry.is_string()) continue;
        // conda's own: "python=3.11.7", with one sign, or a build behind a second.
        std::string spec = entry.get<std::string>();
        const std::size_t sign = spec.find('=');
        const bool single = sign != std::string::npos && sign > 0 &&
                            std::string_view("=<>!~").find(spec[sign - 1]) == std::string_view::npos &&
                            (sign + 1 == spec.size() || spec[sign + 1] != '=');
        if (single) {
            spec = spec.substr(0, spec.find('=', sign + 1));
            spec.insert(sign, "=");
        }
        add_line(spec, "conda.yaml", inspection);
    }
}

void read_python_environment(const Json& yaml, Inspection& inspection) {
    if (const std::string python = text_at(yaml, "python"); !python.empty())
        inspection.releases.push_back({"python", printable(python, 100), "python_env.yaml", true});
    for (const char* key : {"build_dependencies", "dependencies"}) {
        for (const Json& line : list_at(yaml, key)) {
            if (line.is_string()) add_line(line.get<std::string>(), "python_env.yaml", inspection);
        }
    }
}

}  // namespace assay
