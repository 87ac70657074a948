#pragma once

#include "base/result.hpp"
#include "clients/cli/project_file.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Where the value of each setting is from, for people: "--url", "ASSAY_URL", the path of a file, "default".
struct ConfigOrigins {
    std::string url, consumer, cache, environment;
};

/// What a command needs to know about its surroundings.
struct Config {
    std::string url;                       ///< of the server
    std::string consumer;                  ///< "NAME@HOST": who asks; recorded by the server
    std::string cache;                     ///< folder of the shared cache; the Python package uses the same
    std::string environment = "auto";      ///< what --environment says when it is not given
    std::string lock_path = "assay.lock";  ///< beside the project file where that names models, else in the current folder
    ProjectFile project = {};              ///< without a path when there is none
    ConfigOrigins origins = {};
};

enum class ConfigFiles { read, leave_out };

/// Where a Config comes from. Flags go before environment variables, these before the project file, this before the
/// user's file; what nobody says has a default.
struct ConfigSources {
    std::optional<std::string> url_flag;
    std::optional<std::string> consumer_flag;
    std::function<std::optional<std::string>(std::string_view)> environment;  ///< a variable's value; an empty one counts as absent
    std::string directory;                                                    ///< where the search for assay.toml begins; absolute
    std::string user;                                                         ///< login name, for the default consumer
    std::string host;
    ConfigFiles files = ConfigFiles::read;
};

/// Reads ASSAY_URL, ASSAY_CONSUMER and ASSAY_CACHE; the nearest assay.toml at or above the directory; `[assay]` in
/// $XDG_CONFIG_HOME/assay/config.toml (~/.config/…). A file that cannot be read or says what it may not is `invalid` (code
/// "invalid-config") and named.
[[nodiscard]] Result<Config> load_config(const ConfigSources& sources);

}  // namespace assay
