#include "scanner/catalogue/load/deny_file.h"

#include <algorithm>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"
#include "scanner/catalogue/load/channel_table.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/load/table_reader.h"

namespace scanner::catalogue {

void read_deny_file(const std::string& file, std::string_view text, DenyList& deny, Errors& errors)
{
    const Document document = parse_toml(text);
    if (!document.error.empty()) {
        errors.add(place(file, document.error_line), "not TOML: " + document.error);
        return;
    }
    TableReader reader(document.root, file, "the deny file", errors);
    for (const LinedText& item : reader.texts("mailboxes")) {
        if (auto mailbox = plain_mailbox(item.text))
            deny.mailboxes.push_back(std::move(*mailbox));
        else
            errors.add(place(file, item.line),
                       "\"" + item.text + "\" is not a mail address; write local@host.tld");
    }
    for (const LinedText& item : reader.texts("domains")) {
        if (const auto domain = resolvers::DomainName::parse(item.text))
            deny.domains.push_back(domain->text());
        else
            errors.add(place(file, item.line), "\"" + item.text + "\" is not a domain name");
    }
    // Where the lists are from: for readers, so only its form is checked.
    read_sources(reader, file, errors);
    reader.finish();
    std::sort(deny.mailboxes.begin(), deny.mailboxes.end());
    std::sort(deny.domains.begin(), deny.domains.end());
}

bool denies(const DenyList& deny, std::string_view mailbox)
{
    mailbox = resolvers::trim(mailbox);
    if (resolvers::starts_ignoring_case(mailbox, "mailto:"))
        mailbox.remove_prefix(7);
    const auto plain = plain_mailbox(mailbox);
    if (!plain)
        return true;
    const std::size_t at = plain->find('@');
    for (std::string_view domain = std::string_view(*plain).substr(at + 1); !domain.empty();
         domain = resolvers::parent_of(domain))
        if (std::binary_search(deny.domains.begin(), deny.domains.end(), domain))
            return true;
    std::string untagged = *plain;
    if (const std::size_t tag = untagged.find('+'); tag != 0 && tag < at)
        untagged.erase(tag, at - tag);
    return std::binary_search(deny.mailboxes.begin(), deny.mailboxes.end(), *plain) ||
           std::binary_search(deny.mailboxes.begin(), deny.mailboxes.end(), untagged);
}

}  // namespace scanner::catalogue
