#include "clients/cli/doctor.hpp"
#include "storage/data_directory.hpp"

namespace assay {

std::vector<Diagnosis> examine_data(const std::string& path) {
    const auto report = examine_data_directory(path);
    if (!report) return {failed("data", report.error())};
    std::vector<Diagnosis> findings;
    std::string says = report->path + (report->is_formatted ? " is a data directory" : " is empty and can become a data directory");
    if (report->holder) says += ", in use by " + *report->holder;
    findings.push_back({Health::ok, "data", std::move(says)});
    findings.push_back(judge_file_system(report->file_system));
    if (!report->probe_failure) {
        findings.push_back({Health::ok, "durability", "a file could be written, synced, linked and read back"});
    } else {
        Diagnosis finding = failed("durability", *report->probe_failure);
        if (report->probe_failure->kind == ErrorKind::permission) {  // which says nothing of the file system
            finding.health = Health::warn;
            finding.fix = "ask as the user that the server runs as";
        }
        findings.push_back(std::move(finding));
    }
    findings.push_back(judge_space(report->free_bytes, report->total_bytes));
    return findings;
}

}  // namespace assay
