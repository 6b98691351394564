// What a command line says about itself: help for a terminal, and a page of
// the reference.

#include <algorithm>
#include <utility>

#include "app/cli.h"
#include "app/cli_state.h"
#include "app/exit_codes.h"
#include "base/text.h"

namespace mtlkit {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kHelpColumn = 26;
constexpr std::size_t kListColumn = 24;

// `text` in lines that end before column kColumns and begin at `indent`, the
// first of which follows what the caller has already written.
std::string Wrap(std::string_view text, std::size_t indent) {
  std::string wrapped;
  std::size_t column = indent;
  for (const std::string& word : Split(text, ' ')) {
    if (column > indent && column + 1 + word.size() > kColumns) {
      wrapped += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += word.size();
  }
  return wrapped;
}

// "  left   text", the text from column `at` on.
std::string HelpRow(std::string left, std::string_view text, std::size_t at) {
  left.insert(0, "  ");
  if (left.size() + 2 > at) {
    left += "\n" + std::string(at, ' ');
  } else {
    left.resize(at, ' ');
  }
  return left + Wrap(text, at) + "\n";
}

// "-o, --output MODEL".
std::string FlagText(const Flag& flag) {
  std::string text;
  if (!flag.short_name.empty()) text += "-" + flag.short_name + ", ";
  const bool is_on = flag.has_negation && flag.default_text == "on";
  text += (is_on ? "--no-" : "--") + flag.name;
  for (const std::string& value : flag.value_names) text += " " + value;
  return text;
}

// "must be ...; default 3", or "".
std::string Limits(const Flag& flag) {
  std::vector<std::string> parts;
  // The value's name may say it already: "auto|yes|no".
  const bool is_said = flag.allowed.starts_with("one of ") &&
                       flag.value_names.size() == 1 &&
                       flag.value_names[0].find('|') != std::string::npos;
  if (!flag.allowed.empty() && !is_said) parts.push_back(flag.allowed);
  if (flag.is_required) parts.emplace_back("required");
  if (!flag.default_text.empty()) {
    parts.push_back("default " + flag.default_text);
  }
  return Join(parts, "; ");
}

std::string FlagHelp(const Flag& flag) {
  const std::string limits = Limits(flag);
  return limits.empty() ? flag.help : flag.help + " (" + limits + ")";
}

std::string Indented(std::string_view text) {
  std::string indented;
  for (const std::string& line : Split(text, '\n')) {
    indented += "  " + line + "\n";
  }
  return indented;
}

// Sections in the order in which they first appear, with their flags.
using Section = std::pair<std::string, std::vector<const Flag*>>;
std::vector<Section> SectionsOf(const CliState& state) {
  std::vector<Section> sections;
  for (const Flag* flag : state.AllFlags()) {
    if (flag->is_hidden) continue;
    const auto same = [&](const Section& section) {
      return section.first == flag->section;
    };
    auto place = std::find_if(sections.begin(), sections.end(), same);
    if (place == sections.end()) {
      place = sections.insert(sections.end(), {flag->section, {}});
    }
    place->second.push_back(flag);
  }
  return sections;
}

std::string OperandHelp(const CliOperand& operand) {
  if (operand.is_several()) {
    return operand.help + " (one or more; - is stdin)";
  }
  return operand.is_input ? operand.help + " (- is stdin)" : operand.help;
}

constexpr std::string_view kEnvironment =
    "A flag that is not given is taken from the environment, as --threads "
    "from MTLKIT_THREADS; of one that is given again the last holds, but "
    "a list (NAME,...) takes them all. Write \\, for a comma in a name.";

}  // namespace

std::vector<const Flag*> CliState::AllFlags() const {
  std::vector<const Flag*> all;
  for (const Flag& flag : flags) all.push_back(&flag);
  for (const Flag& flag : common_flags) all.push_back(&flag);
  return all;
}

std::string CliState::Usage() const {
  std::string usage = command;
  if (!commands.empty()) return usage + " COMMAND ...";
  for (const CliOperand& operand : operands) {
    usage += " " + operand.name + (operand.is_several() ? "..." : "");
  }
  for (const Flag& flag : flags) {
    if (!flag.is_required) continue;
    usage +=
        (flag.short_name.empty() ? " --" + flag.name : " -" + flag.short_name) +
        " " + flag.value_names.front();
  }
  return usage + " [flags]";
}

std::string CliState::UsageHint() const {
  return "usage: " + Usage() + "; --help says more";
}

namespace {

// "--seed N, -q, --help": what every tool has, on a line or two.
std::string FlagNames(const std::vector<const Flag*>& flags) {
  std::vector<std::string> names;
  for (const Flag* flag : flags) {
    if (flag->name == "help-all") continue;  // which is what comes next
    names.push_back(flag->short_name.empty() ? "--" + flag->name
                                             : "-" + flag->short_name);
    for (const std::string& value : flag->value_names) {
      names.back() += " " + value;
    }
  }
  return Join(names, ", ");
}

std::string ExitCodeHelp() {
  std::string help = "\n" + Wrap(kEnvironment, 0) + "\n\nExit codes:\n";
  for (const ExitCode& code : ExitCodes()) {
    help += HelpRow(std::string(code.code), code.meaning, kHelpColumn);
  }
  return help;
}

}  // namespace

std::string Cli::Help(bool all) const {
  const CliState& state = *state_;
  std::string help = Wrap(state.sentence, 0) + "\n\n" +
                     Indented(state.example) +
                     "\nUsage: " + Wrap(state.Usage(), 7) + "\n";
  for (const CliCommand& command : state.commands) {
    if (&command == &state.commands.front()) help += "\nCommands:\n";
    help += HelpRow(command.name, command.cli->state_->sentence, kHelpColumn);
  }
  if (!state.commands.empty()) {
    help += "\n" + state.command + " COMMAND --help tells what it takes.\n";
  }
  for (const CliOperand& operand : state.operands) {
    if (&operand == &state.operands.front()) help += "\nOperands:\n";
    help += HelpRow(operand.name, OperandHelp(operand), kHelpColumn);
  }
  for (const auto& [title, flags] : SectionsOf(state)) {
    if (title == kCommonSection && !all) {
      help += "\n" +
              Wrap(title + ": " + FlagNames(flags) +
                       "; --help-all explains these, the "
                       "environment and exit codes",
                   0) +
              "\n";
      continue;
    }
    help += "\n" + title + ":\n";
    for (const Flag* flag : flags) {
      help += HelpRow(FlagText(*flag), FlagHelp(*flag), kHelpColumn);
    }
  }
  return all ? help + ExitCodeHelp() : help;
}

namespace {

// Text for a cell of a Markdown table.
std::string CellText(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string Code(std::string_view text) {
  std::string code = "`";
  for (const char c : text)
    code += c == '|' ? std::string("\\|") : std::string(1, c);
  return code + "`";
}

std::string FlagTable(const std::vector<const Flag*>& flags) {
  std::string table = "| flag | what | values | default |\n|---|---|---|---|\n";
  for (const Flag* flag : flags) {
    const bool repeats = flag->is_repeatable && !flag->is_switch();
    table += "| " + Code(FlagText(*flag)) + " | " + CellText(flag->help) +
             (repeats ? " (may be repeated)" : "") + " | " +
             CellText(flag->allowed) + (flag->is_required ? "required" : "") +
             " | " +
             (flag->default_text.empty() ? "" : Code(flag->default_text)) +
             " |\n";
  }
  return table;
}

}  // namespace

std::string Cli::Markdown() const {
  const CliState& state = *state_;
  const bool is_command = state.command != state.program;
  std::string page = (is_command ? "## " : "# ") + state.command + "\n\n" +
                     state.sentence + "\n\n```sh\n" + state.example +
                     "\n```\n\nUsage: " + Code(state.Usage()) + "\n";
  const std::string heading = is_command ? "\n### " : "\n## ";
  for (const CliOperand& operand : state.operands) {
    if (&operand == &state.operands.front()) {
      page += heading + "Operands\n\n| operand | what |\n|---|---|\n";
    }
    page += "| " + Code(operand.name) + " | " + CellText(OperandHelp(operand)) +
            " |\n";
  }
  for (const auto& [title, flags] : SectionsOf(state)) {
    // Commands have the common flags of their tool's own section.
    if (is_command && title == kCommonSection) continue;
    page += heading + title + "\n\n" + FlagTable(flags);
  }
  for (const CliCommand& command : state.commands) {
    page += "\n" + command.cli->Markdown();
  }
  return page;
}

namespace {

// Fields as lines "    delta=1  help (limits)".
class OptionLines : public FlagMaker {
 public:
  OptionLines() : FlagMaker(&flags_) {}
  void Visit(const FieldInfo& info, FieldPointer field) override {
    FlagMaker::Visit(info, field);
    // Commas stand between options, so lists have slashes there.
    if (!IsList(field)) return;
    std::string& text = flags_.back().default_text;
    std::replace(text.begin(), text.end(), ',', '/');
  }
  std::string Text() const {
    std::string text;
    for (const Flag& flag : flags_) {
      const bool is_off = flag.has_negation && flag.default_text.empty();
      std::string line =
          "    " + flag.name + "=" + (is_off ? "off" : flag.default_text);
      std::string help = flag.help;
      if (!flag.allowed.empty()) help += " (" + flag.allowed + ")";
      text += HelpRow(std::move(line), help, kListColumn + 4);
    }
    return text;
  }

 private:
  std::vector<Flag> flags_;
};

}  // namespace

std::string ListText(std::span<const ListItem> items) {
  std::string text;
  for (const ListItem& item : items) {
    text += HelpRow(item.name, item.help, kListColumn);
    if (!item.describe) continue;
    OptionLines lines;
    item.describe(lines);
    text += lines.Text();
  }
  return text;
}

}  // namespace mtlkit
