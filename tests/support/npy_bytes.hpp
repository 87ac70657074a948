#pragma once

#include <string>

namespace assay::test {

/// A .npy file of version 1.0 with this header's dict and these bytes of data, padded as NumPy pads it.
[[nodiscard]] inline std::string npy_bytes(const std::string& dict, const std::string& data) {
    std::string header = dict;
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    const auto length = static_cast<unsigned>(header.size());
    std::string bytes = "\x93NUMPY";
    bytes += '\1';
    bytes += '\0';
    bytes += static_cast<char>(length & 0xffU);
    bytes += static_cast<char>(length >> 8U);
    return bytes + header + data;
}

}  // namespace assay::test
