#include "clients/cli/push_files.hpp"

#include "artifact/media_type.hpp"
#include "clients/cli/progress.hpp"
#include "clients/cpp/upload.hpp"

#include <filesystem>
#include <set>

namespace assay {

namespace {

Result<void> upload_one(Output& output, Connection& server, const HashedFile& file, const Config& config) {
    Progress progress(output, "pushing " + file.path, file.local.size);
    const auto moved = [&](std::uint64_t bytes) { progress.advance(bytes); };
    if (file.local.size >= resumable_bytes) {
        const auto continues = [&](std::uint64_t offset) {
            if (offset > 0) say_continued(output, progress, file.path, offset, file.local.size);
            progress.continue_at(offset);
        };
        UploadNote note = UploadNote::open(config.cache, config.url, file.local.digest);
        const auto uploaded = upload_file(server, file.local, note, {moved, continues});
        // A server that takes no more unfinished uploads may still take a finished one.
        if (uploaded || uploaded.error().code != "upload-limit") return uploaded;
    }
    return server.put_blob(file.local, moved, [&] { progress.continue_at(0); });
}

}  // namespace

Result<std::vector<HashedFile>> hash_all(Output& output, const std::vector<FileToPush>& files) {
    std::uint64_t total = 0;
    for (const FileToPush& file : files) {
        std::error_code ignored;  // hash_file says what is wrong
        const auto size = std::filesystem::file_size(file.source, ignored);
        if (!ignored) total += size;
    }
    Progress progress(output, "hashing", total);
    std::vector<HashedFile> hashed;
    for (const FileToPush& file : files) {
        TRY_ASSIGN(LocalFile local, hash_file(file.source, [&](std::uint64_t bytes) { progress.advance(bytes); }));
        hashed.push_back({file.path, std::move(local)});
    }
    return hashed;
}

Result<void> upload_missing(Output& output, Connection& server, const std::vector<HashedFile>& files, const Config& config) {
    std::vector<Digest> digests;
    for (const HashedFile& file : files) digests.push_back(file.local.digest);
    TRY_ASSIGN(std::set<Digest> missing, server.missing_blobs(digests));
    for (const HashedFile& file : files) {
        if (missing.erase(file.local.digest) == 0) continue;
        TRY_WHILE(upload_one(output, server, file, config), "uploading " + file.path);
    }
    return {};
}

Json files_of_registration(const std::vector<HashedFile>& files) {
    Json list = Json::array();
    for (const HashedFile& file : files)
        list.push_back({{"path", file.path}, {"digest", file.local.digest.to_string()}, {"media_type", media_type_of_name(file.path)}});
    return list;
}

}  // namespace assay
