#include "clients/cli/candidates.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/connection.hpp"
#include "registry/dataset_roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <set>

namespace assay {

namespace {

constexpr std::size_t max_entries = 1000;  // of a folder

/// How far a line has come: which command it names, and what that lacks.
class Line {
public:
    Line(const Arguments& whole, const std::vector<std::string>& words, const AskServer& ask) : ask_(ask) {
        enter(whole);
        for (std::size_t i = 0; i + 1 < words.size(); ++i) read(words[i]);
        word_ = words.empty() ? "" : words.back();
    }

    Candidates candidates() {
        if (is_lost_) return {};
        if (pending_ != nullptr) {
            add_values(pending_->value, word_, "");
            return std::move(found_);
        }
        if (!only_positionals_ && word_.starts_with('-')) {
            const std::size_t equals = word_.find('=');
            const OptionDescription* option = equals == std::string::npos ? nullptr : find_option(word_.substr(0, equals));
            if (option != nullptr && option->takes_value)
                add_values(option->value, word_.substr(equals + 1), word_.substr(0, equals + 1));
            else
                add_options();
            return std::move(found_);
        }
        const auto forms = chain_.back().command->subcommands();
        for (const Arguments* form : forms) add(form->name(), form->summary());
        if (!forms.empty()) return std::move(found_);
        if (const OptionDescription* positional = next_positional(); positional != nullptr)
            add_values(positional->value == "NAME" ? "MODEL" : positional->value, word_, "");
        else if (!only_positionals_ && word_.empty())
            add_options();
        return std::move(found_);
    }

private:
    struct Step {
        const Arguments* command;
        std::vector<OptionDescription> options;
    };

    void enter(const Arguments& command) { chain_.push_back({&command, command.options()}); }

    void read(const std::string& word) {
        if (pending_ != nullptr) {
            pending_ = nullptr;
        } else if (!only_positionals_ && word == "--") {
            only_positionals_ = true;
        } else if (!only_positionals_ && word.size() > 1 && word.starts_with('-')) {
            const std::size_t equals = word.find('=');
            const OptionDescription* option = find_option(word.substr(0, equals));
            if (option == nullptr) return;
            used_.insert(option);
            if (option->takes_value && equals == std::string::npos) pending_ = option;
        } else {
            const auto forms = chain_.back().command->subcommands();
            const auto form = std::ranges::find(forms, word, &Arguments::name);
            if (form != forms.end())
                enter(**form);
            else if (forms.empty())
                positionals_.push_back(word);
            else
                is_lost_ = true;
        }
    }

    const OptionDescription* find_option(const std::string& name) const {
        for (const Step& step : chain_) {
            for (const OptionDescription& option : step.options) {
                if (std::ranges::find(option.names, name) != option.names.end()) return &option;
            }
        }
        return nullptr;
    }

    /// The innermost command's argument that the next word is for; the last may take several. Null when it takes no more.
    const OptionDescription* next_positional() const {
        std::size_t index = 0;
        for (const OptionDescription& option : chain_.back().options) {
            if (!option.is_positional()) continue;
            if (option.is_repeatable || index == positionals_.size()) return &option;
            ++index;
        }
        return nullptr;
    }

    void add(std::string word, std::string help, const std::string& lead = "") {
        word.insert(0, lead);
        if (word.starts_with(word_)) found_.words.push_back({std::move(word), std::move(help)});
    }

    void add_options() {
        for (auto step = chain_.rbegin(); step != chain_.rend(); ++step) {
            for (const OptionDescription& option : step->options) {
                if (used_.contains(&option) && !option.is_repeatable) continue;
                for (const std::string& name : option.names) add(name, option.help);
            }
        }
    }

    /// `lead` is what stands before the value in the same word: "--format=".
    void add_values(const std::string& kind, const std::string& value, const std::string& lead) {
        if (kind == "MODEL") {
            for (const std::string& name : models(value)) add(name, "", lead);
        } else if (kind == "REF" || kind == "NAME|REF" || kind.starts_with("NAME@VERSION")) {
            add_references(value, lead);
        } else if (kind == "ALIAS" || kind == "VERSION") {
            if (!positionals_.empty()) add_versions(positionals_.front(), kind == "VERSION", lead);
        } else if (kind == "COMMAND") {
            for (const Arguments* command : chain_.front().command->subcommands()) add(command->name(), command->summary(), lead);
        } else if (kind.starts_with("ROLE=")) {
            add_dataset(value, lead);
        } else if (kind == "PATH" || kind == "LOCK") {
            found_.paths = Paths::files;
        } else if (kind == "DIR" || kind == "FOLDER") {
            found_.paths = Paths::folders;
        } else {
            for (const std::string& choice : split(kind, '|')) {
                if (choice == "FILE") found_.paths = Paths::files;
                const bool is_itself = std::ranges::all_of(choice, [](char c) { return c >= 'a' && c <= 'z'; });  // FILE stands for others
                if (is_itself && kind.find('|') != std::string::npos) add(choice, "", lead);
            }
        }
    }

    std::vector<std::string> models(const std::string& begin) const {
        std::vector<std::string> names;
        const Json answer = ask_("/v1/models?limit=1000" + (begin.empty() ? "" : "&contains=" + encode_component(begin)));
        for (const Json& model : list_of(answer, "items")) {
            if (std::string name = text_of(model, "name"); name.starts_with(begin)) names.push_back(std::move(name));
        }
        return names;
    }

    void add_references(const std::string& value, const std::string& lead) {
        if (const std::size_t at = value.find('@'); at != std::string::npos) {
            add_versions(value.substr(0, at), true, lead + value.substr(0, at + 1));
            return;
        }
        const std::vector<std::string> names = models(value);
        for (const std::string& name : names) add(name, "the highest version", lead);
        if (names.size() == 1) add_versions(names.front(), true, lead + names.front() + "@");
    }

    /// Aliases of a model and, if wanted, its versions, the newest first.
    void add_versions(const std::string& model, bool numbers, const std::string& lead) {
        if (model.empty()) return;
        const Json answer = ask_(Connection::path_of(model));
        const Json& aliases = member(answer, "aliases");
        if (aliases.is_object()) {
            for (auto it = aliases.begin(); it != aliases.end(); ++it) add(it.key(), "version " + plain(*it), lead);
        }
        if (!numbers) return;
        const Json versions = ask_(Connection::path_of(model) + "/versions?limit=100");
        for (const Json& version : list_of(versions, "items")) add(plain(member(version, "version")), time_of(version, "created_at"), lead);
    }

    /// ROLE=FILE: the shell would look for a file of that whole name.
    void add_dataset(const std::string& value, const std::string& lead) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos) {
            for (const std::string_view role : dataset_roles) add(std::string(role) + "=", "", lead);
            return;
        }
        const std::string begin = value.substr(equals + 1);
        const std::size_t slash = begin.rfind('/');
        const std::string folder = slash == std::string::npos ? "" : begin.substr(0, slash + 1);
        std::error_code ignored;  // what cannot be listed offers nothing
        std::set<std::string> entries;
        for (std::filesystem::directory_iterator it(folder.empty() ? "." : folder, ignored), end; !ignored && it != end;
             it.increment(ignored)) {
            std::string name = it->path().filename().string();
            if (name.starts_with('.') && !begin.substr(folder.size()).starts_with('.')) continue;
            std::error_code unknown;
            if (it->is_directory(unknown)) name += '/';
            entries.insert(std::move(name));
            if (entries.size() == max_entries) break;
        }
        for (const std::string& entry : entries) add(entry, "", lead + value.substr(0, equals + 1) + folder);
    }

    std::deque<Step> chain_;  // assay, alias, set; none moves, so that an option can be pointed at
    const AskServer& ask_;
    std::string word_;
    std::vector<std::string> positionals_;
    std::set<const OptionDescription*> used_;
    const OptionDescription* pending_ = nullptr;  // has been named and waits for its value
    bool only_positionals_ = false;
    bool is_lost_ = false;  ///< a word is no command of those that could stand there
    Candidates found_;
};

}  // namespace

std::string_view to_string(Paths paths) {
    switch (paths) {
        case Paths::none: return "none";
        case Paths::files: return "files";
        case Paths::folders: return "folders";
    }
    return "none";
}

Candidates candidates_for(const Arguments& whole, const std::vector<std::string>& words, const AskServer& ask) {
    return Line(whole, words, ask).candidates();
}

}  // namespace assay
