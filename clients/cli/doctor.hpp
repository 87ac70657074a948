#pragma once

#include "clients/cli/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class Health { ok, warn, fail };

/// What one check of `assay doctor` found.
struct Diagnosis {
    Health health = Health::ok;
    std::string check;  ///< what was looked at, one word: "server", "clock"
    std::string says;   ///< what is so
    std::string because = {};
    std::string fix = {};
    bool no_server = false;  ///< fail: there is no answer at all
};

/// A failed check, in the words of the error behind it.
[[nodiscard]] Diagnosis failed(std::string check, const Error& error);

/// What there is to say of a file system that keeps a registry, by the kernel's name for it ("ext4"), and of the space that is left.
[[nodiscard]] Diagnosis judge_file_system(std::string_view name);
[[nodiscard]] Diagnosis judge_space(std::uint64_t free_bytes, std::uint64_t total_bytes);
/// `ahead`: by how many seconds the clock of this machine is ahead of the server's, which tells whole seconds.
[[nodiscard]] Diagnosis judge_clock(double ahead);

/// The configured server: is it there, is it Assay's, is it ready, its release, schema, clock and disk.
[[nodiscard]] std::vector<Diagnosis> examine_server(CommandContext& context);
/// A data directory of this machine, which a server may be using.
[[nodiscard]] std::vector<Diagnosis> examine_data(const std::string& path);
/// This machine: releases, configuration, cache, lock file, Python.
[[nodiscard]] std::vector<Diagnosis> examine_machine(CommandContext& context);

}  // namespace assay
