#include "scanner/pipeline/refusal_lists.h"

#include <filesystem>
#include <optional>

#include "scanner/pipeline/refusal_file.h"

namespace scanner::pipeline {

using resolvers::Failure;
using resolvers::Outcome;

namespace {

std::optional<Failure> read_all(const char* flag, const std::vector<std::string>& files,
                                observe::RefusalList& list)
{
    for (const std::string& file : files)
        if (const auto read = read_refusal_file(file, list); !read)
            return Failure{read.error().code, std::string(flag) + ": " + read.error().detail};
    list.finish();
    return std::nullopt;
}

std::string in_words(const char* flag, const observe::RefusalList& list)
{
    return std::string(flag) + " " + std::to_string(list.names()) + " names and " +
           std::to_string(list.prefixes()) + " prefixes";
}

}  // namespace

Outcome<std::shared_ptr<RefusalLists>> RefusalLists::read(std::vector<std::string> opt_outs,
                                                          std::vector<std::string> block_lists)
{
    std::shared_ptr<RefusalLists> lists(
        new RefusalLists(std::move(opt_outs), std::move(block_lists)));
    auto both = lists->read_files();
    if (!both)
        return both.error();
    lists->both_ = std::move(*both);
    return lists;
}

Outcome<std::shared_ptr<const RefusalLists::Both>> RefusalLists::read_files() const
{
    const auto both = std::make_shared<Both>();
    if (auto failure = read_all("--optout", opt_outs_, both->opted_out))
        return std::move(*failure);
    if (auto failure = read_all("--blocklist", block_lists_, both->blocked))
        return std::move(*failure);
    return std::shared_ptr<const Both>(both);
}

Outcome<std::string> RefusalLists::read_again()
{
    // What is left of a pipe is nothing, and would pass for an empty list.
    for (const auto& [flag, files] :
         {std::pair{"--optout", &opt_outs_}, std::pair{"--blocklist", &block_lists_}})
        for (const std::string& file : *files) {
            std::error_code missing;
            const auto kind = std::filesystem::status(file, missing).type();
            if (kind != std::filesystem::file_type::regular &&
                kind != std::filesystem::file_type::not_found)
                return Failure{"unreadable", std::string(flag) + ": " + file +
                                                 ": no regular file, so it cannot be read again"};
        }
    auto both = read_files();
    if (!both)
        return both.error();
    std::string words;
    if (!opt_outs_.empty())
        words = in_words("--optout", (*both)->opted_out);
    if (!block_lists_.empty())
        words += (words.empty() ? "" : ", ") + in_words("--blocklist", (*both)->blocked);
    const std::lock_guard lock(mutex_);
    both_ = std::move(*both);
    return words;
}

std::shared_ptr<const RefusalLists::Both> RefusalLists::current() const
{
    const std::lock_guard lock(mutex_);
    return both_;
}

}  // namespace scanner::pipeline
