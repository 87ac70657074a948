#include "base/http_client.hpp"
#include "clients/cli/command_line.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace {

std::string login_name() {
    if (const passwd* entry = ::getpwuid(::geteuid()); entry != nullptr && entry->pw_name != nullptr) return entry->pw_name;
    return "unknown";
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    std::error_code gone;  // a deleted current folder: nothing is found from there
    const std::string directory = std::filesystem::current_path(gone).string();
    const assay::Surroundings surroundings{
        .in = std::cin,
        .out = std::cout,
        .err = std::cerr,
        .in_is_terminal = ::isatty(STDIN_FILENO) == 1,
        .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
        .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
        .width = terminal_width(),
        .variables = [](std::string_view name) -> std::optional<std::string> {
            const char* value = std::getenv(std::string(name).c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
        },
        .connect = [](std::string_view url) { return assay::make_http_client(url); },
        .directory = directory.empty() ? "/" : directory,
        .user = login_name(),
        .host = host_name(),
    };
    return assay::run_command_line({argv + 1, argv + argc}, surroundings);
}
