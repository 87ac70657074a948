#include "base/embedded_file.hpp"

#include "base/crypto.hpp"

namespace assay {

Digest digest_of(std::span<const EmbeddedFile> files) {
    Sha256 hash;
    for (const EmbeddedFile& file : files) {
        hash.update(file.name);
        hash.update(std::string_view("\0", 1));
        hash.update(file.bytes);
    }
    return hash.finish();
}

}  // namespace assay
