#include "scanner/pipeline/list_files.h"

#include <utility>

#include "scanner/pipeline/input_stream.h"

namespace scanner::pipeline {

resolvers::Outcome<bool> ListFiles::add(std::string name, std::unique_ptr<std::istream> in,
                                        const input::ListOptions& options)
{
    const std::string shown = name.empty() ? "stdin" : name;
    auto list = input::open_list(*in, options);
    if (!list)
        return resolvers::Failure{list.error().code, shown + ": " + list.error().detail};
    if (!list->guess.empty())
        guesses_.push_back(shown + ": " + list->guess);
    files_.push_back({std::move(name), std::move(in), std::move(list->subjects)});
    return true;
}

resolvers::Outcome<std::unique_ptr<ListFiles>> ListFiles::open(
    const std::vector<std::string>& files, const input::ListOptions& options)
{
    auto made = std::make_unique<ListFiles>();
    for (const std::string& file : files.empty() ? std::vector<std::string>{"-"} : files) {
        auto in = open_inputs({file});
        if (!in)
            return in.error();
        const auto added = made->add(file == "-" ? "" : file, std::move(*in), options);
        if (!added)
            return added.error();
    }
    return made;
}

resolvers::Outcome<std::unique_ptr<ListFiles>> ListFiles::open(std::unique_ptr<std::istream> in,
                                                               const input::ListOptions& options)
{
    auto made = std::make_unique<ListFiles>();
    const auto added = made->add("", std::move(in), options);
    if (!added)
        return added.error();
    return made;
}

bool ListFiles::next(Subject& subject)
{
    for (; current_ < files_.size(); ++current_) {
        File& file = files_[current_];
        if (file.subjects->next(subject)) {
            subject.file = file.name;
            return true;
        }
    }
    return false;
}

std::string ListFiles::fault() const
{
    std::string faults;
    for (const File& file : files_)
        if (std::string fault = input_fault(*file.in); !fault.empty())
            faults += (faults.empty() ? "" : "; ") + fault;
    return faults;
}

}  // namespace scanner::pipeline
