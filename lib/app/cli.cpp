#include "app/cli.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "app/cli_state.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return upper;
}

namespace {

// The flags that every tool has.
void AddCommonFlags(CliState& state) {
  CommonOptions& common = state.common;
  FlagMaker& fields = state.common_maker;
  fields.set_section(kCommonSection);
  fields.Field({.name = "seed",
                .help = "which random numbers; same seed, same result",
                .range = AtLeast(0),
                .in_settings = false},
               common.seed);
  fields.Field({.name = "threads",
                .help = "cores to use; no result depends on it",
                .range = Between(1, 1024),
                .in_settings = false},
               common.threads);
  state.common_flags.back().default_text = "those of the machine or job";
  fields.Field({.name = "progress",
                .help = "what to show of long work on stderr",
                .choices = {"auto", "always", "never", "json"},
                .value_name = "WHEN",
                .in_settings = false},
               common.progress);
  fields.Field({.name = "quiet",
                .help = "say nothing but warnings and errors",
                .in_settings = false},
               common.quiet);
  state.common_flags.back().short_name = "q";
  Flag verbose;
  verbose.name = "verbose";
  verbose.short_name = "v";
  verbose.help = "say more; may be repeated";
  verbose.section = kCommonSection;
  verbose.is_repeatable = true;
  verbose.set = [&common](std::string_view,
                          const std::vector<std::string>& values) {
    common.verbose = static_cast<Index>(values.size());
  };
  state.common_flags.push_back(std::move(verbose));
}

// A flag that is answered at once instead of running the tool.
void AddQuestion(CliState& state, std::string name, std::string short_name,
                 std::string help, bool* asked) {
  Flag flag;
  flag.name = std::move(name);
  flag.short_name = std::move(short_name);
  flag.is_hidden = help.empty();
  flag.help = std::move(help);
  flag.section = kCommonSection;
  flag.in_environment = false;
  flag.set = [asked](std::string_view, const std::vector<std::string>&) {
    *asked = true;
  };
  state.common_flags.push_back(std::move(flag));
}

// A flag that takes one path.
Flag PathFlag(std::string name, std::string* path, std::string help) {
  Flag flag;
  flag.name = std::move(name);
  flag.help = std::move(help);
  flag.value_names = {"FILE"};
  flag.default_text = *path;
  flag.in_environment = false;
  flag.set = [path](std::string_view where,
                    const std::vector<std::string>& values) {
    Require(!values.back().empty(), ErrorKind::kUsage, Str(where, " is empty"));
    *path = values.back();
  };
  return flag;
}

}  // namespace

Cli::Cli(std::string program, std::string sentence, std::string example)
    : state_(std::make_unique<CliState>()) {
  state_->program = program;
  state_->command = std::move(program);
  state_->sentence = std::move(sentence);
  state_->example = std::move(example);
  state_->maker.set_section("Flags");
  AddCommonFlags(*state_);
  AddQuestion(*state_, "help", "h", "print what is most asked for",
              &state_->wants_help);
  AddQuestion(*state_, "version", "", "print one line about this build",
              &state_->wants_version);
  AddQuestion(*state_, "help-all", "",
              "print all that is known of flags, environment and exit codes",
              &state_->wants_all_help);
  AddQuestion(*state_, "help-markdown", "", "", &state_->wants_markdown);
}

Cli::~Cli() = default;

void Cli::Input(const std::string& name, std::string* path, std::string help) {
  const std::string label = UpperCase(name);
  state_->operands.push_back({label, std::move(help), path, nullptr, true});
  state_->inputs.push_back({label, path});
}

void Cli::Inputs(const std::string& name, std::vector<NamedFile>* files,
                 std::string help, Commas commas) {
  state_->operands.push_back({UpperCase(name), std::move(help), nullptr, files,
                              true, nullptr, commas == Commas::kSeeds});
}

void Cli::Paths(const std::string& name, std::vector<std::string>* paths,
                std::string help) {
  state_->operands.push_back(
      {UpperCase(name), std::move(help), nullptr, nullptr, true, paths});
}

void Cli::Operand(const std::string& name, std::string* value,
                  std::string help) {
  state_->operands.push_back(
      {UpperCase(name), std::move(help), value, nullptr, false});
}

void Cli::RunOperand(std::string* folder) {
  Operand("run", folder, "the folder of the run");
  state_->run_folder = folder;
}

void Cli::Output(const std::string& name, std::string* path, std::string help,
                 OutputKind kind) {
  Flag flag = PathFlag("output", path, std::move(help));
  flag.short_name = "o";
  flag.section = "Output";
  flag.value_names = {UpperCase(name)};
  flag.is_required = true;
  state_->flags.push_back(std::move(flag));
  state_->outputs.push_back({"-o", path, kind});
}

void Cli::InputFlag(std::string name, std::string* path, std::string help,
                    bool required) {
  state_->inputs.push_back({"--" + name, path});
  Flag flag = PathFlag(std::move(name), path, std::move(help));
  const std::string& section = state_->maker.section();
  flag.section = section.empty() ? "Input" : section;
  flag.is_required = required;
  state_->flags.push_back(std::move(flag));
}

void Cli::OutputFlag(std::string name, std::string* path, std::string help,
                     OutputKind kind) {
  state_->outputs.push_back({"--" + name, path, kind});
  Flag flag = PathFlag(std::move(name), path, std::move(help));
  if (flag.name == "output" || flag.name == "to") flag.short_name = "o";
  flag.section = "Output";
  state_->flags.push_back(std::move(flag));
}

void Cli::Tuples(std::string name, std::vector<std::string> value_names,
                 std::vector<std::vector<std::string>>* rows,
                 std::string help) {
  const std::size_t width = value_names.size();
  Flag flag;
  flag.help = std::move(help);
  flag.value_names = std::move(value_names);
  flag.is_repeatable = true;
  flag.in_environment = false;
  flag.set = [rows, width](std::string_view,
                           const std::vector<std::string>& values) {
    rows->clear();
    for (std::size_t i = 0; i + width <= values.size(); i += width) {
      std::vector<std::string>& row = rows->emplace_back();
      for (std::size_t k = 0; k < width; ++k) {
        // What lists need is understood here, too: "\\," is a comma.
        row.push_back(Join(SplitNames(values[i + k]), ","));
      }
    }
  };
  flag.write = [rows, name](Json* json) { (*json)[name] = *rows; };
  flag.name = std::move(name);
  state_->maker.Append(std::move(flag));
}

Fields& Cli::Section(std::string title) {
  state_->maker.set_section(std::move(title));
  return state_->maker;
}

void Cli::NoSeed() {
  std::erase_if(state_->common_flags,
                [](const Flag& flag) { return flag.name == "seed"; });
}

void Cli::List(std::string kind, std::string help,
               std::function<std::string()> text) {
  state_->lists.push_back({std::move(kind), std::move(help), std::move(text)});
}

Cli& Cli::AddCommand(std::string name, std::string sentence,
                     std::string example) {
  auto cli = std::make_unique<Cli>(state_->program, std::move(sentence),
                                   std::move(example));
  cli->state_->command = state_->program + " " + name;
  Cli& command = *cli;
  state_->commands.push_back({std::move(name), std::move(cli)});
  return command;
}

void Cli::OnRun(std::function<void(Context&)> run) {
  state_->run = std::move(run);
}

const std::string& Cli::program() const {
  return state_->program;
}

const std::string& Cli::command() const {
  return state_->chosen == nullptr ? state_->command
                                   : state_->chosen->command();
}

const CommonOptions& Cli::common() const {
  return state_->chosen == nullptr ? state_->common : state_->chosen->common();
}

const std::vector<std::string>& Cli::Given() const {
  return state_->chosen == nullptr ? state_->given : state_->chosen->Given();
}

const std::vector<std::string>& Cli::Overridden() const {
  return state_->chosen == nullptr ? state_->overridden
                                   : state_->chosen->Overridden();
}

Json Cli::Settings() const {
  if (state_->chosen != nullptr) return state_->chosen->Settings();
  Json changed = Json::object();
  for (const Flag& flag : state_->flags) {
    if (!flag.write) continue;
    Json now;
    flag.write(&now);
    const Json& value = now[flag.name];
    if (state_->defaults.value(flag.name, Json()) != value) {
      changed[flag.name] = value;
    }
  }
  return changed;
}

std::vector<OutputOperand> Cli::outputs() const {
  if (state_->chosen != nullptr) return state_->chosen->outputs();
  std::vector<OutputOperand> given;
  for (const CliOutput& output : state_->outputs) {
    if (!output.path->empty()) given.push_back({*output.path, output.kind});
  }
  return given;
}

bool Cli::reads_stdin() const {
  if (state_->chosen != nullptr) return state_->chosen->reads_stdin();
  for (const CliInput& input : state_->inputs) {
    if (*input.path == "-") return true;
  }
  for (const CliOperand& operand : state_->operands) {
    for (std::size_t i = 0; operand.files && i < operand.files->size(); ++i) {
      if ((*operand.files)[i].path == "-") return true;
    }
    for (std::size_t i = 0; operand.paths && i < operand.paths->size(); ++i) {
      if ((*operand.paths)[i] == "-") return true;
    }
  }
  return false;
}

void Cli::Run(Context& context) const {
  if (state_->chosen != nullptr) return state_->chosen->Run(context);
  state_->run(context);
}

}  // namespace mtlkit
