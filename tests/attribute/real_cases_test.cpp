// Real recordings, where they are at hand: what must hold of every verdict, whatever the truth
// about the site is. How often the verdicts are right is measured elsewhere.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "scanner/attribute/attribute.h"
#include "scanner/route/route.h"
#include "tests/input/importers/imported.h"
#include "tests/support/corpus.h"
#include "tests/support/observed.h"
#include "tests/support/shared_folder.h"

using namespace scanner;

namespace {

std::vector<std::filesystem::path> recordings()
{
    std::vector<std::filesystem::path> files;
    for (const char* folder : {"har", "httpx", "curl", "urlscan", "dns"})
        for (const auto& entry :
             std::filesystem::directory_iterator(support::shared_folder() / "cases" / folder))
            if (entry.is_regular_file() && entry.path().extension() != ".md")
                files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<Observation> observations_of(const std::filesystem::path& path)
{
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    const input::Importer* importer =
        scanner::input::sniff(std::string_view(text.view()).substr(0, input::sniff_bytes));
    REQUIRE(importer != nullptr);
    std::vector<Observation> made = test::import_text(importer->name, text.str()).observations;
    for (Observation& seen : made)
        support::add_origins(seen);
    return made;
}

}  // namespace

TEST_CASE("verdicts on real recordings hold together, and name no host behind a declared proxy")
{
    if (!std::filesystem::exists(support::shared_folder() / "cases")) {
        MESSAGE("no shared cases at hand: skipped");
        return;
    }
    std::string faults;
    unsigned judged = 0;
    unsigned proxied = 0;
    unsigned addressed = 0;
    for (const std::filesystem::path& path : recordings())
        for (const Observation& seen : observations_of(path)) {
            const Attribution verdict =
                scanner::attribute::attribute(seen, support::shipped_catalogue());
            const std::vector<Addressee> to =
                scanner::route::route(verdict, support::shipped_catalogue());
            const std::string who = "\n    " + path.filename().string() + " line " +
                                    std::to_string(seen.subject.line) + " " + seen.subject.host +
                                    ": ";
            ++judged;
            addressed += to.empty() ? 0U : 1U;
            for (const std::string& breach : support::breaches(verdict, to))
                faults += who + breach;
            if (seen.declared != "proxied")
                continue;
            ++proxied;
            if (verdict.host.status == FindingStatus::identified)
                faults += who + "host " + support::text_of(verdict.host) + " behind the proxy";
            for (const Addressee& one : to)
                if (one.role == Role::host)
                    faults += who + one.name + " is written to as host behind the proxy";
        }
    CHECK(faults == "");
    CHECK(judged > 1000);
    CHECK(proxied > 100);
    MESSAGE(judged << " judged, " << proxied << " of them declared proxied, " << addressed
                   << " with an addressee");
}
