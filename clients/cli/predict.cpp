#include "artifact/pipeline/model_file.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "artifact/sample_csv.hpp"
#include "artifact/sample_json.hpp"
#include "artifact/sample_values.hpp"
#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/gate_verdict.hpp"
#include "clients/cpp/local_file.hpp"
#include "clients/cpp/verified_download.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

/// More rows than a sample may have: what is predicted is not kept.
constexpr SampleLimits input_limits{
    .max_bytes = std::size_t{256} << 20U, .max_rows = 100'000, .max_values = 10'000'000, .max_all_values = 20'000'000};

struct PredictOptions {
    std::string what;
    std::string input;
    std::vector<std::string> methods;
};

Result<Sample> read_input(const std::string& path) {
    TRY_ASSIGN(const std::string text, read_text_file(path, input_limits.max_bytes));
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    const bool is_json = begin != std::string::npos && text[begin] == '{';
    auto sample = is_json ? parse_sample(text, SampleOutputs::optional, input_limits) : sample_of_csv(text, input_limits);
    if (!sample) return fail(std::move(sample).error().with_context("reading " + printable(path, 300)));
    return sample;
}

/// The one file of a version that holds its model.
Result<RemoteFile> model_file_of(const RemoteVersion& version) {
    std::vector<RemoteFile> found;
    for (const Json& file : list_of(version.manifest, "files")) {
        if (!is_model_file(text_of(file, "path"), text_of(file, "media_type"))) continue;
        const auto there = std::ranges::find(version.files, text_of(file, "path"), &RemoteFile::path);
        if (there != version.files.end()) found.push_back(*there);
    }
    if (found.size() == 1) return found.front();
    return fail(Error(ErrorKind::invalid, "no-artifact", printable(version.name(), 300) + " cannot be asked")
                    .with_because(found.empty() ? "it holds no joblib, pickle or skops file" : "it holds several models")
                    .with_fix("fetch it, and name the file: assay predict FILE"));
}

Result<Pipeline> decode_reference(CommandContext& context, const std::string& text) {
    TRY_ASSIGN(const Reference reference, Reference::parse(text));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    TRY_ASSIGN(const RemoteFile file, model_file_of(version));
    // Nothing is loaded into any environment: what it would need there is not asked.
    TRY_ASSIGN(const Json verdict, judge(*server, version, std::nullopt, true));
    if (refuses(verdict)) return fail(refusal_of(verdict));
    std::string bytes;
    TRY(download_verified(*server, version, file, "none", into(bytes, file.size)));
    MemoryBytes memory(bytes);
    return Pipeline::decode(memory);
}

/// Without --method: what the sample has answers to; else predict, or transform.
std::vector<std::string> methods_of(const PredictOptions& options, const Sample& sample, const Pipeline& pipeline) {
    if (!options.methods.empty()) return options.methods;
    std::vector<std::string> methods;
    for (const auto& [method, output] : sample.outputs) methods.push_back(method);
    if (!methods.empty()) return methods;
    const bool predicts = std::ranges::find(pipeline.methods(), "predict") != pipeline.methods().end();
    return {predicts || pipeline.methods().empty() ? "predict" : "transform"};
}

std::string csv_cell(const SampleValues& values, std::size_t place) {
    if (const auto* booleans = std::get_if<std::vector<std::uint8_t>>(&values)) return (*booleans)[place] != 0 ? "True" : "False";
    const Json value = value_to_json(values, place);
    if (!value.is_string()) return value.dump();
    const auto text = value.get<std::string>();
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

void write_csv(Output& output, const std::vector<std::pair<std::string, SampleArray>>& answers, std::size_t rows) {
    std::string text;
    for (const auto& [method, array] : answers) {
        const std::size_t width = rows == 0 ? 0 : std::visit([](const auto& values) { return values.size(); }, array.values) / rows;
        for (std::size_t column = 0; column < width; ++column)
            text += (text.empty() ? "" : ",") + (array.shape.size() == 1 ? method : fmt::format("{}_{}", method, column));
    }
    text += "\n";
    for (std::size_t row = 0; row < rows; ++row) {
        bool first = true;
        for (const auto& [method, array] : answers) {
            const std::size_t width = std::visit([](const auto& values) { return values.size(); }, array.values) / rows;
            for (std::size_t column = 0; column < width; ++column) {
                text += (first ? "" : ",") + csv_cell(array.values, row * width + column);
                first = false;
            }
        }
        text += "\n";
    }
    output.write(text);
}

Result<ExitCode> run(CommandContext& context, const PredictOptions& options) {
    TRY_ASSIGN(const Sample input, read_input(options.input));
    TRY_ASSIGN(const Pipeline pipeline, means_a_file(options.what) || looks_like_file(options.what)
                                            ? Pipeline::load(options.what)
                                            : decode_reference(context, options.what));
    std::vector<std::pair<std::string, SampleArray>> answers;
    for (const std::string& method : methods_of(options, input, pipeline)) {
        TRY_ASSIGN(SampleArray answer, pipeline.predict(input, method));
        answers.emplace_back(method, std::move(answer));
    }
    Output& output = context.output();
    if (output.json()) {
        Json outputs = Json::object();
        for (const auto& [method, array] : answers) outputs[method] = to_json(array);
        output.write_json({{"outputs", std::move(outputs)}});
    } else {
        write_csv(output, answers, input.rows);
    }
    return ExitCode::ok;
}

}  // namespace

Command predict_command() {
    return {"predict", "Let a model answer rows, without Python and without running its file",
            [](Arguments& arguments) -> Run {
                auto options = std::make_shared<PredictOptions>();
                arguments.positional("REF|FILE", options->what, "A joblib, pickle, cloudpickle or skops file, or a registered version")
                    .required();
                arguments.option("--input FILE", options->input, "rows.csv or sample.json; '-' is standard input").required();
                arguments.option("--method METHOD", options->methods,
                                 "predict, predict_proba, predict_log_proba, decision_function or transform; may be given again");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    auto code = run(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("asking " + printable(options->what, 300)));
                    return code;
                };
            },
            Needs::nothing};
}

}  // namespace assay
