#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/flag.h"
#include "app/operands.h"

namespace mtlkit {

class Cli;
struct Context;

// The section of the flags that every tool has.
inline constexpr const char* kCommonSection = "Every tool";

// What a Cli knows, for its own source files.
struct CliOperand {
  std::string name;  // "DATA"
  std::string help;
  std::string* text = nullptr;              // either this
  std::vector<NamedFile>* files = nullptr;  // or this
  bool is_input = false;
  std::vector<std::string>* paths = nullptr;  // or this
  bool has_seeds = false;                     // of `files`: Commas::kSeeds

  bool is_several() const { return files != nullptr || paths != nullptr; }
};

struct CliList {
  std::string kind;
  std::string help;
  std::function<std::string()> text;
};

struct CliInput {
  std::string label;  // what messages call it: "DATA", "--names"
  const std::string* path = nullptr;
};

struct CliOutput {
  std::string label;
  const std::string* path = nullptr;
  OutputKind kind = OutputKind::kHdf5;
};

struct CliCommand {
  std::string name;
  std::shared_ptr<Cli> cli;  // not unique: Cli is not known here
};

struct CliState {
  CliState() : maker(&flags), common_maker(&common_flags) {}

  std::string program;  // "mtl-cotrain"
  std::string command;  // "mtl-cotrain round"
  std::string sentence;
  std::string example;
  std::vector<CliOperand> operands;
  std::vector<Flag> flags;
  FlagMaker maker;
  std::vector<Flag> common_flags;
  FlagMaker common_maker;
  std::vector<CliList> lists;
  std::vector<CliInput> inputs;
  std::vector<CliOutput> outputs;
  const std::string* run_folder = nullptr;  // of a command about a run
  std::vector<CliCommand> commands;
  std::function<void(Context&)> run;

  CommonOptions common;
  bool wants_help = false;
  bool wants_all_help = false;
  bool wants_version = false;
  bool wants_markdown = false;
  std::string wanted_list;
  // Names of the flags that were given, in the environment, too.
  std::vector<std::string> given;
  std::vector<std::string> overridden;  // warnings
  // Values of all settings before Parse.
  Json defaults = Json::object();
  // The command that was chosen, or null: this.
  Cli* chosen = nullptr;

  // "mtl-train DATA -o MODEL [flags]".
  std::string Usage() const;
  std::string UsageHint() const;
  // All flags, those that every tool has last.
  std::vector<const Flag*> AllFlags() const;
};

// Adds `--list` if there is anything to list.
void AddListFlag(CliState& state);
// What was asked for.
std::string ListOf(const CliState& state);

// Refuses what pipes and files cannot be: two readers of stdin, an output that
// is read, a name that says otherwise than what is written.
void CheckPaths(const CliState& state);

// "DATA" from "data".
std::string UpperCase(std::string_view text);

}  // namespace mtlkit
