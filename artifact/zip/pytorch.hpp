#pragma once

#include "artifact/zip/zip_reader.hpp"

namespace assay {

/// The folder that a PyTorch file's members are in ("archive"), by its data.pkl; empty when it is none.
[[nodiscard]] std::string pytorch_root(const std::vector<ZipMember>& members);
/// Whether torch reads the member as raw numbers, whatever they look like.
[[nodiscard]] bool is_pytorch_storage(const ZipMember& member, std::string_view root);
/// Format "pytorch": how many storages there are; `model-code` for TorchScript, whose functions run with the model.
void recognise_pytorch(const std::vector<ZipMember>& members, Inspection& inspection);

}  // namespace assay
