#pragma once

#include "artifact/zip/zip_reader.hpp"

namespace assay {

/// Reads schema.json of a skops archive (format "skops") whose members are already the parts of `inspection`: every node with what its
/// loader would import, instantiate and call, the tree of estimators, arrays, releases and training data. What loading would do is told
/// in the words of pickle: a class that is instantiated and given a dict is the call {"new", states ["dict"]}. `unknown-loader` for a
/// loader that skops does not have, `skops-node` for nodes that contradict themselves, `skops-member` for members that are not there,
/// `trusts-itself` for a list of trusted names in the file. A zip whose schema.json is something else is left alone.
[[nodiscard]] Result<void> inspect_skops(RandomSource& file, const ZipDirectory& directory, const ZipMember& schema, Inspection& inspection,
                                         Allowance& allowance);

}  // namespace assay
