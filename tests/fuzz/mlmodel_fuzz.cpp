// MLmodel and requirements.txt: YAML without what models never have, and lines for pip.
#include "artifact/mlflow/requirements.hpp"
#include "artifact/mlflow/yaml.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::test::text_of(data, size);
    for (const char* name : {"MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt"}) (void)assay::test::inspect_held(text, name);
    const auto yaml = assay::parse_yaml(text);
    if (!yaml) assay::test::require(yaml.error().code == "invalid-yaml" && !yaml.error().message.empty());
    if (const auto pin = assay::parse_requirement(text, "")) assay::test::require(!pin->package.empty());
    return 0;
}
