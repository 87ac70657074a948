#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// A name that loading the artifact would import (Python), and how it is used: "call", "instantiate", "argument" (of a call) or "value".
struct Import {
    std::string module;
    std::string name;
    std::string use;
    std::string spelled;  ///< as the file spells it when the loader reads another name; else empty
    std::uint64_t count = 0;
    std::uint64_t offset = 0;  ///< of the first
    std::string path = {};          ///< of the first in the object tree; empty for the root
};

/// A call that loading would make: one record for all calls of a callable with arguments and state of the same shape.
struct Call {
    std::string module;
    std::string name;
    std::string form;                    ///< "reduce", "new", "new-keywords", "instance"
    bool of_call = false;                ///< what is called is the result of another call; module and name are the first called for it
    bool folded = false;                 ///< the reader itself turned it into a plain value
    std::vector<std::string> arguments;  ///< shapes; see artifact/pickle/uses.hpp
    std::vector<std::string> states = {};
    std::uint64_t count = 0;
    std::uint64_t offset = 0;  ///< of the first
    std::string text = {};  ///< the first as Python would write it: "('echo hello',)", with keywords and state; empty when folded
    std::string path = {};
};

/// Objects that loading would make: one record for all of a class whose state is of the same shape. What reads an object depends on it:
/// a release whose methods look for an attribute that is not here cannot use the object.
struct ObjectFact {
    std::string module;   ///< of the class, or of the function that makes it
    std::string name;
    std::string release = {};  ///< `_sklearn_version` of the object itself; may be empty
    /// attribute → what it is, in words (artifact/value_word.hpp); "args[0]", "state[0]" of what has no attributes
    std::map<std::string, std::string> state = {};
    std::uint64_t count = 0;
    std::string path = {};  ///< of the first
};

/// Something that well-behaved libraries do not write. `code` is stable; which of them matter is for registry/safety to say.
struct Oddity {
    std::string code;
    std::uint64_t offset = 0;
    std::string detail;
    std::string name = {};  ///< "posix.system": the name it is about; may be empty
    std::string path = {};
};

/// An array in the artifact: where its bytes are.
struct ArrayFact {
    std::string path = {};
    std::string dtype;  ///< NumPy's dtype.str: "<f8"
    std::vector<std::uint64_t> shape;
    bool fortran = false;
    std::uint64_t offset = 0;  ///< in the decompressed file
    std::uint64_t length = 0;  ///< bytes
    std::string fields = {};   ///< of a structure, as in dtype_word (artifact/value_word.hpp); else empty
};

/// Rows of the training data that the artifact carries.
struct TrainingData {
    std::string level;  ///< "rows": raw rows; "columns": values of single columns; "per-row": one number for each row
    std::string path = {};  ///< of the attribute: "steps[1][1]._fit_X"
    std::string estimator;
    std::uint64_t rows = 0;
};

/// A release of a library that the bytes give away.
struct ReleaseEvidence {
    std::string package;  ///< "scikit-learn"
    std::string release;  ///< "1.9.1", or a range ">=2"
    std::string evidence;  ///< "_sklearn_version of 5 objects", "numpy._core.multiarray"
    bool exact = false;  ///< `release` is one, not a range
};

/// What reading an artifact without running it found: facts, never a judgement. docs/formats.md, "Inspection", is its JSON.
struct Inspection {
    std::string name;  ///< of the file or the member, as it was given
    std::uint64_t bytes = 0;  ///< of the file
    std::string format;  ///< "joblib", "pickle", "cloudpickle", "npy", "npz", "skops", "onnx", "pmml", "safetensors", "pytorch",
                         ///< "keras", "zip", "mlflow", "archive", "pipeline", "json", "text", "empty", "unknown"
    std::string compression;  ///< "zlib", "gzip", "bz2", "lzma", "xz", "lz4"; empty for none
    std::uint64_t unpacked = 0;  ///< bytes after decompression, as far as they were read
    std::optional<int> protocol;  ///< of the pickle
    std::uint64_t streams = 0;  ///< pickles one after the other
    bool complete = false;  ///< the whole file was read and understood; else oddities say why not
    Json tree;  ///< of estimators; null when there is none
    std::vector<Import> imports;
    std::vector<Call> calls;
    std::vector<ObjectFact> objects;
    bool objects_cut = false;  ///< there are others that are not told
    std::vector<std::string> functions;  ///< whose code is embedded (cloudpickle): names
    std::vector<ArrayFact> arrays;  ///< the first of them
    std::uint64_t array_count = 0;
    std::uint64_t array_total = 0;  ///< bytes of all arrays
    std::vector<std::string> feature_names;
    Json classes;  ///< of a classifier: a list; null when there are none
    std::vector<ReleaseEvidence> releases;
    std::vector<TrainingData> training_data;
    std::vector<Oddity> oddities;
    Json details;  ///< what only this format has (ONNX's inputs, PMML's fields, MLmodel); null or an object
    std::vector<Inspection> parts;  ///< members of a zip, files of a folder, pickles in an npz
};

/// docs/formats.md, "Inspection": `assay.inspection/1`. Lists that are longer than `max_items` are cut, with their counts beside them.
[[nodiscard]] Json to_json(const Inspection& inspection, std::size_t max_items = 1000);

}  // namespace assay
