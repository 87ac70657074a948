#include "artifact/pipeline/model_file.hpp"

#include <algorithm>
#include <array>

namespace assay {

bool is_model_file(std::string_view path, std::string_view media_type) {
    constexpr auto types =
        std::to_array<std::string_view>({"application/vnd.joblib", "application/vnd.python.pickle", "application/vnd.skops+zip"});
    constexpr auto endings = std::to_array<std::string_view>({".joblib", ".pkl", ".pickle", ".cloudpickle", ".skops", ".assay"});
    return std::ranges::find(types, media_type) != types.end() ||
           std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
}

}  // namespace assay
