#include "clients/cli/project_lock.hpp"

#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace assay {

namespace {

constexpr std::size_t max_lock_bytes = std::size_t{1} << 20U;

}  // namespace

Result<LockFile> read_lock(const std::string& path) {
    auto text = read_text_file(path, max_lock_bytes);
    if (!text && text.error().kind == ErrorKind::not_found) {
        return fail(Error(ErrorKind::not_found, "lock-not-found", "there is no lock file " + printable(path, 500))
                        .with_fix("assay lock NAME@ALIAS writes one"));
    }
    if (!text) return fail(std::move(text).error());
    auto lock = parse_lock_file(*text);
    if (!lock) return fail(std::move(lock).error().with_context("reading " + printable(path, 500)));
    return lock;
}

LockedModel locked(const RemoteVersion& version, const std::string& requested) {
    LockedModel entry{version.model, requested, version.number, version.digest, {}, {}, {}};
    for (const RemoteFile& file : version.files) entry.files.push_back({file.path, file.size, file.digest});
    const Json& facts = member(version.manifest, "facts");
    const Json& libraries = member(facts, "libraries");
    std::vector<std::string> packages = strings_of(list_of(facts, "uses"));
    packages.emplace_back("python");
    for (const std::string& package : packages) {
        if (const std::string release = text_of(libraries, package); !release.empty()) entry.environment[package] = release;
    }
    return entry;
}

Result<void> must_match(const RemoteVersion& version, const LockedModel& entry) {
    if (version.digest != entry.digest) {
        return fail(Error(ErrorKind::integrity, "lock-mismatch", fmt::format("{} is not the version that was locked", version.name()))
                        .with_because(fmt::format("its manifest has the digest {}, the lock says {}", version.digest.to_string(),
                                                  entry.digest.to_string()))
                        .with_fix("is this the same registry? 'assay lock' pins anew"));
    }
    std::vector<LockedFile> files = locked(version, entry.requested).files;
    std::ranges::sort(files, {}, &LockedFile::path);
    if (files != entry.files) {
        return fail(Error(ErrorKind::integrity, "lock-mismatch",
                          fmt::format("the lock file lists other files for {} than its manifest", version.name()))
                        .with_because("the lock file was changed by hand")
                        .with_fix("'assay lock' pins anew"));
    }
    return {};
}

std::string place_of(const LockedModel& entry, const LockedFile& file, const std::string& lock_path, const std::string& cache) {
    if (entry.path) return (std::filesystem::path(lock_path).parent_path() / *entry.path / file.path).lexically_normal().string();
    const std::string hex = file.digest.hex();
    return cache + "/blobs/sha256/" + hex.substr(0, 2) + "/" + hex;
}

bool was_never_fetched(const LockedModel& entry, const std::string& cache) {
    if (entry.path) return false;
    return std::ranges::none_of(entry.files, [&](const LockedFile& file) {
        std::error_code ignored;  // what cannot be looked at may be there: differences_of says what is wrong with it
        return std::filesystem::symlink_status(place_of(entry, file, "", cache), ignored).type() != std::filesystem::file_type::not_found;
    });
}

std::vector<FieldProblem> differences_of(const LockedModel& entry, const std::string& lock_path, const std::string& cache) {
    std::vector<FieldProblem> differences;
    for (const LockedFile& file : entry.files) {
        const std::string place = place_of(entry, file, lock_path, cache);
        const std::string shown = printable(place, 500) + (entry.path ? "" : " (" + file.path + " of " + entry.version_name() + ")");
        const auto there = hash_file(place);
        if (!there && there.error().kind == ErrorKind::not_found)
            differences.push_back({shown, "is missing", ""});
        else if (!there)
            differences.push_back({shown, there.error().message, ""});
        else if (there->size != file.size)
            differences.push_back({shown, fmt::format("has {} bytes, {} were locked", there->size, file.size), ""});
        else if (there->digest != file.digest)
            differences.push_back(
                {shown, fmt::format("has the digest {}, {} was locked", there->digest.short_hex(), file.digest.short_hex()), ""});
    }
    return differences;
}

}  // namespace assay
