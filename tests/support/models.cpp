#include "tests/support/models.hpp"

#include "artifact/joblib/container.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace assay::test {

std::string model_bytes(const std::string& file) {
    std::ifstream stream(source_dir() + "/tests/data/predictions/" + file, std::ios::binary);
    std::stringstream bytes;
    bytes << stream.rdbuf();
    REQUIRE(bytes.str().size() > 100);
    return bytes.str();
}

std::string model_pickle(const std::string& name) {
    const std::string packed = model_bytes(name + ".joblib");
    MemorySource source(packed);
    const auto stream = unpack(sniff_codec(packed).value(), source, packed.size(), {});
    return must(read_all(*stream, std::size_t{16} << 20U));
}

std::string why_not_decoded(std::string_view bytes) {
    MemoryBytes memory(bytes);
    const auto pipeline = Pipeline::decode(memory);
    if (pipeline) return "decoded";
    CHECK(pipeline.error().code == "not-decodable");
    return pipeline.error().message + ": " + pipeline.error().because;
}

}  // namespace assay::test
