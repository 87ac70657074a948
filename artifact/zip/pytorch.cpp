#include "artifact/zip/pytorch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

std::string pytorch_root(const std::vector<ZipMember>& members) {
    for (const ZipMember& member : members) {
        const std::size_t slash = member.name.find('/');
        if (slash != std::string::npos && member.name.substr(slash) == "/data.pkl") return member.name.substr(0, slash);
    }
    return {};
}

bool is_pytorch_storage(const ZipMember& member, std::string_view root) {
    std::string_view name = member.name;
    if (root.empty() || !name.starts_with(root)) return false;
    name.remove_prefix(root.size());
    // "/data/0": named by a number, and so not what any program would load as something else.
    for (const std::string_view folder : {"/data/", "/constants/"}) {
        if (!name.starts_with(folder)) continue;
        const std::string_view key = name.substr(folder.size());
        return !key.empty() && key.find_first_not_of("0123456789") == std::string_view::npos;
    }
    return false;
}

void recognise_pytorch(const std::vector<ZipMember>& members, Inspection& inspection) {
    inspection.format = "pytorch";
    const std::string root = pytorch_root(members);
    std::uint64_t storages = 0;
    std::uint64_t bytes = 0;
    for (const ZipMember& member : members) {
        if (is_pytorch_storage(member, root)) {
            ++storages;
            bytes += member.size;
        }
    }
    // torch.load knows what the persistent ids of its own pickles stand for: the storages.
    for (Inspection& part : inspection.parts) {
        if (part.name == root + "/data.pkl" || part.name == root + "/constants.pkl")
            std::erase_if(part.oddities, [](const Oddity& oddity) { return oddity.code == "persistent-id"; });
    }
    inspection.details = {{"storages", storages}, {"storage_bytes", bytes}};
    const auto code = std::find_if(members.begin(), members.end(), [&](const ZipMember& member) {
        return member.name.starts_with(root + "/code/") && member.name.ends_with(".py");
    });
    if (code != members.end())
        note(inspection, "model-code", code->header_offset, "carries TorchScript, code that runs with the model", code->name);
}

}  // namespace assay
