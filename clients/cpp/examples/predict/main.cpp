// A scikit-learn model answers the rows of a CSV file, without Python: predict MODEL ROWS.csv [METHOD]

#include <assay/pipeline.hpp>
#include <assay/sample_csv.hpp>

#include <fstream>
#include <iostream>
#include <sstream>
#include <variant>

namespace {

int refused(const assay::Error& error) {
    std::cerr << assay::describe(error);
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "predict MODEL ROWS.csv [METHOD]\n";
        return 2;
    }
    std::stringstream text;
    text << std::ifstream(argv[2]).rdbuf();

    const auto model = assay::Pipeline::load(argv[1]);
    if (!model) return refused(model.error());
    const auto rows = assay::sample_of_csv(text.str(), {});
    if (!rows) return refused(rows.error());
    const auto answer = model->predict(*rows, argc > 3 ? argv[3] : "predict");
    if (!answer) return refused(answer.error());

    std::visit(
        [](const auto& values) {
            std::cout.precision(17);
            for (const auto& value : values) std::cout << value << "\n";
        },
        answer->values);
    return 0;
}
