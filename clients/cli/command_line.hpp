#pragma once

#include "clients/cli/command.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace assay {

/// The world around one invocation, so that tests can give their own.
struct Surroundings {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    std::size_t width = 80;
    CommandContext::Variables variables;
    CommandContext::Connect connect;
    std::string directory;  ///< current, absolute
    std::string user;
    std::string host;
};

/// Runs `assay ARGUMENTS…` (without the program's name) and returns the exit code. Nothing is thrown.
[[nodiscard]] int run_command_line(const std::vector<std::string>& arguments, const Surroundings& surroundings);

}  // namespace assay
