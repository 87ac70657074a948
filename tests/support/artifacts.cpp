#include "tests/support/artifacts.hpp"

#include "base/text.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <vector>

namespace assay::test {

std::string artifact_bytes(const std::string& name) {
    std::ifstream file(source_dir() + "/tests/data/artifacts/" + name, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (bytes.empty()) FAIL("tests/data/artifacts/" << name << " is not there");
    return bytes;
}

Inspection inspect_bytes(std::string_view bytes, const std::string& name, const InspectLimits& limits) {
    MemoryBytes memory(bytes);
    return must(inspect(memory, name, limits));
}

Inspection inspect_artifact(const std::string& name) { return inspect_bytes(artifact_bytes(name), name); }

SafetyVerdict judge(const Inspection& inspection, const std::set<std::string, std::less<>>& trusted) {
    static const SafetyLists lists = must(SafetyLists::builtin());
    return judge_safety(inspection, lists, trusted);
}

std::string verdict_of(std::string_view bytes, const std::string& name) {
    return std::string(to_string(judge(inspect_bytes(bytes, name)).verdict));
}

ReadPickle::ReadPickle(std::string_view bytes, const InspectLimits& limits, bool with_arrays) : graph(limits) {
    MemorySource source(bytes);
    ByteCursor cursor(source);
    ArrayWrapperHook hook(cursor, graph);
    stream = read_pickle(cursor, graph, with_arrays ? &hook : nullptr);
    wrappers = hook.wrappers();
    aligned = hook.aligned();
}

std::string ReadPickle::fault() const { return stream.fault ? fmt::format("{}@{}", stream.fault->code, stream.fault->offset) : ""; }

std::string ReadPickle::notes() const {
    std::vector<std::string> all;
    for (const FormatFault& note : stream.notes) all.push_back(fmt::format("{}@{}", note.code, note.offset));
    return join(all, " ");
}

std::string oddities_of(const Inspection& inspection) {
    std::vector<std::string> all;
    for (const Oddity& oddity : inspection.oddities) all.push_back(fmt::format("{}@{}", oddity.code, oddity.offset));
    return join(all, " ");
}

Oddity oddity_of(const Inspection& inspection, std::string_view code) {
    const auto found =
        std::find_if(inspection.oddities.begin(), inspection.oddities.end(), [&](const Oddity& oddity) { return oddity.code == code; });
    if (found == inspection.oddities.end()) FAIL("no oddity " << std::string(code));
    return *found;
}

std::string imports_of(const Inspection& inspection) {
    std::vector<std::string> all;
    for (const Import& import : inspection.imports) all.push_back(import.use + " " + import.module + "." + import.name);
    return join(all, ", ");
}

std::string reason_codes(const SafetyVerdict& verdict) {
    std::vector<std::string> codes;
    for (const SafetyReason& reason : verdict.reasons) codes.push_back(reason.code);
    return join(codes, " ");
}

std::string drain(Source& source, std::string& code) {
    std::string all;
    std::array<std::byte, 4096> buffer{};
    for (;;) {
        const auto count = source.read(buffer);
        code = count ? "" : count.error().code;
        if (!count || *count == 0) return all;
        all.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
}

}  // namespace assay::test
