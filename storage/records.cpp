#include "storage/records.hpp"

namespace assay {

std::string_view to_string(BlobState state) { return state == BlobState::live ? "live" : "corrupt"; }

std::string_view to_string(LifeState state) { return state == LifeState::active ? "active" : "deleted"; }

std::string_view to_string(VersionState state) {
    switch (state) {
        case VersionState::ready: return "ready";
        case VersionState::quarantined: return "quarantined";
        case VersionState::deleted: return "deleted";
    }
    return "deleted";
}

}  // namespace assay
