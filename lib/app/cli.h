#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/operands.h"
#include "base/options.h"

namespace mtlkit {

struct CliState;  // app/cli_state.h
struct Context;

// The command line of one tool: what it takes, its help, its reference page.
// A tool registers each thing once, in the order in which help shows it; all
// variables must outlive the Cli. A value comes from the flag, else from the
// environment (`--batch` from MTLKIT_BATCH), else it stays as it is. Every
// mistake of the user is an Error of kind kUsage.
class Cli {
 public:
  // `sentence` says what the tool does; `example` is a worked command line.
  Cli(std::string program, std::string sentence, std::string example);
  ~Cli();
  Cli(const Cli&) = delete;
  Cli& operator=(const Cli&) = delete;

  // Operands by position. A file may be "-", which is stdin.
  void Input(const std::string& name, std::string* path, std::string help);
  // One or more files; must be the last operand. With `kSeeds`, NAME=A,B,C are
  // three files of one name (ParseNamedFiles).
  enum class Commas { kPart, kSeeds };
  void Inputs(const std::string& name, std::vector<NamedFile>* files,
              std::string help, Commas commas = Commas::kPart);
  // One or more paths, each of which may be "-"; operands behind it take the
  // last ones.
  void Paths(const std::string& name, std::vector<std::string>* paths,
             std::string help);
  // A text that is no file to read: a folder.
  void Operand(const std::string& name, std::string* value, std::string help);
  // The folder of a run of peers: its data count as an input, and an output may
  // lie among its merges.
  void RunOperand(std::string* folder);

  // `-o`, `--output`; required. `name` is shown in help as MODEL.
  void Output(const std::string& name, std::string* path, std::string help,
              OutputKind kind = OutputKind::kHdf5);
  // `--name FILE`: a further input, which may be "-"; in the section that was
  // begun last, else in "Input".
  void InputFlag(std::string name, std::string* path, std::string help,
                 bool required = false);
  // `--name FILE`: a further output, optional; "output"
  // and "to" are `-o` too.
  void OutputFlag(std::string name, std::string* path, std::string help,
                  OutputKind kind = OutputKind::kHdf5);
  // `--name A B C`, any number of times; each adds one row.
  void Tuples(std::string name, std::vector<std::string> value_names,
              std::vector<std::vector<std::string>>* rows, std::string help);

  // The fields of an option struct as flags, under a title in help.
  template <class Options>
  void Group(std::string title, Options* options) {
    options->Describe(Section(std::move(title)));
  }
  // Flags of the tool's own: cli.Section("Output")("json", json, "as JSON").
  // The reference holds until the next call.
  Fields& Section(std::string title);

  // Leaves out `--seed`, of a tool in which nothing is random.
  void NoSeed();

  // `--list KIND` prints what `text` returns, and the tool does nothing else.
  void List(std::string kind, std::string help,
            std::function<std::string()> text);

  // Makes the first operand a choice of commands. `Tool` has Register and Run
  // as a tool has; it must outlive the Cli.
  template <class Tool>
  void Command(std::string name, std::string sentence, std::string example,
               Tool* tool) {
    Cli& command =
        AddCommand(std::move(name), std::move(sentence), std::move(example));
    tool->Register(command);
    command.OnRun([tool](Context& context) { tool->Run(context); });
  }
  Cli& AddCommand(std::string name, std::string sentence, std::string example);
  void OnRun(std::function<void(Context&)> run);

  // Reads the arguments after the program's name into the variables. A text
  // that is returned is to be printed (help, version, a list), and nothing
  // else is to be done.
  std::optional<std::string> Parse(std::span<const std::string> arguments);

  // After Parse.
  // "mtl-cotrain" and "mtl-cotrain round": who speaks, and what was asked for.
  const std::string& program() const;
  const std::string& command() const;
  const CommonOptions& common() const;
  // The flags that can change the result and differ from their defaults, as a
  // flat object from flag to value. No file names: inputs go into provenance
  // by content.
  Json Settings() const;
  // Names of the flags that the user gave, or the environment, whatever their
  // values.
  const std::vector<std::string>& Given() const;
  // Warnings of flags of one value that are given again with another.
  const std::vector<std::string>& Overridden() const;
  std::vector<OutputOperand> outputs() const;
  // Whether "-" is an input.
  bool reads_stdin() const;
  void Run(Context& context) const;

  std::string Help(bool all) const;
  // A page of the reference, from the same definitions.
  std::string Markdown() const;

  // Of the sources of this class alone.
  const CliState& state() const { return *state_; }

 private:
  std::unique_ptr<CliState> state_;
};

// One line an entry of a registry and one for each of its options, for
// Cli::List:
//   huber  squared near zero, absolute beyond
//       delta=1        where the tails begin (more than 0)
struct ListItem {
  std::string name;
  std::string help;
  std::function<void(Fields&)> describe;  // may be empty
};
std::string ListText(std::span<const ListItem> items);

// The same from the entries of a registry (name, help, describe).
template <class Entry>
std::string ListEntries(std::span<const Entry* const> entries) {
  std::vector<ListItem> items;
  for (const Entry* entry : entries) {
    items.push_back(
        {std::string(entry->name), std::string(entry->help), entry->describe});
  }
  return ListText(items);
}

}  // namespace mtlkit
