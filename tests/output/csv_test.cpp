#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "scanner/output/outputs.h"
#include "tests/model/random_values.h"
#include "tests/output/sample_records.h"

using namespace scanner;

namespace {

using Rows = std::vector<std::vector<std::string>>;

// RFC 4180 and nothing else: fails on a stray quote or a lone line end.
Rows parsed(const std::string& text)
{
    Rows rows;
    std::vector<std::string> row;
    std::string cell;
    std::size_t i = 0;
    while (i < text.size()) {
        if (text[i] == '"') {
            for (++i; text.at(i) != '"' || (i + 1 < text.size() && text[i + 1] == '"'); ++i) {
                if (text[i] == '"')
                    ++i;
                cell += text[i];
            }
            ++i;
            REQUIRE((text.at(i) == ',' || text.at(i) == '\r'));
        }
        if (text.at(i) == ',') {
            row.push_back(std::exchange(cell, ""));
            ++i;
        } else if (text[i] == '\r') {
            REQUIRE(text.at(i + 1) == '\n');
            row.push_back(std::exchange(cell, ""));
            rows.push_back(std::exchange(row, {}));
            i += 2;
        } else {
            REQUIRE(text[i] != '\n');
            REQUIRE(text[i] != '"');
            cell += text[i++];
        }
    }
    REQUIRE(row.empty());
    return rows;
}

std::string written(const std::vector<Record>& records)
{
    const output::OutputOptions options;
    std::string out;
    output::csv_output.begin(out, options);
    for (const Record& record : records)
        output::csv_output.write(out, record, options);
    output::csv_output.end(out, options);
    return out;
}

std::map<std::string, std::string> by_name(const Record& record)
{
    const Rows rows = parsed(written({record}));
    REQUIRE(rows.size() == 2);
    REQUIRE(rows[0].size() == rows[1].size());
    std::map<std::string, std::string> cells;
    for (std::size_t i = 0; i < rows[0].size(); ++i)
        cells[rows[0][i]] = rows[1][i];
    // Fewer names than columns would mean that two columns have one name.
    REQUIRE(cells.size() == rows[0].size());
    return cells;
}

}  // namespace

TEST_CASE("a fronted record says who fronts, what is behind, and whom to write to")
{
    auto cells = by_name(samples::fronted());
    CHECK(cells["line"] == "1");
    CHECK(cells["host"] == "www.film.example");
    CHECK(cells["front_status"] == "identified");
    CHECK(cells["front"] == "Cloudflare");
    CHECK(cells["front_product"] == "cloudflare-proxy");
    CHECK(cells["front_grade"] == "confirmed");
    CHECK(cells["front_share"] == "1");
    CHECK(cells["host_status"] == "unknown");
    CHECK(cells["hosted_by"] == "");
    CHECK(cells["host_grade"] == "");
    CHECK(cells["host_reason"] == "behind_front");
    CHECK(cells["platforms"] == "github-pages(probable)");
    CHECK(cells["dns"] == "cloudflare-dns(confirmed)");
    CHECK(cells["registrar"] == "Example Registrar, Inc.(confirmed)");
    CHECK(cells["chain"] == "cloudflare-proxy(confirmed) > github-pages(probable)");
    CHECK(cells["addresses"] == "104.21.5.7; 172.67.9.8; 2606:4700:3030::6815:507");
    CHECK(cells["asns"] == "AS13335");
    CHECK(cells["notice_ready"] == "true");
    CHECK(cells["addressees"] == "4");
    CHECK(cells["to1_name"] == "Cloudflare");
    CHECK(cells["to1_role"] == "front");
    CHECK(cells["to1_kind"] == "primary");
    CHECK(cells["to1_channel_type"] == "form");
    CHECK(cells["to1_channel"] == "https://abuse.cloudflare.com/dmca");
    CHECK(cells["to1_scope"] == "copyright");
    CHECK(cells["to1_constraints"] == "one_host_per_report; max_250_urls");
    CHECK(cells["to1_legal_entity"] == "Cloudflare, Inc.");
    CHECK(cells["to2_name"] == "GitHub Pages");
    CHECK(cells["to3_name"] == "Example Registrar, Inc.");
    CHECK(cells["to3_channel"] == "");
    CHECK(cells["to3_guessed"] == "");
    CHECK(cells["weight"] == "1200.5");
    CHECK(cells["observed_at"] == "2026-11-22T03:04:05.123Z");
    CHECK(cells["catalogue_date"] == "2026-08-22");
}

TEST_CASE("what was not looked at is not the same as none")
{
    auto unrouted = by_name(samples::unrouted());
    CHECK(unrouted["addressees"] == "");
    CHECK(unrouted["to1_name"] == "");
    CHECK(unrouted["front_status"] == "unknown");
    CHECK(unrouted["front_reason"] == "no_evidence");
    CHECK(unrouted["front_share"] == "");
    CHECK(unrouted["weight"] == "");
    CHECK(unrouted["notice_ready"] == "false");
    CHECK(unrouted["notice_reasons"] == "state_nxdomain; data_too_old");
    CHECK(by_name(samples::invalid())["addressees"] == "0");
    CHECK(by_name(samples::hosted())["front_status"] == "none");
    CHECK(by_name(samples::multi_cdn())["front_share"] == "0.6667");
    CHECK(by_name(samples::multi_cdn())["further_fronts"] == "fastly-cdn(possible)");
    CHECK(by_name(samples::multi_cdn())["further_roles"] == "steering steer-gslb(possible)");
    CHECK(by_name(samples::multi_cdn())["asns"] == "AS13335; AS54113");
}

TEST_CASE("AS numbers that begin alike are told apart")
{
    Record record = samples::hosted();
    record.observation.addresses = {samples::seen("192.0.2.1", "192.0.2.0/24", 133350, ""),
                                    samples::seen("192.0.2.2", "192.0.2.0/24", 13335, ""),
                                    samples::seen("192.0.2.3", "192.0.2.0/24", 133350, "")};
    CHECK(by_name(record)["asns"] == "AS133350; AS13335");
}

TEST_CASE("strangers' cells are guarded, our numbers are not")
{
    auto cells = by_name(samples::hosted());
    CHECK(cells["input"] == "'=HYPERLINK(\"http://evil.example\")");
    CHECK(cells["category"] == "'@SUM(1,2)");
    Record negative = samples::hosted();
    negative.observation.subject.weight = -5;
    CHECK(by_name(negative)["weight"] == "-5");
}

TEST_CASE("whatever is in a record, its row has all columns and no formula")
{
    std::vector<Record> records;
    for (unsigned seed = 0; seed < 300; ++seed)
        records.push_back(random_values::record(seed));
    const Rows rows = parsed(written(records));
    REQUIRE(rows.size() == records.size() + 1);
    for (const std::vector<std::string>& row : rows) {
        REQUIRE(row.size() == rows[0].size());
        for (std::size_t i = 0; i < row.size(); ++i)
            if (!row[i].empty() && rows[0][i] != "weight" && rows[0][i] != "front_share")
                REQUIRE(std::string("=+-@").find(row[i][0]) == std::string::npos);
    }
}

TEST_CASE("every column is documented, in order")
{
    const Rows rows = parsed(written({}));
    const std::string docs = scanner::output::csv_column_docs();
    std::size_t at = 0;
    for (const std::string& name : rows[0]) {
        if (name.starts_with("to2_") || name.starts_with("to3_"))
            continue;
        CAPTURE(name);
        const std::size_t found = docs.find("| `" + name + "` | ", at);
        CHECK(found != std::string::npos);
        at = found == std::string::npos ? at : found;
    }
}
