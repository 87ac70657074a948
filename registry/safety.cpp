#include "registry/safety.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace assay {

namespace {

constexpr std::size_t max_reasons = 200;

struct CodeVerdict {
    std::string_view code;
    Safety verdict;
};

/// What an oddity means. One that is not here is malformed: who adds a code decides about it.
constexpr auto oddity_verdicts = std::to_array<CodeVerdict>({
    {"embedded-pickle", Safety::data},
    {"not-what-it-says", Safety::data},  // read as what its name says, it imports and calls
                                         // nothing
    {"multi-stream", Safety::data},
    {"array-empty-items", Safety::data},
    {"mixed-versions", Safety::data},
    {"trusts-itself", Safety::data},
    {"absent-file", Safety::data},
    {"version-conflict", Safety::data},
    {"unknown-format", Safety::needs_trust},
    {"unscannable", Safety::needs_trust},
    {"py2", Safety::needs_trust},
    {"legacy-format", Safety::needs_trust},
    {"persistent-id", Safety::needs_trust},
    {"lambda-layer", Safety::needs_trust},
    {"custom-operator", Safety::needs_trust},
    {"model-code", Safety::needs_trust},
    {"opens-files", Safety::needs_trust},
    {"state-code", Safety::dangerous},
    {"external-file", Safety::dangerous},
});

Safety verdict_of(std::string_view code) {
    const auto* const found =
        std::find_if(oddity_verdicts.begin(), oddity_verdicts.end(), [&](const CodeVerdict& entry) { return entry.code == code; });
    return found == oddity_verdicts.end() ? Safety::malformed : found->verdict;
}

bool is_dict(std::string_view state) { return state == "dict" || state == "literal dict"; }

/// What a state may be made of where it may be anything: not entries or items, for which Python looks up methods on the object, and not
/// what a call gave, which could be a dict of another kind.
bool is_data_state(std::string_view state) {
    if (state.starts_with("literal ")) state.remove_prefix(8);
    constexpr auto kinds = std::to_array<std::string_view>(
        {"dict", "slots", "tuple", "list", "none", "bool", "int", "float", "str", "bytes", "array", "scalar", "distribution"});
    return std::find(kinds.begin(), kinds.end(), state) != kinds.end();
}

bool states_fit(const std::vector<std::string>& states, SafetyLists::State allowed) {
    switch (allowed) {
        case SafetyLists::State::none: return states.empty();
        case SafetyLists::State::dict: return states.empty() || (states.size() == 1 && is_dict(states.front()));
        case SafetyLists::State::distribution:
            return states.empty() || (states.size() == 1 && (is_dict(states.front()) || states.front() == "distribution"));
        case SafetyLists::State::pairs:
            return std::all_of(states.begin(), states.end(), [](const std::string& state) { return is_dict(state) || state == "pairs"; });
        case SafetyLists::State::any: return states.empty() || (states.size() == 1 && is_data_state(states.front()));
    }
    return false;
}

/// How cloudpickle writes a class of a notebook, with the code of its methods: whoever trusts the file trusts that code.
bool makes_class(const Call& call) { return call.module == "cloudpickle.cloudpickle" && call.name == "_make_skeleton_class"; }

/// What only such a class needs.
bool is_part_of_class(std::string_view name) {
    constexpr auto parts =
        std::to_array<std::string_view>({"builtins:type", "builtins:property", "builtins:staticmethod", "builtins:classmethod"});
    return std::ranges::find(parts, name) != parts.end();
}

class Judge {
public:
    Judge(const SafetyLists& lists, const std::set<std::string, std::less<>>& trusted) : lists_(lists), trusted_(trusted) {}

    void judge(const Inspection& inspection, const std::string& member) {
        member_ = member;
        if (!inspection.imports.empty() || !inspection.calls.empty()) worsen(Safety::model);
        if (!inspection.complete && inspection.oddities.empty())
            add({.code = "unscannable", .verdict = Safety::needs_trust, .detail = "the file was not read to its end"});
        for (const Oddity& oddity : inspection.oddities) {
            add({.code = oddity.code,
                 .verdict = verdict_of(oddity.code),
                 .offset = oddity.offset,
                 .detail = oddity.detail,
                 .name = oddity.name,
                 .path = oddity.path});
        }
        carries_classes_ = std::ranges::any_of(inspection.calls, makes_class);
        for (const Call& call : inspection.calls) judge_call(call);
        for (const Import& import : inspection.imports) {
            if (import.use == "value" || import.use == "argument") judge_value(import);
        }
        for (const std::string& function : inspection.functions) {
            add({.code = "embedded-code",
                 .verdict = Safety::needs_trust,
                 .detail = fmt::format("carries the code of a function of its own: {}", function),
                 .name = function});
        }
        for (const Inspection& part : inspection.parts) judge(part, member.empty() ? part.name : member + "/" + part.name);
    }

    SafetyVerdict finish() {
        std::stable_sort(verdict_.reasons.begin(), verdict_.reasons.end(),
                         [](const SafetyReason& a, const SafetyReason& b) { return a.verdict > b.verdict; });
        verdict_.reason_count = verdict_.reasons.size();
        if (verdict_.reasons.size() > max_reasons) verdict_.reasons.resize(max_reasons);
        return std::move(verdict_);
    }

private:
    void worsen(Safety verdict) { verdict_.verdict = std::max(verdict_.verdict, verdict); }

    void add(SafetyReason reason) {
        worsen(reason.verdict);
        reason.member = member_;
        verdict_.reasons.push_back(std::move(reason));
    }

    [[nodiscard]] bool is_trusted(const std::string& dotted) const { return trusted_.contains(dotted); }

    [[nodiscard]] bool is_a(std::string_view kind, std::string_view name) const {
        if (kind == "class") return lists_.find_class(name) != nullptr;
        if (kind == "type") return lists_.is_type(name) || lists_.find_class(name) != nullptr;
        return lists_.is_function(name);
    }

    [[nodiscard]] bool is_listed(std::string_view name) const {
        return lists_.find_class(name) != nullptr || !lists_.callables(name).empty() || lists_.is_function(name) || lists_.is_type(name);
    }

    static SafetyReason reason_for(const Call& call, std::string code, Safety verdict, std::string detail) {
        return {.code = std::move(code),
                .verdict = verdict,
                .offset = call.offset,
                .detail = std::move(detail),
                .name = call.module + "." + call.name,
                .arguments = call.text,
                .path = call.path};
    }

    void judge_call(const Call& call) {
        if (call.of_call && makes_class(call))
            return add(reason_for(call, "embedded-code", Safety::needs_trust, "makes an object of a class whose code the file carries"));
        if (call.of_call) {
            return add(reason_for(call, "call-target", Safety::dangerous,
                                  fmt::format("calls what {} gave, with {}: no library writes that",
                                              call.name.empty() ? "a persistent id" : call.module + "." + call.name, call.text)));
        }
        const std::string name = call.module + ":" + call.name;
        const std::string dotted = call.module + "." + call.name;
        if (is_trusted(dotted)) return;
        const bool creates = call.form != "reduce";
        const auto does = creates ? fmt::format("instantiates {}", dotted) : fmt::format("calls {}{}", dotted, call.text);
        if (carries_classes_ && is_part_of_class(name) && name != "builtins:type")
            return add(reason_for(call, "embedded-code", Safety::needs_trust,
                                  fmt::format("{}: a part of a class whose code the file carries", does)));
        if (!is_listed(name)) {
            if (const auto why = lists_.danger(name))
                return add(reason_for(call, "known-gadget", Safety::dangerous, fmt::format("{}: {}", does, *why)));
            return add(reason_for(call, "unknown-global", Safety::needs_trust, fmt::format("{}, which is in no allow-list", does)));
        }
        if (creates) return judge_instance(call, name, does);
        const auto callables = lists_.callables(name);
        if (callables.empty())
            return add(reason_for(call, "wrong-kind", Safety::dangerous, fmt::format("{}, which may be named but not called", does)));
        const auto is = [this](std::string_view kind, std::string_view global) { return is_a(kind, global); };
        const bool fits = std::any_of(callables.begin(), callables.end(), [&](const SafetyLists::Callable& entry) {
            if (entry.fold) return call.folded;
            return call.folded || (entry.arguments.matches(call.arguments, is) && states_fit(call.states, entry.state));
        });
        if (fits && name == "functools:partial") return judge_partial(call);
        if (fits) return;
        if (name == "builtins:getattr" && is_method_of_object(call))
            return add(reason_for(call, "bound-method", Safety::needs_trust,
                                  fmt::format("takes a method of an object: {}; what it does when it is called, nobody has judged", does)));
        if (const auto why = lists_.danger(name))
            add(reason_for(call, "known-gadget", Safety::dangerous, fmt::format("{}: {}", does, *why)));
        else
            add(reason_for(call, "call-shape", Safety::dangerous,
                           fmt::format("{}, with arguments or a state that its library does not write", does)));
    }

    /// The function of a partial is called when the model predicts, with arguments that the file chooses.
    void judge_partial(const Call& call) {
        if (call.arguments.size() != 1 || !call.arguments.front().starts_with("global=")) return;
        const std::string_view name = std::string_view(call.arguments.front()).substr(7);
        if (lists_.is_function(name) || lists_.is_type(name) || lists_.find_class(name) == nullptr) return;
        add(reason_for(call, "wrong-kind", Safety::dangerous,
                       fmt::format("keeps a partial of {}, a class: it would be made with arguments that the file chooses", name)));
    }

    /// How Python pickles a method: `getattr(object, 'name')`. What an underscore leads into is nobody's interface.
    static bool is_method_of_object(const Call& call) {
        constexpr std::string_view text = "str=";
        if (call.arguments.size() != 2 || !call.states.empty()) return false;
        return call.arguments[0].starts_with("object") && call.arguments[1].starts_with(text) && !call.arguments[1].starts_with("str=_") &&
               call.arguments[1].find('.') == std::string::npos;
    }

    void judge_instance(const Call& call, const std::string& name, const std::string& does) {
        const SafetyLists::Class* entry = lists_.find_class(name);
        if (entry == nullptr)
            return add(
                reason_for(call, "wrong-kind", Safety::dangerous, fmt::format("{}, which is no class that may be instantiated", does)));
        const auto is = [this](std::string_view kind, std::string_view global) { return is_a(kind, global); };
        const bool arguments = entry->arguments ? entry->arguments->matches(call.arguments, is) : call.arguments.empty();
        if (arguments && states_fit(call.states, entry->state)) return;
        add(reason_for(call, "call-shape", Safety::dangerous,
                       fmt::format("{} with {} that its library does not write", does,
                                   arguments ? "a state (" + join(call.states, ", ") + ")" : "arguments")));
    }

    void judge_value(const Import& import) {
        const std::string name = import.module + ":" + import.name;
        const std::string dotted = import.module + "." + import.name;
        if (is_trusted(dotted) || lists_.is_function(name) || is_a("type", name)) return;
        if (import.use == "argument" && is_listed(name)) return;
        SafetyReason reason{.offset = import.offset, .name = dotted, .path = import.path};
        if (carries_classes_ && import.use == "argument" && is_part_of_class(name)) {
            reason.code = "embedded-code";
            reason.verdict = Safety::needs_trust;
            reason.detail = "carries a class, with the code of its methods";
        } else if (const auto why = lists_.danger(name)) {
            reason.code = "known-gadget";
            reason.verdict = Safety::dangerous;
            reason.detail = fmt::format("imports {}: {}", dotted, *why);
        } else if (is_listed(name)) {
            reason.code = "wrong-kind";
            reason.verdict = Safety::dangerous;
            reason.detail = fmt::format("keeps {} as a value, which may only be called as its library calls it", dotted);
        } else {
            reason.code = "unknown-global";
            reason.verdict = Safety::needs_trust;
            reason.detail = fmt::format("imports {}, which is in no allow-list", dotted);
        }
        add(std::move(reason));
    }

    const SafetyLists& lists_;
    const std::set<std::string, std::less<>>& trusted_;
    std::string member_;
    bool carries_classes_ = false;
    SafetyVerdict verdict_;
};

void put_text(Json& json, const char* key, const std::string& value) {
    if (!value.empty()) json[key] = value;
}

}  // namespace

std::string_view to_string(Safety verdict) {
    switch (verdict) {
        case Safety::data: return "data";
        case Safety::model: return "model";
        case Safety::needs_trust: return "needs-trust";
        case Safety::dangerous: return "dangerous";
        case Safety::malformed: return "malformed";
    }
    return "malformed";
}

std::optional<Safety> parse_safety(std::string_view text) {
    for (const Safety verdict : {Safety::data, Safety::model, Safety::needs_trust, Safety::dangerous, Safety::malformed}) {
        if (to_string(verdict) == text) return verdict;
    }
    return std::nullopt;
}

SafetyVerdict judge_safety(const Inspection& inspection, const SafetyLists& lists, const std::set<std::string, std::less<>>& trusted) {
    Judge judge(lists, trusted);
    judge.judge(inspection, {});
    return judge.finish();
}

Json to_json(const SafetyVerdict& verdict) {
    Json reasons = Json::array();
    for (const SafetyReason& reason : verdict.reasons) {
        Json json = {{"code", reason.code}, {"verdict", to_string(reason.verdict)}, {"offset", reason.offset}, {"detail", reason.detail}};
        put_text(json, "name", reason.name);
        put_text(json, "arguments", reason.arguments);
        put_text(json, "path", reason.path);
        put_text(json, "member", reason.member);
        reasons.push_back(std::move(json));
    }
    Json json = {{"verdict", to_string(verdict.verdict)}, {"reasons", std::move(reasons)}};
    if (verdict.reason_count > verdict.reasons.size()) json["reason_count"] = verdict.reason_count;
    return json;
}

}  // namespace assay
