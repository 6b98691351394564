// Reading the arguments: which text goes where, and what is wrong with them.

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "app/arguments.h"
#include "app/cli.h"
#include "app/cli_state.h"
#include "app/flag_hint.h"
#include "app/version.h"
#include "base/error.h"
#include "base/terminal_text.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// What the arguments hold for each flag.
struct FlagTexts {
  const Flag* flag = nullptr;
  std::vector<std::string> values;
  std::size_t count = 0;
};

std::string HelpHint(const CliState& state) {
  return Str("see ", state.command, " --help");
}

struct Sorted {
  std::vector<FlagTexts> flags;
  std::vector<std::string> operands;
  std::vector<std::string> unknown;
};

// "--no-NAME" as "--NAME=false", so that the last of both wins.
std::vector<std::string> WithoutNegations(
    const CliState& state, std::span<const std::string> arguments) {
  std::vector<std::string> plain(arguments.begin(), arguments.end());
  for (std::string& argument : plain) {
    if (argument == "--") break;
    for (const Flag* flag : state.AllFlags()) {
      const bool is_negation =
          flag->has_negation && argument == "--no-" + flag->name;
      if (is_negation) argument = "--" + flag->name + "=false";
    }
  }
  return plain;
}

Sorted Sort(const CliState& state, std::span<const std::string> arguments) {
  Sorted sorted;
  std::vector<FlagSyntax> syntax;
  for (const Flag* flag : state.AllFlags()) {
    sorted.flags.push_back({flag, {}, 0});
    syntax.push_back({flag->name, flag->short_name,
                      static_cast<int>(flag->value_names.size()),
                      flag->allowed});
  }
  Arguments found = SplitArguments(WithoutNegations(state, arguments), syntax);
  for (std::size_t i = 0; i < sorted.flags.size(); ++i) {
    FlagTexts& texts = sorted.flags[i];
    texts.values = std::move(found.values[i]);
    texts.count = found.counts[i];
  }
  sorted.operands = std::move(found.operands);
  sorted.unknown = std::move(found.unknown);
  return sorted;
}

void RefuseUnknown(const CliState& state, const Sorted& sorted) {
  if (sorted.unknown.empty()) return;
  Require(state.commands.empty(), ErrorKind::kUsage,
          "the command must come first", "usage: " + state.Usage());
  const std::string& argument = sorted.unknown.front();
  const std::string flag = argument.substr(0, argument.find('='));
  std::vector<std::string> known;
  for (const Flag* candidate : state.AllFlags()) {
    if (candidate->is_hidden) continue;
    known.push_back("--" + candidate->name);
    if (candidate->has_negation) known.push_back("--no-" + candidate->name);
  }
  const std::string hint = FlagHint(flag, known);
  Fail(ErrorKind::kUsage, Str("there is no flag ", flag),
       hint.empty() ? HelpHint(state) : hint);
}

// Puts what was given, or what the environment holds, into the variable; false
// where it stays as it was.
bool Apply(const FlagTexts& texts) {
  const Flag& flag = *texts.flag;
  const std::string where = "--" + flag.name;
  if (texts.count > 0) {
    const bool is_kept = static_cast<bool>(flag.write);
    for (const std::string& text : texts.values) {
      Require(!is_kept || IsValidUtf8(text), ErrorKind::kUsage,
              Str(where, " is '", text, "', which is not UTF-8"),
              "settings are kept in files as text");
    }
    const bool has_text =
        flag.is_switch() && !flag.has_negation &&
        std::any_of(texts.values.begin(), texts.values.end(),
                    [](const std::string& text) { return text != "true"; });
    Require(!has_text, ErrorKind::kUsage, Str(where, " takes no value"));
    const bool is_empty =
        flag.value_names.size() == 1 &&
        std::any_of(texts.values.begin(), texts.values.end(),
                    [](const std::string& text) { return Trim(text).empty(); });
    Require(!is_empty, ErrorKind::kUsage, Str(where, " is empty"),
            "give it a value, or leave it out");
    flag.set(where, texts.values);
    return true;
  }
  if (!flag.in_environment) return false;
  const std::string name = flag.EnvironmentName();
  const char* text = std::getenv(name.c_str());
  if (text == nullptr || *text == '\0') return false;
  flag.set(name, {text});
  return true;
}

// Of a flag of one value that is given again the last holds: what was meant for
// both would be lost in silence.
void NoteOverridden(const FlagTexts& texts, CliState* state) {
  const Flag& flag = *texts.flag;
  if (flag.value_names.size() != 1 || flag.is_repeatable) return;
  const std::string& last = texts.values.back();
  for (const std::string& text : texts.values) {
    if (text == last) continue;
    state->overridden.push_back(Str("--", flag.name, " is given again: '", last,
                                    "' holds, '", text, "' does not"));
    return;
  }
}

void ApplyFlags(CliState& state, const Sorted& sorted) {
  for (const FlagTexts& texts : sorted.flags) {
    const Flag& flag = *texts.flag;
    if (Apply(texts)) state.given.push_back(flag.name);
    if (texts.count > 1) NoteOverridden(texts, &state);
    if (flag.is_required && texts.count == 0) {
      const std::string name =
          flag.short_name.empty() ? "--" + flag.name : "-" + flag.short_name;
      Fail(ErrorKind::kUsage,
           Str(name, " ", flag.value_names.front(), " is missing"),
           state.UsageHint());
    }
  }
}

void ApplyFile(const CliOperand& operand, const std::string& text) {
  if (operand.paths != nullptr) {
    Require(!text.empty(), ErrorKind::kUsage,
            Str("an operand ", operand.name, " is empty"));
    operand.paths->push_back(text);
    return;
  }
  const std::vector<NamedFile> files =
      operand.has_seeds ? ParseNamedFiles(text)
                        : std::vector<NamedFile>{ParseNamedFile(text)};
  for (const NamedFile& file : files) {
    Require(!file.path.empty(), ErrorKind::kUsage,
            Str("the operand '", text, "' names no file"));
    Require(VisibleText(file.name) == file.name, ErrorKind::kUsage,
            Str("the name '", file.name,
                "' holds a control character, or an invisible one"));
    operand.files->push_back(file);
  }
}

void ApplyOperands(const CliState& state, const Sorted& sorted) {
  std::size_t next = 0;
  std::size_t behind = state.operands.size();
  for (const CliOperand& operand : state.operands) {
    --behind;
    if (next >= sorted.operands.size()) {
      Fail(ErrorKind::kUsage, Str("the operand ", operand.name, " is missing"),
           state.UsageHint());
    }
    if (operand.text != nullptr) {
      *operand.text = sorted.operands[next++];
      Require(!operand.text->empty(), ErrorKind::kUsage,
              Str("the operand ", operand.name, " is empty"));
      Require(operand.is_input || *operand.text != "-", ErrorKind::kUsage,
              Str(operand.name, " is a folder and cannot be -"));
      continue;
    }
    if (operand.files != nullptr) operand.files->clear();
    if (operand.paths != nullptr) operand.paths->clear();
    // One at least, and of the rest what those behind leave.
    do {
      ApplyFile(operand, sorted.operands[next++]);
    } while (next + behind < sorted.operands.size());
  }
  if (next < sorted.operands.size()) {
    Fail(ErrorKind::kUsage,
         Str("unexpected operand '", sorted.operands[next], "'"),
         state.UsageHint());
  }
}

// The command that the first argument names, or null where it is a flag.
CliCommand* FindCommand(CliState& state,
                        std::span<const std::string> arguments) {
  std::vector<std::string> names;
  for (CliCommand& command : state.commands) {
    if (!arguments.empty() && arguments[0] == command.name) return &command;
    names.push_back(command.name);
  }
  if (!arguments.empty() && arguments[0].rfind('-', 0) == 0) return nullptr;
  const std::string known = Str("one of ", Join(names, ", "));
  Require(!arguments.empty(), ErrorKind::kUsage, "a command is missing", known);
  const std::string nearest = Nearest(arguments[0], names);
  Fail(ErrorKind::kUsage, Str("there is no command '", arguments[0], "'"),
       nearest.empty() ? known : Str("did you mean '", nearest, "'?"));
}

// Answers that need no valid command line.
std::optional<std::string> Answer(const Cli& cli, const CliState& state,
                                  const Sorted& sorted) {
  for (const FlagTexts& texts : sorted.flags) {
    const bool is_question = !texts.flag->in_environment &&
                             texts.flag->is_switch() && texts.count > 0;
    if (is_question) texts.flag->set("", {});
  }
  if (state.wants_all_help) return cli.Help(true);
  if (state.wants_help) return cli.Help(false);
  if (state.wants_markdown) return cli.Markdown();
  if (state.wants_version) return VersionLine(state.program) + "\n";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Cli::Parse(std::span<const std::string> arguments) {
  CliState& state = *state_;
  state.wants_help = state.wants_all_help = false;
  state.wants_version = state.wants_markdown = false;
  if (!state.commands.empty()) {
    CliCommand* command = FindCommand(state, arguments);
    if (command != nullptr) {
      state.chosen = command->cli.get();
      return state.chosen->Parse(arguments.subspan(1));
    }
  }
  AddListFlag(state);
  state.defaults = Json::object();
  for (const Flag& flag : state.flags) {
    if (flag.write) flag.write(&state.defaults);
  }
  const Sorted sorted = Sort(state, arguments);
  if (auto answer = Answer(*this, state, sorted)) return answer;
  RefuseUnknown(state, sorted);
  for (const FlagTexts& texts : sorted.flags) {
    if (texts.flag->name != "list" || texts.count == 0) continue;
    texts.flag->set("--list", texts.values);
    return ListOf(state);
  }
  Require(state.commands.empty(), ErrorKind::kUsage,
          "the command must come first", state.UsageHint());
  ApplyFlags(state, sorted);
  ApplyOperands(state, sorted);
  CheckPaths(state);
  return std::nullopt;
}

}  // namespace mtlkit
