#pragma once

#include <assay/result.hpp>
#include <assay/sample.hpp>

#include <string>
#include <vector>

namespace penguins {

/// One row of palmerpenguins. What was not measured is NaN, or an empty text.
struct Penguin {
    std::string species, island, sex;
    double bill_length, bill_depth, flipper_length, body_mass;
};

/// The columns by their names in the file and in a sample.
struct Category {
    const char* name;
    std::string Penguin::* value;
};
struct Measure {
    const char* name;
    double Penguin::* value;
};
inline constexpr Category categories[] = {{"island", &Penguin::island}, {"sex", &Penguin::sex}};
inline constexpr Measure measures[] = {{"bill_length_mm", &Penguin::bill_length},
                                       {"bill_depth_mm", &Penguin::bill_depth},
                                       {"flipper_length_mm", &Penguin::flipper_length},
                                       {"body_mass_g", &Penguin::body_mass}};

/// Reads penguins.csv; columns that this program does not know are passed over.
assay::Result<std::vector<Penguin>> read_penguins(const std::string& path);

/// Writes what read_penguins reads, to the last bit.
assay::Result<void> write_penguins(const std::string& path, const std::vector<Penguin>& penguins);

/// Every fourth of each species is held out, so that the shares of the species are kept.
struct Split {
    std::vector<Penguin> training, held_out;
};
Split split(const std::vector<Penguin>& all);

/// The named columns of some penguins as the input of a sample, and back.
assay::SampleTable to_sample_input(const std::vector<Penguin>& rows, const std::vector<std::string>& columns);
assay::Result<std::vector<Penguin>> from_sample_input(const assay::Sample& sample);

}  // namespace penguins
