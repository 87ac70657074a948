#include "clients/cli/process.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace assay {

namespace {

constexpr std::size_t max_output_bytes = std::size_t{16} << 20U;

struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_end(std::size_t which) {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }
    [[nodiscard]] bool is_open() const { return ends[0] >= 0; }
};

/// Feeds `input` and collects the output until the child closes its end. False when the output is too long.
bool converse(Pipe& to_child, Pipe& from_child, std::string_view input, std::string& output) {
    ::fcntl(to_child.ends[1], F_SETFL, O_NONBLOCK);
    std::array<char, 65536> buffer;
    for (;;) {
        if (input.empty()) to_child.close_end(1);
        std::array<pollfd, 2> waiting{{{from_child.ends[0], POLLIN, 0}, {to_child.ends[1], POLLOUT, 0}}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return true;
        if ((waiting[1].revents & (POLLOUT | POLLERR)) != 0) {
            const ssize_t written = ::write(to_child.ends[1], input.data(), input.size());
            if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
            if (written < 0 && errno != EAGAIN && errno != EINTR) input = {};  // the child does not want it
        }
        if ((waiting[0].revents & (POLLIN | POLLHUP)) != 0) {
            const ssize_t count = ::read(from_child.ends[0], buffer.data(), buffer.size());
            if (count == 0) return true;
            if (count < 0 && errno != EINTR && errno != EAGAIN) return true;
            if (count > 0) output.append(buffer.data(), static_cast<std::size_t>(count));
            if (output.size() > max_output_bytes) return false;
        }
    }
}

}  // namespace

Result<std::string> run_program(const std::vector<std::string>& arguments, std::string_view input) {
    const std::string name = printable(arguments.front(), 300);
    Pipe to_child;
    Pipe from_child;
    if (!to_child.is_open() || !from_child.is_open()) return fail(posix_error("running " + name, errno));
    (void)std::signal(SIGPIPE, SIG_IGN);  // a child that stops reading is an answer, not our end

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, to_child.ends[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, from_child.ends[1], STDOUT_FILENO);
    posix_spawnattr_t attributes;  // the child starts with the usual SIGPIPE, not with ours
    ::posix_spawnattr_init(&attributes);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> copies = arguments;
    std::vector<char*> pointers;
    pointers.reserve(copies.size() + 1);
    for (std::string& copy : copies) pointers.push_back(copy.data());
    pointers.push_back(nullptr);
    pid_t child = -1;
    const int failure = ::posix_spawnp(&child, pointers.front(), &actions, &attributes, pointers.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure == ENOENT) return fail(ErrorKind::not_found, "program-not-found", "there is no program " + name);
    if (failure != 0) return fail(posix_error("running " + name, failure));

    to_child.close_end(0);
    from_child.close_end(1);
    std::string output;
    const bool complete = converse(to_child, from_child, input, output);
    if (!complete) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!complete)
        return fail(ErrorKind::invalid, "program-failed", fmt::format("{} wrote more than {}", name, human_size(max_output_bytes)));
    if (WIFSIGNALED(status))
        return fail(ErrorKind::invalid, "program-failed", fmt::format("{} was ended by signal {}", name, WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        return fail(ErrorKind::invalid, "program-failed", fmt::format("{} ended with status {}", name, WEXITSTATUS(status)));
    return output;
}

}  // namespace assay
