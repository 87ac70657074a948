#include "storage/manifests/manifest_store.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace assay {

namespace {

constexpr std::size_t max_plain_bytes = 200;
constexpr std::size_t hashed_prefix_bytes = 120;
constexpr std::string_view tombstone_suffix = ".deleted.json";
constexpr std::string_view manifest_suffix = ".json";

std::string manifest_name(std::int64_t version) { return fmt::format("/{}{}", version, manifest_suffix); }
std::string tombstone_name(std::int64_t version) { return fmt::format("/{}{}", version, tombstone_suffix); }

/// The version in "<version><suffix>" as we write it; absent for any other name.
std::optional<std::int64_t> version_of(std::string_view name, std::string_view suffix) {
    if (!name.ends_with(suffix)) return std::nullopt;
    const std::string_view digits = name.substr(0, name.size() - suffix.size());
    const auto version = parse_integer(digits);
    if (!version || *version < 1 || std::to_string(*version) != digits) return std::nullopt;
    return version;
}

Result<std::string> read_whole(FsFile& file, const std::string& path) {
    TRY_ASSIGN(const std::uint64_t size, file.size());
    if (size > max_manifest_bytes) {
        return fail(ErrorKind::too_large, "manifest-too-large", fmt::format("{} has {} bytes, more than a manifest may have", path, size));
    }
    std::string bytes(static_cast<std::size_t>(size), '\0');
    TRY_ASSIGN(const std::size_t count, file.read_at(0, std::as_writable_bytes(std::span(bytes))));
    bytes.resize(count);
    return bytes;
}

/// The bytes of a file; absent when it does not exist.
Result<std::optional<std::string>> read_if_there(Fs& fs, const std::string& path) {
    auto file = fs.open(path);
    if (!file) {
        if (file.error().kind == ErrorKind::not_found) return std::nullopt;
        return fail(std::move(file).error());
    }
    TRY_ASSIGN(std::string bytes, read_whole(**file, path));
    return bytes;
}

}  // namespace

Result<std::unique_ptr<ManifestStore>> ManifestStore::open(Fs& fs, std::string root) {
    std::unique_ptr<ManifestStore> store(new ManifestStore(fs, std::move(root)));
    // A process that created a model's directory may have died before this line.
    TRY(fs.sync_directory(store->root_));
    return store;
}

std::string ManifestStore::directory_of(std::string_view model) {
    std::string encoded;
    for (const char character : model) {
        const auto byte = static_cast<unsigned char>(character);
        const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || byte == '-' || byte == '_' || (byte == '.' && !encoded.empty()));
        if (plain)
            encoded.push_back(character);
        else
            encoded += fmt::format("%{:02X}", byte);
    }
    if (encoded.size() <= max_plain_bytes) return encoded;
    return encoded.substr(0, hashed_prefix_bytes) + "~" + sha256(model).hex();
}

Result<PreparedManifest> ManifestStore::prepare(std::string_view bytes) {
    if (bytes.size() > max_manifest_bytes) {
        return fail(ErrorKind::too_large, "manifest-too-large",
                    fmt::format("the manifest has {} bytes, more than the {} allowed", bytes.size(), max_manifest_bytes));
    }
    TRY_ASSIGN(auto file, fs_.create_unnamed(root_));
    TRY(file->write_at(0, std::as_bytes(std::span(bytes))));
    TRY(file->sync());
    return PreparedManifest{std::move(file)};
}

Result<void> ManifestStore::check_not_degraded(const std::string& directory) {
    const std::lock_guard lock(degraded_mutex_);
    if (std::ranges::find(degraded_, directory) == degraded_.end()) return {};
    return fail(Error(ErrorKind::unavailable, "store-degraded", directory + " takes no more manifests")
                    .with_because("making it durable has failed once, and a second success would prove nothing")
                    .with_fix("look into the system log for the disk's error, then restart the server"));
}

Result<void> ManifestStore::sync(const std::string& directory) {
    TRY(check_not_degraded(directory));
    auto durable = fs_.sync_directory(directory);
    if (!durable) {
        const std::lock_guard lock(degraded_mutex_);
        degraded_.push_back(directory);
    }
    return durable;
}

Result<void> ManifestStore::open_model(std::string_view model) {
    const std::string directory = model_path(model);
    const std::lock_guard lock(directories_mutex_);
    TRY(check_not_degraded(root_));  // then a directory that exists may not be durable
    TRY_ASSIGN(const auto entry, fs_.stat(directory));
    if (entry) return {};
    TRY(fs_.make_directory(directory));
    return sync(root_);
}

Result<void> ManifestStore::publish(PreparedManifest& manifest, std::string_view model, std::int64_t version) {
    TRY(open_model(model));
    const std::string directory = model_path(model);
    TRY(check_not_degraded(directory));
    return fs_.link(*manifest.file, directory + manifest_name(version));
}

Result<void> ManifestStore::sync_model(std::string_view model) { return sync(model_path(model)); }

Result<std::int64_t> ManifestStore::next_free(std::string_view model, std::int64_t from) {
    const std::string directory = model_path(model);
    for (std::int64_t version = from;; ++version) {
        TRY_ASSIGN(const auto manifest, fs_.stat(directory + manifest_name(version)));
        TRY_ASSIGN(const auto tombstone, fs_.stat(directory + tombstone_name(version)));
        if (!manifest && !tombstone) return version;
    }
}

Result<std::string> ManifestStore::read(std::string_view model, std::int64_t version) {
    TRY_ASSIGN(auto bytes, read_if_there(fs_, model_path(model) + manifest_name(version)));
    if (!bytes) {
        return fail(ErrorKind::not_found, "manifest-not-found",
                    fmt::format("there is no manifest of {}@{}", printable(model, 300), version));
    }
    return *std::move(bytes);
}

Result<std::optional<std::string>> ManifestStore::read_tombstone(std::string_view model, std::int64_t version) {
    return read_if_there(fs_, model_path(model) + tombstone_name(version));
}

Result<void> ManifestStore::write_tombstone(std::string_view model, std::int64_t version, std::string_view bytes) {
    TRY_ASSIGN(const PreparedManifest tombstone, prepare(bytes));
    TRY(open_model(model));
    const std::string directory = model_path(model);
    TRY(check_not_degraded(directory));
    TRY(fs_.link(*tombstone.file, directory + tombstone_name(version)));
    return sync(directory);
}

Result<void> ManifestStore::remove_tombstone(std::string_view model, std::int64_t version) {
    const std::string directory = model_path(model);
    TRY(check_not_degraded(directory));
    TRY_ASSIGN(const auto model_entry, fs_.stat(directory));
    if (!model_entry) return {};
    const std::string path = directory + tombstone_name(version);
    TRY_ASSIGN(const auto entry, fs_.stat(path));
    if (entry) TRY(fs_.remove(path));
    return sync(directory);  // also when it is gone: who removed it may have died before this line
}

Result<void> ManifestStore::for_each(const std::function<Result<void>(const StoredManifest&)>& visit) {
    struct Found {
        bool manifest = false;
        bool tombstone = false;
    };
    TRY_ASSIGN(const auto directories, fs_.list(root_));
    for (const FsEntry& directory : directories) {
        if (!directory.is_directory) continue;
        const std::string path = root_ + "/" + directory.name;
        TRY_ASSIGN(const auto entries, fs_.list(path));
        std::map<std::int64_t, Found> versions;
        for (const FsEntry& entry : entries) {
            if (entry.is_directory) continue;
            if (const auto deleted = version_of(entry.name, tombstone_suffix))
                versions[*deleted].tombstone = true;
            else if (const auto version = version_of(entry.name, manifest_suffix))
                versions[*version].manifest = true;
        }
        for (const auto& [version, found] : versions) {
            StoredManifest stored{directory.name, version, std::nullopt, std::nullopt};
            if (found.manifest) {
                TRY_ASSIGN(stored.manifest, read_if_there(fs_, path + manifest_name(version)));
            }
            if (found.tombstone) {
                TRY_ASSIGN(stored.tombstone, read_if_there(fs_, path + tombstone_name(version)));
            }
            if (stored.manifest || stored.tombstone) TRY(visit(stored));  // else removed while we were listing
        }
    }
    return {};
}

}  // namespace assay
