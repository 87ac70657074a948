#pragma once

#include "registry/safety.hpp"
#include "registry/versions.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// What a file of a version is, and how safe: facts and verdict as JSON, as they are stored.
struct FileInspection {
    std::string path;
    Safety verdict = Safety::data;
    Json reasons;     ///< as to_json(SafetyVerdict) has them
    Json inspection;  ///< assay.inspection/1
    Digest digest{Digest::Bytes{}};  ///< of the blob
};

/// What a version is: its files, and the worst of their verdicts after the names that the policy trusts for this model.
struct VersionInspection {
    Safety verdict = Safety::data;
    std::vector<FileInspection> files;

    /// {"verdict", "reasons" (with the file as "member"), "inspection"}: of one file its own inspection, of several one of format
    /// "version" with the files as parts.
    [[nodiscard]] Json report() const;
};

/// A file to inspect: where it is in the version, and its blob.
struct FileToInspect {
    std::string path;
    Digest digest;
};

/// Inspects the files, each blob once for all versions and lists of names: what is stored by the lists in force is taken from there, the
/// rest is read and stored. Two files at a time are read, whoever asks. Fails as open_blob() does, and with the error of a damaged blob.
[[nodiscard]] Result<VersionInspection> inspect_files(Registry& registry, const std::string& model,
                                                      const std::vector<FileToInspect>& files);

/// The same of a registered version.
[[nodiscard]] Result<VersionInspection> inspect_version(Registry& registry, const VersionRow& version);

/// What is stored of a version, without reading its bytes: files that nobody has inspected yet are not in it, and others may have been
/// judged by older lists.
[[nodiscard]] Result<VersionInspection> stored_inspection(const Registry& registry, SqlSession& sql, const VersionRow& version);

[[nodiscard]] Result<VersionInspection> stored_inspection(Registry& registry, const VersionRow& version);

/// `unsafe`, code "unsafe-artifact": with every reason as a problem, and the report of the verdict as details.
[[nodiscard]] Error unsafe_artifact(const std::string& message, const VersionInspection& inspection);

}  // namespace assay
