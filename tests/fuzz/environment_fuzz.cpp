// Environments: whatever is read is canonical from then on, and the gate judges it without failing.
#include "registry/gate.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    const auto json = assay::parse_json(assay::test::text_of(data, size));
    if (!json) return 0;
    const auto environment = assay::read_environment(*json);
    if (!environment) return 0;
    const auto bytes = assay::canonical_bytes(*environment);
    require(bytes.has_value());
    const auto again = assay::read_environment(assay::parse_json(*bytes).value());
    require(again && *again == *environment);
    require(assay::to_pip(*environment).has_value() != environment->is_native());
    require(assay::to_conda(*environment).has_value() != environment->is_native());
    const assay::Recorded recorded{
        "m@1", assay::digest_of(*environment).value(), {"scikit-learn", "numpy"}, {{"python", "3.11.7"}, {"scikit-learn", "1.7.2"}}};
    const assay::Verdict verdict = assay::judge(recorded, *environment, assay::default_rules());
    require((verdict.decision == assay::Verdict::Decision::refuse) != verdict.conflicts.empty());
    assay::Recorded itself{"m@2", recorded.digest, {}, environment->packages};
    for (const auto& [name, release] : environment->packages) itself.uses.push_back(name);
    if (!itself.libraries.contains("python") && environment->python) itself.libraries["python"] = *environment->python;
    require(environment->packages.contains("python") ||
            assay::judge(itself, *environment, assay::default_rules()).decision == assay::Verdict::Decision::allow);
    return 0;
}
