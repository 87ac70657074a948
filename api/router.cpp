#include "api/router.hpp"

#include "api/errors.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace assay {

namespace {

constexpr std::array<Method, 6> methods = {Method::get, Method::head, Method::put, Method::post, Method::patch, Method::del};
constexpr std::size_t max_parameters = 200;

/// "/a/b" → {"a","b"}; "/" → {}.
std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(1);
    if (path.empty()) return segments;
    while (true) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

/// One segment of a pattern: {name}, {name}:verb, {name*} or text.
struct PatternSegment {
    enum class Kind { text, verb, parameter, rest };
    Kind kind = Kind::text;
    std::string text;  ///< the text, or the verb
    std::string name;
};

PatternSegment read_segment(std::string_view segment, const std::string& pattern) {
    if (!segment.starts_with('{')) {
        if (segment.empty() || segment.find_first_of("{}*%") != std::string_view::npos)
            throw std::logic_error("malformed route pattern: " + pattern);
        return {PatternSegment::Kind::text, std::string(segment), ""};
    }
    const std::size_t end = segment.find('}');
    if (end == std::string_view::npos || end < 2) throw std::logic_error("malformed route pattern: " + pattern);
    std::string name(segment.substr(1, end - 1));
    const std::string_view behind = segment.substr(end + 1);
    if (name.ends_with('*')) {
        name.pop_back();
        if (name.empty() || !behind.empty()) throw std::logic_error("malformed route pattern: " + pattern);
        return {PatternSegment::Kind::rest, "", std::move(name)};
    }
    if (behind.empty()) return {PatternSegment::Kind::parameter, "", std::move(name)};
    if (behind.front() != ':' || behind.size() < 2 || behind.find(':', 1) != std::string_view::npos) {
        throw std::logic_error("malformed route pattern: " + pattern);
    }
    return {PatternSegment::Kind::verb, std::string(behind.substr(1)), std::move(name)};
}

struct Endpoint {
    const Route* route = nullptr;
    std::vector<std::string> names;  ///< of the parameters, in the order of the path
    bool rest = false;               ///< the last parameter is "{name*}"
};

using Endpoints = std::map<Method, Endpoint>;

void put_endpoint(Endpoints& endpoints, Endpoint endpoint) {
    const Method method = endpoint.route->method;
    const std::string& pattern = endpoint.route->pattern;
    if (!endpoints.emplace(method, std::move(endpoint)).second) throw std::logic_error("two routes for the same requests: " + pattern);
}

Result<std::string> decode_rest(const std::vector<std::string_view>& segments, std::size_t from) {
    std::string rest;
    for (std::size_t i = from; i < segments.size(); ++i) {
        TRY_ASSIGN(const std::string segment, decode_component(segments[i]));
        if (segment.find('/') != std::string::npos || segment == "." || segment == "..") {
            return fail(ErrorKind::invalid, "invalid-path", "the path hides a '/', '.' or '..' behind percent-encoding");
        }
        if (i > from) rest += '/';
        rest += segment;
    }
    return rest;
}

}  // namespace

struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> texts;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> verbs;
    std::unique_ptr<Node> parameter;
    Endpoints ends;   ///< the path ends here
    Endpoints rests;  ///< the rest of the path is taken here
};

/// One search: depth first, the more exact branch first. The first endpoint with the method wins; what else the
/// path would answer is gathered for "Allow".
struct Router::Walk {
    Method method;
    const std::vector<std::string_view>& segments;
    std::vector<std::string_view> taken{};  ///< what the parameters took, still encoded
    std::vector<Method> allowed{};
    const Endpoint* found = nullptr;

    bool offer(const Endpoints& endpoints) {
        auto it = endpoints.find(method);
        if (it == endpoints.end() && method == Method::head) it = endpoints.find(Method::get);
        if (it != endpoints.end()) {
            found = &it->second;
            return true;
        }
        for (const auto& [other, endpoint] : endpoints) allowed.push_back(other);
        return false;
    }

    bool take(const Node& node, std::string_view text, std::size_t next) {
        taken.push_back(text);
        if (visit(node, next)) return true;
        taken.pop_back();
        return false;
    }

    bool visit(const Node& node, std::size_t index) {
        if (index == segments.size()) return offer(node.ends);
        const std::string_view segment = segments[index];
        if (segment.empty()) return false;
        if (const auto it = node.texts.find(segment); it != node.texts.end() && visit(*it->second, index + 1)) return true;
        const std::size_t colon = segment.rfind(':');
        if (colon != std::string_view::npos && colon > 0) {
            const auto it = node.verbs.find(segment.substr(colon + 1));
            if (it != node.verbs.end()) {
                if (take(*it->second, segment.substr(0, colon), index + 1)) return true;
                // The verb was meant: with another method it is refused, not read as a part of the parameter.
                if (index + 1 == segments.size()) return false;
            }
        }
        if (node.parameter && take(*node.parameter, segment, index + 1)) return true;
        const bool whole =
            std::none_of(segments.begin() + static_cast<std::ptrdiff_t>(index), segments.end(), [](auto s) { return s.empty(); });
        return whole && !node.rests.empty() && offer(node.rests);
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route) {
    if (!route.pattern.starts_with('/')) throw std::logic_error("malformed route pattern: " + route.pattern);
    if (!route.handle) throw std::logic_error("route without a handler: " + route.pattern);
    const Route& kept = *routes_.emplace_back(std::make_unique<Route>(std::move(route)));
    Endpoint endpoint{&kept, {}, false};
    Node* node = root_.get();
    const auto step = [](std::unique_ptr<Node>& child) {
        if (!child) child = std::make_unique<Node>();
        return child.get();
    };
    for (const std::string_view text : segments_of(kept.pattern)) {
        if (endpoint.rest) throw std::logic_error("a rest parameter must be the last segment: " + kept.pattern);
        const PatternSegment segment = read_segment(text, kept.pattern);
        if (segment.kind != PatternSegment::Kind::text) {
            if (std::ranges::find(endpoint.names, segment.name) != endpoint.names.end())
                throw std::logic_error("repeated parameter: " + kept.pattern);
            endpoint.names.push_back(segment.name);
        }
        switch (segment.kind) {
            case PatternSegment::Kind::text: node = step(node->texts[segment.text]); break;
            case PatternSegment::Kind::verb: node = step(node->verbs[segment.text]); break;
            case PatternSegment::Kind::parameter: node = step(node->parameter); break;
            case PatternSegment::Kind::rest: endpoint.rest = true; break;
        }
    }
    Endpoints& endpoints = endpoint.rest ? node->rests : node->ends;
    put_endpoint(endpoints, std::move(endpoint));
}

Result<Router::Match> Router::match(Method method, std::string_view path) const {
    if (!path.starts_with('/')) return fail(ErrorKind::invalid, "invalid-path", "the path does not begin with '/'");
    while (path.starts_with("//"))
        path.remove_prefix(1);  // what joins a base that ends with '/' to a path writes so, MLflow's pages among them
    const std::vector<std::string_view> segments = segments_of(path);
    if (std::ranges::any_of(segments, [](std::string_view s) { return s == "." || s == ".."; })) {
        return fail(ErrorKind::invalid, "invalid-path", "the path holds a '.' or '..' segment");
    }
    Walk walk{method, segments};
    Match match;
    if (!walk.visit(*root_, 0)) {
        if (walk.allowed.empty()) return match;
        match.found = Found::method_not_allowed;
        if (std::ranges::find(walk.allowed, Method::get) != walk.allowed.end()) walk.allowed.push_back(Method::head);
        std::ranges::copy_if(methods, std::back_inserter(match.allowed),
                             [&](Method m) { return std::ranges::find(walk.allowed, m) != walk.allowed.end(); });
        return match;
    }
    const Endpoint& endpoint = *walk.found;
    const std::size_t plain = endpoint.names.size() - (endpoint.rest ? 1 : 0);
    for (std::size_t i = 0; i < plain; ++i) {
        TRY_ASSIGN(match.params[endpoint.names[i]], decode_component(walk.taken[i]));
    }
    if (endpoint.rest) {
        const std::size_t depth = static_cast<std::size_t>(std::ranges::count(endpoint.route->pattern, '/')) - 1;
        TRY_ASSIGN(match.params[endpoint.names.back()], decode_rest(segments, depth));
    }
    match.found = Found::route;
    match.route = endpoint.route;
    return match;
}

std::optional<Method> parse_method(std::string_view text) {
    const auto it = std::ranges::find_if(methods, [&](Method method) { return to_string(method) == text; });
    if (it == methods.end()) return std::nullopt;
    return *it;
}

Result<QueryPairs> parse_query_pairs(std::string_view query) {
    QueryPairs parameters;
    const auto decode = [](std::string_view text) {
        std::string plain(text);
        std::ranges::replace(plain, '+', ' ');
        return decode_component(plain);
    };
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        if (parameters.size() == max_parameters)
            return fail(ErrorKind::invalid, "too-many-parameters", fmt::format("the query has more than {} parameters", max_parameters));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        TRY_ASSIGN(std::string key, decode(pair.substr(0, equals)));
        TRY_ASSIGN(std::string value, decode(pair.substr(std::min(equals + 1, pair.size()))));
        parameters.emplace_back(std::move(key), std::move(value));
    }
    return parameters;
}

Result<std::map<std::string, std::string>> unique_parameters(QueryPairs pairs) {
    std::map<std::string, std::string> parameters;
    for (auto& [key, value] : pairs) {
        const auto [it, added] = parameters.emplace(std::move(key), std::move(value));
        if (!added)
            return fail(ErrorKind::invalid, "repeated-parameter",
                        "the query parameter '" + printable(it->first, 100) + "' is there more than once");
    }
    return parameters;
}

Response Router::tell(const Error& error, std::string_view path, std::string_view request_id) const {
    const auto other = std::ranges::find_if(tellers_, [&](const auto& teller) { return path.starts_with(teller.first); });
    return other == tellers_.end() ? problem(error, request_id) : other->second(error, request_id);
}

}  // namespace assay
