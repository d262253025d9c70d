#include "scanner/catalogue/load/load.h"

#include <algorithm>

#include "resolvers/base/digest.h"
#include "scanner/catalogue/load/canary_file.h"
#include "scanner/catalogue/load/data_files.h"
#include "scanner/catalogue/load/deny_file.h"
#include "scanner/catalogue/load/provider_file.h"
#include "scanner/catalogue/load/provider_links.h"
#include "scanner/catalogue/load/range_file.h"
#include "scanner/catalogue/load/registrar_file.h"
#include "scanner/catalogue/load/rule_table.h"
#include "scanner/catalogue/load/state_file.h"

namespace scanner::catalogue {

namespace {

// An overlay's companies, markers and registrars replace earlier ones of the same id, wholly; its
// range files those of the same name. Within one folder the same id twice is an error.
class Layers {
public:
    explicit Layers(Errors& errors) : errors_(errors) {}

    /// `prefix` stands before the files' names in errors: empty, or the overlay's folder.
    void add(const DataFolder& folder, const std::string& prefix, const std::string& dir)
    {
        for (const DataFile& file : folder.providers)
            add_company(read_provider_file(prefix + file.name, file.text, errors_), prefix);
        for (const DataFile& file : folder.ranges)
            contents_.ranges[file.name.substr(file.name.rfind('/') + 1)] =
                read_range_file(prefix + file.name, file.text, errors_);
        add_states(folder, prefix);
        for (const DataFile& file : folder.registrars)
            add_registrars(read_registrar_file(prefix + file.name, file.text, errors_));
        for (const DataFile& file : folder.deny)
            read_deny_file(prefix + file.name, file.text, contents_.deny, errors_);
        for (const DataFile& file : folder.canaries)
            read_canary_file(prefix + file.name, file.text, contents_.canaries, errors_);
        for (const DataFile& file : folder.publishers)
            add_publishers(read_publishers(prefix + file.name, file.text, dir, errors_));
        for (const DataFile* file : folder.by_name()) {
            digest_.update(prefix_in_digest_ + file->name);
            digest_.update(std::string_view("\0", 1));
            digest_.update(file->text);
        }
        // Where an overlay lies on the disk is no part of what it says.
        prefix_in_digest_ += '+';
    }

    Contents take()
    {
        contents_.sha256 = digest_.hex();
        return std::move(contents_);
    }

private:
    void add_company(std::unique_ptr<Company> company, const std::string& prefix)
    {
        if (company == nullptr)
            return;
        auto& slot = contents_.companies[company->provider.id];
        std::string& layer = layer_of_[company->provider.id];
        if (slot != nullptr && layer == prefix) {
            errors_.add(company->where, "company \"" + company->provider.id + "\" stands in " +
                                            slot->where + " already; ids are unique");
            return;
        }
        layer = prefix;
        slot = std::move(company);
    }

    void add_states(const DataFolder& folder, const std::string& prefix)
    {
        std::vector<std::unique_ptr<StateFile>> added;
        for (const DataFile& file : folder.states)
            added.push_back(read_state_file(prefix + file.name, file.text, errors_));
        for (const auto& file : added)
            for (const StateRule& rule : file->rules)
                for (const auto& earlier : contents_.states)
                    std::erase_if(earlier->rules,
                                  [&](const StateRule& old) { return old.id == rule.id; });
        std::move(added.begin(), added.end(), std::back_inserter(contents_.states));
    }

    void add_registrars(Registrars added)
    {
        if (added.company == nullptr)
            return;
        for (const unsigned id : added.iana_ids)
            for (Registrars& earlier : contents_.registrars)
                remove(earlier, id);
        contents_.registrars.push_back(std::move(added));
    }

    // A later folder's publisher of the same file replaces the earlier one.
    void add_publishers(std::vector<Publisher> added)
    {
        for (Publisher& list : added) {
            std::erase_if(contents_.publishers,
                          [&](const Publisher& old) { return old.file == list.file; });
            contents_.publishers.push_back(std::move(list));
        }
    }

    static void remove(Registrars& registrars, unsigned id)
    {
        const auto found = std::find(registrars.iana_ids.begin(), registrars.iana_ids.end(), id);
        if (found == registrars.iana_ids.end())
            return;
        const auto index = found - registrars.iana_ids.begin();
        registrars.company->products.erase(registrars.company->products.begin() + index);
        registrars.provider_ids.erase(registrars.provider_ids.begin() + index);
        registrars.iana_ids.erase(found);
    }

    Errors& errors_;
    Contents contents_;
    std::map<std::string, std::string> layer_of_;
    resolvers::Sha256 digest_;
    std::string prefix_in_digest_;
};

// Gives each rule with `file = ` the prefixes of that file, and the file's own day and address as
// its source: that is where the prefixes are from, and what `data update` renews.
void resolve_range_files(Contents& contents, Errors& errors)
{
    for (auto& [id, company] : contents.companies)
        std::erase_if(company->rules, [&](const RuleEntry& entry) {
            return entry.optional &&
                   contents.ranges.find(entry.range_file) == contents.ranges.end();
        });
    for (auto& [id, company] : contents.companies)
        for (RuleEntry& entry : company->rules) {
            Rule& rule = entry.rule;
            if (rule.kind != RuleKind::range || entry.range_file.empty())
                continue;
            const auto found = contents.ranges.find(entry.range_file);
            if (found == contents.ranges.end()) {
                errors.add(rule.where, "there is no file \"ranges/" + entry.range_file +
                                           "\"; add it, or name the right one");
                entry.broken = true;
                continue;
            }
            entry.prefixes = found->second->prefixes;
            if (!found->second->example.empty())
                rule.example = found->second->example;
            rule.source = &found->second->source;
            rule.strength = capped(rule.strength, entry.verified, rule.source->kind);
        }
}

// Who has a use for each published list. One that nobody uses is a slip: the file would be renewed
// and never looked at.
void link_publishers(Contents& contents, Errors& errors)
{
    for (Publisher& list : contents.publishers) {
        for (const auto& [id, company] : contents.companies)
            for (const RuleEntry& entry : company->rules) {
                if (entry.range_file != list.file)
                    continue;
                if (list.companies.empty())
                    list.example = entry.rule.example;
                if (list.companies.empty() || list.companies.back() != id)
                    list.companies.push_back(id);
            }
        if (list.companies.empty())
            errors.add(list.where, "no [[product.range]] says file = \"" + list.file +
                                       "\"; add one, or take the list out");
    }
}

}  // namespace

Contents load_contents(const std::string& dir, const std::vector<std::string>& overlays,
                       const FileTexts& instead, Errors& errors)
{
    Layers layers(errors);
    const DataFolder shipped = read_data_folder(dir, false, instead, errors);
    if (shipped.providers.empty())
        errors.add(place("providers", 0),
                   "no provider files in " + dir + "/providers; is this the data folder?");
    layers.add(shipped, "", dir);
    for (const std::string& overlay : overlays) {
        const DataFolder folder = read_data_folder(overlay, true, instead, errors);
        if (folder.empty())
            errors.add(place(overlay, 0),
                       "no catalogue files in this folder; put providers/NAME.toml into it");
        layers.add(folder, overlay.ends_with('/') ? overlay : overlay + "/", overlay);
    }
    Contents contents = layers.take();
    link_publishers(contents, errors);
    resolve_range_files(contents, errors);
    link_providers(contents);
    return contents;
}

}  // namespace scanner::catalogue
