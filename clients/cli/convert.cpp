#include "artifact/convert.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/option_value.hpp"
#include "clients/cpp/local_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace assay {

namespace {

struct ConvertOptions {
    std::string path;
    std::string format;
    std::string target;
    bool force = false;
};

std::vector<std::string> names_of_formats() {
    std::vector<std::string> names;
    for (const CopyFormat& format : copy_formats()) names.emplace_back(format.name);
    return names;
}

/// "models/churn.joblib" → "models/churn.onnx"
std::string path_beside(const std::string& path, const CopyFormat& format) {
    return std::filesystem::path(path).replace_extension(format.ending).string();
}

Result<ExitCode> convert(CommandContext& context, const ConvertOptions& options) {
    const CopyFormat* const format = find_copy_format(options.format);
    if (format == nullptr) return fail(Error(ErrorKind::invalid, "unknown-format", "there is no such format"));  // checked by the option
    const std::string target = options.target.empty() ? path_beside(options.path, *format) : options.target;
    std::error_code unknown;
    if (!options.force && std::filesystem::exists(target, unknown)) {
        return fail(Error(ErrorKind::conflict, "file-exists", printable(target, 300) + " is there already")
                        .with_fix("--force replaces it; -o FILE writes another one"));
    }
    TRY_ASSIGN(const std::unique_ptr<RandomSource> file, open_random_file(options.path));
    TRY_ASSIGN(const std::string bytes, format->convert(*file));
    TRY(write_text_file(target, bytes));
    Output& output = context.output();
    const std::string digest = sha256(bytes).to_string();
    if (output.json()) {
        output.write_json({{"path", target}, {"format", format->name}, {"size", bytes.size()}, {"digest", digest}});
    } else {
        output.write_line(
            fmt::format("{}  {}  {} (from {})", printable(target, 300), digest, human_size(bytes.size()), human_size(file->size())));
    }
    return ExitCode::ok;
}

}  // namespace

Command convert_command() {
    return {"convert", "Copy a model into a format that is no pickle, without running it",
            [](Arguments& arguments) -> Run {
                auto options = std::make_shared<ConvertOptions>();
                arguments.positional("FILE", options->path, "A joblib, pickle, cloudpickle or skops file").required();
                arguments.option("--to FORMAT", options->format, "One of " + join(names_of_formats(), ", "))
                    .check(one_of(names_of_formats()))
                    .required();
                arguments.option("-o,--output FILE", options->target, "Where to write it; default: beside FILE, with the format's ending");
                arguments.flag("--force", options->force, "Replace a file that is there");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    auto code = convert(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("converting " + printable(options->path, 300)));
                    return code;
                };
            },
            Needs::nothing};
}

}  // namespace assay
