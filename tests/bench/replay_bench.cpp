// One replay, as a push makes it: `replay_bench --one MODEL SAMPLE` prints its outcome as JSON. Used by wrong_models.py.

#include "artifact/pipeline/pipeline.hpp"
#include "base/json.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string_view>

namespace {

std::string read(const char* path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

void print(std::string_view outcome, std::string_view because) {
    std::puts(assay::to_text(assay::Json{{"outcome", outcome}, {"because", because}}).c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4 || std::string_view(argv[1]) != "--one") {
        std::fputs("replay_bench --one MODEL SAMPLE\n", stderr);
        return 2;
    }
    const auto sample = assay::parse_sample(read(argv[3]), assay::SampleOutputs::required);
    if (!sample) {
        std::fputs(assay::describe(sample.error()).c_str(), stderr);
        return 1;
    }
    const auto pipeline = assay::Pipeline::load(argv[2]);
    if (!pipeline) {
        print("not-replayable", pipeline.error().because);
        return 0;
    }
    const assay::Replay found = assay::replay(*sample, *pipeline);
    const bool failed = found.outcome == assay::Replay::Outcome::load_error || found.outcome == assay::Replay::Outcome::predict_error;
    print(failed                                               ? "not-replayable"
          : found.outcome == assay::Replay::Outcome::equal     ? "equal"
          : found.outcome == assay::Replay::Outcome::different ? "different"
                                                               : "close",
          found.message);
    return 0;
}
